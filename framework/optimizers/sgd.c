/*
 * sgd - stochastic gradient descent.
 *
 *     x <- x - learning_rate g
 *
 *     optimizer: {type: sgd, learning_rate: 0.1}
 */
#include "optimizer.h"

struct sgd {
    struct optimizer_base base;
};

static const struct option sgd_options[] = {
    {"learning_rate", OPTION_NUMBER, offsetof(struct sgd, base.learning_rate), .standard = "0.01",
     .minimum = 0, .maximum = 1e6, .above_minimum = true, .help = "step along the gradient"},
    {"weight_decay", OPTION_NUMBER, offsetof(struct sgd, base.weight_decay), .standard = "0",
     .minimum = 0, .maximum = 1e6, .help = "share of a weight that is added to its gradient"},
    {0},
};

static const struct kind_hint sgd_hints[] = {
    {"momentum", "for momentum write type: momentum"},
    {"nesterov", "write type: momentum with nesterov: true"},
    {0},
};

static void sgd_step(const struct update *update)
{
    real rate = (real)update->learning_rate;
    for (size_t i = 0; i < update->count; i++)
        update->x[i] -= rate * update->g[i];
}

const struct optimizer_kind NAME(optimizer_sgd) = {
    .base = {.title = "sgd",
             .aliases = "GradientDescent",
             .help = "stochastic gradient descent",
             .options = sgd_options,
             .private_size = sizeof(struct sgd),
             .hints = sgd_hints},
    .fusable = true,
    .step = sgd_step,
};
