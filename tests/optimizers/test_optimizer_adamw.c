/*
 * test_optimizer_adamw.c - three steps worked out in float64: a fortieth of a weight goes first,
 * and is in neither mean.
 */
#include "support/rule.h"
#include "support/suite.h"

START_TEST(decay_stands_apart_from_the_gradient)
{
    const double wanted[] = {0.83235876431354905, -1.8904744945971719, 0.34983346102012935};
    rule_check("{type: adamw, learning_rate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0.5}", 0.25,
               wanted);
}
END_TEST

START_TEST(amsgrad_too)
{
    const double wanted[] = {0.83235876431354905, -1.886318584321522, 0.34983346102012935};
    rule_check(
        "{type: adamw, learning_rate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0.5, amsgrad: true}",
        0.25, wanted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {decay_stands_apart_from_the_gradient, amsgrad_too, NULL};
    return suite_main("optimizer adamw", SUITE_IN_PROCESS, 1, tests);
}
