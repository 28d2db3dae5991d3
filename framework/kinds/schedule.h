/*
 * schedule.h - what a schedule file may see: the learning rate as a function of the step.
 *
 *     rate of a step = learning_rate * f(t, T)
 *
 * t counts the updates before that step, so f is a pure function and there is nothing to save; it
 * is asked before each step. Warm-up is not its business: t and T count from the end of that. A
 * kind may also watch a metric (observe): what it remembers is a struct schedule_memory, which
 * checkpoints keep.
 *
 * f is computed from IEEE basic operations and exact_math.h alone: the same bits everywhere.
 */
#ifndef TRAINER_SCHEDULE_H
#define TRAINER_SCHEDULE_H

#include "config/options.h"
#include "config/registry.h"
#include <stdbool.h>

/* What a schedule that watches a metric knows of it. */
struct schedule_memory {
    double best;     /* NaN: none yet */
    double waited;   /* rows without improvement */
    double cooldown; /* rows in which none is looked for yet */
    double factor;   /* of the rate; 1 at first */
};

/* A step, as a schedule sees it. */
struct schedule_point {
    double step;  /* t, from 0 */
    double total; /* T, at least 1, of kinds with `total`; for others 0 */
    double steps_per_epoch;
    const struct schedule_memory *memory; /* of kinds with `observe` */
};

struct schedule_kind {
    struct kind base;
    bool total; /* f depends on where training is to end: it takes the key `steps` */
    double (*factor)(const void *private, const struct schedule_point *at);
    /* The column of the epoch series that is watched, and what a new value of it changes; NULL:
     * none is. `maximize`: larger is better. Called by one thread, once a row, never with NaN. */
    const char *(*monitor)(const void *private);
    void (*observe)(const void *private, double value, bool maximize,
                    struct schedule_memory *memory);
};

/* An interval of steps or epochs in steps. */
static inline double schedule_steps(const struct option_interval *interval, double steps_per_epoch)
{
    double count = (double)interval->count;
    return interval->unit == INTERVAL_EPOCH ? count * steps_per_epoch : count;
}

/* Why an interval is none of steps or epochs; NULL where it is. */
static inline const char *schedule_refuse_interval(const struct option_interval *interval)
{
    bool counts = interval->unit == INTERVAL_STEPS || interval->unit == INTERVAL_EPOCH;
    return counts ? NULL : "must be steps or epochs, such as 500 steps or 10 epochs";
}

#endif
