/*
 * test_histogram.c - bins, mean and deviation of hand-made numbers.
 */
#include "pages/histogram.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <string.h>

START_TEST(numbers_lie_in_equal_bins_from_the_least_to_the_greatest)
{
    const double x[] = {0, 0, 40, 20, 0.5};
    struct histogram made = histogram_of(histogram_number, x, 5);
    ck_assert_uint_eq(made.count, 5);
    ck_assert_uint_eq(made.zeros, 2);
    ck_assert_uint_eq(made.bin[0], 3);
    ck_assert_uint_eq(made.bin[20], 1);
    ck_assert_uint_eq(made.bin[HISTOGRAM_BINS - 1], 1);
    ck_assert(made.least == 0 && made.greatest == 40);
    ck_assert(fabs(made.mean - 12.1) < 1e-12);
    ck_assert(fabs(made.deviation - sqrt(253.64)) < 1e-12); /* (2000.25 / 5) - 12.1^2 */
}
END_TEST

START_TEST(equal_numbers_lie_in_the_middle)
{
    const double x[] = {3, 3};
    struct histogram made = histogram_of(histogram_number, x, 2);
    ck_assert_uint_eq(made.bin[HISTOGRAM_BINS / 2], 2);
    ck_assert(made.mean == 3 && made.deviation == 0);
}
END_TEST

START_TEST(what_is_not_finite_is_counted_and_left_out)
{
    const double x[] = {(double)NAN, 1, (double)INFINITY, 3};
    struct histogram made = histogram_of(histogram_number, x, 4);
    ck_assert_uint_eq(made.count, 4);
    ck_assert_uint_eq(made.finite, 2);
    ck_assert(made.mean == 2 && made.deviation == 1 && made.least == 1 && made.greatest == 3);
    made = histogram_of(histogram_number, x, 1);
    ck_assert_uint_eq(made.finite, 0);
    ck_assert(isnan(made.mean) && isnan(made.least));
}
END_TEST

START_TEST(a_picture_has_a_bar_for_each_bin_that_has_some)
{
    const double x[] = {0, 1, 1};
    struct histogram made = histogram_of(histogram_number, x, 3);
    struct text svg = {0};
    size_t bars = 0;
    histogram_draw(&svg, &made, "Weights");
    for (const char *at = text_get(&svg); (at = strstr(at, "<rect")); at++)
        bars++;
    ck_assert_uint_eq(bars, 2);
    ck_assert_ptr_nonnull(strstr(text_get(&svg), "aria-label=\"Weights: from 0 to 1\""));
    text_free(&svg);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {numbers_lie_in_equal_bins_from_the_least_to_the_greatest,
                                  equal_numbers_lie_in_the_middle,
                                  what_is_not_finite_is_counted_and_left_out,
                                  a_picture_has_a_bar_for_each_bin_that_has_some, NULL};
    return suite_main("histogram", SUITE_FORKED, 1, tests);
}
