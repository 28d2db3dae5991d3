/*
 * test_fingerprint.c - what the fingerprint of a data set tells apart, and what not.
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

static struct open_data data;

static void tear_down(void)
{
    close_data(&data);
}

static void fingerprint(const char *config, char text[FINGERPRINT_TEXT])
{
    close_data(&data);
    ck_assert_msg(open_data(&data, NULL, config, 1, false) == TRAINER_OK, "%s", error_text());
    dataset_fingerprint(data.dataset, text);
}

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

int main(void)
{
    TCase *tcase = tcase_create("fingerprint");
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_test(tcase, the_fingerprint_is_of_the_data_alone);
    tcase_add_test(tcase, whatever_is_different_changes_the_fingerprint);
    tcase_add_test(tcase, every_bit_changes_the_fingerprint);
    tcase_add_test(tcase, large_columns_have_one_fingerprint_on_any_number_of_threads);
    tcase_set_timeout(tcase, 60);
    Suite *suite = suite_create("fingerprint");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
