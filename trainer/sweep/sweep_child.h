/*
 * sweep_child.h - a trial's side of a sweep: what its process does, and what it tells the parent.
 *
 *     child -> parent   SWEEP_REPORT  its metric at a rung; the parent answers with one byte
 *                       SWEEP_SAVES   its training is over, the last save follows
 *                       SWEEP_END     how it ended, an error's text, all rows of its metrics
 *
 * Both go through one socket; where it ends without a SWEEP_END the child was killed.
 * Where the trial stands between two messages it writes into a slot of memory that both share.
 *
 * SIGTERM asks a child to stop behind the current step, with a checkpoint. It gets one when the
 * parent ends, however that ends. SIGXCPU, a limit of the child's own, asks for the same. SIGINT,
 * SIGHUP, SIGUSR1 and SIGUSR2, which terminals and batch systems send to all processes, are left to
 * the parent.
 */
#ifndef TRAINER_SWEEP_CHILD_H
#define TRAINER_SWEEP_CHILD_H

#include "dataset.h"
#include "sweep/sweep.h"

#include <stdatomic.h>
#include <sys/types.h>

/* Where a trial stands, for whoever draws it. */
struct sweep_slot {
    _Atomic double fraction; /* done, 0..1; NaN: not known */
    _Atomic double epoch, loss, metric;
};

enum sweep_message_kind { SWEEP_REPORT, SWEEP_SAVES, SWEEP_END };

/* Behind the header of SWEEP_END: `text` bytes of its error, then (rows, columns) doubles. */
struct sweep_message {
    int32_t kind;
    int32_t what;         /* SWEEP_REPORT: the rung; SWEEP_END: enum sweep_status */
    double value;         /* SWEEP_REPORT: the metric; SWEEP_END: seconds */
    uint64_t steps, text; /* of SWEEP_END, as what follows */
    uint64_t rows, columns;
};

/* The answers to SWEEP_REPORT. */
enum { SWEEP_STOP_HERE = 'n', SWEEP_GO_ON = 'y' };

struct sweep_task {
    const struct sweep *sweep;
    size_t trial;
    const char *folder; /* of the trial: DIR/trials/<id> */
    const struct dataset *data;
    int threads;
    const char *command_line;
    struct sweep_slot *slot;
};

/* The two ends of a socket between a trial and its sweep. */
int sweep_child_socket(int end[2]);

/* Starts the process of a trial, which trains it, from its checkpoint where there is one. The child
 * calls first(context), where it isn't NULL, before all else. *channel is this process's end of the
 * socket. This process must have run no OpenMP team. TRAINER_FAILED where the system grants no
 * process. */
int sweep_child_start(const struct sweep_task *task, void (*first)(void *context), void *context,
                      pid_t *child, int *channel);

#endif
