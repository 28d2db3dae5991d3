/*
 * thin.c - a long curve in few points.
 */
#include "thin.h"

#include <math.h>

/* Adds the extremes among [begin, end) in their order; one where they are the same. */
static size_t add_bucket(size_t *index, const double *value, size_t begin, size_t end,
                         size_t stride)
{
    size_t least = begin, greatest = begin;
    for (size_t i = begin + 1; i < end; i++) {
        double x = value[i * stride];
        if (x < value[least * stride] || (isnan(value[least * stride]) && !isnan(x)))
            least = i;
        if (x > value[greatest * stride] || (isnan(value[greatest * stride]) && !isnan(x)))
            greatest = i;
    }
    index[0] = least < greatest ? least : greatest;
    index[1] = least < greatest ? greatest : least;
    return least == greatest ? 1 : 2;
}

size_t thin(size_t *index, size_t most, const double *value, size_t count, size_t stride)
{
    if (count <= most) {
        for (size_t i = 0; i < count; i++)
            index[i] = i;
        return count;
    }
    size_t kept = 0, buckets = (most - 2) / 2, inner = count - 2;
    index[kept++] = 0;
    for (size_t b = 0; b < buckets; b++)
        kept += add_bucket(index + kept, value, 1 + inner * b / buckets,
                           1 + inner * (b + 1) / buckets, stride);
    index[kept++] = count - 1;
    return kept;
}
