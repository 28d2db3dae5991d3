/*
 * sweep_probe.h - what a trial costs, measured on a few of its steps in a child.
 */
#ifndef TRAINER_SWEEP_PROBE_H
#define TRAINER_SWEEP_PROBE_H

#include "dataset.h"
#include "sweep/sweep.h"

struct sweep_probe {
    double begin_seconds; /* until it trains */
    double step_seconds;
    double row_seconds; /* of one evaluation */
    double rows;        /* evaluations of the whole trial, about */
    size_t bytes;       /* of memory that is not shared */
};

/* Trains a trial for a fraction of a second, and writes no file. TRAINER_FAILED where the child did
 * not finish. */
int sweep_probe(struct sweep_probe *probe, const struct sweep *sweep, size_t trial,
                const struct dataset *data, int threads);

/* Seconds of a trial of so many steps. */
double sweep_probe_seconds(const struct sweep_probe *probe, uint64_t steps);

#endif
