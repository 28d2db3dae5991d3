/*
 * data_split.h - validation samples, split off the training data.
 *
 * They are the first V of a random_permutation of all N, keyed by seed and RANDOM_SPLIT; both lists
 * ascend, so that data is read in the order in which it is stored.
 */
#ifndef TRAINER_DATA_SPLIT_H
#define TRAINER_DATA_SPLIT_H

#include "dataset.h"

/* How many of `samples` training samples `validation` asks for. at: its place, for messages. */
int data_split_count(double validation, const struct position *at, size_t samples, size_t *count);

/* Splits `count` samples off the training data: writes both lists and both counts. */
int data_split(struct dataset *dataset, size_t count);

#endif
