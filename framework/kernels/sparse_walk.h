/*
 * sparse_walk.h - what both products that skip zeros do with rows of numbers.
 *
 * A row is taken VECTORS_MAX vectors at a time; the loops are made for each number of vectors, so
 * that the sums live in registers.
 */
#ifndef TRAINER_KERNELS_SPARSE_WALK_H
#define TRAINER_KERNELS_SPARSE_WALK_H

#include "sparse.h"
#include "vector.h"
#include <stdbool.h>

enum { VECTORS_MAX = 8 };

/* The row of data that is row i of the batch. */
static inline size_t data_row(const struct sparse_batch *batch, size_t i)
{
    return batch->index ? batch->index[i] : batch->first + i;
}

static inline size_t aligned_stride(size_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

/* Whether rows of n are copied so that each begins at a vector's address: a vector that straddles
 * two cache lines takes twice as long to load. */
static inline bool is_copied(size_t n)
{
    return n % LANES != 0 && n <= VECTORS_MAX * LANES;
}

/* Copies rows of n to rows of aligned_stride(n), what pads them zero. */
static inline void copy_rows(size_t rows, size_t n, const real *from, real *to)
{
    size_t stride = aligned_stride(n), whole = stride - LANES;
    lanes last = lanes_first(n - whole);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < whole; j += LANES)
            vector_store(to + i * stride + j, vector_load(from + i * n + j));
        vector_store(to + i * stride + whole, vector_load_part(from + i * n + whole, last));
    }
}

static inline __attribute__((always_inline)) void load_row(const real *row, int vectors, lanes last,
                                                           vector *sum)
{
    UNROLLED
    for (int v = 0; v < vectors - 1; v++)
        sum[v] = vector_load(row + v * LANES);
    sum[vectors - 1] = vector_load_part(row + (vectors - 1) * LANES, last);
}

static inline __attribute__((always_inline)) void store_row(real *row, int vectors, lanes last,
                                                            const vector *sum)
{
    UNROLLED
    for (int v = 0; v < vectors - 1; v++)
        vector_store(row + v * LANES, sum[v]);
    vector_store_part(row + (vectors - 1) * LANES, last, sum[vectors - 1]);
}

/* sum += number * row */
static inline __attribute__((always_inline)) void add_row(vector number, const real *row,
                                                          int vectors, lanes last, vector *sum)
{
    UNROLLED
    for (int v = 0; v < vectors - 1; v++)
        sum[v] = vector_multiply_add(number, vector_load(row + v * LANES), sum[v]);
    sum[vectors - 1] = vector_multiply_add(
        number, vector_load_part(row + (vectors - 1) * LANES, last), sum[vectors - 1]);
}

/* How many vectors come next of the n - j that are left, and the lanes of the last one. */
static inline size_t next_vectors(size_t n, size_t j, lanes *last)
{
    size_t columns = n - j < VECTORS_MAX * LANES ? n - j : VECTORS_MAX * LANES;
    size_t vectors = (columns + LANES - 1) / LANES;
    *last = lanes_first(columns - (vectors - 1) * LANES);
    return vectors;
}

#endif
