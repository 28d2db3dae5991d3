/*
 * cosine - the rate falls from learning_rate to a share of it, along half a cosine.
 *
 *     f = e + (1 - e) (1 + cos(pi t/T)) / 2          T = steps, or where training ends; f = e
 *                                                    from there on
 *
 *     optimizer: {type: sgd, learning_rate: 0.1, schedule: {type: cosine, warmup: 500}}
 *
 * PyTorch's CosineAnnealingLR.
 */
#include "schedule.h"

#include "base/exact_math.h"

struct cosine {
    double end;
};

static const struct option cosine_options[] = {
    {"end", OPTION_NUMBER, offsetof(struct cosine, end), .standard = "0", .minimum = 0,
     .maximum = 1, .help = "where it ends, as a share of learning_rate"},
    {0},
};

static double cosine_factor(const void *private, const struct schedule_point *at)
{
    static const double PI = 0x1.921fb54442d18p+1;
    const struct cosine *cosine = private;
    if (at->step >= at->total)
        return cosine->end;
    return cosine->end + (1 - cosine->end) * (1 + exact_cos(PI * (at->step / at->total))) / 2;
}

const struct schedule_kind schedule_cosine = {
    .base = {.title = "cosine",
             .aliases = "CosineAnnealing,CosineAnnealingLR",
             .help = "falls to a share of the rate along half a cosine",
             .options = cosine_options,
             .private_size = sizeof(struct cosine)},
    .total = true,
    .factor = cosine_factor,
};
