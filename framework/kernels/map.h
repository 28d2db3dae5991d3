/*
 * map.h - a function of one element over a flat range, and its gradient, a vector at a time.
 *
 * The tail is part of a vector: an element's bits do not depend on where a range is cut. All of it
 * is inlined, the function too.
 */
#ifndef TRAINER_MAP_H
#define TRAINER_MAP_H

#include "store.h"
#include "vector_math.h"

/* A function of x; constant is what it needs besides, such as a slope. */
typedef vector map_function(vector x, vector constant);

/* y[i] = function(x[i], constant); x and y may be the same. */
static inline __attribute__((always_inline)) void map(size_t count, const real *x, real constant,
                                                      real *y, map_function *function)
{
    vector with = vector_splat(constant);
    size_t whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        vector_store(y + i, function(vector_load(x + i), with));
    if (whole < count) {
        lanes rest = lanes_first(count - whole);
        vector_store_part(y + whole, rest, function(vector_load_part(x + whole, rest), with));
    }
}

/* dx[i] = dy[i] slope(x[i], constant), or that added to dx[i]; dx and dy may be the same. */
static inline __attribute__((always_inline)) void map_gradient(size_t count, const real *x,
                                                               real constant, const real *dy,
                                                               bool accumulate, real *dx,
                                                               map_function *slope)
{
    vector with = vector_splat(constant);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        vector d = slope(vector_load(x + i), with) * vector_load(dy + i);
        vector_store(dx + i, accumulate ? vector_load(dx + i) + d : d);
    }
    if (i < count) {
        lanes rest = lanes_first(count - i);
        vector d = slope(vector_load_part(x + i, rest), with) * vector_load_part(dy + i, rest);
        vector_store_part(dx + i, rest, accumulate ? vector_load_part(dx + i, rest) + d : d);
    }
}

#endif
