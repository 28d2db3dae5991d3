/*
 * exponential - the rate falls a little with every step, by gamma in each interval.
 *
 *     f = gamma^(t / n)          n steps = every
 *
 *     optimizer: {type: sgd, learning_rate: 0.1, schedule: {type: exponential, gamma: 0.95}}
 *
 * At the ends of intervals it is PyTorch's ExponentialLR; between them that one stays.
 */
#include "schedule.h"

#include "base/exact_math.h"

struct exponential {
    struct option_interval every;
    double gamma;
};

static const struct option exponential_options[] = {
    {"every", OPTION_INTERVAL, offsetof(struct exponential, every), .standard = "epoch",
     .help = "in how many steps it falls by gamma"},
    {"gamma", OPTION_NUMBER, offsetof(struct exponential, gamma), .standard = "0.95", .minimum = 0,
     .maximum = 1, .above_minimum = true, .help = "what it is multiplied by in that time"},
    {0},
};

static const char *exponential_refuse(const void *private, const char **key)
{
    const struct exponential *exponential = private;
    *key = "every";
    return schedule_refuse_interval(&exponential->every);
}

static double exponential_factor(const void *private, const struct schedule_point *at)
{
    const struct exponential *exponential = private;
    double intervals = at->step / schedule_steps(&exponential->every, at->steps_per_epoch);
    return exact_pow(exponential->gamma, intervals);
}

const struct schedule_kind schedule_exponential = {
    .base = {.title = "exponential",
             .aliases = "ExponentialLR",
             .help = "falls with every step, by a factor in each interval",
             .options = exponential_options,
             .private_size = sizeof(struct exponential),
             .refuse = exponential_refuse},
    .factor = exponential_factor,
};
