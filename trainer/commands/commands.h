/*
 * commands.h - the one table of subcommands. A new one is a file of its own, a declaration here
 * and a line in commands.c.
 */
#ifndef TRAINER_COMMANDS_H
#define TRAINER_COMMANDS_H

#include "command.h"

extern const struct command command_train, command_resume, command_runs, command_watch,
    command_replay, command_config, command_summary, command_graph, command_data, command_layers,
    command_datasets, command_optimizers, command_initializers, command_metrics, command_help,
    command_version, command_gradcheck, command_sweep;

/* All commands in the order in which help lists them, then NULL. */
extern const struct command *const command_list[];

/* The command of that name; NULL where there is none. */
const struct command *commands_find(const char *name);

/* The name of a command that is close to word, for "did you mean"; NULL where none is. */
const char *commands_closest(const char *word);

#endif
