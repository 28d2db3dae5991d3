/*
 * optimizer.h - what an optimizer file may see: one loop over parameters that stand side by side.
 *
 * All trained parameters stand in one block, their gradients in another, in the same order. The
 * framework cuts the blocks among threads, and into pieces that stay in a cache, and asks step()
 * for each piece. What an optimizer keeps for each parameter (a velocity, say) stands in further
 * blocks of the same order, zero at first, saved in checkpoints under `state_names`.
 *
 * The gradient that arrives is that of the mean loss over all samples of the step, clipped, with
 * weight decay and l1 added: none of that is an optimizer's business, unless `decoupled`.
 */
#ifndef TRAINER_OPTIMIZER_H
#define TRAINER_OPTIMIZER_H

#include "config/options.h"
#include "config/registry.h"
#include "engine/real.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OPTIMIZER_STATES_MAX = 4, OPTIMIZER_CONSTANTS_MAX = 4 };

/* What every optimizer's struct starts with: options of its own table, whose defaults differ. */
struct optimizer_base {
    double learning_rate; /* before any schedule */
    double weight_decay;  /* lambda */
};

/* One piece of one parameter. */
struct update {
    const void *private;               /* the kind's options */
    double learning_rate;              /* of this step and this parameter */
    double decay;                      /* lambda of a kind that is `decoupled`; 0: does not decay */
    const double *constants;           /* [OPTIMIZER_CONSTANTS_MAX] of this step */
    size_t count;                      /* elements */
    real *x;                           /* (count): parameters */
    const real *g;                     /* (count): gradient */
    real *state[OPTIMIZER_STATES_MAX]; /* (count) each; NULL where the options want none */
};

struct optimizer_kind {
    struct kind base;
    bool fusable;   /* step() is x -= learning_rate * g, rounded like that, and nothing else:
                       layers may take it where they compute g */
    bool decoupled; /* step() applies the weight decay itself; g holds none */
    const char *state_names[OPTIMIZER_STATES_MAX];
    /* Whether these options want that block of state; NULL: all that have names. */
    bool (*wants_state)(const void *private, int state);
    /* What depends on the number of updates, this one included (from 1), and on no element. NULL:
     * nothing does. */
    void (*constants)(const void *private, uint64_t updates, double *constants);
    void (*step)(const struct update *update);
};

#endif
