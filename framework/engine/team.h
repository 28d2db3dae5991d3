/*
 * team.h - the threads that work on one graph together.
 *
 * OpenMP starts the threads once, around a whole training loop or evaluation; every thread calls
 * the same functions with its own `struct worker`. Work is divided by team_range over tiles that
 * are fixed by shapes, never by the number of threads; each output element has one owner; so
 * results are the same bits for any number of threads. WORKER_ALONE is a team of one.
 */
#ifndef TRAINER_TEAM_H
#define TRAINER_TEAM_H

#include <stddef.h>

struct team;

/* One thread's place in its team. Where several processes share the work, each team has a part of
 * it, which its threads divide: the place of the team among those. */
struct worker {
    struct team *team; /* NULL in a team of one */
    int thread;        /* 0 .. threads-1 */
    int threads;
    int rank;   /* 0 .. ranks-1 */
    int ranks;  /* 0: this team has it all */
    int slices; /* a team's part is some of so many slices, each as floor(slice count / slices) has
                   it; 0: as even as can be */
};

#define WORKER_ALONE ((struct worker){.threads = 1})

/* TRAINER_FAILED where the system does not let this process have so many threads, which would make
 * OpenMP's runtime end the program. From then on that runtime grants what is asked for, whatever
 * OMP_DYNAMIC and OMP_MAX_ACTIVE_LEVELS say. For the thread that is about to start them; what was
 * found once is not asked again. */
int team_check(int threads);

/* Makes a team for `threads` >= 1 threads, that may be had; free with team_free. Starts no thread:
 * OpenMP does. On failure *team is NULL. */
int team_create(struct team **team, int threads);
void team_free(struct team *team);

/* Waits until every thread of the team has come here; memory written before is seen by all after.
 * All threads of the team must call it equally often. Some microseconds of spinning, as many as
 * sleeps have shown to pay, then a futex sleep; nothing in a team of one. */
void team_barrier(const struct worker *worker);

/* The part [*begin, *end) of count items that this worker owns: contiguous, as even as can be, cut
 * at multiples of `grain` >= 1. */
void team_range(const struct worker *worker, size_t count, size_t grain, size_t *begin,
                size_t *end);

/* The part that all workers of this one's team own together. */
void team_range_of_all(const struct worker *worker, size_t count, size_t grain, size_t *begin,
                       size_t *end);

/* The same worker of a team that has all the work. */
static inline struct worker team_undivided(struct worker worker)
{
    worker.rank = worker.ranks = worker.slices = 0;
    return worker;
}

#endif
