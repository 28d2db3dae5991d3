/*
 * thin.h - a long curve in few points: the least and the greatest value of each bucket.
 *
 *     10,000 values, at most 2,000 points: the first, two of each of 999 buckets, the last
 *
 * No extreme is lost and no value changed, as it would be by averages. NaN are no values: a bucket
 * of nothing else keeps its first, so that a gap stays one.
 */
#ifndef TRAINER_THIN_H
#define TRAINER_THIN_H

#include <stddef.h>

enum { THIN_MOST = 2000 };

/* index[most] = the places of the points kept, in order; returns how many. The values are value[0],
 * value[stride], ...: count of them, of which all are kept where they are no more than most. most:
 * at least 4. */
size_t thin(size_t *index, size_t most, const double *value, size_t count, size_t stride);

#endif
