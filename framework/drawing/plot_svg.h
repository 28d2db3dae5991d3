/*
 * plot_svg.h - a plot as SVG 1.1, an element <svg> that can stand in a page or in a file.
 *
 * Colours are attributes, so that a style sheet may replace them: a series' elements are of class
 * s0..s7 where its colour is their stroke, f0..f7 where it fills them (palette.h); all else is
 * drawn in currentColor. No element has a style of its own. The legend stands above the frame, over
 * no line.
 */
#ifndef TRAINER_PLOT_SVG_H
#define TRAINER_PLOT_SVG_H

#include "base/text.h"
#include "plot.h"

struct plot_svg {
    int width, height; /* in pixels; at least 160 x 120 */
    bool file;         /* a whole document, on white */
};

void plot_svg(const struct plot *plot, const struct plot_svg *how, struct text *out);

/* Several plots of one width in one document, one below the other, `height` each. */
void plot_svg_panels(const struct plot *plot, size_t count, const struct plot_svg *how,
                     struct text *out);

#endif
