/*
 * test_optimizer_momentum.c - three steps by hand: v = g, then v = v / 2 + g; with and without
 * Nesterov's look ahead.
 */
#include "support/rule.h"
#include "support/suite.h"

START_TEST(the_velocity_is_half_of_the_last_and_the_gradient)
{
    const double wanted[] = {0.85, -2.325, 0.25};
    rule_check("{type: momentum, learning_rate: 0.1, momentum: 0.5}", 0, wanted);
}
END_TEST

START_TEST(nesterov_steps_along_gradient_and_half_the_velocity)
{
    const double wanted[] = {0.8, -2.4125, 0.375};
    rule_check("{type: HeavyBall, learning_rate: 0.1, momentum: 0.5, nesterov: true}", 0, wanted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {the_velocity_is_half_of_the_last_and_the_gradient,
                                  nesterov_steps_along_gradient_and_half_the_velocity, NULL};
    return suite_main("optimizer momentum", SUITE_IN_PROCESS, 1, tests);
}
