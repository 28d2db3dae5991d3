/*
 * normal - values from a normal distribution.
 *
 *     init: {type: normal, mean: 0, std: 0.01}
 */
#include "initializer.h"

struct normal {
    double mean, std;
};

static const struct option normal_options[] = {
    {"mean", OPTION_NUMBER, offsetof(struct normal, mean), .standard = "0", .help = "mean"},
    {"std", OPTION_NUMBER, offsetof(struct normal, std), .standard = "0.01", .minimum = 0,
     .maximum = 1e6, .help = "standard deviation"},
    {0},
};

static void normal_values(const struct initial *initial, size_t first, size_t count, double *x)
{
    const struct normal *normal = initial->private;
    random_normals(&initial->stream, first, count, x);
    for (size_t i = 0; i < count; i++)
        x[i] = normal->mean + normal->std * x[i];
}

const struct initializer_kind initializer_normal = {
    .base = {.title = "normal",
             .aliases = "Gaussian",
             .help = "a normal distribution",
             .options = normal_options,
             .private_size = sizeof(struct normal)},
    .values = normal_values,
};
