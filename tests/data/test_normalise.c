/*
 * test_normalise.c - offset, divisor and fill values, by hand; what is constant; and what a batch
 * holds of them.
 */
#include "base/error.h"
#include "data/batch.h"
#include "data/normalise.h"
#include "data/samples.h"
#include "data/sparse_input.h"
#include "engine/engine.h"
#include "support/open_data.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct open_data data;

static void tear_down(void)
{
    close_data(&data);
}

static void check_opens(const char *config)
{
    close_data(&data);
    ck_assert_msg(open_data(&data, NULL, config, 1, false) == TRAINER_OK, "%s", error_text());
}

static void check_factors(const char *name, size_t channel, double offset, double divisor)
{
    const struct column *column = dataset_find(data.dataset, name);
    ck_assert_double_eq_tol(column->offset[channel], offset, 1e-15);
    ck_assert_double_eq_tol(column->divisor[channel], divisor, 1e-15);
}

/* x is 1, 3, 5, 7 and 10, 10, 10, 50; z is 2, -4, 0, 2. */
#define ROWS "inputs: {x: [[1, 10], [3, 10], [5, 10], [7, 50]], z: [2, -4, 0, 2]}"

START_TEST(zscore_is_mean_and_population_deviation)
{
    check_opens("data: {type: inline, normalize: zscore, " ROWS "}");
    check_factors("x", 0, 4, sqrt(5));
    check_factors("x", 1, 20, sqrt(300));
    check_factors("z", 0, 0, sqrt(6));
}
END_TEST

START_TEST(minmax_is_least_and_range)
{
    check_opens("data: {type: inline, normalize: minmax, " ROWS "}");
    check_factors("x", 0, 1, 6);
    check_factors("x", 1, 10, 40);
    check_factors("z", 0, -4, 6);
}
END_TEST

START_TEST(maxabs_moves_nothing)
{
    check_opens("data: {type: inline, normalize: maxabs, " ROWS "}");
    check_factors("x", 0, 0, 7);
    check_factors("x", 1, 0, 50);
    check_factors("z", 0, 0, 4);
}
END_TEST

START_TEST(without_normalize_a_column_has_a_scale_alone)
{
    check_opens("data: {type: inline, " ROWS "}");
    ck_assert_ptr_null(data.dataset->column[0].offset);
    ck_assert_ptr_null(data.dataset->column[0].divisor);
    ck_assert_ptr_null(data.dataset->column[0].fill);
    ck_assert_ptr_null(data.dataset->note);
}
END_TEST

START_TEST(labels_are_normalised_where_a_mapping_says_so)
{
    check_opens("data: {type: inline, normalize: {labels: zscore}, " ROWS
                ", labels: [[1], [1], [3], [3]]}");
    ck_assert_ptr_null(dataset_find(data.dataset, "x")->divisor);
    check_factors("labels", 0, 2, 1);
    check_opens("data: {type: inline, normalize: {inputs: minmax, labels: zscore}, " ROWS
                ", labels: [[1], [1], [3], [3]]}");
    check_factors("x", 0, 1, 6);
    check_factors("labels", 0, 2, 1);
    check_opens("data: {type: inline, normalize: minmax, " ROWS ", labels: [[1], [1], [3], [3]]}");
    ck_assert_ptr_null(dataset_find(data.dataset, "labels")->divisor);
}
END_TEST

START_TEST(classes_cannot_be_normalised)
{
    close_data(&data);
    ck_assert_int_eq(open_data(&data, NULL,
                               "data: {type: inline, normalize: {labels: zscore}, " ROWS
                               ", labels: [0, 1, 1, 0]}",
                               1, false),
                     TRAINER_INVALID);
    ck_assert_str_eq(error_text(),
                     "x.yaml:1:33: labels are 2 classes; only values can be normalised");
}
END_TEST

START_TEST(an_unknown_way_is_reported)
{
    close_data(&data);
    ck_assert_int_eq(
        open_data(&data, NULL, "data: {type: inline, normalize: zscor, " ROWS "}", 1, false),
        TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "x.yaml:1:33: 'normalize' in data must be one of none, zscore, "
                                   "minmax, maxabs, not 'zscor'; did you mean 'zscore'?");
}
END_TEST

