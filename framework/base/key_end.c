/*
 * key_end.c - the ends of long keys, as screens show them.
 */
#include "key_end.h"

#include <stdbool.h>
#include <string.h>

const char *key_end(const char *key, int parts)
{
    const char *end = key + strlen(key);
    while (end > key && (end[-1] != '.' || --parts > 0))
        end--;
    return end;
}

const char *key_end_unique(const char *const *key, size_t count, size_t index)
{
    const char *end = key[index];
    bool unique = false;
    for (int parts = 1; !unique; parts++) {
        end = key_end(key[index], parts);
        unique = true;
        for (size_t i = 0; i < count && unique && end > key[index]; i++)
            unique = i == index || strcmp(key_end(key[i], parts), end) != 0;
    }
    return end;
}
