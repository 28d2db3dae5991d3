/*
 * palette.c - by what the series of a plot differ.
 */
#include "palette.h"

static const struct palette_colour colours[PALETTE_COLOURS] = {
    {"#0072b2", "#56b4e9", 32},  /* blue */
    {"#c04a00", "#ff9a4d", 166}, /* vermilion */
    {"#00785a", "#2bd6a4", 36},  /* bluish green */
    {"#a23b8a", "#f08fd0", 133}, /* reddish purple */
    {"#6b4f00", "#e8d44d", 178}, /* yellow */
    {"#56606a", "#b8c0c8", 245}, /* grey */
    {"#3b3fa8", "#a5a8ff", 62},  /* indigo */
    {"#8f1d2c", "#d9534f", 125}, /* wine */
};

const struct palette_colour *palette_colour(size_t number)
{
    return &colours[number % PALETTE_COLOURS];
}

const char *palette_dash(size_t number)
{
    static const char *const dashes[PALETTE_DASHES] = {"", "6 3", "2 3", "9 3 2 3"};
    return dashes[number % PALETTE_DASHES];
}
