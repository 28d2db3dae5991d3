/*
 * dense.h - for tests of products that skip zeros: a dense layer of any numbers, and what gemm's
 * reference makes of it.
 *
 *     y (rows, n) = bias (n) + x (rows, columns) w (columns, n)
 *     dw (columns, n) = x' dy (rows, n)
 */
#ifndef TRAINER_DENSE_H
#define TRAINER_DENSE_H

#include "kernels.h"

struct dense {
    const struct engine *engine;
    size_t rows, columns, n;
    void *x, *w, *bias, *dy; /* x: zeros at first; bias: NULL for none */
    void *y, *dw;            /* what is tested */
    void *expected_y, *expected_dw;
};

/* w, bias and dy are drawn, in this order. */
void dense_open(struct dense *dense, const struct engine *engine, size_t rows, size_t columns,
                size_t n, uint32_t *state);
void dense_free(struct dense *dense);

/* Computes what is expected of x. */
void dense_expect(struct dense *dense);

/* Fills y and dw, so that what is not written shows; calls work(context, worker) in each thread of
 * a team; fails the test where y or dw is not equal, as numbers, to what is expected: a sum may be
 * 0 where gemm's is -0. */
void dense_check(struct dense *dense, int threads,
                 void (*work)(void *context, const struct worker *worker), void *context);

#endif
