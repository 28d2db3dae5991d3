/*
 * test_schedule_one_cycle.c - the rate of each of 20 steps, as PyTorch gives them.
 */
#include "support/curve.h"
#include "support/suite.h"

START_TEST(rises_and_falls)
{
    static const double wanted[] = {
        0.040000000000000036, 0.1316718427000253,    0.37167184270002529,
        0.66832815729997475,  0.90832815729997474,   1,
        0.98746400623508734,  0.95048463201347366,   0.89091617757105002,
        0.81174565394976306,  0.71694300179130077,   0.61126202193628931,
        0.50000199999999995,  0.38874197806371075,   0.28306099820869923,
        0.18825834605023697,  0.10908782242895021,   0.049519367986526286,
        0.012539993764912499, 3.9999999999999998e-06};
    curve_check("one_cycle", wanted, sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(its_shares_can_be_given)
{
    static const double wanted[] = {0.5,
                                    0.51507684480352289,
                                    0.55848888922025552,
                                    0.625,
                                    0.70658795558326737,
                                    0.79341204441673252,
                                    0.875,
                                    0.94151111077974448,
                                    0.98492315519647711,
                                    1,
                                    0.98164619361068262,
                                    0.92838137289060529,
                                    0.8454194696096774,
                                    0.74088137289060529,
                                    0.625,
                                    0.50911862710939482,
                                    0.4045805303903226,
                                    0.32161862710939476,
                                    0.26835380638931744,
                                    0.25};
    curve_check("{type: one_cycle, rise: 0.5, start: 0.5, end: 0.25}", wanted,
                sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(it_only_falls_where_nothing_is_left_to_rise_in)
{
    static const double wanted[] = {0.99441543545091174, 0.46263710266697505, 4e-06, 4e-06};
    curve_check("{type: one_cycle, steps: 3}", wanted, sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(it_only_rises_where_that_takes_all_steps)
{
    static const double wanted[] = {0.25, 0.625, 1, 0.5};
    curve_check("{type: one_cycle, rise: 1, start: 0.25, end: 0.5, steps: 3}", wanted,
                sizeof wanted / sizeof *wanted);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {rises_and_falls, its_shares_can_be_given,
                                  it_only_falls_where_nothing_is_left_to_rise_in,
                                  it_only_rises_where_that_takes_all_steps, NULL};
    return suite_main("schedule one_cycle", SUITE_IN_PROCESS, 1, tests);
}
