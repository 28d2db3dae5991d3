/*
 * test_sparse_input.c - which byte columns are listed without zeros.
 */
#include "base/error.h"
#include "data/sparse_input.h"
#include "kernels/sparse_data.h"
#include "support/suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 10, WIDTH = 20, GROUPS = WIDTH / SPARSE_GROUP };

static uint8_t train[SAMPLES * WIDTH], test[SAMPLES * WIDTH];
static struct dataset *dataset;

/* A column of bytes, of whose groups the first `filled` of each sample are not all zeros. */
static void set_up(int filled)
{
    memset(train, 0, sizeof train);
    memset(test, 1, sizeof test);
    for (int i = 0; i < SAMPLES; i++)
        for (int g = 0; g < filled; g++)
            train[i * WIDTH + g * SPARSE_GROUP + 1] = (uint8_t)(1 + i);
    dataset = calloc(1, sizeof *dataset);
    ck_assert_ptr_nonnull(dataset);
    dataset->count[SPLIT_TRAIN] = dataset->count[SPLIT_TEST] = SAMPLES;
    dataset->columns = 1;
    dataset->column[0] = (struct column){.name = "inputs",
                                         .stored = STORED_BYTE,
                                         .shape = {1, {WIDTH}},
                                         .scale = 1,
                                         .values = {train, test}};
}

static void tear_down(void)
{
    for (int i = 0; i < dataset->block_count; i++)
        free(dataset->blocks[i]);
    arena_free(&dataset->arena);
    free(dataset);
}

static bool is_listed(enum split split)
{
    return dataset->column[0].sparse[split] != NULL;
}

START_TEST(auto_lists_what_has_few_groups)
{
    set_up(3); /* 0.6 of all */
    ck_assert_int_eq(dataset_sparsify(dataset, SPARSE_AUTO), TRAINER_OK);
    const struct sparse *sparse = dataset->column[0].sparse[SPLIT_TRAIN];
    ck_assert_ptr_nonnull(sparse);
    ck_assert_uint_eq(sparse->rows, SAMPLES);
    ck_assert_uint_eq(sparse->start[SAMPLES], 3 * SAMPLES);
    ck_assert_uint_eq(sparse->group[4], 1);
    uint8_t bytes[SPARSE_GROUP];
    memcpy(bytes, &sparse->bytes[3], sizeof bytes);
    ck_assert_uint_eq(bytes[1], 2);
    /* The test data has no zeros at all, but is listed as the training data is. */
    ck_assert(is_listed(SPLIT_TEST));
    tear_down();
}
END_TEST

START_TEST(auto_leaves_what_has_many)
{
    set_up(4);
    ck_assert_int_eq(dataset_sparsify(dataset, SPARSE_AUTO), TRAINER_OK);
    ck_assert(!is_listed(SPLIT_TRAIN) && !is_listed(SPLIT_TEST));
    tear_down();
}
END_TEST

START_TEST(always_lists_every_column_and_never_forgets_them)
{
    set_up(GROUPS);
    ck_assert_int_eq(dataset_sparsify(dataset, SPARSE_ALWAYS), TRAINER_OK);
    ck_assert(is_listed(SPLIT_TRAIN) && is_listed(SPLIT_TEST));
    ck_assert_int_eq(dataset_sparsify(dataset, SPARSE_NEVER), TRAINER_OK);
    ck_assert(!is_listed(SPLIT_TRAIN) && !is_listed(SPLIT_TEST));
    tear_down();
}
END_TEST

START_TEST(samples_that_were_split_off_are_listed_too)
{
    static uint32_t training[] = {0, 1, 2, 3, 4, 5, 6}, validation[] = {7, 8, 9};
    set_up(1);
    dataset->count[SPLIT_TRAIN] = 7;
    dataset->count[SPLIT_VALIDATION] = 3;
    dataset->position[SPLIT_TRAIN] = training;
    dataset->position[SPLIT_VALIDATION] = validation;
    ck_assert_int_eq(dataset_sparsify(dataset, SPARSE_AUTO), TRAINER_OK);
    ck_assert_uint_eq(dataset->column[0].sparse[SPLIT_TRAIN]->rows, SAMPLES);
    tear_down();
}
END_TEST

START_TEST(columns_of_other_types_are_left_alone)
{
    set_up(1);
    dataset->column[0].stored = STORED_FLOAT;
    ck_assert_int_eq(dataset_sparsify(dataset, SPARSE_ALWAYS), TRAINER_OK);
    ck_assert(!is_listed(SPLIT_TRAIN));
    tear_down();
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("sparse_input");
    tcase_add_test(tcase, auto_lists_what_has_few_groups);
    tcase_add_test(tcase, auto_leaves_what_has_many);
    tcase_add_test(tcase, always_lists_every_column_and_never_forgets_them);
    tcase_add_test(tcase, samples_that_were_split_off_are_listed_too);
    tcase_add_test(tcase, columns_of_other_types_are_left_alone);
    Suite *suite = suite_create("sparse_input");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
