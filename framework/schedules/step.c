/*
 * step - the rate falls at regular intervals, and stays between them.
 *
 *     f = gamma^floor(t / n)          n steps = every
 *
 *     optimizer: {type: sgd, learning_rate: 0.1, schedule: {type: step, every: 10 epochs}}
 *
 * PyTorch's StepLR.
 */
#include "schedule.h"

#include "base/exact_math.h"
#include <math.h>

struct step {
    struct option_interval every;
    double gamma;
};

static const struct option step_options[] = {
    {"every", OPTION_INTERVAL, offsetof(struct step, every), .standard = "10 epochs",
     .help = "how long a rate stays"},
    {"gamma", OPTION_NUMBER, offsetof(struct step, gamma), .standard = "0.1", .minimum = 0,
     .maximum = 1, .above_minimum = true, .help = "what it is multiplied by then"},
    {0},
};

static const char *step_refuse(const void *private, const char **key)
{
    const struct step *step = private;
    *key = "every";
    return schedule_refuse_interval(&step->every);
}

static double step_factor(const void *private, const struct schedule_point *at)
{
    const struct step *step = private;
    double falls = floor(at->step / schedule_steps(&step->every, at->steps_per_epoch));
    return exact_power(step->gamma, (uint64_t)falls);
}

const struct schedule_kind schedule_step = {
    .base = {.title = "step",
             .aliases = "StepLR",
             .help = "falls by a factor at regular intervals",
             .options = step_options,
             .private_size = sizeof(struct step),
             .refuse = step_refuse},
    .factor = step_factor,
};
