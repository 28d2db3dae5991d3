/*
 * beats.c - see beats.h.
 *
 *     the last byte that a rank sends to another is `leaving`
 *
 * So at the end each receives all that was sent to it: MPI keeps the order of messages between two.
 */
#include "beats.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"

#include <math.h>
#include <mpi.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

/* The largest tag that every MPI has: no block of an exchange has it. */
enum { TAG = 32767 };

static const long BEAT_NANOSECONDS = 250000000;

/* What this process knows of a rank. */
struct peer {
    MPI_Request sent; /* the last sign to it: none follows before that one is under way */
    double heard;     /* when its last one came */
    bool has_left;
};

struct beats {
    int rank, count;
    bool stops;
    double beaten;        /* when the last signs were sent */
    pthread_mutex_t turn; /* of all calls of MPI, and of what stands above */
    pthread_cond_t stopping;
    pthread_t thread;
    struct peer peer[]; /* [count] */
};

static const char staying = 0, leaving = 1;

/* --- signs ------------------------------------------------------------------------------------ */

static void send_signs(struct beats *beats)
{
    int done;
    for (int i = 0; i < beats->count; i++) {
        MPI_Request *sent = &beats->peer[i].sent;
        MPI_Test(sent, &done, MPI_STATUS_IGNORE);
        if (done && i != beats->rank)
            MPI_Isend(&staying, 1, MPI_CHAR, i, TAG, MPI_COMM_WORLD, sent);
    }
}

static void receive_signs(struct beats *beats)
{
    MPI_Status status;
    int there;
    char sign;
    for (;;) {
        MPI_Iprobe(MPI_ANY_SOURCE, TAG, MPI_COMM_WORLD, &there, &status);
        if (!there)
            return;
        struct peer *peer = &beats->peer[status.MPI_SOURCE];
        MPI_Recv(&sign, 1, MPI_CHAR, status.MPI_SOURCE, TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        peer->heard = clock_seconds();
        peer->has_left = sign == leaving;
    }
}

/* The clock may go back, by the time for which the process was stopped. */
void beats_look(struct beats *beats, double now)
{
    if (fabs(now - beats->beaten) < 1e-9 * (double)BEAT_NANOSECONDS)
        return;
    beats->beaten = now;
    receive_signs(beats);
    send_signs(beats);
}

double beats_heard(const struct beats *beats, int rank)
{
    return beats->peer[rank].has_left ? clock_seconds() : beats->peer[rank].heard;
}

/* --- turns ------------------------------------------------------------------------------------ */

void beats_begin(struct beats *beats)
{
    pthread_mutex_lock(&beats->turn);
}

void beats_end(struct beats *beats)
{
    pthread_mutex_unlock(&beats->turn);
}

/* The turn is another's while this thread waits. */
static void wait_for_beat(struct beats *beats)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += BEAT_NANOSECONDS;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&beats->stopping, &beats->turn, &until);
}

static void *run_thread(void *context)
{
    struct beats *beats = context;
    beats_begin(beats);
    while (!beats->stops) {
        beats_look(beats, clock_seconds());
        wait_for_beat(beats);
    }
    beats_end(beats);
    return NULL;
}

int beats_start(struct beats **made, int rank, int count)
{
    size_t bytes = sizeof(struct beats) + (size_t)count * sizeof(struct peer);
    struct beats *beats = *made = calloc(1, bytes);
    pthread_condattr_t monotonic;
    if (!beats)
        return error_memory("the ranks", bytes);
    beats->rank = rank;
    beats->count = count;
    for (int i = 0; i < count; i++)
        beats->peer[i] = (struct peer){.sent = MPI_REQUEST_NULL, .heard = clock_seconds()};
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&beats->stopping, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&beats->turn, NULL);
    if (thread_start(&beats->thread, run_thread, beats))
        return error_set(TRAINER_FAILED, "no thread can be started for signs of life");
    return TRAINER_OK;
}

/* --- the end ---------------------------------------------------------------------------------- */

static void stop_thread(struct beats *beats)
{
    beats_begin(beats);
    beats->stops = true;
    pthread_cond_signal(&beats->stopping);
    beats_end(beats);
    pthread_join(beats->thread, NULL);
}

/* Takes leave of the others, and receives all that they have sent. */
static void part(struct beats *beats)
{
    static const struct timespec nap = {.tv_nsec = 2000000};
    for (int i = 0; i < beats->count; i++) {
        MPI_Request *sent = &beats->peer[i].sent;
        MPI_Wait(sent, MPI_STATUS_IGNORE);
        if (i != beats->rank)
            MPI_Isend(&leaving, 1, MPI_CHAR, i, TAG, MPI_COMM_WORLD, sent);
    }
    beats->peer[beats->rank].has_left = true;
    for (int i = 0; i < beats->count; i++) {
        for (receive_signs(beats); !beats->peer[i].has_left; receive_signs(beats))
            nanosleep(&nap, NULL);
        MPI_Wait(&beats->peer[i].sent, MPI_STATUS_IGNORE);
    }
}

void beats_stop(struct beats *beats)
{
    stop_thread(beats);
    part(beats);
    pthread_cond_destroy(&beats->stopping);
    pthread_mutex_destroy(&beats->turn);
    free(beats);
}
