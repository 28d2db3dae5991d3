/*
 * test_data_split.c - samples split off: how many, which, and what is impossible.
 */
#include "base/error.h"
#include "data/data.h"
#include "support/open_data.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIG_SIZE = 4096, SAMPLES = 100 };

static struct open_data data;

static void tear_down(void)
{
    close_data(&data);
}

/* SAMPLES numbers 0, 1, 2, ... of which `validation` are split off. */
static int open_numbers(const char *validation, uint64_t seed)
{
    char config[CONFIG_SIZE];
    int length = snprintf(config, sizeof config,
                          "data:\n  type: inline\n  validation: %s\n  inputs: [", validation);
    for (int i = 0; i < SAMPLES; i++)
        length +=
            snprintf(config + length, sizeof config - (size_t)length, "%s%d", i ? ", " : "", i);
    snprintf(config + length, sizeof config - (size_t)length, "]\n");
    close_data(&data);
    return open_data(&data, NULL, config, seed, false);
}

static void check_opens(const char *validation, uint64_t seed)
{
    ck_assert_msg(open_numbers(validation, seed) == TRAINER_OK, "%s", error_text());
}

START_TEST(without_validation_there_are_no_lists)
{
    check_opens("0", 1);
    ck_assert_uint_eq(data.dataset->count[SPLIT_TRAIN], SAMPLES);
    ck_assert_uint_eq(data.dataset->count[SPLIT_VALIDATION], 0);
    ck_assert_ptr_null(data.dataset->position[SPLIT_TRAIN]);
    ck_assert_ptr_null(data.dataset->position[SPLIT_VALIDATION]);
}
END_TEST

START_TEST(validation_is_a_fraction_or_a_count)
{
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {{"0.25", 25}, {"0.29", 29}, {"0.005", 1}, {"0.994", 99}, {"1", 1}, {"99", 99}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_opens(cases[i].text, 1);
        ck_assert_uint_eq(data.dataset->count[SPLIT_VALIDATION], cases[i].count);
        ck_assert_uint_eq(data.dataset->count[SPLIT_TRAIN], SAMPLES - cases[i].count);
        ck_assert_uint_eq(dataset_bytes(data.dataset), SAMPLES * sizeof(double));
    }
}
END_TEST

/* Ascending, and together every sample once. */
START_TEST(the_lists_are_sorted_and_share_the_samples)
{
    int times[SAMPLES] = {0};
    check_opens("0.3", 1);
    const struct dataset *dataset = data.dataset;
    for (size_t i = 0; i < dataset->count[SPLIT_TRAIN]; i++) {
        ck_assert(!i || dataset->position[SPLIT_TRAIN][i - 1] < dataset->position[SPLIT_TRAIN][i]);
        times[dataset->position[SPLIT_TRAIN][i]]++;
    }
    for (size_t i = 0; i < dataset->count[SPLIT_VALIDATION]; i++) {
        ck_assert(!i || dataset->position[SPLIT_VALIDATION][i - 1] <
                            dataset->position[SPLIT_VALIDATION][i]);
        times[dataset->position[SPLIT_VALIDATION][i]]++;
    }
    for (int i = 0; i < SAMPLES; i++)
        ck_assert_int_eq(times[i], 1);
}
END_TEST

START_TEST(which_samples_depends_on_the_seed_alone)
{
    uint32_t first[30];
    check_opens("0.3", 7);
    memcpy(first, data.dataset->position[SPLIT_VALIDATION], sizeof first);
    check_opens("30", 7);
    ck_assert_mem_eq(data.dataset->position[SPLIT_VALIDATION], first, sizeof first);
    check_opens("0.3", 8);
    ck_assert_mem_ne(data.dataset->position[SPLIT_VALIDATION], first, sizeof first);
}
END_TEST

START_TEST(each_sample_is_validated_as_often)
{
    enum { SEEDS = 1000 };
    int times[SAMPLES] = {0};
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        check_opens("20", seed);
        for (int i = 0; i < 20; i++)
            times[data.dataset->position[SPLIT_VALIDATION][i]]++;
    }
    /* 99 degrees of freedom; each count is binomial with variance 1000 * 0.2 * 0.8 */
    double chi_square = 0;
    for (int i = 0; i < SAMPLES; i++)
        chi_square += (times[i] - 200.0) * (times[i] - 200.0) / 160;
    ck_assert_double_lt(chi_square, 148.2);
}
END_TEST

