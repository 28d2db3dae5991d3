/*
 * sparse.h - products with a matrix that is mostly zeros, such as images of digits or one-hot data.
 *
 *     Y = bias + X W        row i:     y[i] = bias, then  y[i] += x[i][c] * w[c]    for c ascending
 *     dW = X' dY            column c:  dw[c] = 0,   then dw[c] += x[i][c] * dy[i]   for i ascending
 *
 * Only groups of four elements of X that are not all zeros are visited: the same sums as gemm's in
 * the same order, by multiply_add, fewer terms. A term that is left out would have added zero, so
 * the results are the same numbers as gemm's, bit for bit but for the sign of a zero, as long as W
 * and dY are finite.
 *
 * All rows of a batch are transposed (sparse_transpose) before a product, by any of the threads.
 */
#ifndef TRAINER_SPARSE_H
#define TRAINER_SPARSE_H

#include "engine/real.h"
#include "engine/team.h"
#include "sparse_data.h"
#include <stdbool.h>

#define sparse_scratch  NAME(sparse_scratch)
#define sparse_forward  NAME(sparse_forward)
#define sparse_weights  NAME(sparse_weights)
#define sparse_descends NAME(sparse_descends)
#define sparse_descend  NAME(sparse_descend)

/* Bytes of scratch of each thread, 64-byte aligned. */
size_t sparse_scratch(size_t columns);

/* y[i] = bias + x[i] w for the rows of the batch that the worker owns. w (columns, n), bias (n) or
 * NULL for zeros, y (rows, n). Fastest if the worker transposed these rows itself. */
void sparse_forward(const struct sparse_batch *batch, size_t rows, size_t n, const real *w,
                    const real *bias, real *y, void *own, const struct worker *worker);

/* dw[c] = sum over i of x[i][c] dy[i] for the columns that the worker owns. dy (rows, n), dw
 * (columns, n). */
void sparse_weights(const struct sparse_batch *batch, size_t rows, size_t n, const real *dy,
                    real *dw, void *own, const struct worker *worker);

/* w[c] = w[c] - rate * dw[c], rounded as if dw had been stored; where dw is zero, w stays as it is.
 * Whether all that was written is finite. */
bool sparse_descend(const struct sparse_batch *batch, size_t rows, size_t n, const real *dy,
                    real rate, real *w, void *own, const struct worker *worker);

/* Whether it can: where sums over so many rows are complete before they are stored. As
 * gemm_descends. */
bool sparse_descends(size_t rows);

#endif
