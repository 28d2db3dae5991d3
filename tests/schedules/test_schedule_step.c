/*
 * test_schedule_step.c - the rate of each of 20 steps, 5 an epoch.
 */
#include "support/curve.h"
#include "support/suite.h"

START_TEST(falls_at_intervals)
{
    static const double wanted[] = {1,   1,   1,   1,   1,   1,   1,   1,   1,   1,
                                    0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
    curve_check("{type: step, every: 2 epochs, gamma: 0.5}", wanted,
                sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(every_may_be_steps)
{
    static const double wanted[] = {1,
                                    1,
                                    1,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.010000000000000002,
                                    0.010000000000000002,
                                    0.010000000000000002,
                                    0.0010000000000000002,
                                    0.0010000000000000002,
                                    0.0010000000000000002,
                                    0.00010000000000000002,
                                    0.00010000000000000002,
                                    0.00010000000000000002,
                                    1.0000000000000003e-05,
                                    1.0000000000000003e-05,
                                    1.0000000000000003e-05,
                                    1.0000000000000004e-06,
                                    1.0000000000000004e-06};
    curve_check("{type: StepLR, every: 3 steps, gamma: 0.1}", wanted,
                sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(counts_from_the_end_of_the_warm_up)
{
    static const double wanted[] = {0.5,   1,     1,     1,     1,      1,     0.5,
                                    0.5,   0.5,   0.5,   0.25,  0.25,   0.25,  0.25,
                                    0.125, 0.125, 0.125, 0.125, 0.0625, 0.0625};
    curve_check("{type: step, every: 4 steps, gamma: 0.5, warmup: 2}", wanted,
                sizeof wanted / sizeof *wanted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {falls_at_intervals, every_may_be_steps,
                                  counts_from_the_end_of_the_warm_up, NULL};
    return suite_main("schedule step", SUITE_IN_PROCESS, 1, tests);
}
