/*
 * sweep_labels.h - how a sweep's keys and trials are called on a screen.
 *
 *     model.layers.affine1.units, optimizer.learning_rate  ->  units, lr
 *     units=50 lr=0.1
 *
 * Keys in which no trials differ are in no label.
 */
#ifndef TRAINER_SWEEP_LABELS_H
#define TRAINER_SWEEP_LABELS_H

#include "base/text.h"
#include "sweep/sweep.h"

/* Whether a key stands in labels and tables: one in which trials differ; any, where none does. */
bool sweep_labels_shows(const struct sweep *sweep, size_t key);

/* The end of a key's name, as long as it has to be to differ from the other keys' ends, or a usual
 * short word for it. */
const char *sweep_labels_key(const struct sweep *sweep, size_t key);

/* Append the values that are shown, each behind its key: a trial's, or those of value[keys]. */
void sweep_labels_trial(struct text *text, const struct sweep *sweep, size_t trial);
void sweep_labels_values(struct text *text, const struct sweep *sweep, const char *const *value);

/* A metric's value into text[TEXT_NUMBER_MAX]; "-" where there is none. Returns text. */
const char *sweep_labels_value(char *text, double value);

#endif
