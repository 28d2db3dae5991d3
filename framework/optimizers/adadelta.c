/*
 * adadelta - steps as large as the latest steps were, by the size of the latest gradients.
 *
 *     h <- rho h + (1 - rho) g^2
 *     d = g sqrt(u + epsilon) / sqrt(h + epsilon)
 *     u <- rho u + (1 - rho) d^2
 *     x <- x - learning_rate d
 *
 *     optimizer: {type: adadelta}
 *
 * PyTorch's: epsilon stands inside the roots.
 */
#include "optimizer.h"

struct adadelta {
    struct optimizer_base base;
    double rho, epsilon;
};

static const struct option adadelta_options[] = {
    {"learning_rate", OPTION_NUMBER, offsetof(struct adadelta, base.learning_rate), .standard = "1",
     .minimum = 0, .maximum = 1e6, .above_minimum = true, .help = "what a step is multiplied by"},
    {"rho", OPTION_NUMBER, offsetof(struct adadelta, rho), .standard = "0.9", .minimum = 0,
     .maximum = 1, .below_maximum = true, .help = "share of the mean squares that stays"},
    {"epsilon", OPTION_NUMBER, offsetof(struct adadelta, epsilon), .standard = "1e-6", .minimum = 0,
     .maximum = 1e6, .above_minimum = true, .help = "added inside the roots"},
    {"weight_decay", OPTION_NUMBER, offsetof(struct adadelta, base.weight_decay), .standard = "0",
     .minimum = 0, .maximum = 1e6, .help = "share of a weight that is added to its gradient"},
    {0},
};

static void adadelta_step(const struct update *update)
{
    const struct adadelta *adadelta = update->private;
    const real rate = (real)update->learning_rate, epsilon = (real)adadelta->epsilon;
    const real rho = (real)adadelta->rho, rest = (real)(1 - adadelta->rho);
    const real *restrict g = update->g;
    real *restrict x = update->x, *restrict h = update->state[0], *restrict u = update->state[1];
    for (size_t i = 0; i < update->count; i++) {
        h[i] = rho * h[i] + rest * (g[i] * g[i]);
        real d = real_sqrt(u[i] + epsilon) / real_sqrt(h[i] + epsilon) * g[i];
        u[i] = rho * u[i] + rest * (d * d);
        x[i] -= rate * d;
    }
}

const struct optimizer_kind NAME(optimizer_adadelta) = {
    .base = {.title = "adadelta",
             .help = "steps as large as the latest steps were",
             .options = adadelta_options,
             .private_size = sizeof(struct adadelta)},
    .state_names = {"squares", "deltas"},
    .step = adadelta_step,
};
