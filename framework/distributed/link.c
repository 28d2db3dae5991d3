/*
 * link.c - see link.h.
 *
 *     a turn       work    some exchanges of a byte of each rank    one of a megabyte to each other
 *     latency      of a byte's exchange
 *     bandwidth    of the megabyte's, less the latency, or its half where that is less
 *
 * In turns, as machines may be busy: the best of many would be the figure of an idle moment, and a
 * short measurement finds one sooner than a long one.
 */
#include "link.h"
#include "base/clock.h"
#include "base/error.h"
#include <stdlib.h>

enum { TURNS = 5, SHORT_TRIES = 5, PIECE = 1 << 20 };

/* Seconds, as one rank has measured them. */
enum figure { WORK, LATENCY, BUSY, FIGURES };

/* Of an exchange of `bytes` bytes of each rank. */
static double time_exchange(struct ranks *ranks, void *each, size_t bytes)
{
    double began = clock_seconds();
    ranks_gather(ranks, each, bytes);
    return clock_seconds() - began;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of an odd number of figures, which get another order. */
static double median(double *x, size_t count)
{
    qsort(x, count, sizeof *x, compare);
    return x[count / 2];
}

/* Takes all turns; medians into own[FIGURES]. */
static void take_turns(struct ranks *ranks, void *each, double (*work)(void *context),
                       void *context, double *own)
{
    double worked[TURNS], latency[TURNS][SHORT_TRIES], busy[TURNS];
    for (int i = 0; i < TURNS; i++) {
        worked[i] = work(context);
        ranks_gather(ranks, each, 1); /* the slowest is waited for */
        for (int j = 0; j < SHORT_TRIES; j++)
            latency[i][j] = time_exchange(ranks, each, 1);
        busy[i] = time_exchange(ranks, each, PIECE);
    }
    own[WORK] = median(worked, TURNS);
    own[LATENCY] = median(*latency, (size_t)TURNS * SHORT_TRIES);
    own[BUSY] = median(busy, TURNS);
}

/* The largest of all ranks' into own[FIGURES]. */
static void take_slowest(struct ranks *ranks, double *own)
{
    double(*each)[FIGURES] = ranks->room;
    for (enum figure f = 0; f < FIGURES; f++)
        each[ranks->rank][f] = own[f];
    ranks_gather(ranks, each, sizeof *each);
    for (int i = 0; i < ranks->count; i++)
        for (enum figure f = 0; f < FIGURES; f++)
            own[f] = each[i][f] > own[f] ? each[i][f] : own[f];
}

int link_measure(struct ranks *ranks, double (*work)(void *context), void *context,
                 struct link *link, double *seconds)
{
    const double spent = ranks->seconds, least = 1e-9;
    const uint64_t sent = ranks->sent;
    size_t others = (size_t)ranks->count - 1;
    double own[FIGURES];
    char *each = calloc((size_t)ranks->count, PIECE);
    int rc =
        ranks_agree(ranks, each ? TRAINER_OK
                                : error_memory("measuring the link", (size_t)ranks->count * PIECE));
    if (rc == TRAINER_OK) {
        take_turns(ranks, each, work, context, own);
        take_slowest(ranks, own);
        double latency = own[LATENCY] < own[BUSY] / 2 ? own[LATENCY] : own[BUSY] / 2;
        double busy = own[BUSY] - latency;
        link->latency = own[LATENCY];
        link->bandwidth = (double)(others * PIECE) / (busy > least ? busy : least);
        *seconds = own[WORK];
    }
    free(each);
    ranks->seconds = spent;
    ranks->sent = sent;
    return rc;
}
