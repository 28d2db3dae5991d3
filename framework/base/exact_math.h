/*
 * exact_math.h - log, exp, sine and cosine that give the same bits on every processor.
 *
 * glibc's differ in the last place between machines with and without FMA. Drawn data and initial
 * weights must not, so they use these: IEEE basic operations only, compiled with -ffp-contract=off.
 * Accuracy: within 2 ulp of the true value over the ranges stated.
 */
#ifndef TRAINER_EXACT_MATH_H
#define TRAINER_EXACT_MATH_H

double exact_log(double x); /* x > 0, finite */
double exact_exp(double x); /* any x; overflows to infinity, underflows to 0 */
double exact_sin(double x); /* |x| <= 1e5 */
double exact_cos(double x); /* |x| <= 1e5 */

#endif
