/*
 * live_plots.h - plots on a terminal that are drawn anew in their place, above the live line.
 *
 *     loss
 *     2.0 ┤⠑⢄
 *     0.0 ┤  ⠑⠒⠤⣀⣀⣀
 *     epoch  3/17  ██▌   18 %  ...        the cursor's line, which belongs to progress.h
 *
 * They are written over the former ones line by line, and nothing is erased before: no flicker.
 */
#ifndef TRAINER_LIVE_PLOTS_H
#define TRAINER_LIVE_PLOTS_H

#include "drawing/plot.h"

#include <stdio.h>

/* Zero at the start. */
struct live_plots {
    size_t lines;         /* of the plots on the screen; 0: none */
    size_t columns, rows; /* of the terminal when they were drawn */
};

/* Draws plot[count], of which as many are taken from the first as the screen has room for. out is a
 * terminal (progress_style) whose cursor is in the line below the former plots. Nothing is drawn
 * from the background. TRAINER_FAILED when memory ran out. */
int live_plots_draw(struct live_plots *live, FILE *out, const struct plot *plot, size_t count);

#endif
