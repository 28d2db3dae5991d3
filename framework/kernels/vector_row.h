/*
 * vector_row.h - a row of a few vectors, the last of which may be part of one.
 */
#ifndef TRAINER_VECTOR_ROW_H
#define TRAINER_VECTOR_ROW_H

#include "vector.h"

/* How a row's last vector is loaded: all its lanes, or the `last` ones alone. */
enum ending { WHOLE, PART };

static inline __attribute__((always_inline)) void
row_load(const real *from, int vectors, lanes last, enum ending ending, vector *row)
{
    const real *end = from + (vectors - 1) * LANES;
    UNROLLED
    for (int v = 0; v < vectors - 1; v++)
        row[v] = vector_load(from + v * LANES);
    row[vectors - 1] = ending == WHOLE ? vector_load(end) : vector_load_part(end, last);
}

static inline __attribute__((always_inline)) void row_store(real *to, int vectors, lanes last,
                                                            const vector *row)
{
    UNROLLED
    for (int v = 0; v < vectors - 1; v++)
        vector_store(to + v * LANES, row[v]);
    vector_store_part(to + (vectors - 1) * LANES, last, row[vectors - 1]);
}

/* sum = c - rate * sum. What is not finite, `seen`, zeros at first, shows by row_is_finite. */
static inline __attribute__((always_inline)) void row_step(const vector *c, int vectors,
                                                           vector rate, vector *sum, vector *seen)
{
    UNROLLED
    for (int v = 0; v < vectors; v++) {
        sum[v] = c[v] - rate * sum[v];
        seen[v] = vector_see(sum[v], seen[v]);
    }
}

static inline __attribute__((always_inline)) bool row_is_finite(const vector *seen, int vectors)
{
    vector all = {0};
    UNROLLED
    for (int v = 0; v < vectors; v++)
        all += seen[v];
    return vector_is_zero(all);
}

#endif
