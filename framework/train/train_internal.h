/*
 * train_internal.h - the loop's state, as the files train*.c share it.
 *
 *     train.c        what comes next: turns, bursts, the end
 *     train_step.c   one step: passes, checks, update
 *     train_row.c    one row of the epoch series: evaluation, and what follows from it
 *     together.c     of several processes: that all take the same turn
 *
 * Thread 0 writes between barriers; a barrier hands it to the others.
 */
#ifndef TRAINER_TRAIN_INTERNAL_H
#define TRAINER_TRAIN_INTERNAL_H

#include "record.h"
#include "session.h"
#include "team_size.h"
#include "update.h"

enum turn { TURN_STEP, TURN_EVALUATE, TURN_PAUSE /* of a burst */, TURN_END };

struct loop {
    struct session *session;
    const struct observer *observer;
    const atomic_int *stop;
    struct updater updater;
    void *layer_states; /* the graph's states as they were before this step */
    void *best;         /* early_stopping.restore: the trained block of the best row ... */
    void *best_states;  /* ... and the layers' states; NULL: not wanted */
    struct evaluator *evaluator;
    struct record record;
    struct team_size team_size;
    struct team *team[TEAM_SIZES_MAX]; /* of each size; the first is of all threads */

    enum turn turn;
    bool burst_over;
    size_t rows;        /* of the current step, all passes */
    uint64_t last_step; /* UINT64_MAX: not bounded by steps */
    uint64_t steps_per_epoch;
    int64_t first_step; /* done before this process */
    double rate;        /* of the current step; between steps, of the last */
    double pass_loss;   /* of the current step: losses of its passes' samples */
    bool interrupted, ended;
    bool advised;           /* whether several processes are worth it has been looked at */
    bool unread;            /* a rank could not read the samples of the current step; it says so */
    atomic_bool bad_pass;   /* of the current step: something is not finite; no update */
    atomic_bool bad_update; /* the weights are not finite any more */
    char bad_text[1024];    /* what was not finite, where it can't be seen any more; or "" */
    int rc;                 /* TRAINER_OK until the run failed */
    char error[2048];

    int blocks; /* what checkpoints keep beside the weights */
    const char *block_name[UPDATE_BLOCKS_MAX + 1];
    void *block[UPDATE_BLOCKS_MAX + 1], *block_states[UPDATE_BLOCKS_MAX + 1];

    /* Counts and sums that checkpoints keep. row_seconds and seconds are set when it is saved. */
    struct run_state at;
    double began, row_time, told, checkpoint_time;
    double over; /* when the last turn had ended: the last save is not training */
};

/* Tells the observer; text: of a warning, or NULL. */
void train_tell(struct loop *loop, enum event event, const char *text);

/* Ends the run with the current message. */
void train_fail(struct loop *loop, int rc);

/* The run's state at this moment, and what a save makes of it. */
struct run_state train_state(const struct loop *loop);
struct save_point train_save_point(const struct loop *loop, const struct run_state *state);

/* What a schedule remembers, as the run's state holds it. */
struct schedule_memory train_schedule_memory(const struct run_state *state);

/* Saves what is due, if the last save is long enough ago. */
void train_save(struct loop *loop);

/* Number of the current step, from 1. */
uint64_t train_step_number(const struct loop *loop);

/* train_step.c: takes the step whose samples the sampler holds, by all threads; books it, by thread
 * 0. */
void train_take_step(struct loop *loop, const struct worker *worker);
void train_finish_step(struct loop *loop);

/* together.c: weights that rank 0 has read (model.weights) become all ranks', and ranks decide what
 * they share. TRAINER_FAILED, on all, where memory ran out on one. */
int together_start(const struct session *session);

/* The same of a checkpoint that rank 0 has read, or could not (rc): *state, weights, the blocks of
 * the optimizer. Of one process returns rc. */
int together_resume(struct loop *loop, int rc, struct run_state *state);

/* After thread 0 of each rank has decided what comes next: all do what rank 0 has
 * decided, unless one has failed or was interrupted. Nothing where there is one process. */
void together_choose(struct loop *loop);

/* train_row.c: makes a row, by all threads. */
void train_take_row(struct loop *loop, const struct worker *worker);

/* The best row's weights and evaluation take the last ones' place, by all threads. */
void train_restore_best(struct loop *loop, const struct worker *worker);

#endif
