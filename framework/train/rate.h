/*
 * rate.h - the learning rate of a step: the optimizer's, times what its schedule makes of it.
 *
 *     optimizer: {type: sgd, learning_rate: 0.1, schedule: {type: cosine, warmup: 500}}
 *
 *     rate = learning_rate f(t)                    t: updates before the step
 *     f(t) = (t + 1) / N                           t < N = warmup
 *     f(t) = the schedule's f(t - N, T - N)        else; T = steps, or where training is to end
 *
 * T is a number in the resolved config: a run that goes on for longer keeps its curve.
 */
#ifndef TRAINER_RATE_H
#define TRAINER_RATE_H

#include "config/config.h"
#include "schedule.h"
#include <stdint.h>

struct rate {
    double learning_rate;        /* the optimizer's */
    struct kind_choice schedule; /* kind NULL: the rate stays */
    struct option_interval warmup;
    int64_t total;           /* T as configured; 0: auto */
    struct node *resolved;   /* the schedule's mapping in the resolved config */
    const struct node *node; /* as written; NULL: not given */
    /* Set by rate_plan. */
    double warmup_steps, total_steps, steps_per_epoch;
};

/* Reads `schedule` of the section `optimizer` (NULL: the rate stays) into rate, whose learning_rate
 * it leaves alone, and the resolved section. TRAINER_INVALID with all mistakes in the message. */
int rate_read(struct rate *rate, struct config *config, const struct node *node,
              struct node *resolved);

/* Settles T for training that ends behind last_step (UINT64_MAX: no step), and writes it into the
 * resolved config. TRAINER_INVALID where the schedule needs a T and there is none, or the warm-up
 * takes all of it. */
int rate_plan(struct rate *rate, struct config *config, double steps_per_epoch, uint64_t last_step);

/* What the schedule knows before the first row. */
struct schedule_memory rate_first_memory(void);

/* The rate of the step with so many updates before it. */
double rate_of(const struct rate *rate, uint64_t updates, const struct schedule_memory *memory);

/* The column that the schedule watches; NULL: none. */
const char *rate_monitor(const struct rate *rate);

/* Tells the schedule the watched column's value in a new row; NaN is passed over. */
void rate_observe(const struct rate *rate, double value, bool maximize,
                  struct schedule_memory *memory);

/* The options that every schedule has, for lists: `warmup`; and `steps` of those with `total`. */
extern const struct option rate_options[];
extern const struct option rate_total_options[];

#endif
