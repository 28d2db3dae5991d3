/*
 * test_schedule_constant.c - the rate stays; and what a warm-up does before any schedule.
 */
#include "support/curve.h"
#include "support/suite.h"

START_TEST(stays)
{
    static const double wanted[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    curve_check("{type: constant}", wanted, sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(a_warm_up_of_an_epoch_ends_there)
{
    static const double wanted[] = {0.20000000000000001,
                                    0.40000000000000002,
                                    0.59999999999999998,
                                    0.80000000000000004,
                                    1,
                                    1,
                                    1};
    curve_check("{type: constant, warmup: 1 epoch}", wanted, sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(a_first_step_moves)
{
    static const double wanted[] = {0.25, 0.5, 0.75, 1, 1};
    curve_check("{type: constant, warmup: 4}", wanted, sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(a_warm_up_that_never_ends_is_a_mistake)
{
    const char *const seconds[] = {"trainer.max_steps=unlimited", "trainer.max_seconds=0.01", NULL};
    double rate[1];
    ck_assert_str_eq(curve_refusal("{type: constant, warmup: 20}", NULL),
                     "test.yaml:3:77: a warm-up of 20 steps leaves none of the schedule's 20");
    ck_assert_str_eq(curve_refusal("{type: step, warmup: 4 epochs}", NULL),
                     "test.yaml:3:73: a warm-up of 20 steps leaves none of the schedule's 20");
    ck_assert_uint_ge(curve_train("{type: constant, warmup: 20}", seconds, rate, 1), 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {stays, a_warm_up_of_an_epoch_ends_there, a_first_step_moves,
                                  a_warm_up_that_never_ends_is_a_mistake, NULL};
    return suite_main("schedule constant", SUITE_IN_PROCESS, 1, tests);
}
