/*
 * adam - steps along the mean of the latest gradients, divided by their size (Kingma, Ba).
 *
 *     m <- beta1 m + (1 - beta1) g          M = m / (1 - beta1^t)          t: updates, from 1
 *     v <- beta2 v + (1 - beta2) g^2        V = v / (1 - beta2^t)
 *     x <- x - learning_rate M / (sqrt(V) + epsilon)
 *
 *     optimizer: {type: adam, learning_rate: 0.001}
 *
 * amsgrad: the largest v so far in v's place. PyTorch's: epsilon stands outside the root and is not
 * scaled by the correction. weight_decay is added to g (adamw takes it apart).
 */
#include "adam.h"

#include "base/exact_math.h"
#include <math.h>

enum { MEAN, VARIANCE, LARGEST };

/* Of a step: 1 / (1 - beta1^t) and 1 / sqrt(1 - beta2^t). */
enum { MEAN_SCALE, ROOT_SCALE };

static const struct option adam_options[] = {
    {"learning_rate", OPTION_NUMBER, offsetof(struct adam, base.learning_rate), .standard = "0.001",
     .minimum = 0, .maximum = 1e6, .above_minimum = true, .help = "size of a step"},
    {"beta1", OPTION_NUMBER, offsetof(struct adam, beta1), .standard = "0.9", .minimum = 0,
     .maximum = 1, .below_maximum = true, .help = "share of the mean gradient that stays"},
    {"beta2", OPTION_NUMBER, offsetof(struct adam, beta2), .standard = "0.999", .minimum = 0,
     .maximum = 1, .below_maximum = true, .help = "share of the mean square that stays"},
    {"epsilon", OPTION_NUMBER, offsetof(struct adam, epsilon), .standard = "1e-8", .minimum = 0,
     .maximum = 1e6, .above_minimum = true, .help = "added to the root"},
    {"amsgrad", OPTION_BOOLEAN, offsetof(struct adam, amsgrad), .standard = "false",
     .help = "divide by the largest mean square so far"},
    {"weight_decay", OPTION_NUMBER, offsetof(struct adam, base.weight_decay), .standard = "0",
     .minimum = 0, .maximum = 1e6, .help = "share of a weight that is added to its gradient"},
    {0},
};

bool adam_wants_state(const void *private, int state)
{
    const struct adam *adam = private;
    return state != LARGEST || adam->amsgrad;
}

void adam_constants(const void *private, uint64_t updates, double *constants)
{
    const struct adam *adam = private;
    constants[MEAN_SCALE] = 1 / (1 - exact_power(adam->beta1, updates));
    constants[ROOT_SCALE] = 1 / sqrt(1 - exact_power(adam->beta2, updates));
}

void adam_step(const struct update *update)
{
    const struct adam *adam = update->private;
    const real beta1 = (real)adam->beta1, rest1 = (real)(1 - adam->beta1);
    const real beta2 = (real)adam->beta2, rest2 = (real)(1 - adam->beta2);
    const real rate = (real)(update->learning_rate * update->constants[MEAN_SCALE]);
    const real root = (real)update->constants[ROOT_SCALE], epsilon = (real)adam->epsilon;
    const real *restrict g = update->g;
    real *restrict x = update->x, *restrict m = update->state[MEAN];
    real *restrict v = update->state[VARIANCE], *restrict most = update->state[LARGEST];
    const real shrink = (real)(update->learning_rate * update->decay);
    for (size_t i = 0; shrink > 0 && i < update->count; i++)
        x[i] -= shrink * x[i];
    for (size_t i = 0; !most && i < update->count; i++) {
        m[i] = beta1 * m[i] + rest1 * g[i];
        v[i] = beta2 * v[i] + rest2 * (g[i] * g[i]);
        x[i] -= rate * m[i] / (real_sqrt(v[i]) * root + epsilon);
    }
    for (size_t i = 0; most && i < update->count; i++) {
        m[i] = beta1 * m[i] + rest1 * g[i];
        v[i] = beta2 * v[i] + rest2 * (g[i] * g[i]);
        most[i] = v[i] > most[i] ? v[i] : most[i];
        x[i] -= rate * m[i] / (real_sqrt(most[i]) * root + epsilon);
    }
}

const struct optimizer_kind NAME(optimizer_adam) = {
    .base = {.title = "adam",
             .help = "mean gradients divided by their size",
             .options = adam_options,
             .private_size = sizeof(struct adam)},
    .state_names = {"mean", "variance", "largest"},
    .wants_state = adam_wants_state,
    .constants = adam_constants,
    .step = adam_step,
};
