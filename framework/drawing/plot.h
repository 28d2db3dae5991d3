/*
 * plot.h - a plot: what is drawn, not how.
 *
 *     double x[3] = {0, 600, 1200}, y[3] = {2.3, 0.69, 0.44};
 *     struct plot_series loss = {.name = "test loss", .count = 3, .x = x, .y = y, .best = 2};
 *     struct plot plot = {.title = "loss", .x = {.label = "step"}, .series = &loss, .count = 1};
 *     plot_svg(&plot, &(struct plot_svg){.width = 720, .height = 320}, &text);
 *
 * Nothing is copied. x need not rise: points are joined in their order.
 */
#ifndef TRAINER_PLOT_H
#define TRAINER_PLOT_H

#include "axis.h"

#include <stdbool.h>
#include <stddef.h>

enum plot_shape {
    PLOT_LINE,   /* points joined; a NaN is a gap, a point alone is a marker */
    PLOT_POINTS, /* markers */
    PLOT_BARS, /* from 0 up to y; x[i] and x[i + 1] are a bar's edges, so y[count - 1] is unused */
};

/* best: no row is marked. */
#define PLOT_NO_ROW ((size_t)-1)

struct plot_series {
    const char *name; /* in the legend; NULL: not there */
    size_t count;
    const double *x, *y; /* [count]; NaN in either: a gap */
    enum plot_shape shape;
    size_t colour; /* see palette.h; series of one run have one */
    size_t dash;   /* and the marker */
    size_t best;   /* the row that is marked, or PLOT_NO_ROW */
};

struct plot_axis {
    const char *label; /* NULL: none */
    bool logarithmic;
    const char *const *word; /* [words]: what 0, 1, ... on the x axis stand for; NULL: numbers */
    size_t words;
};

struct plot {
    const char *title;       /* NULL: none */
    const char *description; /* one sentence for those who can't see it; NULL: none */
    struct plot_axis x, y;
    const struct plot_series *series; /* [count], the first drawn first */
    size_t count;
};

/* The axes that show all points of all series; wanted: about so many ticks on each. */
struct axis plot_x_axis(const struct plot *plot, int wanted);
struct axis plot_y_axis(const struct plot *plot, int wanted);

/* What stands at a tick of the x axis: a word, or the number in text[AXIS_LABEL_MAX]. */
const char *plot_x_label(const struct plot *plot, const struct axis *axis, int tick, char *text);

#endif
