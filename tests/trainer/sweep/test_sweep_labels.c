/*
 * test_sweep_labels.c - how keys and trials are called on a screen.
 */
#include "display/format.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/sweep_sample.h"
#include "sweep/sweep_labels.h"

#include <check.h>
#include <math.h>

#define RATE "optimizer.learning_rate"
#define STD  "model.layers.affine1.init.std"

static void expect_label(const char *sweep_text, size_t trial, const char *expected)
{
    struct sweep *sweep = sweep_sample_open(sweep_text);
    struct text text = {0};
    sweep_labels_trial(&text, sweep, trial);
    ck_assert_str_eq(text_get(&text), expected);
    text_free(&text);
    sweep_close(sweep);
}

START_TEST(labels_have_the_shortest_names_and_the_values_in_full)
{
    expect_label("parameters: {" RATE ": [0.3, 0.30000000000000004], trainer.batch_size: [1, 2]}",
                 2, "lr=0.30000000000000004 batch=1");
    expect_label("parameters: {" STD ": [1, 2], model.layers.affine2.init.std: [3, 4]}", 3,
                 "affine1.init.std=2 affine2.init.std=4");
}
END_TEST

START_TEST(keys_in_which_no_trials_differ_are_left_out)
{
    expect_label("parameters: {trainer.max_steps: [9], " RATE ": [1, 2]}", 1, "lr=2");
    expect_label("parameters: {trainer.max_steps: [9], " RATE ": [1]}", 0, "max_steps=9 lr=1");
}
END_TEST

START_TEST(a_short_word_is_used_only_where_it_names_one_key)
{
    struct sweep *sweep = sweep_sample_open("parameters: {" RATE ": [1, 2]}");
    ck_assert_str_eq(sweep_labels_key(sweep, 0), "lr");
    sweep_close(sweep);
}
END_TEST

START_TEST(values_have_four_digits_or_an_exponent)
{
    static const struct {
        double value;
        const char *text;
    } values[] = {{0.97, "0.9700"}, {0, "0.0000"}, {1e-4, "1.000e-04"}, {12345, "1.234e+04"}};
    char text[TEXT_NUMBER_MAX];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        ck_assert_str_eq(sweep_labels_value(text, values[i].value), values[i].text);
    ck_assert_str_eq(sweep_labels_value(text, (double)NAN), "-");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_labels");
    TCase *tcase = tcase_create("sweep_labels");
    tcase_add_checked_fixture(tcase, sweep_sample_start, folder_leave);
    tcase_add_test(tcase, labels_have_the_shortest_names_and_the_values_in_full);
    tcase_add_test(tcase, keys_in_which_no_trials_differ_are_left_out);
    tcase_add_test(tcase, a_short_word_is_used_only_where_it_names_one_key);
    tcase_add_test(tcase, values_have_four_digits_or_an_exponent);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
