/*
 * turns.h - two sides in alternating bursts: A B, B A, A B, ...
 *
 * A shared machine's speed changes by a fifth from second to second. Bursts of 20 to 200 ms that
 * take turns meet the same changes, so the ratios of neighbours tell what two separate measurements
 * can't. A side against itself gives 1.00. Between bursts is a pause in which the threads that the
 * last one has left looking for work fall asleep.
 */
#ifndef BENCH_TURNS_H
#define BENCH_TURNS_H

#include <stddef.h>

struct side {
    /* Does the same piece of work `repeats` times; seconds of one of them. Below 0: it failed, with
     * a message (base/error.h). */
    double (*burst)(void *context, size_t repeats);
    void *context;
};

struct turn_settings {
    size_t turns;
    double burst_seconds, pause_seconds;
};

/* Over all turns. */
struct turn_result {
    double median[2];                    /* seconds of each side's piece of work */
    double least[2];                     /* ... least disturbed */
    double low_ratio, ratio, high_ratio; /* seconds of side 1 by those of side 0: quartiles */
};

/* TRAINER_FAILED where a burst or memory failed. */
int turns_take(struct turn_result *result, const struct side side[2],
               const struct turn_settings *settings);

#endif
