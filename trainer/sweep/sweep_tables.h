/*
 * sweep_tables.h - what a sweep's user reads before it begins and after it ends.
 */
#ifndef TRAINER_SWEEP_TABLES_H
#define TRAINER_SWEEP_TABLES_H

#include "display/format.h"
#include "sweep/sweep_results.h"

/* What a trial will cost, where it was estimated. */
struct sweep_estimate {
    double seconds, bytes;
};

/* All trials, with what they cost. estimate: [trials]. */
int sweep_tables_plan(struct text *text, const struct sweep *sweep,
                      const struct sweep_estimate *estimate);

/* The ten best trials or, where there are repeats, points. */
int sweep_tables_best(struct text *text, const struct sweep_results *results);

#endif
