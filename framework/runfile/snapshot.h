/*
 * snapshot.h - what a run saves at one moment, and the copy of it that a writer may take its time
 * with.
 *
 * Copied are the numbers, which the next step changes: series, classes, weights, states. Names and
 * texts stay where they are, as they live as long as the run.
 */
#ifndef TRAINER_SNAPSHOT_H
#define TRAINER_SNAPSHOT_H

#include "base/series.h"
#include "evaluate/evaluate.h"
#include "run.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct graph;
struct learned;

/* The files that one writer keeps. What waits is written from the last of these to the first, so
 * that a checkpoint which knows of a best value is never newer than the file that holds it. */
enum runfile_slot { RUNFILE_RUN, RUNFILE_CHECKPOINT, RUNFILE_BEST, RUNFILE_SLOTS };

/* The blocks of state beside the graph, each in the order of the trained block. */
struct snapshot_optimizer {
    int states;
    const char *const *name; /* [states] */
    void *const *x;          /* [states] */
    /* [states]: layers' states that belong to a block, as graph_states; NULL: none do. */
    void *const *layer_states;
};

/* What one snapshot holds; a missing text (NULL) is "". Its numbers, and of its texts error, reason
 * and end_time, may change after the call that takes it. All else is borrowed until the writer is
 * closed: names, units, the config, the layers and shapes of the graph. */
struct snapshot {
    enum runfile_slot slot;
    bool later; /* not before another slot is saved, or the writer is closed; and where it can't be
                   written then, it is tried again with the next save of another slot */
    const struct run_facts *facts;
    const struct learned *learned;       /* /data; NULL: left out */
    const struct series *steps, *epochs; /* /metrics/step, /metrics/epoch; NULL: left out. A column
                                            "step" or "epoch" is the coordinate */
    const struct evaluation *evaluation; /* /evaluation; NULL or samples 0: left out */
    const struct graph *graph;           /* /model; NULL: left out */
    void *trained;                 /* stands in the trained block's stead in /model; NULL: itself */
    const struct run_state *state; /* /state, /optimizer: of a checkpoint; else NULL */
    struct snapshot_optimizer optimizer;
    const uint32_t *sample; /* /batch: of a failure; else NULL */
    size_t samples;
};

struct snapshot_copy;

/* Copies a snapshot; `path` is for messages, the machine's names are borrowed. NULL with a message
 * when memory ran out. */
struct snapshot_copy *snapshot_take(const struct snapshot *snapshot, const char *path,
                                    const char *hostname, const char *cpu_model);
void snapshot_drop(struct snapshot_copy *copy);

/* The file of a copy, built in memory: *bytes is for free(). */
int snapshot_image(const struct snapshot_copy *copy, const char *path, void **bytes, size_t *count);

#endif
