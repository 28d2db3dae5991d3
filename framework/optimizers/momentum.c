/*
 * momentum - gradient descent with a velocity.
 *
 *     v <- mu v + g
 *     x <- x - learning_rate v                       or, nesterov: x - learning_rate (g + mu v)
 *
 *     optimizer: {type: momentum, learning_rate: 0.01, momentum: 0.9, nesterov: true}
 *
 * PyTorch's SGD with momentum. The rate stays out of v: where it changes, numbers differ from those
 * of Caffe, Keras and "Deep Learning from Scratch", which keep v = mu v - learning_rate g.
 */
#include "optimizer.h"

struct momentum {
    struct optimizer_base base;
    double momentum; /* mu */
    bool nesterov;
};

static const struct option momentum_options[] = {
    {"learning_rate", OPTION_NUMBER, offsetof(struct momentum, base.learning_rate),
     .standard = "0.01", .minimum = 0, .maximum = 1e6, .above_minimum = true,
     .help = "step along the velocity"},
    {"momentum", OPTION_NUMBER, offsetof(struct momentum, momentum), .standard = "0.9",
     .minimum = 0, .maximum = 1, .below_maximum = true, .help = "share of the velocity that stays"},
    {"nesterov", OPTION_BOOLEAN, offsetof(struct momentum, nesterov), .standard = "false",
     .help = "look ahead: step along g + momentum v"},
    {"weight_decay", OPTION_NUMBER, offsetof(struct momentum, base.weight_decay), .standard = "0",
     .minimum = 0, .maximum = 1e6, .help = "share of a weight that is added to its gradient"},
    {0},
};

static const struct kind_hint momentum_meant[] = {
    {"nesterov", "write type: momentum with nesterov: true"},
    {"nag", "write type: momentum with nesterov: true"},
    {0},
};

static const char *momentum_refuse(const void *private, const char **key)
{
    const struct momentum *momentum = private;
    *key = "nesterov";
    return momentum->nesterov && momentum->momentum == 0 ? "needs a momentum above 0" : NULL;
}

static void momentum_step(const struct update *update)
{
    const struct momentum *momentum = update->private;
    const real rate = (real)update->learning_rate, mu = (real)momentum->momentum;
    const real *restrict g = update->g;
    real *restrict x = update->x, *restrict v = update->state[0];
    if (momentum->nesterov) {
        for (size_t i = 0; i < update->count; i++) {
            v[i] = mu * v[i] + g[i];
            x[i] -= rate * (g[i] + mu * v[i]);
        }
        return;
    }
    for (size_t i = 0; i < update->count; i++) {
        v[i] = mu * v[i] + g[i];
        x[i] -= rate * v[i];
    }
}

const struct optimizer_kind NAME(optimizer_momentum) = {
    .base = {.title = "momentum",
             .aliases = "HeavyBall",
             .help = "gradient descent with a velocity; Nesterov's too",
             .options = momentum_options,
             .private_size = sizeof(struct momentum),
             .refuse = momentum_refuse,
             .meant = momentum_meant},
    .state_names = {"velocity"},
    .step = momentum_step,
};
