/*
 * help.h - usage and help texts, printed from the table of commands.
 */
#ifndef TRAINER_HELP_H
#define TRAINER_HELP_H

#include "display/format.h"

/* Some lines: what to type first. */
void help_usage(struct text *text);

#endif
