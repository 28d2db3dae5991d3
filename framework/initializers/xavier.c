/*
 * xavier - weights that keep the size of values forward and of gradients backward.
 *
 *     deviation sqrt(2 / (fan_in + fan_out)); uniform: between +-sqrt(6 / (fan_in + fan_out))
 *
 * Glorot, Bengio, "Understanding the difficulty of training deep feedforward networks", 2010.
 *
 *     init: {type: xavier}
 *     init: {type: xavier, distribution: uniform}
 */
#include "scaled.h"

static const struct option xavier_options[] = {SCALED_DISTRIBUTION, {0}};

static const struct kind_hint xavier_hints[] = {
    {"mode", "xavier counts both fans; he and lecun have a mode"},
    {0},
};

static void xavier_values(const struct initial *initial, size_t first, size_t count, double *x)
{
    scaled_draw(initial, 2 / (double)(initial->fan_in + initial->fan_out), first, count, x);
}

const struct initializer_kind initializer_xavier = {
    .base = {.title = "xavier",
             .aliases = "Glorot",
             .help = "deviation sqrt(2 / (fan_in + fan_out))",
             .options = xavier_options,
             .hints = xavier_hints,
             .private_size = sizeof(struct scaled)},
    .values = xavier_values,
};
