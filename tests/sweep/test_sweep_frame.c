/*
 * test_sweep_frame.c - results as columns, and as CSV.
 */
#include "base/error.h"
#include "base/series.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/sweep_sample.h"
#include "sweep/sweep_frame.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 1024 };

/* The CSV of a sweep whose trials all measured an accuracy of 1/3. */
static char *make_csv(const char *text)
{
    const double accuracy = 1.0 / 3;
    struct sweep *sweep = sweep_sample_open(text);
    struct sweep_results *results;
    struct sweep_frame frame;
    struct text csv = {0};
    ck_assert_int_eq(sweep_results_open(&results, sweep), TRAINER_OK);
    for (size_t i = 0; i < sweep_trial_count(sweep); i++) {
        struct series epochs = sweep_sample_epochs(results, &accuracy, 1);
        struct sweep_outcome outcome = {.status = SWEEP_TRIAL_COMPLETED, .epochs = &epochs};
        ck_assert_int_eq(sweep_results_put(results, i, &outcome), TRAINER_OK);
        series_free(&epochs);
    }
    ck_assert_int_eq(sweep_frame_open(&frame, results), TRAINER_OK);
    ck_assert_int_eq(sweep_frame_csv(&frame, &csv), TRAINER_OK);
    sweep_frame_close(&frame);
    sweep_results_close(results);
    sweep_close(sweep);
    return csv.data;
}

START_TEST(values_are_those_that_were_used_and_measured_numbers_have_ten_digits)
{
    char *csv = make_csv("parameters: {optimizer.learning_rate: [0.3, 0.30000000000000004]}\n");
    ck_assert_ptr_nonnull(strstr(csv, ",0.3,"));
    ck_assert_ptr_nonnull(strstr(csv, ",0.30000000000000004,"));
    ck_assert_ptr_nonnull(strstr(csv, ",0.3333333333,"));
    free(csv);
}
END_TEST

START_TEST(a_long_text_is_whole)
{
    char list[2 * TEXT_SIZE] = "", text[3 * TEXT_SIZE], value[TEXT_SIZE] = "";
    for (int i = 0; i < 200; i++)
        snprintf(value + strlen(value), sizeof value - strlen(value), "%s%d", i ? ", " : "", i % 2);
    snprintf(list, sizeof list, "[%s]", value);
    ck_assert_uint_gt(strlen(value), 511);
    snprintf(text, sizeof text,
             "config: long.yaml\nmetric: {name: test_accuracy, goal: maximize}\n"
             "parameters: {data.labels: [%s]}\n",
             list);
    char base[4 * TEXT_SIZE] = "data:\n  type: inline\n  inputs: {x: [";
    for (int i = 0; i < 200; i++)
        snprintf(base + strlen(base), sizeof base - strlen(base), "%s[%d]", i ? ", " : "", i);
    snprintf(base + strlen(base), sizeof base - strlen(base),
             "]}\n  labels: %s\n  test: {inputs: {x: [[1]]}, labels: [1]}\n"
             "model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}\n"
             "optimizer: {type: sgd, learning_rate: 1}\n"
             "trainer: {batch_size: 4, max_steps: 4}\n",
             list);
    folder_write("long.yaml", base);
    char *csv = make_csv(text);
    ck_assert_ptr_nonnull(strstr(csv, list));
    free(csv);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_frame");
    TCase *tcase = tcase_create("sweep_frame");
    tcase_add_checked_fixture(tcase, sweep_sample_start, folder_leave);
    tcase_add_test(tcase, values_are_those_that_were_used_and_measured_numbers_have_ten_digits);
    tcase_add_test(tcase, a_long_text_is_whole);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
