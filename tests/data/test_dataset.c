/*
 * test_dataset.c - the `data` section: the kind, validation, blocks, columns and the fingerprint.
 */
#include "base/error.h"
#include "data/data.h"
#include "support/open_data.h"
#include "support/suite.h"

#include <check.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIG_SIZE = 4096, SAMPLES = 100 };

static struct open_data data;

static void tear_down(void)
{
    close_data(&data);
}

static void check_fails(const char *config, const char *expected)
{
    close_data(&data);
    ck_assert_int_eq(open_data(&data, NULL, config, 1, false), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), expected);
    ck_assert_ptr_null(data.dataset);
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

static void fingerprint(const char *config, char text[FINGERPRINT_TEXT])
{
    close_data(&data);
    ck_assert_msg(open_data(&data, NULL, config, 1, false) == TRAINER_OK, "%s", error_text());
    dataset_fingerprint(data.dataset, text);
}

/* --- validation ------------------------------------------------------------------------------- */

START_TEST(without_validation_there_are_no_lists)
{
    check_opens("0", 1);
    ck_assert_uint_eq(data.dataset->count[SPLIT_TRAIN], SAMPLES);
    ck_assert_uint_eq(data.dataset->count[SPLIT_VALIDATION], 0);
    ck_assert_ptr_null(data.dataset->training);
    ck_assert_ptr_null(data.dataset->validation);
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
        ck_assert(!i || dataset->training[i - 1] < dataset->training[i]);
        times[dataset->training[i]]++;
    }
    for (size_t i = 0; i < dataset->count[SPLIT_VALIDATION]; i++) {
        ck_assert(!i || dataset->validation[i - 1] < dataset->validation[i]);
        times[dataset->validation[i]]++;
    }
    for (int i = 0; i < SAMPLES; i++)
        ck_assert_int_eq(times[i], 1);
}
END_TEST

START_TEST(which_samples_depends_on_the_seed_alone)
{
    uint32_t first[30];
    check_opens("0.3", 7);
    memcpy(first, data.dataset->validation, sizeof first);
    check_opens("30", 7);
    ck_assert_mem_eq(data.dataset->validation, first, sizeof first);
    check_opens("0.3", 8);
    ck_assert_mem_ne(data.dataset->validation, first, sizeof first);
}
END_TEST

