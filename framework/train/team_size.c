/*
 * team_size.c - see team_size.h.
 */
#include "team_size.h"
#include <assert.h>

/* A burst is some of the kernel's time slices long, as one thread may wait for several of them. */
static const double BURST_SECONDS = 0.02;

/* The time between two trials, in bursts: the first at the beginning and after one that succeeded;
 * each that fails doubles it. A trial that takes twice as long then costs half a percent. */
static const double WAIT_LEAST = 10, WAIT_MOST = 200;

/* How much faster a trial must be to be stayed with, and how much slower than ever before steps
 * must be for a trial at once. */
static const double BETTER = 0.97, SLOW = 1.25;

void team_size_init(struct team_size *pace, int threads, double time)
{
    *pace = (struct team_size){.began = time};
    assert(threads >= 1);
    for (; threads >= 1 && pace->sizes < PACE_SIZES_MAX; threads /= 2)
        pace->threads[pace->sizes++] = threads;
}

/* Books a burst at home, and decides whether to leave it. */
static void leave(struct team_size *pace, double seconds, double time, double burst)
{
    bool slow = seconds > SLOW * pace->fastest[pace->home];
    pace->seconds = seconds;
    if (pace->next == 0 || (slow && pace->next > time + WAIT_LEAST * burst))
        pace->next = time + WAIT_LEAST * burst;
    if (time < pace->next)
        return;
    bool up = pace->home > 0 && (!pace->up || pace->home + 1 == pace->sizes);
    pace->up = up;
    pace->now = up ? pace->home - 1 : pace->home + 1;
}

/* Books a trial: stays there, or goes home for longer. */
static void judge(struct team_size *pace, double seconds, double time, double burst)
{
    bool better = seconds < BETTER * pace->seconds;
    double wait = better ? 0 : 2 * pace->wait;
    wait = wait > WAIT_LEAST * burst ? wait : WAIT_LEAST * burst;
    pace->wait = wait < WAIT_MOST * burst ? wait : WAIT_MOST * burst;
    pace->next = time + pace->wait;
    pace->seconds = better ? seconds : pace->seconds;
    pace->home = better ? pace->now : pace->home;
    pace->now = pace->home;
}

void team_size_next(struct team_size *pace, double time)
{
    double burst = time - pace->began;
    if (pace->steps > 0 && pace->sizes > 1) {
        double seconds = burst / (double)pace->steps, *fastest = &pace->fastest[pace->now];
        if (*fastest == 0 || seconds < *fastest)
            *fastest = seconds;
        if (pace->now == pace->home)
            leave(pace, seconds, time, burst);
        else
            judge(pace, seconds, time, burst);
    }
    team_size_restart(pace, time);
}

bool team_size_step(struct team_size *pace, double time)
{
    pace->steps++;
    return pace->sizes > 1 && time - pace->began >= BURST_SECONDS;
}

void team_size_restart(struct team_size *pace, double time)
{
    pace->began = time;
    pace->steps = 0;
}
