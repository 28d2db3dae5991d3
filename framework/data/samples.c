/*
 * samples.c - where the samples of a split lie.
 */
#include "samples.h"
#include "data.h"

size_t samples_stored(const struct dataset *dataset, enum split split)
{
    if (split == SPLIT_TRAIN)
        return dataset->count[SPLIT_TRAIN] + dataset->count[SPLIT_VALIDATION];
    return split == SPLIT_TEST ? dataset->count[SPLIT_TEST] : 0;
}

size_t samples_bytes(const struct dataset *dataset, const struct column *column, enum split split)
{
    size_t bytes = shape_size(column->shape);
    if (__builtin_mul_overflow(bytes, samples_stored(dataset, split), &bytes) ||
        __builtin_mul_overflow(bytes, stored_size(column->stored), &bytes))
        return SIZE_MAX;
    return bytes;
}

size_t dataset_bytes(const struct dataset *dataset)
{
    size_t sum = 0;
    for (int i = 0; i < dataset->columns; i++)
        for (enum split split = 0; split < SPLIT_COUNT; split++)
            if (__builtin_add_overflow(sum, samples_bytes(dataset, &dataset->column[i], split),
                                       &sum))
                return SIZE_MAX;
    return sum;
}