/* Numbers 0 to 99, of which 30 are split off: mean and deviation of those that are left. */
START_TEST(the_fit_sees_the_training_part_alone)
{
    char config[2048];
    int length = snprintf(config, sizeof config,
                          "data: {type: inline, validation: 30, normalize: zscore, inputs: {x: [0");
    for (int i = 1; i < 100; i++)
        length += snprintf(config + length, sizeof config - (size_t)length, ", %d", i);
    snprintf(config + length, sizeof config - (size_t)length, "]}, test: {inputs: {x: [1000]}}}");
    check_opens(config);
    const struct samples samples = samples_of(data.dataset, SPLIT_TRAIN);
    ck_assert_uint_eq(samples.count, 70);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < samples.count; i++)
        sum += (double)samples_at(&samples, i);
    for (size_t i = 0; i < samples.count; i++)
        squares += pow((double)samples_at(&samples, i) - sum / 70, 2);
    check_factors("x", 0, sum / 70, sqrt(squares / 70));
}
END_TEST

/* 14.62 added up a hundred times is not 1462: the mean would be off, and the deviation tiny. */
START_TEST(constant_columns_have_divisor_1_and_one_warning)
{
    char config[4096];
    int length = snprintf(config, sizeof config,
                          "data: {type: inline, normalize: zscore, inputs: {x: [[14.62, 0]");
    for (int i = 1; i < 100; i++)
        length += snprintf(config + length, sizeof config - (size_t)length, ", [14.62, %d]", i);
    snprintf(config + length, sizeof config - (size_t)length, "]}}");
    check_opens(config);
    const struct column *column = dataset_find(data.dataset, "x");
    ck_assert_double_eq(column->offset[0], 14.62);
    ck_assert_double_eq(column->divisor[0], 1);
    ck_assert_ptr_nonnull(data.dataset->note);
    ck_assert(data.dataset->note->warning);
    ck_assert_str_eq(data.dataset->note->text,
                     "1 column is the same in all training samples (x[0]): divisor 1");
    ck_assert_ptr_null(data.dataset->note->next);
}
END_TEST

START_TEST(the_warning_names_the_first_ten)
{
    check_opens("data: {type: inline, normalize: minmax, inputs: "
                "{x: [[1,2,3,4,5,6,7,8,9,10,11,12],[1,2,3,4,5,6,7,8,9,10,11,12]]}}");
    ck_assert_str_eq(data.dataset->note->text,
                     "12 columns are the same in all training samples (x[0], x[1], x[2], x[3], "
                     "x[4], x[5], x[6], x[7], x[8], x[9], ...): divisor 1");
}
END_TEST

/* Rank 2 is one channel, rank 3 has one for each of its first dimension. */
START_TEST(pictures_are_normalised_by_channel)
{
    check_opens("data: {type: inline, normalize: zscore, inputs: {a: [[[1, 3]], [[5, 7]]], "
                "b: [[[[1, 3]], [[10, 10]]], [[[5, 7]], [[10, 50]]]]}}");
    ck_assert_uint_eq(column_channels(dataset_find(data.dataset, "a")), 1);
    ck_assert_uint_eq(column_channels(dataset_find(data.dataset, "b")), 2);
    check_factors("a", 0, 4, sqrt(5));
    check_factors("b", 0, 4, sqrt(5));
    check_factors("b", 1, 20, sqrt(300));
}
END_TEST

/* --- bytes, missing values, and batches ------------------------------------------------------- */

enum { SAMPLES = 3, WIDTH = 4 };

static const uint8_t bytes[SAMPLES * WIDTH] = {0, 0, 10, 255, 0, 5, 20, 255, 0, 10, 60, 0};
static const struct feature features[WIDTH] = {
    {.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "s=x", .indicator = true}};

static struct dataset of_bytes(void)
{
    struct dataset dataset = {.count = {SAMPLES}, .columns = 1};
    dataset.column[0] = (struct column){.name = "inputs",
                                        .stored = STORED_BYTE,
                                        .shape = {1, {WIDTH}},
                                        .scale = 1.0 / 5,
                                        .feature = features,
                                        .values = {bytes}};
    dataset.normalise_inputs = NORMALISE_MINMAX;
    return dataset;
}

