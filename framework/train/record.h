/*
 * record.h - the record of a run while it goes on: metrics, last evaluation, facts; and its files.
 *
 * One thread calls. Saves are spaced so that writing them costs little: at least SAVE_SPACING
 * times what the last ones cost lies between two, and RETRY_SECONDS behind one that failed.
 */
#ifndef TRAINER_RECORD_H
#define TRAINER_RECORD_H

#include "base/arena.h"
#include "base/series.h"
#include "data/data.h"
#include "learned.h"
#include "runfile/runfile.h"

struct evaluator;
struct session;

enum { SAVE_SPACING = 200, RETRY_SECONDS = 2, REPEAT_SECONDS = 60 };

struct record {
    struct session *session;
    struct arena arena;
    struct series steps, epochs;
    double *row; /* [epochs.columns]: the row being made */
    struct run_facts facts;
    char start_time[32], end_time[32];
    char fingerprint[FINGERPRINT_TEXT];
    char *config_resolved, *config_origins;
    struct learned learned;            /* of the training data */
    const char *run_path;              /* borrowed; NULL: no files */
    struct runfile *file;              /* NULL: nothing is written */
    bool checkpoints;                  /* a checkpoint is written too */
    bool broken;                       /* the weights are not finite: no file may have them */
    const struct evaluator *evaluator; /* borrowed */
    double opened, exchanged;          /* when that was, and what exchanges had taken before */
    double saved;        /* when saves were last handed over, in seconds of clock_seconds */
    bool pending;        /* something has been added since */
    bool checkpoint_due; /* a checkpoint is to be written with the next save */
    char warned[1024];   /* the last failure that was told, and when */
    double warned_at;
};

/* What a save holds beside the record. */
struct save_point {
    const struct run_state *state;
    uint64_t epochs_done;
    void *trained; /* stands in the trained block's stead in run.h5 and best.h5; NULL: itself */
    struct snapshot_optimizer optimizer;
};

/* Starts a record of what the evaluator measures; path NULL: no files. Free with record_close. */
int record_open(struct record *record, struct session *session, const char *path,
                const struct evaluator *evaluator);
void record_close(struct record *record);

/* Goes on with the metrics and facts of a checkpoint; takes the rows out of the view. */
int record_restore(struct record *record, struct runfile_view *view);

int record_step(struct record *record, uint64_t step, double epoch, double loss, double rate);

/* A row of the epoch series is made by record_start_row (all NaN), record_set by column
 * (columns.h), and record_finish_row. */
void record_start_row(struct record *record);
void record_set(struct record *record, int column, double value);
int record_finish_row(struct record *record);

/* A column's value in the last row; NaN where there is no row. */
double record_last(const struct record *record, int column);

/* Whether there is something new and the last save is long enough ago. */
bool record_ready(const struct record *record);

/* TRAINER_FAILED with the message of an earlier save that failed, unless the same was told a short
 * while ago; all will be saved again. */
int record_poll(struct record *record);

/* Hands the run file, and a checkpoint where one is due, to the writer. Fails as record_poll
 * does. */
int record_save(struct record *record, const struct save_point *point);

/* Keeps this point as the best; written with the next save. */
int record_keep_best(struct record *record, const struct save_point *point);

/* The rate of the last step; `none` where there is none. */
double record_last_rate(const struct record *record, double none);

/* Of the time since the record was opened, what went into exchanges with other processes. */
double record_exchange_share(const struct record *record);

/* How the run has ended, for the saves that follow. Texts are borrowed. */
void record_end(struct record *record, enum run_status status, const char *error,
                const char *reason);

/* Behind record_end: the last checkpoint, unless there is to be none, and the run file. Each waits
 * for its save. */
int record_last_checkpoint(struct record *record, const struct save_point *point);
int record_conclude(struct record *record, const struct save_point *point);

/* Writes a failure beside the run file, from which replay takes the step again. *path is its name
 * in the record's memory; NULL where there are no files. */
int record_failure(struct record *record, const struct save_point *point, const char *error,
                   const uint32_t *sample, size_t samples, const char **path);

/* The path of a file beside the run file, in the record's memory; NULL with a message. */
const char *record_path(struct record *record, const char *name);

#endif
