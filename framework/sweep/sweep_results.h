/*
 * sweep_results.h - what the trials of a sweep gave: the table behind sweep.h5 and sweep.csv.
 *
 * One row a trial that has begun. Rows stand in the order of the trials; behind them those that an
 * older sweep.h5 of the same folder has of trials which are no longer planned.
 *
 * Columns of measured values are those of the epoch series (columns_list). `last` is a
 * column's number in the last row, `best` the largest or smallest of all; which of the two is
 * better the sweep's goal says of its own metric, and of others their kind: losses are better
 * small. Of the rest (epoch, step, seconds, ...) there is no best: NaN.
 */
#ifndef TRAINER_SWEEP_RESULTS_H
#define TRAINER_SWEEP_RESULTS_H

#include "sweep.h"

enum sweep_status {
    SWEEP_TRIAL_RUNNING,
    SWEEP_TRIAL_COMPLETED,
    SWEEP_TRIAL_STOPPED,     /* early, by ASHA; its checkpoint is kept */
    SWEEP_TRIAL_FAILED,      /* by its config or its numbers: running it again would not help */
    SWEEP_TRIAL_KILLED,      /* by a signal: worth another try */
    SWEEP_TRIAL_INTERRUPTED, /* on request; can go on from its checkpoint */
    SWEEP_STATUS_COUNT,
};

/* "completed", ...; and back: SWEEP_STATUS_COUNT where there is none of that name. */
const char *sweep_status_word(enum sweep_status status);
enum sweep_status sweep_status_parse(const char *word);

/* Whether a trial of that status is run again when the sweep goes on: running, killed,
 * interrupted. */
bool sweep_status_unfinished(enum sweep_status status);

/* How a trial stands, as the caller found out. Borrowed for the call. */
struct sweep_outcome {
    enum sweep_status status;
    const char *error;           /* one line; NULL: none */
    double seconds;              /* of all its runs together */
    uint64_t steps;              /* done */
    const struct series *epochs; /* the columns of columns_list; NULL or empty: none measured */
};

struct sweep_row {
    char id[SWEEP_ID_SIZE];
    char path[SWEEP_ID_SIZE + 8]; /* "trials/<id>": its folder, relative to the sweep's */
    int64_t point;                /* -1: of an older plan */
    int64_t seed;
    enum sweep_status status;
    const char *error; /* "": none */
    double seconds, epochs;
    int64_t steps;
    size_t values;
    const char **value; /* [values]: of the first keys of the results, as YAML text; NULL: has no
                           such key; nor has it the keys behind */
    double *last;       /* [metrics] */
    double *best;       /* [metrics] */
    size_t measured;    /* rows of the curve */
    double *curve;      /* (measured, metrics) */
};

/* Mean and deviation over the completed repeats of a point. */
struct sweep_summary {
    size_t count;               /* completed repeats */
    double mean_last, std_last; /* of the sweep's metric; std: over count - 1, NaN of one */
    double mean_best, std_best;
};

struct sweep_results;

/* Empty results of an opened sweep (borrowed), whose trials have their ids. */
int sweep_results_open(struct sweep_results **results, const struct sweep *sweep);

/* NULL is nothing to close. */
void sweep_results_close(struct sweep_results *results);

const struct sweep *sweep_results_sweep(const struct sweep_results *results);

/* Sets the row of a trial, instead of an older one. TRAINER_FAILED when memory ran out; the older
 * one is then as it was. */
int sweep_results_put(struct sweep_results *results, size_t trial,
                      const struct sweep_outcome *outcome);

/* The trial's row; NULL where it has not begun. */
const struct sweep_row *sweep_results_of(const struct sweep_results *results, size_t trial);

/* Columns of keys: the sweep's, then those that only older rows have. */
size_t sweep_results_keys(const struct sweep_results *results);
const struct sweep_key *sweep_results_key(const struct sweep_results *results, size_t index);

/* Columns of measured values; without rows. */
const struct series *sweep_results_metrics(const struct sweep_results *results);

/* Whether there is a best of that column, and which values are better. */
bool sweep_results_goal(const struct sweep_results *results, size_t metric, enum sweep_goal *goal);

/* A row as another file has it (sweep_file.h). Borrowed for the call. */
struct sweep_found {
    const char *id;
    uint64_t seed;
    const struct sweep_key *key; /* [keys] */
    const char *const *value;    /* [keys]: NULL where it has no such key */
    size_t keys;
    struct sweep_outcome outcome;
};

/* Adds a found row: as the row of the planned trial with that id, which then has none yet; else as
 * an older one. A row that is there already stays. TRAINER_FAILED when memory ran out. */
int sweep_results_add(struct sweep_results *results, const struct sweep_found *found);

/* All rows in the order of the table: how many, and the rows. */
size_t sweep_results_rows(const struct sweep_results *results);
void sweep_results_list(const struct sweep_results *results, const struct sweep_row **row);

/* Rows with a finite last value of the sweep's metric, best first, into order[most]; how many. Of
 * equal ones the first in the table comes first. */
size_t sweep_results_best(const struct sweep_results *results, const struct sweep_row **order,
                          size_t most);

struct sweep_summary sweep_results_summary(const struct sweep_results *results, size_t point);

#endif
