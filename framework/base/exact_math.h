/*
 * exact_math.h - log, exp, powers, sine and cosine that give the same bits on every processor.
 *
 * glibc's differ in the last place between machines with and without FMA. Drawn data and initial
 * weights must not, so they use these: IEEE basic operations only, compiled with -ffp-contract=off.
 * Accuracy: within 2 ulp of the true value over the ranges stated.
 */
#ifndef TRAINER_EXACT_MATH_H
#define TRAINER_EXACT_MATH_H

#include <stdint.h>

double exact_log(double x); /* x > 0, finite */
double exact_exp(double x); /* any x; overflows to infinity, underflows to 0 */
double exact_sin(double x); /* |x| <= 1e5 */
double exact_cos(double x); /* |x| <= 1e5 */

/* x^n for n >= 0, by squaring; 0^0 is 1. Within n / 2 ulp. */
double exact_power(double x, uint64_t n);

/* x^y for x > 0, or 0 where y > 0: exact_power where y is a small whole number, else
 * exp(y log x), within 2 + |y log x| ulp. */
double exact_pow(double x, double y);

#endif
