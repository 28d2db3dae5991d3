/*
 * fused_step.h - the step x <- x - rate g, taken where g is computed.
 *
 * Large weights go through memory three times less often when their gradient is not stored. The
 * numbers are those of the gradient followed by the step, bit for bit.
 */
#ifndef TRAINER_FUSED_STEP_H
#define TRAINER_FUSED_STEP_H

#include <stdbool.h>

struct fused_step {
    double rate;
    bool finite; /* cleared by a thread that writes a number that is not */
};

#endif
