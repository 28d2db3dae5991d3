/*
 * initializer.h - what an initializer file may see: how a parameter gets its first values.
 *
 * Values are drawn in double and rounded to the graph's precision, so float and double networks
 * start from the same numbers; on every processor too (random.h, exact_math.h).
 */
#ifndef TRAINER_INITIALIZER_H
#define TRAINER_INITIALIZER_H

#include "base/random.h"
#include "base/shape.h"
#include "config/options.h"
#include "config/registry.h"

/* The parameter to fill. */
struct initial {
    const void *private;         /* the kind's options */
    struct random_stream stream; /* keyed by seed and the parameter's name: "affine1/weight" */
    struct shape shape;
    size_t fan_in, fan_out; /* inputs that each output sums, outputs that each input feeds */
};

struct initializer_kind {
    struct kind base;
    /* Elements [first, first + count); several threads call, for other elements each. */
    void (*values)(const struct initial *initial, size_t first, size_t count, double *x);
    /* All elements at once, of a kind whose elements depend on one another; instead of values. */
    void (*whole)(const struct initial *initial, double *x);
};

#endif
