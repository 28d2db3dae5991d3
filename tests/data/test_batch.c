/*
 * test_batch.c - samples gathered into the arrays of a network.
 *
 * The data: 7 training and 3 test samples in four columns, one of each stored type. Element j of
 * sample i is VALUE(i, j), so that every number says where it came from.
 */
#include "base/error.h"
#include "data/batch.h"
#include "support/suite.h"

#include <check.h>
#include <string.h>

#define VALUE(sample, element) (10 * (sample) + (element))

enum { TRAIN = 7, TEST = 3, WIDTH = 6 /* (2, 3) */, ROWS = 7 };

static uint8_t bytes[TRAIN * WIDTH], test_bytes[TEST * WIDTH];
static float floats[TRAIN], test_floats[TEST];
static double doubles[TRAIN * 2], test_doubles[TEST * 2];
static int32_t labels[TRAIN], test_labels[TEST];

static struct dataset dataset = {
    .count = {TRAIN, TEST, 0},
    .columns = 4,
    .column =
        {
            {.name = "bytes",
             .stored = STORED_BYTE,
             .shape = {2, {2, 3}},
             .scale = 0.5,
             .values = {bytes, test_bytes}},
            {.name = "floats", .stored = STORED_FLOAT, .scale = 1, .values = {floats, test_floats}},
            {.name = "doubles",
             .stored = STORED_DOUBLE,
             .shape = {1, {2}},
             .scale = 0.25,
             .values = {doubles, test_doubles}},
            {.name = "labels",
             .stored = STORED_LABEL,
             .scale = 1,
             .classes = 100,
             .values = {labels, test_labels}},
        },
};

static const struct worker alone = {.threads = 1};
static const struct engine *engine;

static void fill(void)
{
    for (int i = 0; i < TRAIN; i++) {
        for (int j = 0; j < WIDTH; j++)
            bytes[WIDTH * i + j] = (uint8_t)VALUE(i, j);
        for (int j = 0; j < 2; j++)
            doubles[2 * i + j] = VALUE(i, j);
        floats[i] = (float)VALUE(i, 0);
        labels[i] = VALUE(i, 0);
    }
    /* Test sample i is training sample i and 100 more where a byte need not hold it. */
    memcpy(test_bytes, bytes, sizeof test_bytes);
    for (int i = 0; i < TEST; i++) {
        test_floats[i] = floats[i] + 100;
        test_doubles[2 * i] = doubles[2 * i] + 100;
        test_doubles[2 * i + 1] = doubles[2 * i + 1] + 100;
        test_labels[i] = labels[i] + 100;
    }
}

static void choose_engine(int precision)
{
    fill();
    ck_assert_int_eq(engine_find(&engine, (enum precision)precision, "baseline"), TRAINER_OK);
}

static struct batch *created(bool gradients)
{
    struct batch *batch;
    ck_assert_int_eq(batch_create(&batch, &dataset, engine, ROWS, gradients, NULL, NULL),
                     TRAINER_OK);
    return batch;
}

/* Row `row` of the batch is sample `sample`; extra: what test samples have more. */
static void check_row(const struct batch *batch, size_t row, int sample, int extra)
{
    for (size_t j = 0; j < WIDTH; j++)
        ck_assert_double_eq(engine->get(batch->column[0].x, WIDTH * row + j),
                            0.5 * VALUE(sample, (int)j));
    ck_assert_double_eq(engine->get(batch->column[1].x, row), VALUE(sample, 0) + extra);
    for (size_t j = 0; j < 2; j++)
        ck_assert_double_eq(engine->get(batch->column[2].x, 2 * row + j),
                            0.25 * (VALUE(sample, (int)j) + extra));
    ck_assert_int_eq(batch->column[3].label[row], VALUE(sample, 0) + extra);
}

START_TEST(the_buffers_follow_the_columns)
{
    choose_engine(_i);
    struct batch *batch = created(false);
    ck_assert_int_eq(batch->columns, 4);
    ck_assert_uint_eq(batch->rows, ROWS);
    for (int i = 0; i < 4; i++) {
        ck_assert_ptr_eq(batch->column[i].column, &dataset.column[i]);
        ck_assert_int_eq(!batch->column[i].x, i == 3);
        ck_assert_int_eq(!batch->column[i].label, i != 3);
        ck_assert_ptr_null(batch->column[i].g);
    }
    ck_assert_uint_eq(batch->column[0].width, WIDTH);
    ck_assert_uint_eq(batch->column[1].width, 1);
    ck_assert_uint_eq(batch_bytes(&dataset, engine, ROWS, false),
                      ROWS * (9 * engine->real_size + 4));
    ck_assert_uint_eq(batch_bytes(&dataset, engine, ROWS, true),
                      ROWS * (18 * engine->real_size + 4));
    batch_free(batch);
}
END_TEST

START_TEST(gradients_are_of_reals_only)
{
    choose_engine(_i);
    struct batch *batch = created(true);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(!batch->column[i].g, i == 3);
    engine->set(batch->column[0].g, ROWS * WIDTH - 1, 1);
    batch_free(batch);
}
END_TEST

