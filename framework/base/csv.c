/*
 * csv.c - writing comma-separated values.
 */
#include "csv.h"

#include <string.h>

void csv_field(struct text *text, const char *field)
{
    if (field[strcspn(field, ",\"\r\n")] == '\0') {
        text_string(text, field);
        return;
    }
    text_string(text, "\"");
    for (const char *quote; (quote = strchr(field, '"')); field = quote + 1) {
        text_add(text, field, (size_t)(quote - field));
        text_string(text, "\"\"");
    }
    text_string(text, field);
    text_string(text, "\"");
}

void csv_separate(struct text *text)
{
    text_string(text, ",");
}

void csv_end(struct text *text)
{
    text_string(text, "\n");
}
