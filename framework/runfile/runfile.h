/*
 * runfile.h - the HDF5 files of a run: metrics, evaluation, weights, config, provenance.
 *
 *     run.h5               what the run has measured and reached; for readers
 *     checkpoint.h5        the same, and all that is needed to resume from it
 *     checkpoint.h5.prev   the checkpoint before
 *     best.h5              the checkpoint at which a chosen metric was best
 *
 * Never updated in place: a snapshot is built as a memory image by libhdf5's core driver, written
 * to NAME.tmp beside the target, synced, renamed over it, and the folder synced. A reader opens a
 * whole file at any moment, with any tool. A thread of this module's own does all of that;
 * runfile_save copies what changes and returns. When a save fails, the older file stays, the
 * temporary one is unlinked, and the next call returns the error. The layout: runfile_layout.h.
 */
#ifndef TRAINER_RUNFILE_H
#define TRAINER_RUNFILE_H

#include "base/arena.h"
#include "graph/graph.h"
#include "run.h"
#include "snapshot.h"
#include <stdbool.h>
#include <stddef.h>

struct runfile;

/* Starts the writer for RUNFILE_RUN at this path; writes nothing yet. Free with runfile_close. */
int runfile_open(struct runfile **file, const char *path);

/* Gives another slot its path, before its first save; `previous`: where the file that is replaced
 * is kept; NULL: nowhere. */
int runfile_add(struct runfile *file, enum runfile_slot slot, const char *path,
                const char *previous);

/* Hands a snapshot to the writer and returns; where it is still busy with an older one, that one is
 * finished first, and of those that wait for a slot only the newest is written. TRAINER_FAILED with
 * the message of an earlier save that failed, returned once; the new snapshot is handed over even
 * then.
 *
 * With `wait`: returns when this snapshot, or a newer one, is on disk, with the result of that save
 * alone. */
int runfile_save(struct runfile *file, const struct snapshot *snapshot, bool wait);

/* Waits until all that was handed over is written. TRAINER_FAILED where the last save of some slot
 * failed. */
int runfile_flush(struct runfile *file);

/* TRAINER_FAILED with the message of an earlier save that failed, unless it was returned before. */
int runfile_poll(struct runfile *file);

/* Whether the last save of some slot failed. */
bool runfile_failing(struct runfile *file);

/* Seconds that the last finished saves of all slots took together (building, writing, syncing); 0
 * where none has. */
double runfile_cost(struct runfile *file);

/* Waits until what was handed over is written, and frees everything. NULL is allowed. */
void runfile_close(struct runfile *file);

/* Writes one snapshot to a path of its own, in this thread. */
int runfile_write(const char *path, const struct snapshot *snapshot);

/* Sets the parameters and states of graph from /model of a run file or checkpoint. Every parameter
 * must be there with the same shape, all finite; else TRAINER_INVALID, one line that names file and
 * tensor, and the graph is as before. The file is not trusted: opened read-only, only expected
 * paths, hard links, float32 or float64, contiguous or chunked with known filters. */
int runfile_load_weights(const char *path, struct graph *graph);

/* Sets parameters and states of graph, and the optimizer's blocks, from a checkpoint; all or none.
 * Trusts the file no more than runfile_load_weights. */
int runfile_load_checkpoint(const char *path, struct graph *graph,
                            const struct snapshot_optimizer *optimizer);

/* Reads all weights of a run file or checkpoint and drops them: for a process that may crash,
 * before one that may not loads them. An error where they can't be read; whether they fit is not
 * asked. */
int runfile_try_weights(const char *path);

/* A root attribute as people read it: a number in digits. */
struct runfile_attribute {
    const char *name, *text;
};

/* What a file holds beside its weights. */
struct runfile_view {
    struct arena arena; /* holds all of it but the numbers of the series */
    const char *kind;   /* "run", "checkpoint", "failure" */
    struct run_facts facts;
    const char *hostname, *updated_time;
    const struct runfile_attribute *attribute; /* [attributes]: the facts that the file has */
    size_t attributes;
    struct series steps, epochs;
    struct run_state state;       /* with RUNFILE_STATE */
    struct evaluation evaluation; /* with RUNFILE_STATE; samples 0: none */
    size_t classes;               /* with RUNFILE_CONFUSION; 0: there is no matrix */
    int64_t *confusion;           /* (classes, classes): rows the true class */
    uint32_t *sample;             /* (samples) of a failure, with RUNFILE_STATE */
    size_t samples;
};

enum runfile_part {
    RUNFILE_METRICS = 1, /* fills the columns that the caller has put into steps and epochs; one
                            that the file lacks is NaN, and without its table there are no rows */
    RUNFILE_STATE = 2,   /* a file without it is refused */
    RUNFILE_CONFUSION = 4,
};

/* Reads the facts and the wanted parts. view: zeroed but for the columns of its series. On an error
 * it is as before. Trusts the file no more than runfile_load_weights. */
int runfile_read(struct runfile_view *view, const char *path, unsigned parts);
void runfile_view_free(struct runfile_view *view);

/* The text of /config_resolved of a run file, for free(). */
int runfile_read_config(const char *path, char **text, size_t *length);

#endif
