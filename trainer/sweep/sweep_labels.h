/*
 * sweep_labels.h - how a sweep's keys and trials are called on a screen.
 *
 *     model.layers.affine1.units, optimizer.learning_rate  ->  units, learning_rate
 *     units=50 learning_rate=0.1
 */
#ifndef TRAINER_SWEEP_LABELS_H
#define TRAINER_SWEEP_LABELS_H

#include "display/format.h"
#include "sweep/sweep.h"

/* The end of a key's name, as long as it has to be to differ from the other keys' ends. */
const char *sweep_labels_key(const struct sweep *sweep, size_t key);

/* Appends the trial's values, each behind its key. */
void sweep_labels_trial(struct text *text, const struct sweep *sweep, size_t trial);

/* A metric's value into text[TEXT_NUMBER_MAX]; "-" where there is none. Returns text. */
const char *sweep_labels_value(char *text, double value);

#endif
