/*
 * constant - one value for all.
 *
 *     bias_init: {type: constant, value: 0}
 */
#include "initializer.h"

struct constant {
    double value;
};

static const struct option constant_options[] = {
    {"value", OPTION_NUMBER, offsetof(struct constant, value), .standard = "0",
     .help = "the value"},
    {0},
};

static void constant_values(const struct initial *initial, size_t first, size_t count, double *x)
{
    const struct constant *constant = initial->private;
    (void)first;
    for (size_t i = 0; i < count; i++)
        x[i] = constant->value;
}

const struct initializer_kind initializer_constant = {
    .base = {.title = "constant",
             .help = "one value for all",
             .options = constant_options,
             .private_size = sizeof(struct constant)},
    .values = constant_values,
};
