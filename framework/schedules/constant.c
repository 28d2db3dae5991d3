/*
 * constant - the same rate for every step.
 *
 *     f = 1
 *
 *     optimizer: {type: sgd, learning_rate: 0.1, schedule: {type: constant, warmup: 500}}
 */
#include "schedule.h"

static double constant_factor(const void *private, const struct schedule_point *at)
{
    (void)private;
    (void)at;
    return 1;
}

const struct schedule_kind schedule_constant = {
    .base = {.title = "constant", .aliases = "none", .help = "the same rate for every step"},
    .factor = constant_factor,
};
