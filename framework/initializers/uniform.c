/*
 * uniform - values spread evenly between two bounds.
 *
 *     init: {type: uniform, min: -0.05, max: 0.05}
 */
#include "initializer.h"

struct uniform {
    double min, max;
};

static const struct option uniform_options[] = {
    {"min", OPTION_NUMBER, offsetof(struct uniform, min), .standard = "-0.05",
     .help = "smallest value"},
    {"max", OPTION_NUMBER, offsetof(struct uniform, max), .standard = "0.05",
     .help = "upper bound, not reached"},
    {0},
};

static void uniform_values(const struct initial *initial, size_t first, size_t count, double *x)
{
    const struct uniform *uniform = initial->private;
    for (size_t i = 0; i < count; i++) {
        double share = random_uniform(&initial->stream, first + i);
        x[i] = uniform->min + (uniform->max - uniform->min) * share;
    }
}

const struct initializer_kind initializer_uniform = {
    .base = {.title = "uniform",
             .help = "spread evenly between two bounds",
             .options = uniform_options,
             .private_size = sizeof(struct uniform)},
    .values = uniform_values,
};
