/*
 * sweep_recorder.h - keeps what a sweep's trials gave: the log, sweep.h5 and sweep.csv.
 *
 * A trial that ended is recorded in three steps: its files are synced, for all that ended lately at
 * once; then the log says so; then the table is built anew. A child of its own does that, so that
 * the sweep need not wait for the disk, at most once a second and so seldom that it costs little. A
 * sweep that is killed in between finds the rest in the trials' own run files (sweep_restore.h).
 */
#ifndef TRAINER_SWEEP_RECORDER_H
#define TRAINER_SWEEP_RECORDER_H

#include "runfile/run.h"
#include "sweep/sweep_asha.h"
#include "sweep/sweep_log.h"
#include "sweep/sweep_results.h"
#include "sweep_folder.h"

#include <sys/types.h>

struct sweep_recorder {
    const struct sweep *sweep;
    const struct sweep_folder *folder;
    struct sweep_results *results;
    struct sweep_log *log;
    struct sweep_asha *asha; /* NULL: no trial is stopped early */
    const char *command_line;
    bool table;    /* whether sweep.h5 and sweep.csv are written: not by a shard */
    double began;  /* clock_seconds, of this process */
    size_t *ended; /* trials whose end is not recorded yet */
    size_t count, capacity;

    pid_t child; /* that records; 0: none */
    int pipe;    /* from it; -1: none */
    size_t recording;
    double child_began, last_end, cost;
};

/* Opens the log and empty results. Free with sweep_recorder_close, whatever is returned. */
int sweep_recorder_open(struct sweep_recorder *recorder, const struct sweep *sweep,
                        const struct sweep_folder *folder, const char *command_line, bool table);
void sweep_recorder_close(struct sweep_recorder *recorder);

int sweep_recorder_started(struct sweep_recorder *recorder, size_t trial);

/* A trial at a rung: records it, and *go_on says whether the trial goes on. */
int sweep_recorder_reported(struct sweep_recorder *recorder, size_t trial, int rung, double value,
                            bool *go_on);

/* Takes how a trial ended; recorded by one of the next calls of sweep_recorder_work. */
int sweep_recorder_ended(struct sweep_recorder *recorder, size_t trial,
                         const struct sweep_outcome *outcome);

/* Starts a child that records, if it is time to, or sees to one that is done; recorder->pipe
 * becomes readable then. TRAINER_FAILED where recording failed: it is tried again. */
int sweep_recorder_work(struct sweep_recorder *recorder);

/* Records all that is left, in this process. The sweep's last words: its status, and an error. */
int sweep_recorder_finish(struct sweep_recorder *recorder, enum run_status status,
                          const char *error);

#endif
