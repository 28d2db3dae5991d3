/*
 * test_thin.c - which points of a curve are kept.
 */
#include "report/thin.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

static void check_kept(const double *value, size_t count, size_t stride, size_t most,
                       const size_t *expected, size_t kept)
{
    size_t index[16];
    ck_assert_uint_eq(thin(index, most, value, count, stride), kept);
    for (size_t i = 0; i < kept; i++)
        ck_assert_uint_eq(index[i], expected[i]);
}

START_TEST(a_short_curve_is_kept_whole)
{
    const double value[] = {3, 1, 2, 5};
    check_kept(value, 4, 1, 4, (const size_t[]){0, 1, 2, 3}, 4);
    check_kept(value, 0, 1, 4, NULL, 0);
}
END_TEST

START_TEST(of_each_bucket_the_least_and_the_greatest_are_kept_in_their_order)
{
    /* The first, two buckets of four, the last. */
    const double value[] = {0, 5, 1, 9, 2, 7, 7, 7, 3, 4};
    check_kept(value, 10, 1, 6, (const size_t[]){0, 2, 3, 5, 8, 9}, 6);
}
END_TEST

START_TEST(a_bucket_of_equal_values_keeps_one)
{
    const double value[] = {0, 7, 7, 7, 7, 1};
    check_kept(value, 6, 1, 4, (const size_t[]){0, 1, 5}, 3);
}
END_TEST

START_TEST(nan_hides_no_extreme_and_a_gap_stays)
{
    const double nan = (double)NAN;
    const double value[] = {0, nan, 4, 2, nan, nan, nan, 1};
    check_kept(value, 8, 1, 6, (const size_t[]){0, 2, 3, 4, 7}, 5);
}
END_TEST

START_TEST(a_column_of_a_table_is_thinned_by_its_own_values)
{
    const double value[] = {0, 9, 1, 0, 2, 5, 3, 1, 4, 1, 5, 8};
    check_kept(value + 1, 6, 2, 4, (const size_t[]){0, 1, 2, 5}, 4);
}
END_TEST

START_TEST(a_long_curve_keeps_its_extremes_in_as_many_points_as_allowed)
{
    enum { COUNT = 100000 };
    double *value = malloc(COUNT * sizeof *value);
    size_t index[THIN_MOST], greatest = 0, least = 0;
    ck_assert_ptr_nonnull(value);
    for (size_t i = 0; i < COUNT; i++)
        value[i] = sin((double)i);
    value[54321] = 2;
    value[12345] = -2;
    size_t kept = thin(index, THIN_MOST, value, COUNT, 1);
    ck_assert_uint_eq(kept, THIN_MOST);
    ck_assert_uint_eq(index[0], 0);
    ck_assert_uint_eq(index[kept - 1], COUNT - 1);
    for (size_t i = 0; i < kept; i++) {
        ck_assert(i == 0 || index[i] > index[i - 1]);
        greatest += index[i] == 54321;
        least += index[i] == 12345;
    }
    ck_assert_uint_eq(greatest, 1);
    ck_assert_uint_eq(least, 1);
    free(value);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_short_curve_is_kept_whole,
                                  of_each_bucket_the_least_and_the_greatest_are_kept_in_their_order,
                                  a_bucket_of_equal_values_keeps_one,
                                  nan_hides_no_extreme_and_a_gap_stays,
                                  a_column_of_a_table_is_thinned_by_its_own_values,
                                  a_long_curve_keeps_its_extremes_in_as_many_points_as_allowed,
                                  NULL};
    return suite_main("thin", SUITE_FORKED, 1, tests);
}
