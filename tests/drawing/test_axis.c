/*
 * test_axis.c - the ends of axes and the numbers on them, worked out by hand.
 */
#include "drawing/axis.h"
#include "support/suite.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All labels of an axis, a blank between two, into static memory. */
static const char *labels(const struct axis *axis)
{
    static char all[AXIS_TICKS_MAX * AXIS_LABEL_MAX];
    char label[AXIS_LABEL_MAX];
    all[0] = '\0';
    for (int i = 0; i < axis->ticks; i++) {
        strcat(all, i > 0 ? " " : "");
        strcat(all, axis_label(axis, i, label));
    }
    return all;
}

static const struct range {
    double least, most;
    bool logarithmic;
    int wanted;
    const char *expected;
} ranges[] = {
    {0, 1, false, 6, "0.0 0.2 0.4 0.6 0.8 1.0"},
    {0, 1, false, 3, "0.0 0.5 1.0"},
    {0.2, 1.07, false, 5, "0.2 0.4 0.6 0.8 1.0"},
    {0, 10000, false, 6, "0 2000 4000 6000 8000 10000"},
    {-3, 4, false, 5, "-2 0 2 4"},
    {2.3, 2.3, false, 4, "2.2 2.4"},
    {0, 0, false, 5, "0.0 0.5 1.0"},
    {0, 3e-9, false, 4, "0 1e-9 2e-9 3e-9"},
    {0, 5e8, false, 6, "0 1e8 2e8 3e8 4e8 5e8"},
    {-1e-4, 1e-4, false, 3, "-0.0001 0.0000 0.0001"},
    {0.003, 40, true, 6, "0.01 0.1 1 10"},
    {0.2, 3, true, 5, "0.2 0.5 1 2"},
    {0.5, 20, true, 5, "1 3 10"},
    {2, 6, true, 6, "2 3 4 5 6"},
    {1, 1, true, 5, "0.5 1 2"},
    {1e-12, 1e12, true, 5, "1e-10 1e-5 1 100000 1e10"},
    {0.31, 0.38, true, 5, "0.32 0.34 0.36 0.38"},
    {(double)NAN, 3, false, 5, "0.90 0.95 1.00 1.05 1.10"},
    {-1, 3, true, 5, "0.5 1 2"},
};

START_TEST(numbers_on_an_axis_are_few_and_round)
{
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const struct range *range = &ranges[i];
        struct axis axis = axis_fit(range->least, range->most, range->logarithmic, range->wanted);
        ck_assert_str_eq(labels(&axis), range->expected);
    }
}
END_TEST

START_TEST(any_range_has_ends_that_hold_it_and_two_to_so_many_rising_numbers)
{
    srand(7);
    for (int trial = 0; trial < 20000; trial++) {
        bool logarithmic = trial % 2;
        double a = pow(10, rand() % 580 - 290) * (1 + rand() % 1000 / 1000.0);
        double b = trial % 3 ? a * (1 + rand() % 1000 / 100.0) : pow(10, rand() % 580 - 290);
        double least = fmin(a, b), most = fmax(a, b);
        if (!logarithmic && trial % 5 == 0)
            least = -least;
        int wanted = 2 + rand() % 9;
        struct axis axis = axis_fit(least, most, logarithmic, wanted);
        ck_assert(isfinite(axis.least) && isfinite(axis.most) && axis.least < axis.most);
        ck_assert(axis.least <= least && axis.most >= most);
        ck_assert_int_ge(axis.ticks, 1);
        ck_assert_int_le(axis.ticks, wanted < AXIS_TICKS_MAX ? wanted : AXIS_TICKS_MAX);
        for (int i = 0; i < axis.ticks; i++) {
            double place = axis_place(&axis, axis.tick[i]);
            ck_assert(place >= 0 && place <= 1);
            ck_assert(i == 0 || axis.tick[i] > axis.tick[i - 1]);
        }
    }
}
END_TEST

START_TEST(a_number_has_its_place_between_the_ends)
{
    struct axis line = {.least = 2, .most = 4};
    struct axis decades = {.logarithmic = true, .least = 0.1, .most = 10};
    ck_assert_double_eq_tol(axis_place(&line, 2.5), 0.25, 1e-15);
    ck_assert_double_eq_tol(axis_place(&line, 5), 1.5, 1e-15);
    ck_assert_double_eq_tol(axis_place(&decades, 1), 0.5, 1e-15);
    ck_assert(isnan(axis_place(&decades, 0)) && isnan(axis_place(&decades, -1)));
    ck_assert(isnan(axis_place(&line, (double)NAN)) && isnan(axis_place(&line, (double)INFINITY)));
    ck_assert(isnan(axis_place(&line, DBL_MAX)));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {numbers_on_an_axis_are_few_and_round,
                                  any_range_has_ends_that_hold_it_and_two_to_so_many_rising_numbers,
                                  a_number_has_its_place_between_the_ends, NULL};
    return suite_main("axis", SUITE_FORKED, 1, tests);
}
