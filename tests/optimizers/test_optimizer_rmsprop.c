/*
 * test_optimizer_rmsprop.c - three steps worked out in float64, in all four forms; epsilon is large
 * enough to tell that it stands outside the root.
 */
#include "support/rule.h"
#include "support/suite.h"

START_TEST(steps_are_divided_by_the_mean_size)
{
    const double wanted[] = {0.87096028172248707, -2.0722094551831831, 0.39955819817184979};
    rule_check("{type: rmsprop, learning_rate: 0.1, rho: 0.75, epsilon: 0.5}", 0, wanted);
}
END_TEST

START_TEST(with_momentum_they_go_through_a_velocity)
{
    const double wanted[] = {0.83762694838915375, -2.0699808494414413, 0.24469982113636346};
    rule_check("{type: rmsprop, learning_rate: 0.1, rho: 0.75, epsilon: 0.5, momentum: 0.5}", 0,
               wanted);
}
END_TEST

START_TEST(centered_divides_by_the_deviation)
{
    const double wanted[] = {0.86068096981348974, -2.0745472021531328, 0.36348670608048766};
    rule_check("{type: rmsprop, learning_rate: 0.1, rho: 0.75, epsilon: 0.5, centered: true}", 0,
               wanted);
}
END_TEST

START_TEST(both_go_together)
{
    const double wanted[] = {0.82505403529999044, -2.0708339787643162, 0.1866619967205812};
    rule_check("{type: rmsprop, learning_rate: 0.1, rho: 0.75, epsilon: 0.5, centered: true, "
               "momentum: 0.5}",
               0, wanted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {steps_are_divided_by_the_mean_size,
                                  with_momentum_they_go_through_a_velocity,
                                  centered_divides_by_the_deviation, both_go_together, NULL};
    return suite_main("optimizer rmsprop", SUITE_IN_PROCESS, 1, tests);
}
