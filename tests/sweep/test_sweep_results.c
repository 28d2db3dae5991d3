/*
 * test_sweep_results.c - rows, their last and best values, the best of them, means over repeats.
 */
#include "base/error.h"
#include "base/series.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/sweep_sample.h"

#include <check.h>
#include <math.h>
#include <string.h>

#define RATE "optimizer.learning_rate"

static struct sweep_results *open_results(const struct sweep *sweep)
{
    struct sweep_results *results;
    ck_assert_int_eq(sweep_results_open(&results, sweep), TRAINER_OK);
    return results;
}

/* Puts a completed trial that measured these accuracies. */
static void put(struct sweep_results *results, size_t trial, const double *accuracy, size_t rows)
{
    struct series epochs = sweep_sample_epochs(results, accuracy, rows);
    struct sweep_outcome outcome = {
        .status = SWEEP_TRIAL_COMPLETED, .seconds = 2, .steps = 40, .epochs = &epochs};
    ck_assert_int_eq(sweep_results_put(results, trial, &outcome), TRAINER_OK);
    series_free(&epochs);
}

static void put_one(struct sweep_results *results, size_t trial, double accuracy)
{
    put(results, trial, &accuracy, 1);
}

START_TEST(a_row_has_the_last_and_the_best_of_its_curve)
{
    static const double accuracy[] = {0.5, 0.75, 0.25};
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [1, 2]}\n");
    struct sweep_results *results = open_results(sweep);
    put(results, 1, accuracy, 3);
    const struct sweep_row *row = sweep_results_of(results, 1);
    size_t of_accuracy = sweep_sample_column(results, "test_accuracy");
    size_t of_loss = sweep_sample_column(results, "test_loss");
    ck_assert_ptr_null(sweep_results_of(results, 0));
    ck_assert_str_eq(row->id, sweep_trial(sweep, 1)->id);
    ck_assert_str_eq(row->path + strlen("trials/"), row->id);
    ck_assert_str_eq(row->value[0], "2");
    ck_assert_str_eq(row->error, "");
    ck_assert_int_eq(row->point, 1);
    ck_assert_int_eq(row->seed, 3);
    ck_assert_int_eq(row->steps, 40);
    ck_assert_double_eq(row->epochs, 3);
    ck_assert_double_eq(row->last[of_accuracy], 0.25);
    ck_assert_double_eq(row->best[of_accuracy], 0.75);
    ck_assert_double_eq(row->last[of_loss], 0.75);
    ck_assert_double_eq(row->best[of_loss], 0.25);
    ck_assert(isnan(row->best[sweep_sample_column(results, "epoch")]));
    ck_assert(isnan(row->last[sweep_sample_column(results, "train_loss")]));
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(the_sweeps_goal_says_what_is_best_of_its_metric)
{
    static const double accuracy[] = {0.5, 0.75, 0.25};
    struct sweep *sweep = sweep_sample_open("config: base.yaml\n"
                                            "metric: {name: test_accuracy, goal: minimize}\n"
                                            "parameters: {" RATE ": [1, 2]}\n");
    struct sweep_results *results = open_results(sweep);
    put(results, 0, accuracy, 3);
    ck_assert_double_eq(
        sweep_results_of(results, 0)->best[sweep_sample_column(results, "test_accuracy")], 0.25);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_trial_that_measured_nothing_has_nan)
{
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [1, 2]}\n");
    struct sweep_results *results = open_results(sweep);
    struct sweep_outcome outcome = {.status = SWEEP_TRIAL_KILLED, .error = "killed by SIGKILL"};
    const struct sweep_row *best[1];
    ck_assert_int_eq(sweep_results_put(results, 0, &outcome), TRAINER_OK);
    const struct sweep_row *row = sweep_results_of(results, 0);
    ck_assert_str_eq(row->error, "killed by SIGKILL");
    ck_assert_uint_eq(row->measured, 0);
    ck_assert_double_eq(row->epochs, 0);
    ck_assert(isnan(row->last[sweep_sample_column(results, "test_accuracy")]));
    ck_assert_uint_eq(sweep_results_best(results, best, 1), 0);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_later_outcome_takes_the_place_of_an_earlier_one)
{
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [1, 2]}\n");
    struct sweep_results *results = open_results(sweep);
    put_one(results, 0, 0.5);
    put_one(results, 0, 0.75);
    ck_assert_uint_eq(sweep_results_rows(results), 1);
    ck_assert_double_eq(
        sweep_results_of(results, 0)->last[sweep_sample_column(results, "test_accuracy")], 0.75);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(rows_stand_in_the_order_of_trials_with_older_ones_behind)
{
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [1, 2, 3]}\n");
    struct sweep_results *results = open_results(sweep);
    const struct sweep_key keys[] = {{.name = RATE, .type = SWEEP_INTEGER},
                                     {.name = "trainer.max_steps", .type = SWEEP_INTEGER}};
    const char *const values[] = {"4", "50"};
    struct sweep_found older = {.id = "0123456789abcdef",
                                .seed = 5,
                                .key = keys,
                                .value = values,
                                .keys = 2,
                                .outcome = {.status = SWEEP_TRIAL_STOPPED}};
    ck_assert_int_eq(sweep_results_add(results, &older), TRAINER_OK);
    ck_assert_int_eq(sweep_results_add(results, &older), TRAINER_OK);
    put_one(results, 2, 0.5);
    put_one(results, 0, 0.5);
    const struct sweep_row *row[3];
    ck_assert_uint_eq(sweep_results_rows(results), 3);
    sweep_results_list(results, row);
    ck_assert_int_eq(row[0]->point, 0);
    ck_assert_int_eq(row[1]->point, 2);
    ck_assert_int_eq(row[2]->point, -1);
    ck_assert_str_eq(row[2]->id, older.id);
    ck_assert_int_eq(row[2]->seed, 5);
    ck_assert_uint_eq(sweep_results_keys(results), 2);
    ck_assert_str_eq(sweep_results_key(results, 1)->name, "trainer.max_steps");
    ck_assert_str_eq(row[2]->value[0], "4");
    ck_assert_str_eq(row[2]->value[1], "50");
    ck_assert_uint_eq(row[0]->values, 1);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_found_row_of_a_planned_trial_becomes_its_row_where_it_has_none)
{
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [1, 2]}\n");
    struct sweep_results *results = open_results(sweep);
    struct sweep_found found = {.id = sweep_trial(sweep, 1)->id,
                                .outcome = {.status = SWEEP_TRIAL_STOPPED}};
    ck_assert_int_eq(sweep_results_add(results, &found), TRAINER_OK);
    ck_assert_int_eq(sweep_results_of(results, 1)->status, SWEEP_TRIAL_STOPPED);
    ck_assert_str_eq(sweep_results_of(results, 1)->value[0], "2");
    found.outcome.status = SWEEP_TRIAL_FAILED;
    ck_assert_int_eq(sweep_results_add(results, &found), TRAINER_OK);
    ck_assert_int_eq(sweep_results_of(results, 1)->status, SWEEP_TRIAL_STOPPED);
    ck_assert_uint_eq(sweep_results_rows(results), 1);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(the_best_rows_come_first_and_of_equal_ones_the_first_in_the_table)
{
    static const double accuracy[] = {0.5, 0.9, 0.7, 0.9, 0.1, 0.7};
    static const int64_t order[] = {1, 3, 2, 5, 0, 4};
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [1, 2, 3, 4, 5, 6]}\n");
    struct sweep_results *results = open_results(sweep);
    for (size_t i = 0; i < 6; i++)
        put_one(results, i, accuracy[i]);
    for (size_t most = 1; most <= 8; most++) {
        const struct sweep_row *best[8];
        size_t count = sweep_results_best(results, best, most);
        ck_assert_uint_eq(count, most < 6 ? most : 6);
        for (size_t i = 0; i < count; i++)
            ck_assert_int_eq(best[i]->point, order[i]);
    }
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

