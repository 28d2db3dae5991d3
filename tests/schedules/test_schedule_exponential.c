/*
 * test_schedule_exponential.c - the rate of each of 20 steps, 5 an epoch.
 */
#include "support/curve.h"
#include "support/suite.h"

START_TEST(falls_with_every_step)
{
    static const double wanted[] = {1,
                                    0.87055056329612412,
                                    0.75785828325519899,
                                    0.6597539553864471,
                                    0.57434917749851744,
                                    0.5,
                                    0.43527528164806206,
                                    0.37892914162759955,
                                    0.32987697769322355,
                                    0.28717458874925872,
                                    0.25,
                                    0.217637640824031,
                                    0.18946457081379978,
                                    0.16493848884661177,
                                    0.14358729437462939,
                                    0.125,
                                    0.1088188204120155,
                                    0.094732285406899888,
                                    0.082469244423305887,
                                    0.071793647187314694};
    curve_check("{type: exponential, every: epoch, gamma: 0.5}", wanted,
                sizeof wanted / sizeof *wanted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {falls_with_every_step, NULL};
    return suite_main("schedule exponential", SUITE_IN_PROCESS, 1, tests);
}
