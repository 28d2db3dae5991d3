/*
 * curve.h - for tests: the rates that a schedule gives, in a run of 20 steps of learning rate 1 and
 * 5 steps an epoch.
 */
#ifndef TRAINER_CURVE_H
#define TRAINER_CURVE_H

#include <stddef.h>

enum { CURVE_STEPS = 20 };

/* Trains with `optimizer: {type: sgd, learning_rate: 1, schedule: YAML}` and some assignments
 * (NULL-terminated, or NULL), and reads the rate that each step took into rate[steps]. Returns how
 * many steps there were. */
size_t curve_train(const char *schedule, const char *const *assignments, double *rate, size_t most);

/* The message that such a run is refused with; fails the test where it is not. */
const char *curve_refusal(const char *schedule, const char *const *assignments);

/* Compares the first `count` rates of the 20 steps with `wanted`, to 1e-12. */
void curve_check(const char *schedule, const double *wanted, size_t count);

#endif