/* What the batch holds, with a float and a double engine. */
static void check_batch(const struct dataset *dataset, const double *expected)
{
    static const struct worker alone = {.threads = 1};
    for (enum precision precision = PRECISION_SINGLE; precision <= PRECISION_DOUBLE; precision++) {
        const struct engine *engine;
        struct batch *batch;
        ck_assert_int_eq(engine_find(&engine, precision, "baseline"), TRAINER_OK);
        ck_assert_int_eq(batch_create(&batch, dataset, engine, SAMPLES, false, NULL, NULL),
                         TRAINER_OK);
        batch_take(batch, SPLIT_TRAIN, NULL, 0, SAMPLES, &alone);
        for (size_t i = 0; i < SAMPLES * WIDTH; i++) {
            double value = precision == PRECISION_SINGLE ? (double)(float)expected[i] : expected[i];
            ck_assert_double_eq(engine->get(batch->column[0].x, i), value);
        }
        batch_free(batch);
    }
}

START_TEST(scale_comes_first_and_indicators_stay)
{
    struct dataset dataset = of_bytes();
    ck_assert_int_eq(normalise_fit(&dataset, NULL), TRAINER_OK);
    const struct column *column = dataset.column;
    ck_assert_double_eq(column->offset[2], 2);
    ck_assert_double_eq(column->divisor[2], 10);
    ck_assert_double_eq(column->offset[3], 0);
    ck_assert_double_eq(column->divisor[3], 1);
    ck_assert_str_eq(dataset.note->text,
                     "1 column is the same in all training samples (a): divisor 1");
    static const double expected[] = {0, 0, 0, 51, 0, 0.5, 0.2, 51, 0, 1, 1, 0};
    check_batch(&dataset, expected);
    arena_free(&dataset.arena);
}
END_TEST

/* Zeros of a normalised column are numbers like any other. */
START_TEST(a_normalised_column_is_not_listed)
{
    struct dataset dataset = of_bytes();
    ck_assert_int_eq(normalise_fit(&dataset, NULL), TRAINER_OK);
    ck_assert_int_eq(dataset_sparsify(&dataset, SPARSE_ALWAYS), TRAINER_OK);
    ck_assert_ptr_null(dataset.column[0].sparse[SPLIT_TRAIN]);
    arena_free(&dataset.arena);
}
END_TEST

START_TEST(missing_values_are_filled_first_and_normalised_then)
{
    static const struct feature feature[WIDTH] = {
        {.name = "a", .mean = true}, {.name = "b"}, {.name = "c", .mean = true}, {.name = "d"}};
    static const float stored[SAMPLES * WIDTH] = {NAN, 0, NAN, 1, 2, 6, NAN, 2, 4, 6, NAN, 3};
    struct dataset dataset = {.count = {SAMPLES}, .columns = 1};
    dataset.column[0] = (struct column){.name = "inputs",
                                        .stored = STORED_FLOAT,
                                        .shape = {1, {WIDTH}},
                                        .scale = 1,
                                        .feature = feature,
                                        .values = {stored}};
    ck_assert_int_eq(normalise_fit(&dataset, NULL), TRAINER_OK);
    ck_assert_ptr_null(dataset.column[0].divisor);
    static const double filled[] = {3, 0, 0, 1, 2, 6, 0, 2, 4, 6, 0, 3};
    check_batch(&dataset, filled);
    dataset.normalise_inputs = NORMALISE_ZSCORE;
    ck_assert_int_eq(normalise_fit(&dataset, NULL), TRAINER_OK);
    /* The filled row counts among the three. */
    ck_assert_double_eq_tol(dataset.column[0].divisor[0], sqrt(2.0 / 3), 1e-15);
    ck_assert_double_eq(dataset.column[0].offset[0], 3);
    arena_free(&dataset.arena);
}
END_TEST

