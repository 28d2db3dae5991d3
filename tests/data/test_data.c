/*
 * test_data.c - the `data` section: its kind, its keys, and the blocks it keeps.
 */
#include "base/error.h"
#include "data/data.h"
#include "support/open_data.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int main(void)
{
    TCase *tcase = tcase_create("data");
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_test(tcase, the_section_and_its_kind_must_be_there);
    tcase_add_test(tcase, mistakes_of_kind_and_framework_are_told_together);
    tcase_add_test(tcase, blocks_are_kept_until_there_is_no_room);
    tcase_set_timeout(tcase, 60);
    Suite *suite = suite_create("data");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
