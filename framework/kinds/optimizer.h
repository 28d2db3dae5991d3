/*
 * optimizer.h - what an optimizer file may see: one flat loop over all trained parameters.
 *
 * All trained parameters stand in one block, their gradients in another, in the same order. An
 * optimizer updates the range [begin, end) that its thread owns; state it keeps per parameter (a
 * velocity, say) stands in further blocks of the same order, zero at first, saved in checkpoints
 * under `state_names`.
 */
#ifndef TRAINER_OPTIMIZER_H
#define TRAINER_OPTIMIZER_H

#include "config/options.h"
#include "config/registry.h"
#include "engine/real.h"
#include <stdint.h>

enum { OPTIMIZER_STATES_MAX = 4 };

struct update {
    const void *private;               /* the kind's options */
    double learning_rate;              /* at this step */
    uint64_t step;                     /* from 1 */
    real *x;                           /* (count): parameters */
    const real *g;                     /* (count): gradient of the mean loss */
    real *state[OPTIMIZER_STATES_MAX]; /* (count) each */
    size_t begin, end;                 /* the range to update */
};

struct optimizer_kind {
    struct kind base;
    bool plain; /* the step is x -= learning_rate * g, rounded like that, and nothing else */
    int states; /* blocks of state */
    const char *state_names[OPTIMIZER_STATES_MAX];
    double (*learning_rate)(const void *private); /* the configured rate, before any schedule */
    void (*step)(const struct update *update);
};

#endif
