/*
 * pattern.h - hashes of the branches that a layer took, for its `pattern` (layer.h).
 */
#ifndef TRAINER_PATTERN_H
#define TRAINER_PATTERN_H

#include "engine/real.h"
#include <stddef.h>
#include <stdint.h>

#define PATTERN_START 14695981039346656037u

/* FNV-1a of one more branch. */
static inline uint64_t pattern_add(uint64_t hash, uint64_t branch)
{
    return (hash ^ branch) * 1099511628211u;
}

/* Which of y[0..count) are above 0. */
static inline uint64_t pattern_of_signs(size_t count, const real *y)
{
    uint64_t hash = PATTERN_START;
    for (size_t i = 0; i < count; i++)
        hash = pattern_add(hash, y[i] > 0);
    return hash;
}

#endif
