/*
 * plateau - the rate falls when a metric has not improved for some time.
 *
 *     f = factor^(how often that was), at least end
 *
 *     optimizer:
 *       type: sgd
 *       schedule: {type: plateau, monitor: validation_loss, factor: 0.1, patience: 10}
 *
 * After each row of the epoch series in which the metric is measured: an improvement is a value
 * better than the best by more than min_delta of it; behind more than `patience` rows without one
 * the rate falls, and rows are not counted for `cooldown` rows. PyTorch's ReduceLROnPlateau.
 */
#include "schedule.h"

#include <math.h>

struct plateau {
    const char *monitor;
    double factor, min_delta, end;
    int64_t patience, cooldown;
};

static const struct option plateau_options[] = {
    {"monitor", OPTION_TEXT, offsetof(struct plateau, monitor), .standard = "validation_loss",
     .help = "the metric that must improve"},
    {"factor", OPTION_NUMBER, offsetof(struct plateau, factor), .standard = "0.1", .minimum = 0,
     .maximum = 1, .above_minimum = true, .help = "what the rate is multiplied by"},
    {"patience", OPTION_INTEGER, offsetof(struct plateau, patience), .standard = "10", .minimum = 0,
     .maximum = 1e9, .help = "rows without improvement that are borne"},
    {"min_delta", OPTION_NUMBER, offsetof(struct plateau, min_delta), .standard = "1e-4",
     .minimum = 0, .maximum = 1, .help = "what counts as improvement, as a share of the best"},
    {"cooldown", OPTION_INTEGER, offsetof(struct plateau, cooldown), .standard = "0", .minimum = 0,
     .maximum = 1e9, .help = "rows behind a fall in which none is counted"},
    {"end", OPTION_NUMBER, offsetof(struct plateau, end), .standard = "0", .minimum = 0,
     .maximum = 1, .help = "the lowest it falls to, as a share of learning_rate"},
    {0},
};

static double plateau_factor(const void *private, const struct schedule_point *at)
{
    const struct plateau *plateau = private;
    return at->memory->factor > plateau->end ? at->memory->factor : plateau->end;
}

static const char *plateau_monitor(const void *private)
{
    const struct plateau *plateau = private;
    return plateau->monitor;
}

static void plateau_observe(const void *private, double value, bool maximize,
                            struct schedule_memory *memory)
{
    const struct plateau *plateau = private;
    double margin = plateau->min_delta * fabs(memory->best);
    double gain = maximize ? value - memory->best : memory->best - value;
    if (isnan(memory->best) || gain > margin) {
        memory->best = value;
        memory->waited = 0;
    } else {
        memory->waited++;
    }
    if (memory->cooldown > 0) {
        memory->cooldown--;
        memory->waited = 0;
    }
    if (memory->waited > (double)plateau->patience) {
        memory->factor *= plateau->factor;
        memory->cooldown = (double)plateau->cooldown;
        memory->waited = 0;
    }
}

const struct schedule_kind schedule_plateau = {
    .base = {.title = "plateau",
             .aliases = "ReduceLROnPlateau",
             .help = "falls when a metric has not improved for some time",
             .options = plateau_options,
             .private_size = sizeof(struct plateau)},
    .factor = plateau_factor,
    .monitor = plateau_monitor,
    .observe = plateau_observe,
};
