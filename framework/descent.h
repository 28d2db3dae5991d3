/*
 * descent.h - the step x <- x - rate g, taken where g is computed.
 *
 * Large weights go through memory three times less often when their gradient is not stored. The
 * numbers are those of the gradient followed by the step, bit for bit.
 */
#ifndef TRAINER_DESCENT_H
#define TRAINER_DESCENT_H

#include <stdbool.h>

struct descent {
    double rate;
    bool finite; /* cleared by a thread that writes a number that is not */
};

#endif
