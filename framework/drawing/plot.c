/*
 * plot.c - the range that a plot's axes have to show.
 */
#include "plot.h"

#include <math.h>

static bool shown(const struct plot *plot, const struct plot_series *series, size_t row)
{
    double x = series->x[row], y = series->y[row];
    return isfinite(x) && isfinite(y) && (!plot->x.logarithmic || x > 0) &&
           (!plot->y.logarithmic || y > 0);
}

static void widen(double *least, double *most, double value)
{
    *least = isnan(*least) || value < *least ? value : *least;
    *most = isnan(*most) || value > *most ? value : *most;
}

/* A tick for each word, or for every so many where they are more than wanted. */
static struct axis word_axis(size_t words, int wanted)
{
    struct axis axis = {.least = -0.5, .most = (double)words - 0.5};
    size_t most = wanted < AXIS_TICKS_MAX ? (size_t)wanted : AXIS_TICKS_MAX;
    for (size_t i = 0; i < words; i += (words + most - 1) / most)
        axis.tick[axis.ticks++] = (double)i;
    return axis;
}

const char *plot_x_label(const struct plot *plot, const struct axis *axis, int tick, char *text)
{
    return plot->x.word ? plot->x.word[(size_t)axis->tick[tick]] : axis_label(axis, tick, text);
}

/* Between whole numbers, such as steps, there is nothing to be labelled. */
static void keep_whole_ticks(struct axis *axis)
{
    int kept = 0;
    for (int i = 0; i < axis->ticks; i++)
        if (axis->tick[i] == rint(axis->tick[i]))
            axis->tick[kept++] = axis->tick[i];
    if (kept > 0 && kept < axis->ticks) {
        axis->ticks = kept;
        axis->decimals = 0;
    }
}

struct axis plot_x_axis(const struct plot *plot, int wanted)
{
    if (plot->x.word && plot->x.words > 0)
        return word_axis(plot->x.words, wanted);
    double least = (double)NAN, most = (double)NAN;
    bool whole = !plot->x.logarithmic;
    for (size_t i = 0; i < plot->count; i++) {
        const struct plot_series *series = &plot->series[i];
        for (size_t row = 0; row < series->count; row++)
            if (shown(plot, series, row) || series->shape == PLOT_BARS) {
                widen(&least, &most, series->x[row]);
                whole = whole && series->x[row] == rint(series->x[row]);
            }
    }
    struct axis axis = axis_fit(least, most, plot->x.logarithmic, wanted);
    if (whole)
        keep_whole_ticks(&axis);
    return axis;
}

struct axis plot_y_axis(const struct plot *plot, int wanted)
{
    double least = (double)NAN, most = (double)NAN;
    bool bars = false;
    for (size_t i = 0; i < plot->count; i++) {
        const struct plot_series *series = &plot->series[i];
        size_t rows = series->count - (series->shape == PLOT_BARS && series->count > 0);
        bars |= series->shape == PLOT_BARS;
        for (size_t row = 0; row < rows; row++)
            if (shown(plot, series, row))
                widen(&least, &most, series->y[row]);
    }
    if (bars && !plot->y.logarithmic)
        widen(&least, &most, 0);
    struct axis axis = axis_fit(least, most, plot->y.logarithmic, wanted);
    if (bars && !plot->y.logarithmic && least == 0)
        axis.least = 0;
    return axis;
}
