/*
 * vector_run.h - short runs of numbers, such as rows of pictures, copied and added in place of
 * calls.
 */
#ifndef TRAINER_VECTOR_RUN_H
#define TRAINER_VECTOR_RUN_H

#include "vector.h"
#include <stddef.h>

/* to[0..count) = from[0..count) */
static inline void run_copy(size_t count, const real *from, real *to)
{
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        vector_store(to + i, vector_load(from + i));
    if (i < count) {
        lanes rest = lanes_first(count - i);
        vector_store_part(to + i, rest, vector_load_part(from + i, rest));
    }
}

/* to[0..count) += from[0..count) */
static inline void run_add(size_t count, const real *from, real *to)
{
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        vector_store(to + i, vector_load(to + i) + vector_load(from + i));
    if (i < count) {
        lanes rest = lanes_first(count - i);
        vector sum = vector_load_part(to + i, rest) + vector_load_part(from + i, rest);
        vector_store_part(to + i, rest, sum);
    }
}

#endif
