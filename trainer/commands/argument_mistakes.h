/*
 * argument_mistakes.h - what is said of a wrong command line: what was probably meant.
 */
#ifndef TRAINER_ARGUMENT_MISTAKES_H
#define TRAINER_ARGUMENT_MISTAKES_H

#include "command.h"

/* Reports an option that the command does not have. next: the argument behind it, or NULL. Returns
 * whether that seems to be meant as its value. */
bool argument_unknown_option(const struct command *command, const char *text, const char *next);

/* Whether the arguments that start here are a key=value with blanks around its '=', or with a '+'
 * before it, which is then reported. argument[count]; takes: how many of them. word_wanted: the
 * command has a word still to come, which may be a file. */
bool argument_blanks(char *const *argument, int count, bool word_wanted, int *takes);

/* Reports a word beyond those that the command takes. next: the argument behind it, or NULL. */
void argument_extra_word(const struct command *command, const char *text, const char *next);

/* Reports that the command's first word is missing. settings: the key=value arguments, one of which
 * may be meant as a file. */
void argument_missing_word(const struct command *command, const char *const *setting,
                           size_t settings);

#endif
