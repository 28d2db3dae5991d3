/*
 * test_optimizer_adam.c - three steps worked out in float64; epsilon is large enough to tell that
 * it stands outside the root and is not scaled by the correction.
 */
#include "support/rule.h"
#include "support/suite.h"

START_TEST(means_are_corrected_for_their_start)
{
    const double wanted[] = {0.90303063931354899, -2.0349207570850756, 0.38045377352012938};
    rule_check("{type: adam, learning_rate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0.5}", 0,
               wanted);
}
END_TEST

START_TEST(amsgrad_divides_by_the_largest_square)
{
    const double wanted[] = {0.90303063931354899, -2.0307648468094257, 0.38045377352012938};
    rule_check(
        "{type: adam, learning_rate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0.5, amsgrad: true}", 0,
        wanted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {means_are_corrected_for_their_start,
                                  amsgrad_divides_by_the_largest_square, NULL};
    return suite_main("optimizer adam", SUITE_IN_PROCESS, 1, tests);
}
