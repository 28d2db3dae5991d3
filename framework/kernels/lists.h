/*
 * lists.h - products with rows that are lists of numbers (base/list_rows.h), as libsvm files have
 * them; sparse.h is for bytes, of which a table says what numbers they are.
 *
 *     Y = bias + X W        row i:     y[i] = bias, then  y[i] += x[i][c] * w[c]    for c ascending
 *     dW = X' dY            column c:  dw[c] = 0,   then dw[c] += x[i][c] * dy[i]   for i ascending
 *
 * The sums of gemm in the same order, by multiply_add, without the terms that are zero: the same
 * numbers as gemm's, bit for bit but for the sign of a zero, as long as W and dY are finite.
 */
#ifndef TRAINER_LISTS_H
#define TRAINER_LISTS_H

#include "engine/real.h"
#include "engine/team.h"
#include "list_batch.h"

#define list_forward NAME(list_forward)
#define list_weights NAME(list_weights)

/* y[i] = bias + x[i] w for the rows of the batch that the worker owns. w (columns, n), bias (n) or
 * NULL for zeros, y (rows, n). */
void list_forward(const struct list_batch *batch, size_t rows, size_t n, const real *w,
                  const real *bias, real *y, const struct worker *worker);

/* dw[c] = sum over i of x[i][c] dy[i] for the columns that the worker owns. dy (rows, n), dw
 * (columns, n). */
void list_weights(const struct list_batch *batch, size_t rows, size_t n, const real *dy, real *dw,
                  const struct worker *worker);

#endif
