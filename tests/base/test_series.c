/*
 * test_series.c - a series keeps every row that it was given; its columns are found by name.
 */
#include "base/error.h"
#include "base/series.h"
#include "support/suite.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { ROWS = 1000, COLUMNS = 3 };

START_TEST(rows_stand_one_after_the_other)
{
    struct series series = {.columns = COLUMNS};
    for (int row = 0; row < ROWS; row++) {
        const double values[COLUMNS] = {row, row + 0.25, row + 0.5};
        ck_assert_int_eq(series_append(&series, values), TRAINER_OK);
        ck_assert_uint_eq(series.rows, (size_t)row + 1);
    }
    for (int row = 0; row < ROWS; row++)
        for (int column = 0; column < COLUMNS; column++)
            ck_assert_double_eq(series.value[row * COLUMNS + column], row + 0.25 * column);
    ck_assert_uint_ge(series.capacity, ROWS);
    series_free(&series);
}
END_TEST

START_TEST(a_freed_series_is_empty_and_usable)
{
    const double row[COLUMNS] = {1, 2, 3};
    struct series series = {.columns = COLUMNS};
    ck_assert_int_eq(series_append(&series, row), TRAINER_OK);
    series_free(&series);
    ck_assert_uint_eq(series.rows, 0);
    ck_assert_uint_eq(series.capacity, 0);
    ck_assert_ptr_null(series.value);
    ck_assert_int_eq(series_append(&series, row), TRAINER_OK);
    ck_assert_double_eq(series.value[2], 3);
    series_free(&series);
    series_free(&series);
}
END_TEST

/* The rows are pretended: the next doubling overflows before any memory is touched. */
START_TEST(a_series_that_cannot_grow_stays_as_it_is)
{
    const double row[COLUMNS] = {0};
    double value[COLUMNS];
    const size_t rows = SIZE_MAX / 2 + 1;
    struct series series = {.columns = COLUMNS, .rows = rows, .capacity = rows, .value = value};
    ck_assert_int_eq(series_append(&series, row), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "out of memory: the metrics needs 18446744073709551615 bytes");
    ck_assert_uint_eq(series.rows, rows);
    ck_assert_uint_eq(series.capacity, rows);
    ck_assert_ptr_eq(series.value, value);
}
END_TEST

START_TEST(a_column_is_measured_where_a_row_has_its_value)
{
    const double row[] = {1, (double)NAN, (double)NAN}, later[] = {2, (double)NAN, 5};
    struct series series = {.columns = COLUMNS};
    ck_assert(!series_measured(&series, 0));
    ck_assert_int_eq(series_append(&series, row), TRAINER_OK);
    ck_assert(series_measured(&series, 0) && !series_measured(&series, 2));
    ck_assert_int_eq(series_append(&series, later), TRAINER_OK);
    ck_assert(!series_measured(&series, 1) && series_measured(&series, 2));
    ck_assert_double_eq(series_at(&series, 1, 2), 5);
    series_free(&series);
}
END_TEST

START_TEST(a_column_is_found_by_its_name)
{
    static const char *const names[COLUMNS] = {"epoch", "step", "loss"};
    const double row[COLUMNS] = {1, 2, 3}, later[COLUMNS] = {4, 5, (double)NAN};
    struct series series = {.columns = COLUMNS, .name = names};
    ck_assert_int_eq(series_find(&series, "epoch"), 0);
    ck_assert_int_eq(series_find(&series, "loss"), 2);
    ck_assert_int_eq(series_find(&series, "los"), -1);
    ck_assert_double_nan(series_last(&series, "step"));
    ck_assert_int_eq(series_append(&series, row), TRAINER_OK);
    ck_assert_double_eq(series_last(&series, "step"), 2);
    ck_assert_int_eq(series_append(&series, later), TRAINER_OK);
    ck_assert_double_eq(series_last(&series, "step"), 5);
    ck_assert_double_nan(series_last(&series, "loss"));
    ck_assert_double_nan(series_last(&series, "accuracy"));
    series_free(&series);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        rows_stand_one_after_the_other,
        a_freed_series_is_empty_and_usable,
        a_series_that_cannot_grow_stays_as_it_is,
        a_column_is_measured_where_a_row_has_its_value,
        a_column_is_found_by_its_name,
        NULL,
    };
    return suite_main("series", SUITE_FORKED, 1, tests);
}
