/*
 * palette.h - by what the series of a plot differ: colours, dashes, markers.
 *
 * The colours are those of Okabe and Ito ("Color Universal Design", 2008), darkened where they
 * would stand at less than 3:1 on white, and lightened for dark pages: they differ in deuteranopia
 * and protanopia. What grey would make alike differs by its dash or marker, which go with it.
 */
#ifndef TRAINER_PALETTE_H
#define TRAINER_PALETTE_H

#include <stddef.h>

enum { PALETTE_COLOURS = 8, PALETTE_DASHES = 4 };

struct palette_colour {
    const char *light; /* "#0072b2": on white */
    const char *dark;  /* on black */
    int terminal;      /* of the 256 colours of a terminal */
};

/* Any number stands for a colour; they repeat. */
const struct palette_colour *palette_colour(size_t number);

/* "6 3", lengths of line and gap in pixels; "" for a line without gaps. They repeat. */
const char *palette_dash(size_t number);

#endif
