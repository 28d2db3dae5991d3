/*
 * reduce.h - sums over a flat range of numbers.
 *
 * Each is as many sums as a few vectors have lanes, side by side, then added in pairs: the order
 * depends on count alone, so that a sum has the same bits whoever computes it.
 */
#ifndef TRAINER_REDUCE_H
#define TRAINER_REDUCE_H

#include "engine/real.h"
#include <stddef.h>

#define reduce_sum     NAME(reduce_sum)
#define reduce_squares NAME(reduce_squares)
#define reduce_dot     NAME(reduce_dot)

/* x[0] + x[1] + ... */
real reduce_sum(size_t count, const real *x);

/* (x[0] - mean)^2 + (x[1] - mean)^2 + ... */
real reduce_squares(size_t count, const real *x, real mean);

/* (x[0] - mean) y[0] + (x[1] - mean) y[1] + ... */
real reduce_dot(size_t count, const real *x, real mean, const real *y);

#endif
