/*
 * commands.c - finds commands in the generated table by their names.
 */
#include "commands.h"
#include "base/suggest.h"

#include <string.h>

enum { COMMANDS_MAX = 64 };

const struct command *commands_find(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(command_list[i]->name, name) == 0)
            return command_list[i];
    return NULL;
}

const char *commands_closest(const char *word)
{
    const char *name[COMMANDS_MAX];
    size_t count = command_count < COMMANDS_MAX ? command_count : COMMANDS_MAX;
    for (size_t i = 0; i < count; i++)
        name[i] = command_list[i]->name;
    return suggest_closest(word, name, count);
}
