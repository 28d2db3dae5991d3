/*
 * sweep_run.h - runs the trials of a sweep that are not done yet.
 */
#ifndef TRAINER_SWEEP_RUN_H
#define TRAINER_SWEEP_RUN_H

#include "sweep_data.h"
#include "sweep_folder.h"
#include "sweep_ranks.h"

struct sweep_run {
    struct sweep *sweep;
    struct sweep_data *data;
    const struct sweep_folder *folder;
    struct sweep_shard shard;
    struct sweep_parallel_settings parallel;
    struct sweep_ranks *deal; /* the ranks that train; NULL: this process has no others */
    const char *command_line;
    const char *again; /* what to type to go on; NULL: no such line */
    const char *note;  /* to be told before it begins; NULL: nothing */
    bool quiet;
};

/* Takes what is there from earlier, runs the rest, shows and records it, and says what came of it.
 * Returns TRAINER_OK when all trials have come to their end, the exit status of a signal that
 * stopped the sweep, or TRAINER_FAILED. The caller has called signals_catch. */
int sweep_run(const struct sweep_run *run);

/* Takes what is there, of all shards too, and writes the table. */
int sweep_run_collect(const struct sweep_run *run);

#endif
