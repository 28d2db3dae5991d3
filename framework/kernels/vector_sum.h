/*
 * vector_sum.h - the sum and the largest of a vector's lanes, in pairs: halves onto each other.
 */
#ifndef TRAINER_VECTOR_SUM_H
#define TRAINER_VECTOR_SUM_H

#include "vector.h"

static inline real lanes_max(vector value)
{
    real lane[LANES];
    vector_store(lane, value);
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            lane[i] = lane[i] > lane[i + half] ? lane[i] : lane[i + half];
    return lane[0];
}

static inline real lanes_sum(vector value)
{
    real lane[LANES];
    vector_store(lane, value);
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            lane[i] += lane[i + half];
    return lane[0];
}

#endif
