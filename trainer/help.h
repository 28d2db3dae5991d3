/*
 * help.h - usage and help texts, printed from the table of commands.
 */
#ifndef TRAINER_PROGRAM_HELP_H
#define TRAINER_PROGRAM_HELP_H

#include "text.h"

/* Some lines: what to type first. */
void help_usage(struct text *text);

#endif
