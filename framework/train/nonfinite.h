/*
 * nonfinite.h - numbers that are not finite: found in the step that makes them, and named.
 *
 *     step 57: the output of 'affine2' is inf in row 3 of the batch, sample 40213
 *     step 58: 'affine1' weight became nan at (12, 7)
 *
 * All threads of the team check, each its own share, what they have just written and still have in
 * their caches.
 */
#ifndef TRAINER_NONFINITE_H
#define TRAINER_NONFINITE_H

#include "graph/graph.h"

/* After graph_forward: whether this thread's share of every layer's output (rows, shape) is
 * finite. */
bool nonfinite_outputs_ok(const struct graph *graph, size_t rows, const struct worker *worker);

/* What is not finite, for the step-th step (from 1) on those samples (rows): the first bad weight,
 * else the first bad output in the order of the layers, else the loss. Into text[size]. */
void nonfinite_describe(const struct graph *graph, uint64_t step, const uint32_t *sample,
                        size_t rows, char *text, size_t size);

/* Of those, a weight or state alone; false where all are finite. */
bool nonfinite_describe_weight(const struct graph *graph, uint64_t step, char *text, size_t size);

#endif
