/*
 * advice.h - what a run that learned nothing should be told: one line, or none.
 *
 *     the test loss rose from 2.303 to 506.1: a smaller learning_rate?
 *     accuracy 0.0980 is that of guessing: another learning_rate, other first weights?
 *     all 50 samples are of one class: there is nothing to tell apart
 *
 * and one of several processes that a single one would overtake:
 *
 *     74 % of the time goes into exchanges between 2 ranks: one process would be faster
 */
#ifndef TRAINER_ADVICE_H
#define TRAINER_ADVICE_H

#include "evaluate/evaluate.h"
#include <stdbool.h>

/* classes: of the last evaluation, samples 0 where there are none; first, last: the loss of the
 * same samples in the first row and the last, or NaN. Into text[size]; false where there is nothing
 * to say. */
bool advice_of(const struct evaluation *classes, double first, double last, char *text,
               size_t size);

/* share: of the time that went into exchanges. work: that of one rank, as a share of what one
 * process would do. Into text[size]; false where the ranks gain something. */
bool advice_of_ranks(int ranks, double share, double work, char *text, size_t size);

#endif
