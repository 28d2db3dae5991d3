/*
 * commands.c - finds commands in the generated table by their names, and by what they may be meant
 * by.
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

/* Whether others call the command so: `also` begins and ends with a comma. */
static bool is_called(const struct command *command, const char *word)
{
    size_t length = strlen(word);
    const char *found = command->also && length > 0 ? strstr(command->also + 1, word) : NULL;
    while (found && (found[-1] != ',' || found[length] != ','))
        found = strstr(found + 1, word);
    return found != NULL;
}

const char *commands_closest(const char *word)
{
    const char *name[COMMANDS_MAX];
    for (size_t i = 0; i < command_count; i++)
        if (is_called(command_list[i], word))
            return command_list[i]->name;
    size_t count = command_count < COMMANDS_MAX ? command_count : COMMANDS_MAX;
    for (size_t i = 0; i < count; i++)
        name[i] = command_list[i]->name;
    return suggest_closest(word, name, count);
}
