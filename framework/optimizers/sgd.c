/*
 * sgd - stochastic gradient descent.
 *
 *     x <- x - learning_rate g
 *
 *     optimizer: {type: sgd, learning_rate: 0.1}
 */
#include "optimizer.h"

struct sgd {
    double learning_rate;
};

static const struct option sgd_options[] = {
    {"learning_rate", OPTION_NUMBER, offsetof(struct sgd, learning_rate), .standard = "0.01",
     .minimum = 0, .maximum = 1e6, .above_minimum = true, .help = "step along the gradient"},
    {0},
};

static double sgd_learning_rate(const void *private)
{
    const struct sgd *sgd = private;
    return sgd->learning_rate;
}

static void sgd_step(const struct update *update)
{
    real rate = (real)update->learning_rate;
    for (size_t i = update->begin; i < update->end; i++)
        update->x[i] -= rate * update->g[i];
}

const struct optimizer_kind NAME(optimizer_sgd) = {
    .base = {.title = "sgd",
             .aliases = "GradientDescent",
             .help = "stochastic gradient descent",
             .options = sgd_options,
             .private_size = sizeof(struct sgd)},
    .plain = true,
    .learning_rate = sgd_learning_rate,
    .step = sgd_step,
};
