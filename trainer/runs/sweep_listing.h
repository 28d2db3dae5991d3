/*
 * sweep_listing.h - a sweep as it looks from outside, by the files in its folder alone: for
 * `trainer runs` and `trainer watch`.
 *
 *     sweep.yaml   its name and metric          sweep.csv    a row for each trial that has begun
 *     log.jsonl    when it was started          sweep.lock   who writes here
 */
#ifndef TRAINER_SWEEP_LISTING_H
#define TRAINER_SWEEP_LISTING_H

#include "base/arena.h"
#include "runfile/run.h"
#include "sweep/sweep_results.h"
#include "system/folder_lock.h"

/* A trial that has begun. */
struct listed_trial {
    const char *id;
    enum sweep_status status;
    const char **value; /* [keys] as YAML text, "" where it has no such key */
    double result;      /* of the sweep's metric; NaN: not measured */
};

struct listed_sweep {
    struct arena arena; /* holds all of it */
    const char *name;
    const char *metric; /* "test_accuracy"; "" where sweep.yaml does not say */
    bool maximize;
    enum run_status status; /* interrupted: a trial is unfinished, and no process runs */
    struct folder_owner owner;
    double started; /* seconds since 1970; NaN: not known */
    double changed; /* when sweep.csv was replaced last, or else the folder made */
    size_t keys, trials;
    const char **key;                 /* [keys]: "optimizer.learning_rate" */
    struct listed_trial *trial;       /* [trials] */
    size_t count[SWEEP_STATUS_COUNT]; /* trials of each status */
    const struct listed_trial *best;  /* NULL: none has a result */
};

/* Whether there is a sweep in the folder. */
bool sweep_listing_found(const char *folder);

/* Reads a sweep's folder. Files that are missing or damaged are passed over.
 * TRAINER_FAILED when memory ran out. Free with sweep_listing_free whatever is returned. */
int sweep_listing_read(struct listed_sweep *sweep, const char *folder);
void sweep_listing_free(struct listed_sweep *sweep);

#endif
