/*
 * store.h - how a layer hands a gradient to its input: the first reader of a value stores, the
 * others add.
 */
#ifndef TRAINER_STORE_H
#define TRAINER_STORE_H

#include "engine/real.h"
#include <stdbool.h>

/* *g = d, or *g + d. Inlined, so that a loop over elements is split in two by the compiler. */
static inline void store_gradient(real *g, bool accumulate, real d)
{
    *g = accumulate ? *g + d : d;
}

#endif
