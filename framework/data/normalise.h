/*
 * normalise.h - offset, divisor and fill values of columns, fitted on the training part.
 *
 *     none     value = stored * scale
 *     zscore   offset = mean, divisor = population deviation
 *     minmax   offset = least, divisor = most - least
 *     maxabs   offset = 0, divisor = the largest |value|
 *
 * All is computed in float64, over the samples of SPLIT_TRAIN alone, in the order of their rows:
 * the same numbers give the same bits whatever kind of data set holds them, on any number of
 * threads. A missing value (NaN) is filled first: it counts as the mean of those that are there. A
 * channel whose values are all the same, exactly, has divisor 1, and so has an indicator, with
 * offset 0.
 */
#ifndef TRAINER_NORMALISE_H
#define TRAINER_NORMALISE_H

#include "dataset.h"

/* Fits fill values, and offset and divisor as dataset->normalise_inputs and _labels say; into the
 * data set's arena. After the samples were split. inputs: every column of numbers but `labels` and
 * `weights`. at: the place of `normalize`, for messages. Constant channels become one warning. A
 * data set that is only described is left alone. TRAINER_INVALID where labels are classes, where
 * numbers are too large, and where lists would not keep their zeros. */
int normalise_fit(struct dataset *dataset, const struct position *at);

/* value[count] = what a network reads of a column's elements [element, element + count) of sample
 * `at` of those stored for a split, in float64. Of rows that stay in their file a row_window's
 * column has the values. */
void normalise_read(const struct column *column, enum split stored, size_t at, size_t element,
                    size_t count, double *value);

#endif
