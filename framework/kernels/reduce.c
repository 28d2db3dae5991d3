/*
 * reduce.c - sums over a flat range, four vectors at a time.
 */
#include "reduce.h"
#include "vector_sum.h"

/* What is added up: of the vectors at one place of x and y. */
typedef vector term_function(vector x, vector mean, vector y);

/* The terms of `part` lanes; those of the others are 0. */
static inline __attribute__((always_inline)) vector take(const real *x, const real *y, vector mean,
                                                         lanes part, term_function *term)
{
    vector zero = {0}, loaded = vector_load_part(x, part);
    return term(loaded, mean, y ? vector_load_part(y, part) : zero);
}

static inline __attribute__((always_inline)) real reduce(size_t count, const real *x, real mean,
                                                         const real *y, term_function *term)
{
    enum { SIDE = 4, STEP = SIDE * LANES };
    vector sum[SIDE] = {0}, middle = vector_splat(mean), zero = {0};
    size_t i = 0;
    for (; i + STEP <= count; i += STEP)
        for (int v = 0; v < SIDE; v++)
            sum[v] += term(vector_load(x + i + v * LANES), middle,
                           y ? vector_load(y + i + v * LANES) : zero);
    for (int v = 0; i + LANES <= count; i += LANES, v++)
        sum[v] += term(vector_load(x + i), middle, y ? vector_load(y + i) : zero);
    real total = lanes_sum((sum[0] + sum[1]) + (sum[2] + sum[3]));
    if (i < count) {
        /* Lanes past the end hold x = 0, whose term need not be 0: they are cleared. */
        lanes part = lanes_first(count - i);
        real term_of[LANES] = {0};
        vector_store_part(term_of, part, take(x + i, y ? y + i : NULL, middle, part, term));
        total += lanes_sum(vector_load(term_of));
    }
    return total;
}

static inline vector number(vector x, vector mean, vector y)
{
    (void)mean, (void)y;
    return x;
}

static inline vector square(vector x, vector mean, vector y)
{
    (void)y;
    return (x - mean) * (x - mean);
}

static inline vector product(vector x, vector mean, vector y)
{
    return (x - mean) * y;
}

real reduce_sum(size_t count, const real *x)
{
    return reduce(count, x, 0, NULL, number);
}

real reduce_squares(size_t count, const real *x, real mean)
{
    return reduce(count, x, mean, NULL, square);
}

real reduce_dot(size_t count, const real *x, real mean, const real *y)
{
    return reduce(count, x, mean, y, product);
}
