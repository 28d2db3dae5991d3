/*
 * test_schedule_cosine.c - the rate of each of 20 steps; its end; a warm-up.
 */
#include "support/curve.h"
#include "support/suite.h"

START_TEST(falls_along_half_a_cosine)
{
    static const double wanted[] = {1,
                                    0.99384417029756889,
                                    0.97552825814757682,
                                    0.94550326209418389,
                                    0.90450849718747373,
                                    0.85355339059327373,
                                    0.79389262614623657,
                                    0.72699524986977337,
                                    0.65450849718747373,
                                    0.57821723252011548,
                                    0.5,
                                    0.42178276747988469,
                                    0.34549150281252633,
                                    0.27300475013022663,
                                    0.20610737385376349,
                                    0.14644660940672627,
                                    0.09549150281252633,
                                    0.054496737905816106,
                                    0.024471741852423234,
                                    0.0061558297024311703};
    curve_check("cosine", wanted, sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(stays_at_its_end_behind_its_steps)
{
    static const double wanted[] = {1,
                                    0.96574578963007907,
                                    0.86819805153394636,
                                    0.72220754456429037,
                                    0.55000000000000004,
                                    0.37779245543570961,
                                    0.23180194846605365,
                                    0.13425421036992097,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.10000000000000001,
                                    0.10000000000000001};
    curve_check("{type: cosine, end: 0.1, steps: 8}", wanted, sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(t_counts_from_the_end_of_the_warm_up)
{
    static const double wanted[] = {0.25,
                                    0.5,
                                    0.75,
                                    1,
                                    1,
                                    0.99039264020161522,
                                    0.96193976625564337,
                                    0.91573480615127267,
                                    0.85355339059327373,
                                    0.77778511650980109,
                                    0.69134171618254492,
                                    0.59754516100806421,
                                    0.5,
                                    0.4024548389919359,
                                    0.30865828381745514,
                                    0.22221488349019902,
                                    0.14644660940672627,
                                    0.084265193848727327,
                                    0.038060233744356631,
                                    0.0096073597983847847};
    curve_check("{type: cosine, warmup: 4}", wanted, sizeof wanted / sizeof *wanted);
}
END_TEST

START_TEST(a_run_that_goes_on_for_longer_keeps_its_curve)
{
    /* What the resolved config of 20 steps says. */
    const char *const assignments[] = {"trainer.max_steps=24", NULL};
    double rate[24];
    ck_assert_uint_eq(curve_train("{type: cosine, end: 0.1, steps: 20}", assignments, rate, 24),
                      24);
    ck_assert_double_eq_tol(rate[10], 0.55, 1e-12);
    for (size_t i = 20; i < 24; i++)
        ck_assert_double_eq(rate[i], 0.1);
}
END_TEST

START_TEST(an_end_that_is_not_known_is_a_mistake)
{
    const char *const seconds[] = {"trainer.max_steps=unlimited", "trainer.max_seconds=1", NULL};
    ck_assert_str_eq(curve_refusal("cosine", seconds),
                     "test.yaml:3:52: schedule 'cosine' needs to know where it ends: "
                     "schedule.steps, or max_steps or max_epochs of trainer");
    ck_assert_str_eq(curve_refusal("{type: cosine, warmup: 20}", NULL),
                     "test.yaml:3:75: a warm-up of 20 steps leaves none of the schedule's 20");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {falls_along_half_a_cosine,
                                  stays_at_its_end_behind_its_steps,
                                  t_counts_from_the_end_of_the_warm_up,
                                  a_run_that_goes_on_for_longer_keeps_its_curve,
                                  an_end_that_is_not_known_is_a_mistake,
                                  NULL};
    return suite_main("schedule cosine", SUITE_IN_PROCESS, 1, tests);
}
