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

static double uniform_value(const struct initial *initial, size_t index)
{
    const struct uniform *uniform = initial->private;
    double share = random_uniform(&initial->stream, index);
    return uniform->min + (uniform->max - uniform->min) * share;
}

const struct initializer_kind initializer_uniform = {
    .base = {.title = "uniform",
             .help = "spread evenly between two bounds",
             .options = uniform_options,
             .private_size = sizeof(struct uniform)},
    .value = uniform_value,
};
