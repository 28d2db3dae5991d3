/*
 * run_outlines.h - the runs and sweeps below a folder, each in a few words: what `trainer runs`
 * prints.
 *
 * Reads only. Links are not followed, so `latest` is no second run. A sweep is one outline and
 * hides its trials, unless it is the folder that was asked for.
 */
#ifndef TRAINER_RUN_OUTLINES_H
#define TRAINER_RUN_OUTLINES_H

#include "base/arena.h"
#include "run_difference.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_outline {
    const char *folder;
    bool sweep;
    const char *status;     /* "completed", "silent for 7 d on othernode", "unreadable", ... */
    uint64_t epochs, steps; /* done; of a sweep 0 */
    size_t trials, failed;  /* of a sweep: begun; failed or killed */
    const char *result;     /* "test accuracy"; NULL: nothing was measured */
    double last, best;      /* of a sweep: the best trial's, twice; NaN where there is none */
    bool maximize;          /* whether a larger result is better */
    const char *best_trial; /* of a sweep: the folder; NULL */
    double age;             /* seconds since it was started; NaN: not known */
    const char *varied;     /* of a sweep: "learning_rate, units" */
    size_t config;          /* of a run: its index in the differences */
};

struct run_outlines {
    struct arena arena;
    struct run_outline *outline; /* [count], in the order of the folders' names */
    size_t count, capacity;
    struct run_differences *differences;
};

/* Lists what is below the folder, up to four folders deep. TRAINER_INVALID where it can't be read
 * or has nothing. Free with run_outlines_free whatever is returned. */
int run_outlines_find(struct run_outlines *outlines, const char *folder);
void run_outlines_free(struct run_outlines *outlines);

#endif