START_TEST(each_sample_is_validated_as_often)
{
    enum { SEEDS = 1000 };
    int times[SAMPLES] = {0};
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        check_opens("20", seed);
        for (int i = 0; i < 20; i++)
            times[data.dataset->validation[i]]++;
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

/* --- the section ------------------------------------------------------------------------------ */

START_TEST(the_section_and_its_kind_must_be_there)
{
    check_fails("name: x", "x.yaml:1:1: missing key 'data'");
    check_fails("data: {validation: 3}",
                "x.yaml:1:7: missing key 'type' in data (kind of dataset)");
    check_fails("data: [inline]", "x.yaml:1:7: missing key 'type' in data (kind of dataset)");
    close_data(&data);
    ck_assert_int_eq(open_data(&data, NULL, "data: {type: inlin}", 1, false), TRAINER_INVALID);
    static const char begin[] =
        "x.yaml:1:14: unknown dataset 'inlin'; did you mean 'Inline'? known: ";
    ck_assert_msg(!strncmp(error_text(), begin, strlen(begin)), "%s", error_text());
}
END_TEST

START_TEST(mistakes_of_kind_and_framework_are_told_together)
{
    check_fails("data: {type: inline, validation: -3, inptus: 1}",
                "x.yaml:1:38: unknown key 'inptus' in data; did you mean 'inputs'?\n"
                "x.yaml:1:34: 'validation' in data must be a number >= 0, not -3");
}
END_TEST

/* --- the fingerprint -------------------------------------------------------------------------- */

START_TEST(the_fingerprint_is_of_the_data_alone)
{
    char first[FINGERPRINT_TEXT], again[FINGERPRINT_TEXT];
    fingerprint("data: {type: inline, inputs: {x: [[1, 2], [3, 4]]}, labels: [0, 1]}", first);
    /* It stands in run files and must never change. */
    ck_assert_str_eq(first, "b2291d511c3afab3");
    fingerprint("data: {type: inline, inputs: {x: [[1.0, 2], [3, 4e0]]}, labels: [0, 1], "
                "validation: 1}",
                again);
    ck_assert_str_eq(first, again);
}
END_TEST

START_TEST(whatever_is_different_changes_the_fingerprint)
{
    static const char *const configs[] = {
        "data: {type: inline, inputs: {x: [[1, 2], [3, 4]]}, labels: [0, 1]}",
        "data: {type: inline, inputs: {y: [[1, 2], [3, 4]]}, labels: [0, 1]}",
        "data: {type: inline, inputs: {x: [[1, 2], [3, 5]]}, labels: [0, 1]}",
        "data: {type: inline, inputs: {x: [[2, 1], [3, 4]]}, labels: [0, 1]}",
        "data: {type: inline, inputs: {x: [[3, 4], [1, 2]]}, labels: [0, 1]}",
        "data: {type: inline, inputs: {x: [[-1, 2], [3, 4]]}, labels: [0, 1]}",
        "data: {type: inline, inputs: {x: [[1, 2], [3, 4]]}, labels: [1, 0]}",
        "data: {type: inline, inputs: {x: [[1, 2], [3, 4]]}, labels: [0, 1], classes: 3}",
        "data: {type: inline, inputs: {x: [[1, 2], [3, 4]]}, labels: [[0], [1]]}",
        "data: {type: inline, inputs: {x: [[1, 2], [3, 4]]}}",
        "data: {type: inline, inputs: {x: [[1, 2]]}, test: {inputs: {x: [[3, 4]]}}}",
        "data: {type: inline, inputs: {x: [[1, 2, 3, 4]]}, labels: [0]}",
        "data: {type: inline, inputs: {x: [[[1, 2]], [[3, 4]]]}, labels: [0, 1]}",
        "data: {type: inline, inputs: {x: [[[1], [2]], [[3], [4]]]}, labels: [0, 1]}",
    };
    enum { COUNT = sizeof configs / sizeof *configs };
    char text[COUNT][FINGERPRINT_TEXT];
    for (int i = 0; i < COUNT; i++) {
        fingerprint(configs[i], text[i]);
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(text[i], text[k]);
    }
}
END_TEST

/* Every bit of a column counts, also those behind the last whole word of 8 bytes. */
START_TEST(every_bit_changes_the_fingerprint)
{
    enum { BYTES = 21 };
    unsigned char bytes[BYTES] = {0};
    char text[8 * BYTES + 1][FINGERPRINT_TEXT];
    struct dataset dataset = {.count = {BYTES}, .columns = 1};
    dataset.column[0] = (struct column){.name = "x", .stored = STORED_BYTE, .values = {bytes}};
    for (int bit = 0; bit <= 8 * BYTES; bit++) {
        memset(bytes, 0, sizeof bytes);
        if (bit < 8 * BYTES)
            bytes[bit / 8] = (unsigned char)(1 << bit % 8);
        dataset_fingerprint(&dataset, text[bit]);
        for (int k = 0; k < bit; k++)
            ck_assert_str_ne(text[bit], text[k]);
    }
}
END_TEST

/* Threads share large columns by pieces of 1 MiB: each counts, and so does its place. */
START_TEST(large_columns_have_one_fingerprint_on_any_number_of_threads)
{
    enum { PIECE = 1 << 20, BYTES = 3 * PIECE + 5 };
    unsigned char *bytes = calloc(1, BYTES);
    struct dataset dataset = {.count = {BYTES}, .columns = 1};
    char text[5][FINGERPRINT_TEXT], again[FINGERPRINT_TEXT];
    ck_assert_ptr_nonnull(bytes);
    dataset.column[0] = (struct column){.name = "x", .stored = STORED_BYTE, .values = {bytes}};
    for (int i = 0; i < 5; i++) {
        memset(bytes, 0, BYTES);
        if (i < 4)
            bytes[i * PIECE + 3] = 1;
        omp_set_num_threads(1);
        dataset_fingerprint(&dataset, text[i]);
        omp_set_num_threads(3);
        dataset_fingerprint(&dataset, again);
        ck_assert_str_eq(text[i], again);
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(text[i], text[k]);
    }
    free(bytes);
}
END_TEST

/* --- memory ----------------------------------------------------------------------------------- */

START_TEST(blocks_are_kept_until_there_is_no_room)
{
    struct dataset *dataset = calloc(1, sizeof *dataset);
    ck_assert_ptr_nonnull(dataset);
    for (int i = 0; i < DATASET_BLOCKS_MAX; i++) {
        unsigned char *block = dataset_block(dataset, "a block", 100);
        ck_assert_ptr_nonnull(block);
        ck_assert_uint_eq((uintptr_t)block % 64, 0);
        ck_assert_int_eq(block[99], 0);
    }
    error_clear();
    ck_assert_ptr_null(dataset_block(dataset, "a block", 100));
    ck_assert_str_eq(error_text(), "a data set has more than 128 blocks");
    ck_assert_int_eq(dataset_keep(dataset, NULL), TRAINER_OK);
    dataset_close(dataset);
    dataset_close(NULL);
}
END_TEST

START_TEST(bytes_saturate)
{
    struct dataset dataset = {.count = {SIZE_MAX / 2}, .columns = 2};
    dataset.column[0] = (struct column){.name = "x", .stored = STORED_DOUBLE};
    ck_assert_uint_eq(dataset_bytes(&dataset), SIZE_MAX);
    dataset.column[0].stored = dataset.column[1].stored = STORED_BYTE;
    ck_assert_uint_eq(dataset_bytes(&dataset), SIZE_MAX - 1);
    dataset.count[SPLIT_TEST] = 1;
    ck_assert_uint_eq(dataset_bytes(&dataset), SIZE_MAX);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("dataset");
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_test(tcase, without_validation_there_are_no_lists);
    tcase_add_test(tcase, validation_is_a_fraction_or_a_count);
    tcase_add_test(tcase, the_lists_are_sorted_and_share_the_samples);
    tcase_add_test(tcase, which_samples_depends_on_the_seed_alone);
    tcase_add_test(tcase, each_sample_is_validated_as_often);
    tcase_add_test(tcase, impossible_validation_is_reported);
    tcase_add_test(tcase, the_section_and_its_kind_must_be_there);
    tcase_add_test(tcase, mistakes_of_kind_and_framework_are_told_together);
    tcase_add_test(tcase, the_fingerprint_is_of_the_data_alone);
    tcase_add_test(tcase, whatever_is_different_changes_the_fingerprint);
    tcase_add_test(tcase, every_bit_changes_the_fingerprint);
    tcase_add_test(tcase, large_columns_have_one_fingerprint_on_any_number_of_threads);
    tcase_add_test(tcase, blocks_are_kept_until_there_is_no_room);
    tcase_add_test(tcase, bytes_saturate);
    tcase_set_timeout(tcase, 60);
    Suite *suite = suite_create("dataset");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
