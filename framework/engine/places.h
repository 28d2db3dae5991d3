/*
 * places.h - the processors that this process was given, and which of them each thread runs on.
 *
 * Where OMP_PROC_BIND, OMP_PLACES or GOMP_CPU_AFFINITY ask OpenMP to bind threads, its runtime
 * binds the first thread before main: whatever that thread starts would crowd on one processor, and
 * its affinity says nothing of what the process was given. Under some policies (master, few places)
 * a whole team shares a place. So the processors are those of all of OpenMP's places, and where
 * binding is asked for each thread of a team gets a share of its own:
 *
 *     processors 0 1 2 3 4 5, a team of 4:    0 | 1 2 | 3 | 4 5
 *
 * Where it is not asked for, threads are left to the kernel. A team of more threads than processors
 * is not bound.
 */
#ifndef TRAINER_PLACES_H
#define TRAINER_PLACES_H

#include "team.h"
#include <stddef.h>

/* The number of processors that this process may use, at least 1: affinity, the cgroups' quota, and
 * SLURM_CPUS_PER_TASK, as they were at the first call. */
int places_processors(void);

/* SLURM_CPUS_PER_TASK where that is what keeps the number down; NULL. */
const char *places_processors_limit(void);

/* The threads that OMP_NUM_THREADS and OMP_THREAD_LIMIT allow; INT_MAX where neither is set. *why
 * is the variable that is the tighter; NULL. */
int places_thread_limit(const char **why);

/* The threads that OpenMP would grant whatever is asked for: OMP_THREAD_LIMIT. */
int places_thread_most(void);

/* Gives the calling thread back the processors that OpenMP's runtime took from it before main. For
 * the first thread, before it starts others or forks. */
void places_release(void);

/* Binds the calling thread to its share, where binding is asked for. Every thread of a team
 * calls. */
void places_bind(const struct worker *worker);

/* From here on this process has share `part` of `parts`, and so have the threads that it starts:
 * for processes side by side. Where binding is not asked for, or there are fewer processors than
 * parts, nothing changes. */
void places_share(size_t part, size_t parts);

/* From here on this process counts its part of its processors alone, as do the others that were
 * given the same ones and call this with their own part. Where binding is asked for it is bound to
 * them. SLURM_CPUS_PER_TASK is of one process already, and is not divided. */
void places_divide(size_t part, size_t parts);

#endif
