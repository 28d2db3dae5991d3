/*
 * lecun - weights whose sums keep the size of what they sum.
 *
 *     deviation sqrt(1 / fan), fan = fan_in or fan_out; uniform: between +-sqrt(3 / fan)
 *
 * LeCun et al., "Efficient backprop", 1998. The book calls this one Xavier.
 *
 *     init: {type: lecun}
 *     init: {type: lecun, distribution: uniform}
 */
#include "scaled.h"

static const struct option lecun_options[] = {SCALED_DISTRIBUTION, SCALED_MODE, {0}};

static void lecun_values(const struct initial *initial, size_t first, size_t count, double *x)
{
    scaled_draw(initial, 1 / scaled_fan(initial), first, count, x);
}

const struct initializer_kind initializer_lecun = {
    .base = {.title = "lecun",
             .help = "deviation sqrt(1 / fan)",
             .options = lecun_options,
             .private_size = sizeof(struct scaled)},
    .values = lecun_values,
};
