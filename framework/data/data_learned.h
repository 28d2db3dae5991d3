/*
 * data_learned.h - what a data set learned of its training data, for run files.
 */
#ifndef TRAINER_DATA_LEARNED_H
#define TRAINER_DATA_LEARNED_H

#include "learned.h"

/* Fills *learned; lists are in the arena, names and numbers stay the data set's. TRAINER_FAILED
 * where memory ran out. */
int data_learned(const struct dataset *dataset, struct arena *arena, struct learned *learned);

/* Gives the columns of further data the names, offsets, divisors and fill values that were learned.
 * TRAINER_INVALID where a column is not one of them, has another shape, or holds other classes. */
int learned_apply(struct dataset *dataset, const struct learned *learned);

#endif
