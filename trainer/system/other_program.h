/*
 * other_program.h - programs of other packages, which turn one text into another.
 */
#ifndef TRAINER_OTHER_PROGRAM_H
#define TRAINER_OTHER_PROGRAM_H

#include "base/text.h"

/* Runs argv[0], looked up in PATH, with `input` as its standard input, and appends its standard
 * output. TRAINER_INVALID where it is not there, which names the package that has it, or where it
 * fails; what it says of that goes to standard error. */
int other_program_run(const char *const *argv, const char *package, const struct text *input,
                      struct text *output);

#endif
