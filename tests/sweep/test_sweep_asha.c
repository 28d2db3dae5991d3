/*
 * test_sweep_asha.c - which trials go on from a rung.
 */
#include "base/error.h"
#include "support/suite.h"
#include "sweep/sweep_asha.h"

#include <check.h>
#include <math.h>
#include <stdio.h>

static const struct sweep_stopping_settings thirds = {
    .type = SWEEP_STOPPING_ASHA, .min_epochs = 2, .eta = 3};

static struct sweep_asha *create(enum sweep_goal goal)
{
    struct sweep_asha *asha;
    ck_assert_int_eq(sweep_asha_create(&asha, &thirds, goal), TRAINER_OK);
    return asha;
}

static bool report(struct sweep_asha *asha, int trial, int rung, double value)
{
    char id[SWEEP_ID_SIZE];
    bool go_on;
    snprintf(id, sizeof id, "%016x", trial);
    ck_assert_int_eq(sweep_asha_report(asha, id, rung, value, &go_on), TRAINER_OK);
    return go_on;
}

/* Reports values of trials 0, 1, ... at rung 0 and compares the answers: "+" goes on, "-" stops. */
static void expect(enum sweep_goal goal, const double *value, const char *answers)
{
    struct sweep_asha *asha = create(goal);
    for (int i = 0; answers[i]; i++)
        ck_assert_msg(report(asha, i, 0, value[i]) == (answers[i] == '+'), "report %d", i);
    sweep_asha_free(asha);
}

START_TEST(rungs_stand_at_powers_of_eta)
{
    ck_assert_double_eq(sweep_asha_rung(&thirds, 0), 2);
    ck_assert_double_eq(sweep_asha_rung(&thirds, 1), 6);
    ck_assert_double_eq(sweep_asha_rung(&thirds, 3), 54);
}
END_TEST

START_TEST(with_fewer_than_eta_values_the_best_so_far_goes_on)
{
    static const double values[] = {0.5, 0.4, 0.6, 0.5};
    expect(SWEEP_MAXIMIZE, values, "+-+-");
}
END_TEST

/* Of the n-th value floor(n / 3) places, at least one: 1 up to n = 5, 2 from n = 6, 3 from 9. */
START_TEST(of_n_values_the_best_third_goes_on)
{
    static const double values[] = {0.5, 0.1, 0.2, 0.6, 0.3, 0.55, 0.55, 0.4, 0.54, 0.53};
    expect(SWEEP_MAXIMIZE, values, "+--+-++---");
    /*                              values that are better: 0 1 1 0 2 1 1 4 3 4; of 9: 3 places */
}
END_TEST

START_TEST(small_values_go_on_where_they_are_better)
{
    static const double values[] = {0.5, 0.6, 0.4, 0.45, 0.3, 0.35};
    expect(SWEEP_MINIMIZE, values, "+-+-++");
}
END_TEST

START_TEST(equal_values_go_on_together)
{
    static const double values[] = {0.5, 0.5, 0.5, 0.5};
    expect(SWEEP_MAXIMIZE, values, "++++");
}
END_TEST

START_TEST(nan_is_the_worst_value)
{
    const double nan = (double)NAN;
    const double values[] = {0.1, nan, 0.2, nan};
    const double alone[] = {nan, nan, 0.1, nan};
    expect(SWEEP_MAXIMIZE, values, "+-+-");
    expect(SWEEP_MINIMIZE, values, "+---");
    expect(SWEEP_MINIMIZE, alone, "+++-");
}
END_TEST

START_TEST(each_rung_counts_for_itself)
{
    struct sweep_asha *asha = create(SWEEP_MAXIMIZE);
    ck_assert(report(asha, 1, 0, 0.9));
    ck_assert(report(asha, 2, 1, 0.1));
    ck_assert(!report(asha, 2, 0, 0.1));
    sweep_asha_free(asha);
}
END_TEST

START_TEST(a_trial_that_reports_again_gets_the_same_answer)
{
    struct sweep_asha *asha = create(SWEEP_MAXIMIZE);
    ck_assert(report(asha, 1, 0, 0.1));
    ck_assert(report(asha, 2, 0, 0.9));
    ck_assert(!report(asha, 3, 0, 0.5));
    ck_assert(report(asha, 1, 0, 0.1));
    ck_assert(!report(asha, 3, 0, 1.0));
    /* It counts once: the fourth value still has one place. */
    ck_assert(!report(asha, 4, 0, 0.5));
    sweep_asha_free(asha);
}
END_TEST

/* Whatever the values, a log replayed leads to the state that the sweep was in. */
START_TEST(replaying_reports_restores_the_rungs)
{
    struct sweep_asha *first = create(SWEEP_MAXIMIZE), *second = create(SWEEP_MAXIMIZE);
    unsigned x = 1 + (unsigned)_i;
    for (int i = 0; i < 300; i++) {
        char id[SWEEP_ID_SIZE];
        x = x * 1664525 + 1013904223;
        double value = (double)(x >> 20);
        int rung = (int)(x >> 8) % 3;
        snprintf(id, sizeof id, "%016x", i);
        bool go_on = report(first, i, rung, value);
        if (i < 200)
            ck_assert_int_eq(sweep_asha_restore(second, id, rung, value, go_on), TRAINER_OK);
        else
            ck_assert_int_eq(report(second, i, rung, value), go_on);
    }
    sweep_asha_free(first);
    sweep_asha_free(second);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        rungs_stand_at_powers_of_eta,         with_fewer_than_eta_values_the_best_so_far_goes_on,
        of_n_values_the_best_third_goes_on,   small_values_go_on_where_they_are_better,
        equal_values_go_on_together,          nan_is_the_worst_value,
        each_rung_counts_for_itself,          a_trial_that_reports_again_gets_the_same_answer,
        replaying_reports_restores_the_rungs, NULL,
    };
    return suite_main("sweep_asha", SUITE_FORKED, 3, tests);
}
