/*
 * gemm.h - C = A B (+ bias), by all threads of a team.
 *
 *     s = c[i][j] if accumulating, else 0;  s = s + bias[j] if there is a bias
 *     s = multiply_add(a[i][p], b[p][j], s)   for p = 0, 1, ... k-1
 *     c[i][j] = s                             0 <= i < m, j < n
 *     c[i][j] = c[i][j] - rate * s            instead, when descending: s is a gradient of C
 *
 * A and B are read through strides, so that the three products of a dense layer need no transposes:
 * X W, X' dY, dY W'. Every element is that one chain of multiply_add, in that order, whatever m, n,
 * the threads and the tiles are: results are the same bits for any team, a row's result does not
 * depend on the batch it stands in, and gemm_run equals gemm_reference bit for bit. The distance to
 * the true sum is at most (k + 1) * epsilon * (|c| + |bias| + sum of |a| |b|), to first order.
 */
#ifndef TRAINER_GEMM_H
#define TRAINER_GEMM_H

#include "engine/real.h"
#include "engine/team.h"
#include <stdbool.h>

struct gemm {
    size_t m, n, k;
    const real *a;          /* (m, k): a[i * a_row + p * a_column] */
    size_t a_row, a_column; /* one of them is 1 */
    const real *b;          /* (k, n): b[p * b_row + j * b_column] */
    size_t b_row, b_column; /* one of them is 1 */
    real *c;                /* (m, n): c[i * c_row + j] */
    size_t c_row;
    const real *bias; /* (n), or NULL */
    bool accumulate;  /* add to c instead of storing */
    bool descend;     /* needs gemm_descends(n, k), no bias, nothing to accumulate */
    real rate;
    bool
        *finite; /* of this thread, when descending: cleared where it writes a number that is not */
    void *shared; /* gemm_shared_bytes(m, n, k), 64-byte aligned, the same for all threads */
    void *own;    /* gemm_own_bytes(m, n, k) for each thread, 64-byte aligned */
};

#define gemm_shared_bytes NAME(gemm_shared_bytes)
#define gemm_own_bytes    NAME(gemm_own_bytes)
#define gemm_descends     NAME(gemm_descends)
#define gemm_run          NAME(gemm_run)
#define gemm_alone_bytes  NAME(gemm_alone_bytes)
#define gemm_alone        NAME(gemm_alone)
#define gemm_reference    NAME(gemm_reference)

/* Scratch that gemm_run needs for any problem up to these sizes. */
size_t gemm_shared_bytes(size_t m, size_t n, size_t k);
size_t gemm_own_bytes(size_t m, size_t n, size_t k);

/* Whether sums of k terms are complete before they are stored. */
bool gemm_descends(size_t n, size_t k);

/* Called by every thread of the team, with the same problem. On return this thread's part of c is
 * written: a team_barrier must come before another thread's part is read, or before `shared` is
 * used again. c overlaps none of the inputs. */
void gemm_run(const struct gemm *gemm, const struct worker *worker);

/* The same by one thread, whatever its team does; scratch of gemm_alone_bytes(m, n, k), 64-byte
 * aligned, stands for `shared` and `own`. */
size_t gemm_alone_bytes(size_t m, size_t n, size_t k);
void gemm_alone(const struct gemm *gemm, void *scratch);

/* The same, plainly: three loops, one thread. */
void gemm_reference(const struct gemm *gemm);

#endif
