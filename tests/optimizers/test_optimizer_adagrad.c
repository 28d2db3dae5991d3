/*
 * test_optimizer_adagrad.c - three steps worked out in float64; epsilon is large enough to tell
 * that it stands outside the root.
 */
#include "support/rule.h"
#include "support/suite.h"

START_TEST(steps_shrink_with_the_squares_so_far)
{
    const double wanted[] = {0.91284031080984152, -2.0287573796244041, 0.43399963361744681};
    rule_check("{type: adagrad, learning_rate: 0.1, epsilon: 0.5}", 0, wanted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {steps_shrink_with_the_squares_so_far, NULL};
    return suite_main("optimizer adagrad", SUITE_IN_PROCESS, 1, tests);
}
