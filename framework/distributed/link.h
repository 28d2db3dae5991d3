/*
 * link.h - what an exchange costs, measured.
 */
#ifndef TRAINER_LINK_H
#define TRAINER_LINK_H

#include "ranks.h"

struct link {
    double latency;   /* seconds that an exchange of next to nothing takes */
    double bandwidth; /* bytes a second that a rank sends, while all do */
};

/* As rank 0 has measured it, on all ranks. Sends some megabytes; what it costs is not counted among
 * the ranks' exchanges. TRAINER_FAILED, on all ranks, where memory ran out on one. */
int link_measure(struct ranks *ranks, struct link *link);

#endif
