/*
 * team_size.h - on how many of its threads a run works, as the machine's load changes.
 *
 *     team of 8:   8, 4, 2 or 1 threads work, whichever takes steps fastest just now
 *
 * A thread whose processor is busy with something else keeps all others waiting at every barrier:
 * with one busy process on two processors, two threads are slower than one. So steps are taken in
 * bursts. Now and then one burst runs on half as many threads, or on twice as many, and where it
 * was faster, the run stays there. When steps become slow, that is tried at once. Results do not
 * depend on how many threads work.
 *
 * This is the decision alone: it starts, stops and measures nothing.
 */
#ifndef TRAINER_TEAM_SIZE_H
#define TRAINER_TEAM_SIZE_H

#include <stdbool.h>
#include <stdint.h>

enum { TEAM_SIZES_MAX = 12 };

struct team_size {
    int sizes;                      /* of teams, from the whole one down to 1 */
    int threads[TEAM_SIZES_MAX];    /* [sizes]: each half of the one before */
    double fastest[TEAM_SIZES_MAX]; /* [sizes]: the least seconds of a step so far; 0: none yet */
    int home;                       /* the size that is fastest, as far as known */
    int now;                        /* the size of this burst: home, or a neighbour that is tried */
    bool up;                        /* the last neighbour that was tried is the larger one */
    double seconds;                 /* of a step, in the last burst at home */
    double wait, next;              /* until the next trial; the time of that */
    double began;                   /* this burst */
    uint64_t steps;                 /* in it */
};

/* For a team of that many threads, at a time in seconds. */
void team_size_init(struct team_size *team, int threads, double time);

/* Ends a burst and begins the next one, on team->threads[team->now]. */
void team_size_next(struct team_size *team, double time);

/* Counts a step that has ended. True where the burst should end too. */
bool team_size_step(struct team_size *team, double time);

/* What has happened in this burst does not count: it begins anew. */
void team_size_restart(struct team_size *team, double time);

#endif
