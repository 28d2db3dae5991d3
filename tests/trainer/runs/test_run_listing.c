/*
 * test_run_listing.c - how old a run is, and whether one of another host has been silent for long.
 */
#include "evaluate/columns.h"
#include "runs/run_listing.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

static char updated[32];

/* A run that saved so many seconds ago, with `rows` evaluations that took `seconds` together. */
static struct runfile_view make_view(double ago, size_t rows, double seconds)
{
    struct runfile_view view = {.facts = {.status = RUN_RUNNING}};
    double *row;
    time_t then = time(NULL) - (time_t)ago;
    strftime(updated, sizeof updated, "%Y-%m-%dT%H:%M:%SZ", gmtime(&then));
    view.updated_time = updated;
    ck_assert_int_eq(columns_list(&view.arena, &view.steps, &view.epochs, &row), 0);
    for (size_t i = 1; i <= rows; i++) {
        int column = columns_place(MEASURED_SECONDS, SPLIT_COUNT, 0);
        row[column] = seconds * (double)i / (double)rows;
        ck_assert_int_eq(series_append(&view.epochs, row), 0);
    }
    return view;
}

static double silence(double ago, size_t rows, double seconds, bool alive, bool elsewhere)
{
    struct runfile_view view = make_view(ago, rows, seconds);
    struct folder_owner owner = {.alive = alive, .elsewhere = elsewhere};
    double silent = run_listing_silence(&view, &owner);
    runfile_view_free(&view);
    return silent;
}

START_TEST(the_age_of_a_time_is_counted_from_now)
{
    struct runfile_view view = make_view(100, 0, 0);
    ck_assert(fabs(run_listing_age(updated) - 100) <= 2);
    ck_assert(isnan(run_listing_age("")));
    ck_assert(isnan(run_listing_age("yesterday")));
    runfile_view_free(&view);
}
END_TEST

START_TEST(only_a_run_of_another_host_that_saves_nothing_is_silent)
{
    ck_assert(fabs(silence(7200, 0, 0, false, true) - 7200) <= 2);
    ck_assert(silence(7200, 0, 0, true, true) == 0);   /* its lock is seen here */
    ck_assert(silence(7200, 0, 0, false, false) == 0); /* it is of this host: interrupted */
    ck_assert(silence(300, 0, 0, false, true) == 0);
}
END_TEST

START_TEST(long_evaluations_are_waited_for)
{
    ck_assert(silence(7200, 2, 3600, false, true) == 0); /* half an hour each */
    ck_assert(silence(7200, 4, 4800, false, true) > 0);  /* twenty minutes each */
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_age_of_a_time_is_counted_from_now,
        only_a_run_of_another_host_that_saves_nothing_is_silent,
        long_evaluations_are_waited_for,
        NULL,
    };
    return suite_main("run_listing", SUITE_FORKED, 1, tests);
}
