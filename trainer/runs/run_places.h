/*
 * run_places.h - where runs and sweeps are: below a folder, and for a path of a command line.
 *
 *     runs/two_layer/0001          a run             runs/two_layer/latest    the same
 *     runs/two_layer/0001/run.h5   its file          runs/rates               a sweep
 *     runs/two_layer               all runs and sweeps in it
 *
 * Reads folders only. Below a folder links are not followed, so `latest` is no second run, and a
 * sweep hides its trials.
 */
#ifndef TRAINER_RUN_PLACES_H
#define TRAINER_RUN_PLACES_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct run_place {
    const char *folder; /* as the path names it, without a slash at its end */
    const char *file;   /* run.h5, or the checkpoint that was named; NULL: none yet, or a sweep */
    bool sweep;
};

/* Zeroed before the first call; free with run_places_free. */
struct run_places {
    struct arena arena; /* holds all texts */
    struct run_place *place;
    size_t count, capacity;
};

/* Adds what lies below the folder, up to four folders deep, in the order of the names; of a sweep's
 * own folder its trials. TRAINER_INVALID where it can't be read or has nothing. */
int run_places_below(struct run_places *places, const char *folder);

/* Adds what a path stands for. TRAINER_INVALID where that is no run or sweep, nor a folder of them.
 */
int run_places_of(struct run_places *places, const char *path);

void run_places_free(struct run_places *places);

#endif
