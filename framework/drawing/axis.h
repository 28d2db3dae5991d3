/*
 * axis.h - an axis: its two ends, and few round numbers on it.
 *
 *     linear        0.2 .. 1.07   ->  0.2  0.4  0.6  0.8  1          steps of 1, 2 or 5 times 10^n
 *     logarithmic   0.003 .. 40   ->  0.01  0.1  1  10               decades; 1, 2, 5 or
 *                                     1, 3 where few fit
 *
 * The ends lie a little outside the numbers, so that no point lies on the frame.
 */
#ifndef TRAINER_AXIS_H
#define TRAINER_AXIS_H

#include <stdbool.h>
#include <stddef.h>

enum { AXIS_TICKS_MAX = 32, AXIS_LABEL_MAX = 32 };

struct axis {
    bool logarithmic;
    double least, most; /* the ends; least < most */
    int ticks;
    double tick[AXIS_TICKS_MAX]; /* rising, within the ends */
    int decimals;                /* digits behind the point that all labels have; -1: as needed */
};

/* An axis for numbers from least to most with about `wanted` >= 2 ticks, never more than that.
 * Zero alone is shown on an axis up to 1. Ends that have no place, being NaN, beyond 1e300 or, on
 * a logarithmic axis, below 1e-300, make an axis around 1. */
struct axis axis_fit(double least, double most, bool logarithmic, int wanted);

/* Where a number lies: 0 at the least end, 1 at the most; NaN where it has no place. */
double axis_place(const struct axis *axis, double value);

/* The label of a tick into text[AXIS_LABEL_MAX]; returns text. */
const char *axis_label(const struct axis *axis, int tick, char *text);

/* Characters of the longest label; at least 1. */
int axis_label_width(const struct axis *axis);

#endif
