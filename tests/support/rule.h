/*
 * rule.h - for tests: an optimizer's rule on three parameters and given gradients, on every engine
 * that this machine has.
 */
#ifndef TRAINER_RULE_H
#define TRAINER_RULE_H

enum { RULE_COUNT = 3, RULE_STEPS = 3 };

/* Takes RULE_STEPS steps with the optimizer of this YAML ("{type: sgd}") from x = (1, -2, 0.5),
 * with the gradients (0.5, -1, 2), (-0.25, 3, 2), (1, 0.5, -4), at its own learning_rate; `decay`
 * is what a decoupled kind gets as lambda. Fails the test where x is not `wanted` to 1e-12 in
 * double and 2e-6 in float. */
void rule_check(const char *yaml, double decay, const double *wanted);

#endif
