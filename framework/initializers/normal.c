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

static double normal_value(const struct initial *initial, size_t index)
{
    const struct normal *normal = initial->private;
    return normal->mean + normal->std * random_normal(&initial->stream, index);
}

const struct initializer_kind initializer_normal = {
    .base = {.title = "normal",
             .aliases = "Gaussian",
             .help = "a normal distribution",
             .options = normal_options,
             .private_size = sizeof(struct normal)},
    .value = normal_value,
};
