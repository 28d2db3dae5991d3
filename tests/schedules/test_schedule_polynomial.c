/*
 * test_schedule_polynomial.c - the rate of each of 20 steps: a line, a square, a root.
 */
#include "support/curve.h"
#include "support/suite.h"

START_TEST(linear_falls_to_nothing)
{
    static const double wanted[] = {
        1,    0.94999999999999996, 0.90000000000000002, 0.84999999999999998,  0.80000000000000004,
        0.75, 0.69999999999999996, 0.65000000000000002, 0.59999999999999998,  0.55000000000000004,
        0.5,  0.44999999999999996, 0.40000000000000002, 0.34999999999999998,  0.30000000000000004,
        0.25, 0.19999999999999996, 0.15000000000000002, 0.099999999999999978, 0.050000000000000044};
    curve_check("linear", wanted, sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(a_power_and_an_end)
{
    static const double wanted[] = {1,
                                    0.91225000000000001,
                                    0.82900000000000007,
                                    0.75024999999999997,
                                    0.67600000000000016,
                                    0.60624999999999996,
                                    0.54099999999999993,
                                    0.48025000000000007,
                                    0.42400000000000004,
                                    0.37225000000000008,
                                    0.32500000000000001,
                                    0.28225,
                                    0.24400000000000005,
                                    0.21024999999999999,
                                    0.18100000000000005,
                                    0.15625,
                                    0.13599999999999998,
                                    0.12025000000000001,
                                    0.109,
                                    0.10225000000000001};
    curve_check("{type: polynomial, power: 2, end: 0.1}", wanted, sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(a_power_that_is_not_whole)
{
    static const double wanted[] = {1,
                                    0.94868329805051377,
                                    0.89442719099991586,
                                    0.83666002653407556,
                                    0.7745966692414834,
                                    0.70710678118654757,
                                    0.63245553203367588,
                                    0.54772255750516619,
                                    0.44721359549995787,
                                    0.31622776601683789,
                                    0,
                                    0,
                                    0,
                                    0,
                                    0,
                                    0,
                                    0,
                                    0,
                                    0,
                                    0};
    curve_check("{type: polynomial, power: 0.5, steps: 10}", wanted,
                sizeof wanted / sizeof *wanted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {linear_falls_to_nothing, a_power_and_an_end,
                                  a_power_that_is_not_whole, NULL};
    return suite_main("schedule polynomial", SUITE_IN_PROCESS, 1, tests);
}
