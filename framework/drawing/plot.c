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

struct axis plot_x_axis(const struct plot *plot, int wanted)
{
    double least = (double)NAN, most = (double)NAN;
    for (size_t i = 0; i < plot->count; i++) {
        const struct plot_series *series = &plot->series[i];
        for (size_t row = 0; row < series->count; row++)
            if (shown(plot, series, row) || series->shape == PLOT_BARS)
                widen(&least, &most, series->x[row]);
    }
    return axis_fit(least, most, plot->x.logarithmic, wanted);
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
