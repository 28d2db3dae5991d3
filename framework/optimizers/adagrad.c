/*
 * adagrad - each parameter's rate falls with the gradients it has had.
 *
 *     h <- h + g^2
 *     x <- x - learning_rate g / (sqrt(h) + epsilon)
 *
 *     optimizer: {type: adagrad, learning_rate: 0.01}
 *
 * PyTorch's: epsilon stands outside the root (Keras has it inside), and h starts at 0.
 */
#include "optimizer.h"

struct adagrad {
    struct optimizer_base base;
    double epsilon;
};

static const struct option adagrad_options[] = {
    {"learning_rate", OPTION_NUMBER, offsetof(struct adagrad, base.learning_rate),
     .standard = "0.01", .minimum = 0, .maximum = 1e6, .above_minimum = true,
     .help = "size of the first steps"},
    {"epsilon", OPTION_NUMBER, offsetof(struct adagrad, epsilon), .standard = "1e-10", .minimum = 0,
     .maximum = 1e6, .above_minimum = true, .help = "added to the root"},
    {"weight_decay", OPTION_NUMBER, offsetof(struct adagrad, base.weight_decay), .standard = "0",
     .minimum = 0, .maximum = 1e6, .help = "share of a weight that is added to its gradient"},
    {0},
};

static void adagrad_step(const struct update *update)
{
    const struct adagrad *adagrad = update->private;
    const real rate = (real)update->learning_rate, epsilon = (real)adagrad->epsilon;
    const real *restrict g = update->g;
    real *restrict x = update->x, *restrict h = update->state[0];
    for (size_t i = 0; i < update->count; i++) {
        h[i] += g[i] * g[i];
        x[i] -= rate * g[i] / (real_sqrt(h[i]) + epsilon);
    }
}

const struct optimizer_kind NAME(optimizer_adagrad) = {
    .base = {.title = "adagrad",
             .help = "rates that fall with the gradients a parameter has had",
             .options = adagrad_options,
             .private_size = sizeof(struct adagrad)},
    .state_names = {"squares"},
    .step = adagrad_step,
};