START_TEST(impossible_validation_is_reported)
{
    static const struct {
        const char *validation, *text;
    } cases[] = {
        {"100", "x.yaml:3:15: validation 100 leaves no training sample of 100"},
        {"1e300", "x.yaml:3:15: validation 1e+300 leaves no training sample of 100"},
        {"0.996", "x.yaml:3:15: validation 0.996 leaves no training sample of 100"},
        {"0.001", "x.yaml:3:15: validation 0.001 of 100 training samples is not one sample"},
        {"2.5", "x.yaml:3:15: validation 2.5 is neither a fraction below 1 nor a whole number"},
        {"-1", "x.yaml:3:15: 'validation' in data must be a number >= 0, not -1"},
        {"half", "x.yaml:3:15: 'validation' in data must be a number >= 0, not 'half'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(open_numbers(cases[i].validation, 1), TRAINER_INVALID);
        ck_assert_str_eq(error_text(), cases[i].text);
        ck_assert_ptr_null(data.dataset);
    }
}
END_TEST

/* --- split ------------------------------------------------------------------------------------ */

/* SAMPLES numbers with labels i % 10, but that the first is of class 10. */
static int open_split(const char *keys, uint64_t seed)
{
    char config[CONFIG_SIZE];
    int length = snprintf(config, sizeof config, "data:\n  type: inline\n  %s\n  inputs: [", keys);
    for (int i = 0; i < SAMPLES; i++)
        length +=
            snprintf(config + length, sizeof config - (size_t)length, "%s%d", i ? ", " : "", i);
    length += snprintf(config + length, sizeof config - (size_t)length, "]\n  labels: [10");
    for (int i = 1; i < SAMPLES; i++)
        length += snprintf(config + length, sizeof config - (size_t)length, ", %d", i % 10);
    snprintf(config + length, sizeof config - (size_t)length, "]\n");
    close_data(&data);
    return open_data(&data, NULL, config, seed, false);
}

START_TEST(test_samples_are_those_behind_the_validation_samples_of_the_permutation)
{
    uint32_t validation[20];
    check_opens("20", 7);
    memcpy(validation, data.dataset->position[SPLIT_VALIDATION], sizeof validation);
    ck_assert_int_eq(open_split("split: {test: 0.3, validation: 20}", 7), TRAINER_OK);
    const struct dataset *dataset = data.dataset;
    ck_assert_uint_eq(dataset->count[SPLIT_TRAIN], 50);
    ck_assert_uint_eq(dataset->count[SPLIT_TEST], 30);
    ck_assert_uint_eq(dataset->count[SPLIT_VALIDATION], 20);
    ck_assert_mem_eq(dataset->position[SPLIT_VALIDATION], validation, sizeof validation);
    int times[SAMPLES] = {0};
    for (enum split split = 0; split < SPLIT_COUNT; split++)
        for (size_t i = 0; i < dataset->count[split]; i++) {
            ck_assert(!i || dataset->position[split][i - 1] < dataset->position[split][i]);
            times[dataset->position[split][i]]++;
        }
    for (int i = 0; i < SAMPLES; i++)
        ck_assert_int_eq(times[i], 1);
}
END_TEST

START_TEST(the_last_samples_are_test_those_before_validation)
{
    ck_assert_int_eq(open_split("split: {test: 10, validation: 5, order: last}", 7), TRAINER_OK);
    for (uint32_t i = 0; i < 10; i++)
        ck_assert_uint_eq(data.dataset->position[SPLIT_TEST][i], 90 + i);
    for (uint32_t i = 0; i < 5; i++)
        ck_assert_uint_eq(data.dataset->position[SPLIT_VALIDATION][i], 85 + i);
    ck_assert_uint_eq(data.dataset->position[SPLIT_TRAIN][84], 84);
}
END_TEST

START_TEST(a_seed_of_its_own_makes_the_split_independent_of_the_run)
{
    uint32_t test[30];
    ck_assert_int_eq(open_split("split: {test: 30, seed: 5}", 7), TRAINER_OK);
    memcpy(test, data.dataset->position[SPLIT_TEST], sizeof test);
    ck_assert_int_eq(open_split("split: {test: 30, seed: 5}", 8), TRAINER_OK);
    ck_assert_mem_eq(data.dataset->position[SPLIT_TEST], test, sizeof test);
    ck_assert_int_eq(open_split("split: {test: 30}", 5), TRAINER_OK);
    ck_assert_mem_eq(data.dataset->position[SPLIT_TEST], test, sizeof test);
}
END_TEST

/* Class 0 has 9 samples, 1 to 9 have 10, 10 has one. Of 99, 33 are 3 of class 0 and 3 1/3 of each
 * other: 3 each, and 3 more for the lowest of those with the largest rest. */
START_TEST(each_class_gives_its_share_by_largest_remainder)
{
    ck_assert_int_eq(open_split("split: {test: 33, stratify: true}", 7), TRAINER_OK);
    const struct dataset *dataset = data.dataset;
    const int32_t *label = dataset_find(data.dataset, "labels")->values[SPLIT_TRAIN];
    int gives[11] = {0};
    ck_assert_uint_eq(dataset->count[SPLIT_TEST], 33);
    for (size_t i = 0; i < 33; i++)
        gives[label[dataset->position[SPLIT_TEST][i]]]++;
    static const int expected[11] = {3, 4, 4, 4, 3, 3, 3, 3, 3, 3, 0};
    for (int k = 0; k < 11; k++)
        ck_assert_int_eq(gives[k], expected[k]);
    ck_assert_str_eq(dataset->note->text, "1 class of one sample stays in the training data (10)");
}
END_TEST

START_TEST(one_sample_of_each_class_stays_in_training)
{
    ck_assert_int_eq(open_split("split: {test: 44, validation: 44, stratify: true}", 7),
                     TRAINER_OK);
    const struct dataset *dataset = data.dataset;
    const int32_t *label = dataset_find(data.dataset, "labels")->values[SPLIT_TRAIN];
    int stays[11] = {0};
    for (size_t i = 0; i < dataset->count[SPLIT_TRAIN]; i++)
        stays[label[dataset->position[SPLIT_TRAIN][i]]]++;
    for (int k = 0; k < 11; k++)
        ck_assert_int_ge(stays[k], 1);
}
END_TEST

START_TEST(impossible_splits_are_reported)
{
    static const struct {
        const char *keys, *text;
    } cases[] = {
        {"split: {test: 100}", "x.yaml:3:17: test 100 leaves no training sample of 100"},
        {"split: {test: 0.5, validation: 50}",
         "x.yaml:3:17: test 50 and validation 50 leave no training sample of 100"},
        {"split: {validation: 3}\n  validation: 4",
         "x.yaml:4:15: 'validation' is short for 'split.validation', and both are given"},
        {"split: {test: 45, validation: 45, stratify: true}",
         "x.yaml:3:47: stratify: 1 samples more are wanted than the classes can give"},
        {"split: {test: 3, order: last, stratify: true}",
         "x.yaml:3:43: stratify draws samples; order: last takes them as they stand"},
        {"split: {test: 3}\n  test: {inputs: [1, 2], labels: [0, 1]}",
         "x.yaml:3:17: test 3: the data has 2 test samples of its own"},
        {"split: {test: 3}\n  validation: {inputs: [1, 2]}",
         "x.yaml:4:15: validation has no 'labels', which the training data has"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(open_split(cases[i].keys, 1), TRAINER_INVALID);
        ck_assert_str_eq(error_text(), cases[i].text);
    }
}
END_TEST

START_TEST(validation_may_be_data_of_its_own)
{
    ck_assert_int_eq(
        open_split("validation: {inputs: [-1, -2], labels: [0, 1]}\n  split: {test: 10}", 1),
        TRAINER_OK);
    const struct dataset *dataset = data.dataset;
    ck_assert_uint_eq(dataset->count[SPLIT_TRAIN], 90);
    ck_assert_uint_eq(dataset->count[SPLIT_TEST], 10);
    ck_assert_uint_eq(dataset->count[SPLIT_VALIDATION], 2);
    ck_assert_ptr_null(dataset->position[SPLIT_VALIDATION]);
    const double *values = dataset->column[0].values[SPLIT_VALIDATION];
    ck_assert_double_eq(values[1], -2);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("data_split");
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_test(tcase, without_validation_there_are_no_lists);
    tcase_add_test(tcase, validation_is_a_fraction_or_a_count);
    tcase_add_test(tcase, the_lists_are_sorted_and_share_the_samples);
    tcase_add_test(tcase, which_samples_depends_on_the_seed_alone);
    tcase_add_test(tcase, each_sample_is_validated_as_often);
    tcase_add_test(tcase, impossible_validation_is_reported);
    tcase_add_test(tcase, test_samples_are_those_behind_the_validation_samples_of_the_permutation);
    tcase_add_test(tcase, the_last_samples_are_test_those_before_validation);
    tcase_add_test(tcase, a_seed_of_its_own_makes_the_split_independent_of_the_run);
    tcase_add_test(tcase, each_class_gives_its_share_by_largest_remainder);
    tcase_add_test(tcase, one_sample_of_each_class_stays_in_training);
    tcase_add_test(tcase, impossible_splits_are_reported);
    tcase_add_test(tcase, validation_may_be_data_of_its_own);
    tcase_set_timeout(tcase, 60);
    Suite *suite = suite_create("data_split");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
