/*
 * checkpoint.h - when a checkpoint is due, and going on from one.
 *
 *     trainer:
 *       checkpoint: {every: epoch, keep_best: validation_accuracy}   # never, 500 steps, 60 seconds
 *
 * A checkpoint is the whole state of a run between two steps: weights, optimizer, metrics, the sums
 * of the row that is being made, early stopping. What is drawn is a function of seed and step, so
 * the sampler needs no state, and the run that goes on is the run that was never interrupted, bit
 * for bit, clocks aside.
 */
#ifndef TRAINER_CHECKPOINT_H
#define TRAINER_CHECKPOINT_H

#include "record.h"

/* Whether the step that was just done (the step-th, `seconds` after the last time that this was
 * true) is one behind which a checkpoint is due. */
bool checkpoint_is_due(const struct option_interval *every, uint64_t step, uint64_t steps_per_epoch,
                       double seconds);

/* Reads the checkpoint (or failure) that session->options.resume names into the session's weights,
 * the optimizer's blocks, the record, the last evaluation and *state. TRAINER_INVALID where it
 * does not belong to this config, these data, or these kernels; weights and blocks are then as
 * before. */
int checkpoint_resume(struct run_state *state, struct session *session, struct record *record,
                      struct evaluator *evaluator, const struct snapshot_optimizer *optimizer);

#endif
