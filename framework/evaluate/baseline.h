/*
 * baseline.h - what the best answer that never looks at a sample's inputs is worth on a split.
 *
 *     classes   share of the commonest class                       to hold accuracy against
 *     labels    mean over labels of the share of the commoner answer
 *     values    root of the mean squared distance from the mean    to hold RMSE against
 */
#ifndef TRAINER_BASELINE_H
#define TRAINER_BASELINE_H

#include "graph/graph.h"

/* *baseline of a split, `rows` samples of a pass at a time; NaN where the network is compared with
 * no data column. Overwrites the graph's batch. */
int baseline_of(double *baseline, struct graph *graph, const struct dataset *dataset,
                enum split split, size_t rows);

#endif