/* 0.25, 0.5, 0.75: mean 0.5, deviation sqrt((1/16 + 1/16) / 2) = 0.25. */
START_TEST(the_summary_of_a_point_is_over_its_completed_repeats)
{
    struct sweep *sweep =
        sweep_sample_open("parameters: {" RATE ": [1, 2, 3]}\nrepeats: {seed: [1, 2, 3, 4]}\n");
    struct sweep_results *results = open_results(sweep);
    struct sweep_outcome failed = {.status = SWEEP_TRIAL_FAILED};
    for (size_t i = 0; i < 3; i++)
        put(results, 4 + i, (double[]){0.875, 0.25 * (double)(i + 1)}, 2);
    ck_assert_int_eq(sweep_results_put(results, 7, &failed), TRAINER_OK);
    put_one(results, 8, 0.5);
    struct sweep_summary none = sweep_results_summary(results, 0);
    struct sweep_summary three = sweep_results_summary(results, 1);
    struct sweep_summary one = sweep_results_summary(results, 2);
    ck_assert_uint_eq(none.count, 0);
    ck_assert(isnan(none.mean_last));
    ck_assert_uint_eq(three.count, 3);
    ck_assert_double_eq_tol(three.mean_last, 0.5, 1e-15);
    ck_assert_double_eq_tol(three.std_last, 0.25, 1e-15);
    ck_assert_double_eq_tol(three.mean_best, 0.875, 1e-15);
    ck_assert_double_eq_tol(three.std_best, 0, 1e-15);
    ck_assert_uint_eq(one.count, 1);
    ck_assert_double_eq(one.mean_last, 0.5);
    ck_assert(isnan(one.std_last));
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(words_of_status_are_read_back)
{
    for (int i = 0; i < SWEEP_STATUS_COUNT; i++)
        ck_assert_int_eq(sweep_status_parse(sweep_status_word((enum sweep_status)i)), i);
    ck_assert_int_eq(sweep_status_parse("done"), SWEEP_STATUS_COUNT);
    ck_assert(sweep_status_unfinished(SWEEP_TRIAL_KILLED));
    ck_assert(!sweep_status_unfinished(SWEEP_TRIAL_FAILED));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_row_has_the_last_and_the_best_of_its_curve,
        the_sweeps_goal_says_what_is_best_of_its_metric,
        a_trial_that_measured_nothing_has_nan,
        a_later_outcome_takes_the_place_of_an_earlier_one,
        rows_stand_in_the_order_of_trials_with_older_ones_behind,
        a_found_row_of_a_planned_trial_becomes_its_row_where_it_has_none,
        the_best_rows_come_first_and_of_equal_ones_the_first_in_the_table,
        the_summary_of_a_point_is_over_its_completed_repeats,
        words_of_status_are_read_back,
    };
    Suite *suite = suite_create("sweep_results");
    TCase *tcase = tcase_create("sweep_results");
    tcase_add_checked_fixture(tcase, sweep_sample_start, folder_leave);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
