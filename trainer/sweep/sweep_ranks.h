/*
 * sweep_ranks.h - trials on the ranks of MPI: rank 0 deals them out as they end.
 *
 *     rank 0:  sweep_jobs <-socket-> sweep_ranks  ==turns==  sweep_ranks <-socket-> trial  :rank r
 *
 * One trial a rank. What a trial and its sweep say to each other (sweep_child.h) is carried byte by
 * byte in turns that all ranks take at once, some fifty a second: in each of them rank 0 has an
 * order for every rank, and every rank has news of its trial. Files are written by the trials
 * themselves, in the sweep's folder, which all ranks share.
 */
#ifndef TRAINER_SWEEP_RANKS_H
#define TRAINER_SWEEP_RANKS_H

#include "distributed/ranks.h"
#include "sweep_data.h"

struct sweep_ranks;

/* On all ranks. Free with sweep_ranks_close, NULL is nothing to close. */
int sweep_ranks_open(struct sweep_ranks **deal, struct ranks *ranks);
void sweep_ranks_close(struct sweep_ranks *deal);

/* TRAINER_INVALID, on all ranks, where one of them has other trials than rank 0. */
int sweep_ranks_compare(struct ranks *ranks, const struct sweep *sweep);

/* --- rank 0 --- */

size_t sweep_ranks_count(const struct sweep_ranks *deal);

/* Has a rank other than 0, which has no trial, start one: *channel is this process's end of it. */
int sweep_ranks_start(struct sweep_ranks *deal, size_t rank, size_t trial, int threads,
                      int *channel);

/* Asks a rank's trial to save itself and stop. */
void sweep_ranks_stop(struct sweep_ranks *deal, size_t rank);

/* How the process of a rank's last trial has ended, as waitpid says. */
int sweep_ranks_status(const struct sweep_ranks *deal, size_t rank);

/* Takes a turn. A signal that another rank got is this one's as well. */
void sweep_ranks_turn(struct sweep_ranks *deal);

/* Seconds that a rank may sleep from one turn to the next. */
extern const double SWEEP_RANKS_SECONDS;

/* Lets the other ranks go; their trials are killed. rc: what they return. */
void sweep_ranks_dismiss(struct sweep_ranks *deal, int rc);

/* --- the other ranks --- */

struct sweep_work {
    struct sweep *sweep;
    struct sweep_data *data;
    const char *folder; /* the sweep's */
    const char *command_line;
};

/* Trains what rank 0 orders, on no more threads than this rank has processors, until it is
 * dismissed; returns what it is told then. */
int sweep_ranks_work(struct sweep_ranks *deal, const struct sweep_work *work);

#endif
