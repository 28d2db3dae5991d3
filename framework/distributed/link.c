/*
 * link.c - see link.h.
 *
 *     latency      the shortest of some exchanges of a byte of each rank
 *     bandwidth    a megabyte of each rank to each other; the best of five, less the latency
 */
#include "link.h"
#include "base/clock.h"
#include "base/error.h"
#include <stdlib.h>

enum { SHORT_TRIES = 20, LONG_TRIES = 5, PIECE = 1 << 20 };

/* The shortest of `tries` exchanges of `bytes` bytes of each rank. */
static double shortest(struct ranks *ranks, void *each, size_t bytes, int tries)
{
    double best = 0;
    for (int i = 0; i < tries; i++) {
        double began = clock_seconds();
        ranks_gather(ranks, each, bytes);
        double seconds = clock_seconds() - began;
        best = i == 0 || seconds < best ? seconds : best;
    }
    return best;
}

int link_measure(struct ranks *ranks, struct link *link)
{
    const double seconds = ranks->seconds, least = 1e-9;
    const uint64_t sent = ranks->sent;
    size_t others = (size_t)ranks->count - 1;
    char *each = calloc((size_t)ranks->count, PIECE);
    int rc =
        ranks_agree(ranks, each ? TRAINER_OK
                                : error_memory("measuring the link", (size_t)ranks->count * PIECE));
    if (rc == TRAINER_OK) {
        link->latency = shortest(ranks, each, 1, SHORT_TRIES);
        double busy = shortest(ranks, each, PIECE, LONG_TRIES) - link->latency;
        link->bandwidth = (double)(others * PIECE) / (busy > least ? busy : least);
        ranks_send(ranks, 0, link, sizeof *link);
    }
    free(each);
    ranks->seconds = seconds;
    ranks->sent = sent;
    return rc;
}
