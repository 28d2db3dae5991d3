/*
 * adam.h - the rule that adam and adamw share; they differ in where weight decay goes.
 */
#ifndef TRAINER_ADAM_H
#define TRAINER_ADAM_H

#include "optimizer.h"

#define adam_wants_state NAME(adam_wants_state)
#define adam_constants   NAME(adam_constants)
#define adam_step        NAME(adam_step)

struct adam {
    struct optimizer_base base;
    double beta1, beta2, epsilon;
    bool amsgrad;
};

bool adam_wants_state(const void *private, int state);
void adam_constants(const void *private, uint64_t updates, double *constants);

/* x -= learning_rate decay x, where update->decay is not 0; then the rule of adam.c. */
void adam_step(const struct update *update);

#endif
