/*
 * he - weights whose sums keep their size through ReLU.
 *
 *     deviation sqrt(2 / fan), fan = fan_in or fan_out; uniform: between +-sqrt(6 / fan)
 *
 * He et al., "Delving deep into rectifiers", 2015. fan_in is how many inputs an output sums,
 * fan_out how many outputs an input feeds.
 *
 *     init: {type: he}
 *     init: {type: he, distribution: uniform, mode: fan_out}
 */
#include "scaled.h"

static const struct option he_options[] = {SCALED_DISTRIBUTION, SCALED_MODE, {0}};

static void he_values(const struct initial *initial, size_t first, size_t count, double *x)
{
    scaled_draw(initial, 2 / scaled_fan(initial), first, count, x);
}

const struct initializer_kind initializer_he = {
    .base = {.title = "he",
             .aliases = "Kaiming",
             .help = "deviation sqrt(2 / fan), for weights before ReLU",
             .options = he_options,
             .private_size = sizeof(struct scaled)},
    .values = he_values,
};
