/*
 * test_samples.c - where the samples of a split lie, and what they take.
 */
#include "data/data.h"
#include "data/samples.h"
#include "support/suite.h"

#include <check.h>

START_TEST(without_lists_each_split_has_values_of_its_own)
{
    struct dataset dataset = {.count = {5, 3, 2}};
    for (enum split split = 0; split < SPLIT_COUNT; split++) {
        struct samples samples = samples_of(&dataset, split);
        ck_assert_int_eq(samples.stored, split);
        ck_assert_uint_eq(samples.count, dataset.count[split]);
        ck_assert_uint_eq(samples_at(&samples, 1), 1);
        ck_assert_uint_eq(samples_stored(&dataset, split), dataset.count[split]);
    }
}
END_TEST

START_TEST(what_was_split_off_lies_in_the_training_data)
{
    static uint32_t train[] = {0, 4}, test[] = {1, 3}, validation[] = {2};
    struct dataset dataset = {.count = {2, 2, 1}, .position = {train, test, validation}};
    struct samples samples = samples_of(&dataset, SPLIT_TEST);
    ck_assert_int_eq(samples.stored, SPLIT_TRAIN);
    ck_assert_uint_eq(samples_at(&samples, 1), 3);
    ck_assert_uint_eq(samples_stored(&dataset, SPLIT_TRAIN), 5);
    ck_assert_uint_eq(samples_stored(&dataset, SPLIT_TEST), 0);
    ck_assert_uint_eq(samples_stored(&dataset, SPLIT_VALIDATION), 0);
    dataset.position[SPLIT_TEST] = NULL; /* test data of its own beside */
    ck_assert_uint_eq(samples_stored(&dataset, SPLIT_TRAIN), 3);
    ck_assert_uint_eq(samples_stored(&dataset, SPLIT_TEST), 2);
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
    TCase *tcase = tcase_create("samples");
    tcase_add_test(tcase, without_lists_each_split_has_values_of_its_own);
    tcase_add_test(tcase, what_was_split_off_lies_in_the_training_data);
    tcase_add_test(tcase, bytes_saturate);
    tcase_set_timeout(tcase, 60);
    Suite *suite = suite_create("samples");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
