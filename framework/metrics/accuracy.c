/*
 * accuracy - the share of samples whose largest prediction is the right class.
 *
 * Of equal predictions the first counts. Targets in rows stand for the class of their largest
 * element.
 */
#include "metric.h"

/* Index of the first largest of x (width). NaN is never the largest, so a row of NaN is class 0. */
static size_t largest(size_t width, const real *x)
{
    size_t best = 0;
    for (size_t j = 1; j < width; j++)
        if (x[j] > x[best])
            best = j;
    return best;
}

static void accuracy_values(const struct metric_rows *in, double *value)
{
    for (size_t r = 0; r < in->rows; r++) {
        size_t said = largest(in->width, in->prediction + r * in->width);
        size_t right =
            in->label ? (size_t)in->label[r] : largest(in->width, in->target + r * in->width);
        value[r] = said == right;
    }
}

const struct metric_kind NAME(metric_accuracy) = {
    .base = {.title = "accuracy", .help = "share of samples whose largest prediction is right"},
    .maximize = true,
    .values = accuracy_values,
};
