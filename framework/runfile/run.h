/*
 * run.h - the record of a training run: its metrics, its last evaluation, its facts.
 */
#ifndef TRAINER_RUN_H
#define TRAINER_RUN_H

#include "evaluate/evaluate.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum run_status { RUN_RUNNING, RUN_COMPLETED, RUN_FAILED, RUN_INTERRUPTED };

/* "running", "completed", ...: as files have it. A word that is none of them is RUN_RUNNING: no run
 * that ended says so. */
const char *run_status_word(enum run_status status);
enum run_status run_status_parse(const char *word);

/* The files in the folder of a run. */
#define RUN_FILE              "run.h5"
#define RUN_CHECKPOINT        "checkpoint.h5"
#define RUN_CHECKPOINT_BEFORE RUN_CHECKPOINT ".prev"
#define RUN_BEST              "best.h5"
#define RUN_FAILURE           "failure.h5"

/* The state of a run between two steps: what a checkpoint holds beyond metrics and weights. */
struct run_state {
    int64_t step;          /* steps done */
    int64_t row_step;      /* of the last row of the epoch series; -1: none yet */
    double loss;           /* of the last step */
    double loss_sum;       /* over the steps since the last row ... */
    int64_t loss_count;    /* ... how many they are ... */
    int64_t samples;       /* ... and their samples */
    double row_seconds;    /* since the last row */
    double seconds;        /* since training began, breaks between runs not counted */
    double monitored;      /* early stopping: the best value so far; NaN: none yet */
    int64_t monitored_row; /* the step of that row; -1: none yet */
    int64_t waited;        /* early stopping: evaluations without improvement */
    int64_t stopped;       /* 1: early stopping has ended the run */
    double kept;           /* of the metric that best.h5 keeps: the best so far; NaN: none yet */
    int64_t skipped;       /* steps that trainer.on_nan skipped */
    int64_t failing;       /* the step that failed, counted from 1; 0 in a checkpoint */
    double schedule_best;  /* what a schedule knows of the metric that it watches ... */
    double schedule_waited, schedule_cooldown, schedule_factor; /* ... see schedule.h */
};

/* How files store it: a float64 each, which is exact for counters up to 2^53. */
struct run_member {
    const char *name;
    size_t offset;
    bool counter; /* int64_t, at least `least`; else double */
    bool later;   /* files of before lack it: they mean `standard` */
    double least, standard;
};
enum { RUN_MEMBERS = 19 };
extern const struct run_member run_members[RUN_MEMBERS];

/* A member's value, as a number; and back. */
double run_member_get(const struct run_state *state, const struct run_member *member);
void run_member_set(struct run_state *state, const struct run_member *member, double value);

/* Facts of a run for the run file's root attributes; strings are borrowed. */
struct run_facts {
    enum run_status status;
    const char *error;                 /* "" or what went wrong */
    const char *reason;                /* "" while running; else why it ended, one line */
    const char *start_time, *end_time; /* ISO 8601, UTC; end_time "" while running */
    uint64_t epochs_done, steps_done, seed;
    int threads;
    int ranks;                       /* processes that trained it together; 0: one alone ... */
    const char *hosts;               /* ... their machines, joined by commas ... */
    double exchange_share;           /* ... and the share of the time that went into exchanges */
    const char *precision, *kernels; /* "float32", "avx512" */
    const char *sparse_input; /* data columns whose zeros are skipped: "inputs"; "" where none is */
    const char *command_line, *data_fingerprint, *resumed_from;
    const char *config, *config_resolved; /* YAML text */
    const char *config_origins; /* where each value comes from (config_origins.h); "": not known */
};

#endif
