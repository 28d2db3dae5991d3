/*
 * sweep_dry_run.h - what a sweep will cost, before it runs.
 */
#ifndef TRAINER_SWEEP_DRY_RUN_H
#define TRAINER_SWEEP_DRY_RUN_H

#include "sweep_data.h"

/* Prints all trials with parameters, FLOPs, steps, time and memory, and what they take together.
 * Times come from a few steps of some of them, measured one after the other; nothing is written. */
int sweep_dry_run(const struct sweep *sweep, struct sweep_data *data,
                  const struct sweep_parallel_settings *parallel);

#endif
