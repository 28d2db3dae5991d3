/*
 * activation.h - for tests of layers that compute each element from the one in its place.
 */
#ifndef TRAINER_ACTIVATION_H
#define TRAINER_ACTIVATION_H

#include <stddef.h>

/* One element: the layer gives y of x, and dx = slope of dy = 1. */
struct activation_point {
    double x, y, slope;
};

/* Checks the values and the gradients of a layer, "type: Tanh", at points worked out by hand
 * (x NaN ends them) to 1e-12, in both modes and by several teams; all gradients against
 * differences; and that labels are refused. */
void activation_check(const char *layer, const struct activation_point *points);

/* Checks the values between `from` and `to` against the true function, on every engine, to 4 units
 * in the last place or `absolute`, whichever is larger; and that nothing is NaN or infinite at
 * +-1e4, value or gradient. */
void activation_check_accuracy(const char *layer, long double (*exact)(long double), double from,
                               double to, double absolute);

#endif
