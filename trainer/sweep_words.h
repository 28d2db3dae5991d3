/*
 * sweep_words.h - how a sweep's keys and trials are called on a screen.
 *
 *     model.layers.affine1.units, optimizer.learning_rate  ->  units, learning_rate
 *     units=50 learning_rate=0.1
 */
#ifndef TRAINER_PROGRAM_SWEEP_WORDS_H
#define TRAINER_PROGRAM_SWEEP_WORDS_H

#include "sweep.h"
#include "text.h"

/* The end of a key's name, as long as it has to be to differ from the other keys' ends. */
const char *sweep_words_key(const struct sweep *sweep, size_t key);

/* Appends the trial's values, each behind its key. */
void sweep_words_trial(struct text *text, const struct sweep *sweep, size_t trial);

/* A metric's value into text[TEXT_NUMBER_MAX]; "-" where there is none. Returns text. */
const char *sweep_words_value(char *text, double value);

#endif
