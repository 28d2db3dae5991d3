/*
 * arguments.h - takes a command line apart by the tables of the commands.
 *
 *     trainer [COMMAND] CONFIG [key=value ...] [--option VALUE | --option=VALUE ...] [--] ...
 *
 * The first word is a command, else a config file to train. Options and key=value stand anywhere;
 * `--` ends the options. --help and --version win over all else.
 */
#ifndef TRAINER_ARGUMENTS_H
#define TRAINER_ARGUMENTS_H

#include "command.h"

/* Fills arguments; free with arguments_free whatever is returned. TRAINER_INVALID after reporting
 * all mistakes. argv is borrowed. argc is at least 2. */
int arguments_parse(struct arguments *arguments, int argc, char **argv);

void arguments_free(struct arguments *arguments);

/* Options that every command takes; a table like a command's own. */
extern const struct argument_option arguments_common[];

#endif
