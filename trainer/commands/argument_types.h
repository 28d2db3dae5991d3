/*
 * argument_types.h - the values of a command's options: read, checked against the bounds of the
 * table, and told in help.
 */
#ifndef TRAINER_ARGUMENT_TYPES_H
#define TRAINER_ARGUMENT_TYPES_H

#include "command.h"

/* Reads the value of an option that is no key and no flag into the command's struct at `private`.
 * TRAINER_INVALID with "--samples must be a whole number from 1 to 9, not 'x'". */
int argument_read(const struct argument_option *option, const char *text, char *private);

/* Fills in what the options have where they are not given; the rest of the struct is zero. */
void argument_defaults(const struct argument_option *table, char *private);

/* "1 to 9, or auto", as help has it; "" of types without a range. Into text[size]; returns text. */
const char *argument_range(const struct argument_option *option, char *text, size_t size);

#endif
