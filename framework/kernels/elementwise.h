/*
 * elementwise.h - functions of one element, over flat ranges; softmax of rows; sums of columns.
 *
 * A flat function treats every element of [0, count) alike, whether it stands in a full vector or
 * in the tail: results do not depend on how a range is cut among threads. The same holds for the
 * rows of a softmax and for the columns of column_sums.
 */
#ifndef TRAINER_ELEMENTWISE_H
#define TRAINER_ELEMENTWISE_H

#include "engine/real.h"
#include <stddef.h>

#define elementwise_exp     NAME(elementwise_exp)
#define elementwise_log     NAME(elementwise_log)
#define elementwise_sigmoid NAME(elementwise_sigmoid)
#define elementwise_softmax NAME(elementwise_softmax)
#define column_sums         NAME(column_sums)

/* y[i] = exp(x[i]), within 2 ulp; x and y may be the same. Overflow gives infinity, underflow 0,
 * NaN stays. */
void elementwise_exp(size_t count, const real *x, real *y);

/* y[i] = log(x[i]), within 2 ulp; x and y may be the same. 0 gives -infinity, negative NaN. */
void elementwise_log(size_t count, const real *x, real *y);

/* y[i] = 1 / (1 + exp(-x[i])), within 4 ulp, without overflow at either end; x and y may be the
 * same. */
void elementwise_sigmoid(size_t count, const real *x, real *y);

/* Each row of y = softmax of the row of x: exp(x - max) / sum; log_sum[row] = max + log(sum),
 * unless log_sum is NULL. x, y (rows, width) may be the same, log_sum (rows). The sum of a row is
 * as many sums as a vector has lanes, side by side, then added in pairs: its order depends on width
 * alone. A row with a NaN or +infinity gives NaN. */
void elementwise_softmax(size_t rows, size_t width, const real *x, real *y, real *log_sum);

/* sum[j] = x[j] + x[stride + j] + ... for begin <= j < end, over `rows` rows, in that order.
 * x (rows, stride), sum (stride). */
void column_sums(size_t rows, size_t stride, const real *x, size_t begin, size_t end, real *sum);

#endif
