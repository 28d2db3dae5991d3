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

void team_size_init(struct team_size *team, int threads, double time)
{
    *team = (struct team_size){.began = time};
    assert(threads >= 1);
    for (; threads >= 1 && team->sizes < TEAM_SIZES_MAX; threads /= 2)
        team->threads[team->sizes++] = threads;
}

/* Books a burst at home, and decides whether to leave it. */
static void leave(struct team_size *team, double seconds, double time, double burst)
{
    bool slow = seconds > SLOW * team->fastest[team->home];
    team->seconds = seconds;
    if (team->next == 0 || (slow && team->next > time + WAIT_LEAST * burst))
        team->next = time + WAIT_LEAST * burst;
    if (time < team->next)
        return;
    bool up = team->home > 0 && (!team->up || team->home + 1 == team->sizes);
    team->up = up;
    team->now = up ? team->home - 1 : team->home + 1;
}

/* Books a trial: stays there, or goes home for longer. */
static void judge(struct team_size *team, double seconds, double time, double burst)
{
    bool better = seconds < BETTER * team->seconds;
    double wait = better ? 0 : 2 * team->wait;
    wait = wait > WAIT_LEAST * burst ? wait : WAIT_LEAST * burst;
    team->wait = wait < WAIT_MOST * burst ? wait : WAIT_MOST * burst;
    team->next = time + team->wait;
    team->seconds = better ? seconds : team->seconds;
    team->home = better ? team->now : team->home;
    team->now = team->home;
}

void team_size_next(struct team_size *team, double time)
{
    double burst = time - team->began;
    if (team->steps > 0 && team->sizes > 1) {
        double seconds = burst / (double)team->steps, *fastest = &team->fastest[team->now];
        if (*fastest == 0 || seconds < *fastest)
            *fastest = seconds;
        if (team->now == team->home)
            leave(team, seconds, time, burst);
        else
            judge(team, seconds, time, burst);
    }
    team_size_restart(team, time);
}

bool team_size_step(struct team_size *team, double time)
{
    team->steps++;
    return team->sizes > 1 && time - team->began >= BURST_SECONDS;
}

void team_size_restart(struct team_size *team, double time)
{
    team->began = time;
    team->steps = 0;
}
