/*
 * samples.c - where the samples of a split lie.
 */
#include "samples.h"
#include "base/list_rows.h"
#include "data.h"

struct samples samples_of(const struct dataset *dataset, enum split split)
{
    const uint32_t *position = dataset->position[split];
    return (struct samples){.stored = position ? SPLIT_TRAIN : split,
                            .position = position,
                            .count = dataset->count[split]};
}

size_t samples_stored(const struct dataset *dataset, enum split split)
{
    size_t stored = dataset->position[split] ? 0 : dataset->count[split];
    if (split != SPLIT_TRAIN)
        return stored;
    stored = dataset->count[SPLIT_TRAIN];
    for (enum split other = 0; other < SPLIT_COUNT; other++)
        if (other != SPLIT_TRAIN && dataset->position[other])
            stored += dataset->count[other];
    return stored;
}

size_t samples_bytes(const struct dataset *dataset, const struct column *column, enum split split)
{
    const struct list_rows *lists = column->lists[split];
    size_t bytes = shape_size(column->shape);
    if (lists)
        return (lists->rows + 1) * sizeof *lists->start +
               lists->start[lists->rows] * (sizeof *lists->column + stored_size(column->stored));
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