/* The mean of 60 rows of 300 columns on one thread and on three, and in another type. */
START_TEST(a_fit_has_the_same_bits_on_any_number_of_threads_and_of_any_type)
{
    enum { ROWS_HERE = 400, COLUMNS = 300 };
    static double doubles[ROWS_HERE * COLUMNS];
    static float floats[ROWS_HERE * COLUMNS];
    for (size_t i = 0; i < ROWS_HERE * COLUMNS; i++) {
        floats[i] = (float)sin((double)i * 0.7) * 1000;
        doubles[i] = (double)floats[i];
    }
    struct dataset dataset[3];
    for (int i = 0; i < 3; i++) {
        dataset[i] = (struct dataset){.count = {ROWS_HERE}, .columns = 1};
        dataset[i].normalise_inputs = NORMALISE_ZSCORE;
        dataset[i].column[0] = (struct column){.name = "inputs",
                                               .stored = i ? STORED_DOUBLE : STORED_FLOAT,
                                               .shape = {1, {COLUMNS}},
                                               .scale = 1};
        dataset[i].column[0].values[SPLIT_TRAIN] = i ? (const void *)doubles : floats;
        omp_set_num_threads(i < 2 ? 1 : 3);
        ck_assert_int_eq(normalise_fit(&dataset[i], NULL), TRAINER_OK);
    }
    for (int i = 1; i < 3; i++) {
        ck_assert_mem_eq(dataset[i].column[0].offset, dataset[0].column[0].offset,
                         COLUMNS * sizeof(double));
        ck_assert_mem_eq(dataset[i].column[0].divisor, dataset[0].column[0].divisor,
                         COLUMNS * sizeof(double));
    }
    for (int i = 0; i < 3; i++)
        arena_free(&dataset[i].arena);
}
END_TEST

/* Trials of a sweep have the same values; what is fitted is their own. */
START_TEST(shared_values_are_normalised_by_each_split_anew)
{
    check_opens("data: {type: inline, validation: 2, normalize: zscore, inputs: {x: [1, 2, 4, 8, "
                "16, 32]}}");
    const struct node *section = node_get(config_root(data.config), "data");
    const struct column *first = data.dataset->column;
    bool differ = false;
    for (uint64_t seed = 2; seed < 6; seed++) {
        struct dataset *other;
        ck_assert_int_eq(dataset_share(&other, data.dataset, data.config, section, NULL, seed),
                         TRAINER_OK);
        ck_assert_ptr_eq(other->column[0].values[SPLIT_TRAIN], first->values[SPLIT_TRAIN]);
        ck_assert_ptr_ne(other->column[0].offset, first->offset);
        differ = differ || other->column[0].offset[0] != first->offset[0];
        dataset_close(other);
    }
    ck_assert(differ);
}
END_TEST

START_TEST(what_is_fitted_does_not_change_the_fingerprint)
{
    char plain[FINGERPRINT_TEXT], normalised[FINGERPRINT_TEXT];
    check_opens("data: {type: inline, " ROWS "}");
    dataset_fingerprint(data.dataset, plain);
    check_opens("data: {type: inline, normalize: zscore, " ROWS "}");
    dataset_fingerprint(data.dataset, normalised);
    ck_assert_str_eq(plain, normalised);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("normalise");
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_test(tcase, zscore_is_mean_and_population_deviation);
    tcase_add_test(tcase, minmax_is_least_and_range);
    tcase_add_test(tcase, maxabs_moves_nothing);
    tcase_add_test(tcase, without_normalize_a_column_has_a_scale_alone);
    tcase_add_test(tcase, labels_are_normalised_where_a_mapping_says_so);
    tcase_add_test(tcase, classes_cannot_be_normalised);
    tcase_add_test(tcase, an_unknown_way_is_reported);
    tcase_add_test(tcase, the_fit_sees_the_training_part_alone);
    tcase_add_test(tcase, constant_columns_have_divisor_1_and_one_warning);
    tcase_add_test(tcase, the_warning_names_the_first_ten);
    tcase_add_test(tcase, pictures_are_normalised_by_channel);
    tcase_add_test(tcase, scale_comes_first_and_indicators_stay);
    tcase_add_test(tcase, a_normalised_column_is_not_listed);
    tcase_add_test(tcase, missing_values_are_filled_first_and_normalised_then);
    tcase_add_test(tcase, a_fit_has_the_same_bits_on_any_number_of_threads_and_of_any_type);
    tcase_add_test(tcase, shared_values_are_normalised_by_each_split_anew);
    tcase_add_test(tcase, what_is_fitted_does_not_change_the_fingerprint);
    Suite *suite = suite_create("normalise");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
