/*
 * link.h - what an exchange costs, measured beside what a rank would do in its place.
 */
#ifndef TRAINER_LINK_H
#define TRAINER_LINK_H

#include "ranks.h"

struct link {
    double latency;   /* seconds that an exchange of next to nothing takes */
    double bandwidth; /* bytes a second that a rank sends, while all do */
};

/* The same on all ranks: medians of some turns, of the slowest rank. work: does some milliseconds
 * of work and returns the seconds of a unit of it, of which *seconds is the median. Sends some
 * megabytes; what it costs is not counted among the ranks' exchanges. TRAINER_FAILED, on all ranks,
 * where memory ran out on one. */
int link_measure(struct ranks *ranks, double (*work)(void *context), void *context,
                 struct link *link, double *seconds);

#endif
