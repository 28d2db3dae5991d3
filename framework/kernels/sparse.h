/*
 * sparse.h - products with a matrix that is mostly zeros, such as images of digits or one-hot data.
 *
 *     Y = bias + X W        row i:     y[i] = bias, then  y[i] += x[i][c] * w[c]    for c ascending
 *     dW = X' dY            column c:  dw[c] = 0,   then dw[c] += x[i][c] * dy[i]   for i ascending
 *
 * Only elements of X that are not zero are visited: the same sums as gemm's in the same order, by
 * multiply_add, fewer terms. A term that is left out would have added zero, so the results are the
 * same numbers as gemm's, bit for bit but for the sign of a zero, as long as W and dY are finite.
 *
 * X is stored by rows for the first product (sparse_data.h): one such list holds a whole data set
 * and serves all batches. The second product turns each batch's lists block by block.
 */
#ifndef TRAINER_KERNELS_SPARSE_H
#define TRAINER_KERNELS_SPARSE_H

#include "../real.h"
#include "../team.h"
#include "sparse_data.h"
#include <stdbool.h>

#define sparse_forward_bytes NAME(sparse_forward_bytes)
#define sparse_weights_bytes NAME(sparse_weights_bytes)
#define sparse_forward       NAME(sparse_forward)
#define sparse_weights       NAME(sparse_weights)
#define sparse_descend       NAME(sparse_descend)
#define sparse_descends      NAME(sparse_descends)

/* Scratch of each thread, 64-byte aligned. */
size_t sparse_forward_bytes(const struct sparse *data, size_t n);
size_t sparse_weights_bytes(const struct sparse *data, size_t n);

/* y[i] = bias + x[i] w for the rows of the batch that the worker owns. w (columns, n), bias (n) or
 * NULL for zeros, y (rows, n). */
void sparse_forward(const struct sparse_batch *batch, size_t n, const real *w, const real *bias,
                    real *y, void *own, const struct worker *worker);

/* dw[c] = sum over i of x[i][c] dy[i] for the blocks of columns that the worker owns. dy (rows, n),
 * dw (columns, n). */
void sparse_weights(const struct sparse_batch *batch, size_t n, const real *dy, real *dw, void *own,
                    const struct worker *worker);

/* w[c] = w[c] - rate * dw[c], rounded as if dw had been stored; where dw is zero, w stays as it is.
 * Whether all that was written is finite. */
bool sparse_descend(const struct sparse_batch *batch, size_t n, const real *dy, real rate, real *w,
                    void *own, const struct worker *worker);

/* Whether it can: where sums over so many rows are complete before they are stored. As
 * gemm_descends. */
bool sparse_descends(size_t n, size_t rows);

#endif
