/*
 * stopping.h - which metrics steer a run, and when one of them no longer improves.
 *
 *     trainer:
 *       early_stopping: {monitor: validation_loss, patience: 10, min_delta: 1e-3, restore: true}
 *       checkpoint: {keep_best: validation_accuracy}
 *
 * Decisions alone: no clock, no file.
 */
#ifndef TRAINER_STOPPING_H
#define TRAINER_STOPPING_H

#include "config/config.h"
#include <stdbool.h>

struct session;

/* Refuses metrics that this session names to steer a run (early stopping, best checkpoint,
 * schedule) and never measures: TRAINER_INVALID with the place of each and what is measured. */
int stopping_check(const struct session *session);

/* The same of one column of the epoch series, which `what` names in the message. */
int stopping_check_metric(const struct session *session, const char *what, const char *name,
                          const struct position *at);

/* Whether value is better than best by more than min_delta, in a column of that place (columns.h);
 * NaN is never better, and anything is better than NaN. */
bool stopping_improves(int column, double value, double best, double min_delta);

#endif
