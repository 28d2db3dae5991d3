/*
 * sweep_sizes.h - how many trials side by side, and on how many threads each.
 *
 * Trials scale better than threads: as long as there are trials for all processors, each has one
 * thread. Fewer trials get more threads, as far as those are measured to help. What does not fit
 * into memory does not run side by side. Where memory is plenty, a trial whose training is over
 * gives its place to the next one while it saves itself.
 */
#ifndef TRAINER_SWEEP_SIZES_H
#define TRAINER_SWEEP_SIZES_H

#include "sweep/sweep.h"
#include "sweep_data.h"

struct sweep_sizes {
    size_t jobs;   /* that train at a time */
    size_t saving; /* that save their results beside these */
    int threads;
    const char *why; /* what bounds them: "processors", ... */
};

/* Chooses for these trials; what `wanted` says is taken as it is. Measures where it has to; where
 * that fails, the least that may be. */
struct sweep_sizes sweep_sizes_choose(const struct sweep *sweep, struct sweep_data *data,
                                      const size_t *trials, size_t count,
                                      const struct sweep_parallel_settings *wanted);

#endif
