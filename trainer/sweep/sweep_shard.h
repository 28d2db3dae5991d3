/*
 * sweep_shard.h - which part of a sweep a process runs.
 *
 *     2/8       trials 2, 10, 18, ...
 *     auto      the task of the job array that this process is one of:
 *               SLURM    --array=1-8, 0-7, 1-15:2     SLURM_ARRAY_TASK_ID, _MIN, _STEP, _COUNT
 *               SGE      -t 1-8, 1-15:2               SGE_TASK_ID, _FIRST, _LAST, _STEPSIZE
 *     auto/8    the same of any array of eight; of a part of 1-8 (--array=3,7), or one that says
 *               nothing of its size (PBS_ARRAY_INDEX), the task's number; where the numbers begin
 *               at 0, task 7 is shard 8
 */
#ifndef TRAINER_SWEEP_SHARD_H
#define TRAINER_SWEEP_SHARD_H

#include <stddef.h>

/* The part of a sweep that this process runs: trials number, number + of, ... counted from 1. A
 * whole sweep is 1 of 1. */
struct sweep_shard {
    size_t number, of;
};

/* text: what --shard says; NULL: a whole sweep. TRAINER_INVALID with a message that says what to
 * write instead. */
int sweep_shard_read(struct sweep_shard *shard, const char *text);

#endif
