/*
 * samples.h - where the samples of a split lie.
 *
 * Validation samples lie among the stored training data; samples.c alone knows that.
 */
#ifndef TRAINER_SAMPLES_H
#define TRAINER_SAMPLES_H

#include "dataset.h"

/* Samples whose values are stored for a split. */
size_t samples_stored(const struct dataset *dataset, enum split split);

/* Bytes of one column's stored values of a split; SIZE_MAX where that is more. */
size_t samples_bytes(const struct dataset *dataset, const struct column *column, enum split split);

#endif
