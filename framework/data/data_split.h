/*
 * data_split.h - test and validation samples, split off the training data.
 *
 *     random     V validation and T test samples are the first V and the next T of a
 *                random_permutation of all N, keyed by seed and RANDOM_SPLIT
 *     last       the last T are test samples, the V before them validation samples
 *     stratify   the same walk through the permutation, but each class gives its share
 *
 * Lists of positions ascend, so that data is read in the order in which it is stored.
 */
#ifndef TRAINER_DATA_SPLIT_H
#define TRAINER_DATA_SPLIT_H

#include "dataset.h"

enum split_order { SPLIT_RANDOM, SPLIT_LAST };

/* What `validation` and `split` ask for. */
struct split_options {
    double part[SPLIT_COUNT];               /* test, validation: a fraction, a count; 0: none */
    const struct position *at[SPLIT_COUNT]; /* where each is written; NULL: nowhere */
    enum split_order order;
    uint64_t seed;
    bool stratify;
    const struct position *stratify_at;
};

/* Splits samples off the training data, unless nothing is asked for: writes lists and counts.
 * TRAINER_INVALID where a part is no whole number of samples, leaves no training sample, or where
 * the kind gave samples of its own for it. A class of one sample stays in training, with a warning.
 */
int data_split(struct dataset *dataset, const struct split_options *options);

#endif
