/*
 * test_optimizer_sgd.c - three steps by hand: x is what it was, less a tenth of the gradients'
 * sum.
 */
#include "support/rule.h"
#include "support/suite.h"

START_TEST(steps_along_the_gradient)
{
    const double wanted[] = {0.875, -2.25, 0.5};
    rule_check("{type: sgd, learning_rate: 0.1}", 0, wanted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {steps_along_the_gradient, NULL};
    return suite_main("optimizer sgd", SUITE_IN_PROCESS, 1, tests);
}
