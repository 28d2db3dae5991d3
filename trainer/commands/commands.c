/*
 * commands.c - the one table of subcommands.
 */
#include "commands.h"
#include "base/suggest.h"
#include "config/config.h"

#include <string.h>

const struct command *const command_list[] = {
    &command_train,
    &command_sweep,
    &command_resume,
    &command_runs,
    &command_watch,
    &command_replay,
    &command_gradcheck,
    &command_config,
    &command_summary,
    &command_graph,
    &command_data,
    &command_layers,
    &command_datasets,
    &command_optimizers,
    &command_initializers,
    &command_metrics,
    &command_help,
    &command_version,
    NULL,
};

enum { COMMANDS = sizeof command_list / sizeof command_list[0] - 1 };

const struct command *commands_find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(command_list[i]->name, name) == 0)
            return command_list[i];
    return NULL;
}

const char *commands_closest(const char *word)
{
    const char *name[COMMANDS];
    for (size_t i = 0; i < COMMANDS; i++)
        name[i] = command_list[i]->name;
    return suggest_closest(word, name, COMMANDS);
}
