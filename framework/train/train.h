/*
 * train.h - the training loop: sample, forward, backward, step; evaluation; events.
 *
 *     x <- x - rate * d(mean loss of the batch)/dx        (the optimizer's rule)
 *
 * A session is a config made ready: data set, graph, optimizer, settings. OpenMP starts one team
 * around the whole loop. The library draws and prints nothing: an observer is told of events.
 */
#ifndef TRAINER_TRAIN_H
#define TRAINER_TRAIN_H

#include "config/config.h"
#include "data/sparse_input.h"
#include "dataset.h"
#include "graph/graph.h"
#include "runfile/run.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct ranks; /* ranks.h */
struct session;

/* What the program may want to know while a run goes on. Numbers are NaN where not measured. */
struct progress {
    uint64_t step, max_steps; /* done; planned (0: not bounded by steps) */
    uint64_t steps_per_epoch;
    double epoch, max_epochs;  /* done; planned (0: not bounded) */
    double loss;               /* of the last step */
    double seconds;            /* since training began */
    double samples_per_second; /* training, lately */
    double max_seconds;        /* 0: not bounded */
    const double *row;         /* EVENT_EVALUATED: the new row of the epoch series */
    const struct series *epochs, *steps;
    const char *text; /* EVENT_WARNING: one line; EVENT_TRAINED, EVENT_FINISHED: why it ended */
};

enum event {
    EVENT_STARTED,
    EVENT_PROGRESS,   /* about ten times a second */
    EVENT_EVALUATING, /* before an evaluation */
    EVENT_EVALUATED,  /* a row of the epoch series is complete */
    EVENT_WARNING,    /* such as a save that failed */
    EVENT_TRAINED,    /* no step failed and none will follow, only the last save */
    EVENT_FINISHED,
};

/* Called by one thread while the others wait: be quick. */
struct observer {
    void (*event)(void *context, enum event event, const struct progress *progress);
    void *context;
};

/* What a session is opened for. */
enum session_purpose {
    SESSION_TRAIN,    /* all of it */
    SESSION_REPLAY,   /* `resume` is a failure: take its steps and nothing else */
    SESSION_PLAN,     /* shapes and sizes, no data values, no weights; but refuse what training
                         would refuse */
    SESSION_DESCRIBE, /* the same, and a config that can't be trained will do */
    SESSION_VIEW,     /* in double, a gradient for every edge, all samples in one batch */
};

struct session_options {
    enum session_purpose purpose;
    const char *command_line; /* for the run file; NULL: "" */
    /* To go on from a checkpoint, whose resolved config this session must be opened from. */
    const char *resume;       /* its path; NULL: start anew */
    const char *resumed_from; /* for the run file of a copy; NULL: as the checkpoint says */
    const char *kernels;      /* the instruction set, whatever trainer.kernels says; NULL */
    size_t rows;              /* SESSION_VIEW: at most so many samples; 0: all */
    /* A run that takes less saves once, at its end, and leaves no checkpoint if it is complete
     * then: repeating it is cheap. 0: no such run. */
    double brief_seconds;
    /* The data set of the config's `data`, open already; borrowed. NULL: it is opened here. */
    const struct dataset *data;
    /* The processes that train together: each opens the same session and trains it. Rank 0 alone
     * reads model.weights and `resume`. Borrowed; NULL: this one alone. */
    struct ranks *ranks;
};

/* Reads every section of the config, opens the data, builds the graph. All mistakes are in the
 * message. The config is borrowed until session_close. */
int session_open(struct session **session, struct config *config,
                 const struct session_options *options);
void session_close(struct session *session);

/* The run file whose weights a session of this config will load (model.weights), absolute, in
 * config memory; NULL where there is none, or the section is wrong, which session_open tells. */
const char *session_weights(struct config *config);

/* TRAINER_INVALID, with the command that runs it, where a config is a sweep's file: it is told as
 * one, and not by all that it lacks as a config. */
int session_refuse_sweep(const struct config *config);

/* The resolved config: every option of every section with its value. */
const struct node *session_resolved(const struct session *session);

struct graph *session_graph(struct session *session);
const struct dataset *session_dataset(const struct session *session);

/* What the config says of the run. */
struct session_facts {
    const char *name;
    uint64_t seed;
    const char *output_folder; /* output.folder, absolute; NULL: runs/<name>/<number> */
    int threads;               /* chosen */
    const char *threads_why;   /* "all of 2 processors" */
    const char *threads_limit; /* the variable that has lowered them, "OMP_NUM_THREADS"; NULL */
    int processors;            /* that this process may use */
    int64_t batch_size;        /* samples of one step, all passes */
    uint64_t max_steps, steps_per_epoch;
    double max_epochs, max_seconds;
    uint64_t last_step;      /* session_last_step */
    uint64_t evaluate_steps; /* from row to row; 0: never */
    enum sparse_input sparse_input;
    size_t data_bytes, optimizer_bytes;
    size_t evaluation_rows; /* samples of an evaluation's pass */
};
struct session_facts session_facts(const struct session *session);

/* Trains. run_path: the run file; checkpoint.h5, best.h5 and failure.h5 stand beside it. NULL: no
 * file. stop: checked after every step; nonzero ends the run as interrupted (a signal handler may
 * set it). TRAINER_FAILED when the last save failed, a number was not finite, or memory ran out;
 * TRAINER_INVALID when the checkpoint to go on from does not fit. Call once. */
int session_train(struct session *session, const char *run_path, const struct observer *observer,
                  const atomic_int *stop);

/* The step behind which training ends by max_steps or max_epochs; UINT64_MAX: none. */
uint64_t session_last_step(const struct session *session);

/* How the training ended: RUN_RUNNING where it did not begin. */
enum run_status session_status(const struct session *session);

/* Why it ended, one line: "max_steps is 1000", "stopped early: test_loss has not improved for 5
 * evaluations, since step 300", "nothing left to do: max_epochs is 60", "interrupted", or the
 * error. "" before. */
const char *session_reason(const struct session *session);

/* The processes of session_options; NULL. */
struct ranks *session_ranks(const struct session *session);

/* Behind the training of several processes: the signal that has ended it, whichever of them got
 * it; 0. */
int session_signal(const struct session *session);

/* Whether the run has left a checkpoint to go on from. */
bool session_resumable(const struct session *session);

#endif
