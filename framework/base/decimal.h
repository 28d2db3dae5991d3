/*
 * decimal.h - decimal text to the nearest double, fast: exactly what Python's float() says of it.
 *
 *     12, -0.5, .5, 5., +3e-7
 *
 * Up to 15 digits and small powers of ten take one exact multiplication or division (Clinger 1990);
 * others a product of 64 by 128 bits (Lemire 2021, "Number parsing at a gigabyte per second"); the
 * few that this leaves open go to strtod in the C locale.
 */
#ifndef TRAINER_DECIMAL_H
#define TRAINER_DECIMAL_H

#include <stdbool.h>

/* What the text of a number was. */
struct decimal {
    double value; /* infinite where it is larger than any double */
    bool whole;   /* digits alone, with or without a sign */
    bool padded;  /* whole, with a needless leading 0: 01730 */
};

enum { DECIMAL_MARGIN = 8 };

/* Reads a number at the beginning of text, behind which stands a byte that cannot be part of one (a
 * NUL say); DECIMAL_MARGIN bytes from that one on must be readable. Returns the byte behind the
 * number; NULL where none begins there. */
const char *decimal_read(const char *text, struct decimal *decimal);

#endif
