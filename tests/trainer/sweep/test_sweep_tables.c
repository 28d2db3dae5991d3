/*
 * test_sweep_tables.c - what is read before a sweep begins and after it ends.
 */
#include "base/error.h"
#include "base/series.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/sweep_sample.h"
#include "sweep/sweep_tables.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define RATE "optimizer.learning_rate"

static struct sweep_results *open_results(const struct sweep *sweep)
{
    struct sweep_results *results;
    ck_assert_int_eq(sweep_results_open(&results, sweep), TRAINER_OK);
    return results;
}

/* Puts a completed trial that measured this accuracy. */
static void put(struct sweep_results *results, size_t trial, double accuracy)
{
    struct series epochs = sweep_sample_epochs(results, &accuracy, 1);
    struct sweep_outcome outcome = {
        .status = SWEEP_TRIAL_COMPLETED, .seconds = 2, .steps = 40, .epochs = &epochs};
    ck_assert_int_eq(sweep_results_put(results, trial, &outcome), TRAINER_OK);
    series_free(&epochs);
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

START_TEST(a_plan_shows_twenty_trials_and_counts_the_others)
{
    static const struct sweep_estimate estimate[64];
    struct sweep *sweep = sweep_sample_open("method: random\nmax_trials: 25\nparameters: {" RATE
                                            ": {distribution: uniform, min: 1, max: 2}}\n");
    struct text text = {0};
    ck_assert_int_eq(sweep_tables_plan(&text, sweep, estimate, 0), TRAINER_OK);
    ck_assert_uint_eq(count_lines(text_get(&text)), 22);
    ck_assert_ptr_nonnull(strstr(text_get(&text), "\n   20  1."));
    ck_assert_ptr_null(strstr(text_get(&text), "\n   21  1."));
    ck_assert_ptr_nonnull(strstr(text_get(&text), "\n... and 5 more trials\n"));
    text_free(&text);
    sweep_close(sweep);
}
END_TEST

START_TEST(the_best_trial_is_named_by_its_folder)
{
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [0.5, 2]}\n");
    struct sweep_results *results = open_results(sweep);
    struct text text = {0};
    char expected[128];
    sweep_tables_winner(&text, results, "runs/s", 0);
    ck_assert_str_eq(text_get(&text), "");
    put(results, 0, 0.25);
    put(results, 1, 0.75);
    sweep_tables_winner(&text, results, "runs/s", 0);
    snprintf(expected, sizeof expected, "best: runs/s/trials/%s, test_accuracy 0.7500, lr=2\n",
             sweep_trial(sweep, 1)->id);
    ck_assert_str_eq(text_get(&text), expected);
    text_free(&text);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(the_table_fits_the_terminal)
{
    struct sweep *sweep = sweep_sample_open(
        "parameters: {" RATE ": [0.5, 2], trainer.batch_size: [1, 2], "
        "trainer.max_steps: [5], model.layers.affine1.units: [3, 4], trainer.sampling: [shuffle, "
        "with_replacement]}\n");
    struct sweep_results *results = open_results(sweep);
    struct text text = {0};
    for (size_t i = 0; i < 16; i++)
        put(results, i, 0.05 * (double)i);
    ck_assert_int_eq(sweep_tables_best(&text, results, 80), TRAINER_OK);
    for (const char *line = text_get(&text); *line; line += strcspn(line, "\n") + 1)
        ck_assert_uint_le(strcspn(line, "\n"), 80);
    ck_assert_ptr_nonnull(strstr(text_get(&text), "test_accuracy"));
    ck_assert_ptr_null(strstr(text_get(&text), "max_steps"));
    ck_assert_uint_eq(count_lines(text_get(&text)), 22);
    text_free(&text);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(a_value_too_long_for_its_cell_ends_in_dots)
{
    struct sweep *sweep = sweep_sample_open(
        "parameters: {model.layers.affine1.init: [{type: normal, std: 0.125, mean: 0.0000001}, "
        "{type: normal, std: 2}]}\n");
    struct sweep_results *results = open_results(sweep);
    struct text text = {0};
    put(results, 0, 0.5);
    ck_assert_int_eq(sweep_tables_best(&text, results, 0), TRAINER_OK);
    ck_assert_ptr_nonnull(strstr(text_get(&text), "  {type: normal, std: 0.125, mean: 0.000..  "));
    text_free(&text);
    sweep_results_close(results);
    sweep_close(sweep);
}
END_TEST

START_TEST(duplicates_are_counted)
{
    struct text text = {0};
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [2, 2, 2]}\n");
    sweep_tables_duplicates(&text, sweep);
    ck_assert_str_eq(text_get(&text), "2 of 3 points and repeats give a trial that is there "
                                      "already: left out\n");
    text_free(&text);
    sweep_close(sweep);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_tables");
    TCase *tcase = tcase_create("sweep_tables");
    tcase_add_checked_fixture(tcase, sweep_sample_start, folder_leave);
    tcase_add_test(tcase, a_plan_shows_twenty_trials_and_counts_the_others);
    tcase_add_test(tcase, the_best_trial_is_named_by_its_folder);
    tcase_add_test(tcase, the_table_fits_the_terminal);
    tcase_add_test(tcase, a_value_too_long_for_its_cell_ends_in_dots);
    tcase_add_test(tcase, duplicates_are_counted);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
