/*
 * test_optimizer_adadelta.c - three steps worked out in float64; epsilon is large enough to tell
 * that it stands inside the roots.
 */
#include "support/rule.h"
#include "support/suite.h"

START_TEST(steps_have_the_size_of_the_latest)
{
    const double wanted[] = {-0.059077115138024494, -2.9572977115373931, -0.1157210463511551};
    rule_check("{type: adadelta, rho: 0.75, epsilon: 0.5}", 0, wanted);
}
END_TEST

/* The way of before is independent of the rate: half a rate goes half of it. */
START_TEST(the_rate_is_a_factor)
{
    const double wanted[] = {0.47046144243098775, -2.4786488557686966, 0.19213947682442245};
    rule_check("{type: adadelta, rho: 0.75, epsilon: 0.5, learning_rate: 0.5}", 0, wanted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {steps_have_the_size_of_the_latest, the_rate_is_a_factor, NULL};
    return suite_main("optimizer adadelta", SUITE_IN_PROCESS, 1, tests);
}
