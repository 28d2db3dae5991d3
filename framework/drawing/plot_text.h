/*
 * plot_text.h - a plot in characters, for terminals: braille dots where they can be shown, and
 * colours or dashes tell the series apart; else * + o x #.
 *
 *     loss
 *     2.0 |⠑⢄
 *     1.0 |  ⠑⠒⠤⣀
 *     0.0 |      ⠉⠉⠉⠒⠒⠤⠤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
 *         +--------------------------------
 *         0            500             1000   step
 *     -- train loss   -- test loss
 */
#ifndef TRAINER_PLOT_TEXT_H
#define TRAINER_PLOT_TEXT_H

#include "base/text.h"
#include "plot.h"

struct plot_text {
    size_t columns,
        lines; /* at most so many; 24 and what 3 lines of canvas need are used at least */
    bool utf8, colour;
};

/* TRAINER_FAILED when memory ran out. */
int plot_text(const struct plot *plot, const struct plot_text *how, struct text *out);

/* Several, one below the other, an empty line between them; how->lines is each one's. */
int plot_text_panels(const struct plot *plot, size_t count, const struct plot_text *how,
                     struct text *out);

#endif
