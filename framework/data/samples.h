/*
 * samples.h - where the samples of a split lie.
 *
 * Validation and test samples may lie among the stored training data; samples.c alone knows that.
 */
#ifndef TRAINER_SAMPLES_H
#define TRAINER_SAMPLES_H

#include "dataset.h"

/* The samples of a split: those at position[i] of the values stored for the split `stored`, or
 * there one behind the other from 0 on. */
struct samples {
    enum split stored;        /* whose values they are among: column->values[stored] */
    const uint32_t *position; /* (count), ascending; NULL: 0, 1, 2, ... */
    size_t count;
};

struct samples samples_of(const struct dataset *dataset, enum split split);

/* Position of the split's sample i in the stored values. */
static inline size_t samples_at(const struct samples *samples, size_t i)
{
    return samples->position ? samples->position[i] : i;
}

/* Samples whose values are stored for a split: of SPLIT_TRAIN also all that were split off; 0 of a
 * split that lies in the training data. */
size_t samples_stored(const struct dataset *dataset, enum split split);

/* Bytes of one column's stored values of a split, or of its lists; SIZE_MAX where that is more. */
size_t samples_bytes(const struct dataset *dataset, const struct column *column, enum split split);

#endif
