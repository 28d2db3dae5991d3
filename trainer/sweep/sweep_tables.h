/*
 * sweep_tables.h - what a sweep's user reads before it begins and after it ends.
 */
#ifndef TRAINER_SWEEP_TABLES_H
#define TRAINER_SWEEP_TABLES_H

#include "base/text.h"
#include "sweep/sweep_results.h"

/* What a trial will cost, where it was estimated. */
struct sweep_estimate {
    double seconds, bytes;
};

/* The first trials, with what they cost, and how many there are behind them. estimate: [trials].
 * width: of the lines; 0: any. */
int sweep_tables_plan(struct text *text, const struct sweep *sweep,
                      const struct sweep_estimate *estimate, size_t width);

/* The ten best trials or, where there are repeats, points. */
int sweep_tables_best(struct text *text, const struct sweep_results *results, size_t width);

/* Appends a line that names the best trial's folder, where there is one. */
void sweep_tables_winner(struct text *text, const struct sweep_results *results, const char *folder,
                         size_t width);

/* Appends a line that counts the points which give trials that are there already, if any do. */
void sweep_tables_duplicates(struct text *text, const struct sweep *sweep);

#endif
