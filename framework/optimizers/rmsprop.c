/*
 * rmsprop - steps divided by the size of the latest gradients.
 *
 *     h <- rho h + (1 - rho) g^2
 *     d = g / (sqrt(h) + epsilon)
 *     x <- x - learning_rate d                        or, with momentum mu: b <- mu b + d,
 *                                                     x <- x - learning_rate b
 *
 *     optimizer: {type: rmsprop, learning_rate: 0.001, rho: 0.9, centered: true}
 *
 * centered: a <- rho a + (1 - rho) g, and sqrt(max(h - a^2, 0)) in the root's place. PyTorch's,
 * whose alpha is rho; epsilon stands outside the root.
 */
#include "optimizer.h"

struct rmsprop {
    struct optimizer_base base;
    double rho, epsilon, momentum;
    bool centered;
};

enum { SQUARES, MEANS, VELOCITY };

static const struct option rmsprop_options[] = {
    {"learning_rate", OPTION_NUMBER, offsetof(struct rmsprop, base.learning_rate),
     .standard = "0.01", .minimum = 0, .maximum = 1e6, .above_minimum = true,
     .help = "size of a step"},
    {"rho", OPTION_NUMBER, offsetof(struct rmsprop, rho), .standard = "0.99", .minimum = 0,
     .maximum = 1, .below_maximum = true, .help = "share of the mean square that stays"},
    {"epsilon", OPTION_NUMBER, offsetof(struct rmsprop, epsilon), .standard = "1e-8", .minimum = 0,
     .maximum = 1e6, .above_minimum = true, .help = "added to the root"},
    {"momentum", OPTION_NUMBER, offsetof(struct rmsprop, momentum), .standard = "0", .minimum = 0,
     .maximum = 1, .below_maximum = true, .help = "share of the velocity that stays; 0: none"},
    {"centered", OPTION_BOOLEAN, offsetof(struct rmsprop, centered), .standard = "false",
     .help = "divide by the deviation instead of the size"},
    {"weight_decay", OPTION_NUMBER, offsetof(struct rmsprop, base.weight_decay), .standard = "0",
     .minimum = 0, .maximum = 1e6, .help = "share of a weight that is added to its gradient"},
    {0},
};

static bool rmsprop_wants(const void *private, int state)
{
    const struct rmsprop *rmsprop = private;
    return state == SQUARES || (state == MEANS ? rmsprop->centered : rmsprop->momentum > 0);
}

/* Elements whose d is held at once. */
enum { BLOCK = 256 };

/* d[0..count) of the elements from `first` on; the means move. */
static void divide(const struct update *update, size_t first, size_t count, real *restrict d)
{
    const struct rmsprop *rmsprop = update->private;
    const real rho = (real)rmsprop->rho, rest = (real)(1 - rmsprop->rho);
    const real epsilon = (real)rmsprop->epsilon, *restrict g = update->g + first;
    real *restrict h = update->state[SQUARES] + first;
    real *restrict a = update->state[MEANS] ? update->state[MEANS] + first : NULL;
    for (size_t i = 0; i < count; i++)
        h[i] = rho * h[i] + rest * (g[i] * g[i]);
    for (size_t i = 0; !a && i < count; i++)
        d[i] = g[i] / (real_sqrt(h[i]) + epsilon);
    for (size_t i = 0; a && i < count; i++) {
        a[i] = rho * a[i] + rest * g[i];
        real variance = h[i] - a[i] * a[i];
        d[i] = g[i] / (real_sqrt(variance > 0 ? variance : 0) + epsilon);
    }
}

static void rmsprop_step(const struct update *update)
{
    const struct rmsprop *rmsprop = update->private;
    const real rate = (real)update->learning_rate, mu = (real)rmsprop->momentum;
    for (size_t first = 0; first < update->count; first += BLOCK) {
        size_t left = update->count - first, count = left < BLOCK ? left : BLOCK;
        real d[BLOCK], *restrict x = update->x + first;
        divide(update, first, count, d);
        if (update->state[VELOCITY]) {
            real *restrict b = update->state[VELOCITY] + first;
            for (size_t i = 0; i < count; i++)
                d[i] = b[i] = mu * b[i] + d[i];
        }
        for (size_t i = 0; i < count; i++)
            x[i] -= rate * d[i];
    }
}

const struct optimizer_kind NAME(optimizer_rmsprop) = {
    .base = {.title = "rmsprop",
             .help = "steps divided by the size of the latest gradients",
             .options = rmsprop_options,
             .private_size = sizeof(struct rmsprop)},
    .state_names = {"squares", "means", "velocity"},
    .wants_state = rmsprop_wants,
    .step = rmsprop_step,
};
