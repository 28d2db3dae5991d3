/*
 * sweep_jobs.h - the processes of a sweep's trials, as the parent has them.
 *
 * Each job is a child made by fork, without exec (sweep_child.h). The parent sleeps in poll until
 * one of them has something to say, and never waits for a single one.
 */
#ifndef TRAINER_SWEEP_JOBS_H
#define TRAINER_SWEEP_JOBS_H

#include "sweep/sweep_results.h"
#include "sweep_child.h"
#include "sweep_ranks.h"

struct sweep_jobs;

/* Gets what the jobs send. */
struct sweep_listener {
    /* A trial is at a rung: whether it goes on. */
    bool (*reported)(void *context, size_t trial, int rung, double value);
    /* A trial's process has ended. Where it sent no outcome (a crash, a kill) this
     * outcome has the status SWEEP_TRIAL_KILLED and no epochs. */
    void (*ended)(void *context, size_t trial, const struct sweep_outcome *outcome);
    void *context;
};

/* Places for so many jobs that train and, beside these, for so many whose training is over: while
 * one saves itself and its process ends, the next one begins, and no processor waits. The listener
 * is borrowed. Free with sweep_jobs_free, which kills those that still run. */
int sweep_jobs_create(struct sweep_jobs **jobs, size_t places, size_t saving,
                      const struct sweep_listener *listener);
void sweep_jobs_free(struct sweep_jobs *jobs);

/* From here on each place is a rank, of which the first is this process: as many as there are
 * ranks, and none that saves. */
void sweep_jobs_deal(struct sweep_jobs *jobs, struct sweep_ranks *deal);

/* Whether one more may start. */
bool sweep_jobs_have_room(const struct sweep_jobs *jobs);

/* Starts a trial; there is room for it. The task's slot is set here.
 * TRAINER_FAILED where the system grants no process. */
int sweep_jobs_start(struct sweep_jobs *jobs, const struct sweep_task *task);

/* Waits at most so many seconds for the jobs, or for `also` (-1: nothing) to become readable, and
 * passes what they sent to the listener. */
void sweep_jobs_wait(struct sweep_jobs *jobs, double seconds, int also);

/* Asks all jobs to save themselves and stop. */
void sweep_jobs_stop(struct sweep_jobs *jobs);

/* The jobs that run. */
struct sweep_job_facts {
    size_t trial;
    const struct sweep_slot *slot;
    double began; /* clock_seconds */
};
size_t sweep_jobs_running(const struct sweep_jobs *jobs);
struct sweep_job_facts sweep_jobs_at(const struct sweep_jobs *jobs, size_t index);

#endif
