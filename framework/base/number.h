/*
 * number.h - numbers as text and back, the same in every locale.
 *
 *     1e-3, .5, 5., -12, +3        are numbers
 *     1_000, 0x10, 1,5, nan, " 1"  are none
 */
#ifndef TRAINER_NUMBER_H
#define TRAINER_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

enum { NUMBER_SIZE = 32 };

/* A finite double, or a 64-bit integer, of exactly this text; false where it is none. */
bool number_parse(const char *text, double *value);
bool number_parse_integer(const char *text, int64_t *value);

/* The number with so many significant digits (0: the fewest that read back as the same double) into
 * text[NUMBER_SIZE]. Returns text. */
const char *number_text(double value, int digits, char *text);

/* The fewest digits that read back as the same float32: those of the double next to them, rounded.
 * "nan", "inf", "-inf" of what is not finite. Returns text, of NUMBER_SIZE. */
const char *number_text_single(float value, char *text);

#endif
