/*
 * one_cycle - the rate rises to learning_rate, then falls far below where it began.
 *
 *     t = 0              f = start
 *     t = rise T - 1     f = 1            along half a cosine each
 *     t = T - 1          f = end          and from there on
 *
 *     optimizer: {type: sgd, learning_rate: 0.5, schedule: one_cycle}
 *
 * PyTorch's OneCycleLR, whose div_factor is 1 / start and whose final_div_factor is start / end.
 * T = steps, or where training ends.
 */
#include "schedule.h"

#include "base/exact_math.h"

struct one_cycle {
    double rise, start, end;
};

static const struct option one_cycle_options[] = {
    {"rise", OPTION_NUMBER, offsetof(struct one_cycle, rise), .standard = "0.3", .minimum = 0,
     .maximum = 1, .help = "the share of the steps in which it rises"},
    {"start", OPTION_NUMBER, offsetof(struct one_cycle, start), .standard = "0.04", .minimum = 0,
     .maximum = 1, .help = "where it starts, as a share of learning_rate"},
    {"end", OPTION_NUMBER, offsetof(struct one_cycle, end), .standard = "4e-6", .minimum = 0,
     .maximum = 1, .help = "where it ends, as a share of learning_rate"},
    {0},
};

/* From `from` to `to` along half a cosine, share in [0, 1]. */
static double anneal(double from, double to, double share)
{
    static const double PI = 0x1.921fb54442d18p+1;
    return to + (from - to) * (1 + exact_cos(PI * share)) / 2;
}

static double one_cycle_factor(const void *private, const struct schedule_point *at)
{
    const struct one_cycle *cycle = private;
    double top = cycle->rise * at->total - 1, last = at->total - 1;
    if (top > 0 && at->step <= top)
        return anneal(cycle->start, 1, at->step / top);
    if (at->step >= last)
        return cycle->end;
    return anneal(1, cycle->end, (at->step - top) / (last - top));
}

const struct schedule_kind schedule_one_cycle = {
    .base = {.title = "one_cycle",
             .aliases = "OneCycleLR",
             .help = "rises to the rate, then falls far below where it began",
             .options = one_cycle_options,
             .private_size = sizeof(struct one_cycle)},
    .total = true,
    .factor = one_cycle_factor,
};
