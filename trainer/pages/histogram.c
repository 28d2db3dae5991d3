/*
 * histogram.c - many numbers in few.
 */
#include "histogram.h"
#include "base/html.h"

#include <math.h>

enum { PLOT_WIDTH = 240, PLOT_HEIGHT = 60 };

double histogram_number(const void *x, size_t index)
{
    return ((const double *)x)[index];
}

struct histogram histogram_of(double (*read)(const void *x, size_t index), const void *x,
                              size_t count)
{
    struct histogram made = {.count = count, .least = (double)NAN, .greatest = (double)NAN};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        double value = read(x, i);
        made.zeros += value == 0;
        if (!isfinite(value))
            continue;
        made.finite++;
        made.least = fmin(made.least, value);
        made.greatest = fmax(made.greatest, value);
        sum += value;
    }
    made.mean = sum / (double)made.finite;
    double range = made.greatest - made.least;
    for (size_t i = 0; i < count; i++) {
        double value = read(x, i);
        if (!isfinite(value))
            continue;
        squares += (value - made.mean) * (value - made.mean);
        size_t bin = range > 0 ? (size_t)((value - made.least) / range * HISTOGRAM_BINS)
                               : HISTOGRAM_BINS / 2;
        made.bin[bin < HISTOGRAM_BINS ? bin : HISTOGRAM_BINS - 1]++;
    }
    made.deviation = sqrt(squares / (double)made.finite);
    return made;
}

/* Bars from the least to the greatest number, the ends below them. */
void histogram_draw(struct text *svg, const struct histogram *histogram, const char *what)
{
    size_t most = 1;
    for (size_t i = 0; i < HISTOGRAM_BINS; i++)
        most = histogram->bin[i] > most ? histogram->bin[i] : most;
    text_print(svg,
               "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"",
               PLOT_WIDTH, PLOT_HEIGHT + 18, PLOT_WIDTH, PLOT_HEIGHT + 18);
    html_text(svg, what);
    text_print(svg, ": from %.3g to %.3g\">", histogram->least, histogram->greatest);
    for (size_t i = 0; i < HISTOGRAM_BINS; i++) {
        double height = (PLOT_HEIGHT - 4) * (double)histogram->bin[i] / (double)most;
        double width = (double)PLOT_WIDTH / HISTOGRAM_BINS;
        if (histogram->bin[i] > 0)
            text_print(svg,
                       "<rect class=\"hit\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                       "height=\"%.1f\"/>",
                       width * (double)i, PLOT_HEIGHT - fmax(height, 0.5), width - 0.5,
                       fmax(height, 0.5));
    }
    text_print(svg,
               "<text x=\"0\" y=\"%d\">%.3g</text><text x=\"%d\" y=\"%d\" "
               "text-anchor=\"end\">%.3g</text></svg>",
               PLOT_HEIGHT + 14, histogram->least, PLOT_WIDTH, PLOT_HEIGHT + 14,
               histogram->greatest);
}