START_TEST(rows_are_the_samples_of_the_index)
{
    static const uint32_t index[] = {5, 0, 1, 2, 6, 6, 3};
    choose_engine(_i);
    struct batch *batch = created(false);
    batch_take(batch, SPLIT_TRAIN, index, 0, ROWS, &alone);
    for (size_t row = 0; row < ROWS; row++)
        check_row(batch, row, (int)index[row], 0);
    batch_free(batch);
}
END_TEST

START_TEST(without_an_index_rows_are_consecutive)
{
    choose_engine(_i);
    struct batch *batch = created(false);
    batch_take(batch, SPLIT_TRAIN, NULL, 2, 5, &alone);
    for (size_t row = 0; row < 5; row++)
        check_row(batch, row, 2 + (int)row, 0);
    batch_take(batch, SPLIT_TEST, NULL, 1, 2, &alone);
    check_row(batch, 0, 1, 100);
    check_row(batch, 1, 2, 100);
    check_row(batch, 2, 4, 0); /* beyond the rows asked for nothing was touched */
    batch_free(batch);
}
END_TEST

START_TEST(validation_samples_lie_among_the_training_data)
{
    static uint32_t training[] = {0, 2, 3, 6}, validation[] = {1, 4, 5};
    static const uint32_t index[] = {6, 2};
    struct dataset split = dataset;
    split.position[SPLIT_TRAIN] = training;
    split.position[SPLIT_VALIDATION] = validation;
    split.count[SPLIT_TRAIN] = 4;
    split.count[SPLIT_VALIDATION] = 3;
    choose_engine(_i);
    struct batch *batch;
    ck_assert_int_eq(batch_create(&batch, &split, engine, ROWS, false, NULL, NULL), TRAINER_OK);
    batch_take(batch, SPLIT_TRAIN, NULL, 1, 3, &alone);
    for (size_t row = 0; row < 3; row++)
        check_row(batch, row, (int)training[1 + row], 0);
    batch_take(batch, SPLIT_VALIDATION, NULL, 0, 3, &alone);
    for (size_t row = 0; row < 3; row++)
        check_row(batch, row, (int)validation[row], 0);
    batch_take(batch, SPLIT_TRAIN, index, 0, 2, &alone);
    check_row(batch, 0, 6, 0);
    check_row(batch, 1, 2, 0);
    batch_take(batch, SPLIT_TEST, NULL, 0, 3, &alone);
    check_row(batch, 2, 2, 100);
    batch_free(batch);
}
END_TEST

/* The threads of a team, one after the other: each fills the rows that follow those of the last. */
START_TEST(each_row_is_filled_by_one_thread)
{
    static const uint32_t index[] = {6, 5, 4, 0, 1, 2, 3};
    choose_engine(_i);
    for (int threads = 1; threads <= 2 * ROWS; threads++) {
        struct batch *batch = created(false);
        memset(batch->column[3].label, 0xff, ROWS * sizeof(int32_t));
        for (int thread = 0; thread < threads; thread++) {
            struct worker worker = {.thread = thread, .threads = threads};
            size_t begin, end;
            team_range(&worker, ROWS, 1, &begin, &end);
            batch_take(batch, SPLIT_TRAIN, index, 0, ROWS, &worker);
            for (size_t row = 0; row < ROWS; row++)
                ck_assert_int_eq(batch->column[3].label[row] >= 0, row < end);
        }
        for (size_t row = 0; row < ROWS; row++)
            check_row(batch, row, (int)index[row], 0);
        batch_free(batch);
    }
}
END_TEST

START_TEST(a_batch_larger_than_memory_is_an_error)
{
    struct batch *batch;
    choose_engine(_i);
    size_t rows = SIZE_MAX / 4;
    ck_assert_uint_eq(batch_bytes(&dataset, engine, rows, true), SIZE_MAX);
    error_clear();
    ck_assert_int_eq(batch_create(&batch, &dataset, engine, rows, false, NULL, NULL),
                     TRAINER_FAILED);
    ck_assert_ptr_null(batch);
    ck_assert_str_eq(error_text(),
                     "out of memory: a batch of data needs 18446744073709551615 bytes");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("batch");
    /* Each for both precisions. */
    tcase_add_loop_test(tcase, the_buffers_follow_the_columns, 0, 2);
    tcase_add_loop_test(tcase, gradients_are_of_reals_only, 0, 2);
    tcase_add_loop_test(tcase, rows_are_the_samples_of_the_index, 0, 2);
    tcase_add_loop_test(tcase, without_an_index_rows_are_consecutive, 0, 2);
    tcase_add_loop_test(tcase, validation_samples_lie_among_the_training_data, 0, 2);
    tcase_add_loop_test(tcase, each_row_is_filled_by_one_thread, 0, 2);
    tcase_add_loop_test(tcase, a_batch_larger_than_memory_is_an_error, 0, 2);
    Suite *suite = suite_create("batch");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
