/*
 * test_dataset_npy.c - arrays of every type and order become the same columns; labels become
 * classes by their text or number; what is wrong costs one line.
 */
#include "base/error.h"
#include "data/samples.h"
#include "support/folder.h"
#include "support/open_data.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct open_data data;

static void set_up(void)
{
    folder_enter();
}

static void tear_down(void)
{
    close_data(&data);
    folder_leave();
}

/* A file of format 1.0. */
static void put(const char *path, const char *descr, const char *order, const char *shape,
                const void *values, size_t count)
{
    char bytes[1 << 14] = "\x93NUMPY\x01";
    int length = snprintf(bytes + 10, 256, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }",
                          descr, order, shape);
    bytes[8] = (char)length;
    memcpy(bytes + 10 + length, values, count);
    folder_write_bytes(path, bytes, 10 + (size_t)length + count);
}

static const float numbers[] = {1, 2, 3, -4, 5.5F, 6};

static void put_inputs(void)
{
    put("x.npy", "<f4", "False", "(3, 2)", numbers, sizeof numbers);
}

static void check_opens(const char *keys)
{
    ck_assert_msg(open_data_lines(&data, "type: npy", keys) == TRAINER_OK, "%s", error_text());
}

static void check_fails(const char *keys, const char *end)
{
    check_data_refused(&data, "type: npy", keys, end);
}

START_TEST(floats_are_read_in_either_order)
{
    const float columns[] = {1, 3, 5.5F, 2, -4, 6};
    unsigned char big[sizeof numbers];
    for (size_t i = 0; i < sizeof big; i++)
        big[i] = ((const unsigned char *)numbers)[i / 4 * 4 + 3 - i % 4];
    for (int i = 0; i < 3; i++) {
        put("x.npy", i == 1 ? ">f4" : "<f4", i == 2 ? "True" : "False", "(3, 2)",
            i == 1   ? (const void *)big
            : i == 2 ? (const void *)columns
                     : (const void *)numbers,
            sizeof numbers);
        check_opens("train: {inputs: x.npy}");
        const struct column *inputs = dataset_find(data.dataset, "inputs");
        ck_assert_int_eq(inputs->stored, STORED_FLOAT);
        ck_assert_uint_eq(data.dataset->count[SPLIT_TRAIN], 3);
        ck_assert_mem_eq(inputs->values[SPLIT_TRAIN], numbers, sizeof numbers);
    }
}
END_TEST

START_TEST(integers_are_stored_as_small_as_they_are_exact)
{
    const int64_t exact[] = {1, -(1 << 24)}, wide[] = {1, (1 << 24) + 1};
    const uint8_t bytes[] = {0, 255};
    put("x.npy", "<i8", "False", "(2,)", exact, sizeof exact);
    check_opens("train: {inputs: x.npy}");
    ck_assert_int_eq(data.dataset->column[0].stored, STORED_FLOAT);
    put("x.npy", "<i8", "False", "(2,)", wide, sizeof wide);
    check_opens("train: {inputs: x.npy}");
    ck_assert_int_eq(data.dataset->column[0].stored, STORED_DOUBLE);
    ck_assert(((const double *)data.dataset->column[0].values[SPLIT_TRAIN])[1] == (1 << 24) + 1);
    put("x.npy", "|u1", "False", "(2,)", bytes, sizeof bytes);
    check_opens("train: {inputs: x.npy}");
    ck_assert_int_eq(data.dataset->column[0].stored, STORED_BYTE);
    ck_assert(data.dataset->column[0].scale == 1.0 / 255);
    put("x.npy", "|b1", "False", "(2,)", (const uint8_t[]){0, 1}, 2);
    check_opens("train: {inputs: x.npy}");
    ck_assert(data.dataset->column[0].scale == 1);
}
END_TEST

/* 1, -2, the least number, 65504, and 1/3 rounded. */
START_TEST(halves_are_the_numbers_that_they_are)
{
    const uint16_t bits[] = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x3555};
    const float values[] = {1, -2, 0x1p-24F, 65504, 0.333251953125F};
    put("x.npy", "<f2", "False", "(5,)", bits, sizeof bits);
    check_opens("train: {inputs: x.npy}");
    ck_assert_mem_eq(data.dataset->column[0].values[SPLIT_TRAIN], values, sizeof values);
}
END_TEST

static void check_classes(size_t count, const char *const *name, const int32_t *label)
{
    const struct column *labels = dataset_find(data.dataset, "labels");
    ck_assert_int_eq(labels->stored, STORED_LABEL);
    ck_assert_uint_eq(labels->classes, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(labels->class_name[i], name[i]);
    ck_assert_mem_eq(labels->values[SPLIT_TRAIN], label, 3 * sizeof *label);
}

START_TEST(labels_are_classes_by_number_or_text)
{
    const int32_t swapped[] = {1, 0, 1};
    put_inputs();
    put("y.npy", "<i2", "False", "(3,)", (const int16_t[]){10, -2, 10}, 6);
    check_opens("train: {inputs: x.npy, labels: y.npy}");
    check_classes(2, (const char *const[]){"-2", "10"}, swapped);
    put("y.npy", "<f8", "False", "(3, 1)", (const double[]){3, 1, 3}, 24);
    check_opens("train: {inputs: x.npy, labels: y.npy}");
    check_classes(2, (const char *const[]){"1", "3"}, swapped);
    put("y.npy", "|S3", "False", "(3,)", "dogcatdog", 9);
    check_opens("train: {inputs: x.npy, labels: y.npy}");
    check_classes(2, (const char *const[]){"cat", "dog"}, swapped);
    put("y.npy", "<U1", "False", "(3,)", (const uint32_t[]){0x1f600, 0xe9, 0x1f600}, 12);
    check_opens("train: {inputs: x.npy, labels: y.npy}");
    check_classes(2, (const char *const[]){"\u00e9", "\U0001f600"}, swapped);
    put("y.npy", "<i2", "False", "(3,)", (const int16_t[]){1, 0, 1}, 6);
    check_opens("train: {inputs: x.npy, labels: y.npy}\n  classes: [cat, dog]");
    check_classes(2, (const char *const[]){"cat", "dog"}, swapped);
    check_fails("train: {inputs: x.npy, labels: y.npy}\n  classes: [cat]",
                "y.npy: offset 67: class '1'; expected cat");
}
END_TEST

START_TEST(labels_are_values_where_that_is_asked)
{
    put_inputs();
    put("y.npy", "<i4", "False", "(3,)", (const int32_t[]){7, 8, 9}, 12);
    check_opens("train: {inputs: x.npy, labels: y.npy}\n  labels_as: values");
    ck_assert_int_eq(dataset_find(data.dataset, "labels")->stored, STORED_FLOAT);
    put("y.npy", "|b1", "False", "(3, 2)", (const uint8_t[]){0, 1, 1, 1, 0, 0}, 6);
    check_opens("train: {inputs: x.npy, labels: y.npy}\n  labels_as: multi");
    ck_assert_int_eq(dataset_find(data.dataset, "labels")->stored, STORED_BYTE);
    put("y.npy", "|u1", "False", "(3, 2)", (const uint8_t[]){0, 1, 2, 1, 0, 0}, 6);
    check_fails("train: {inputs: x.npy, labels: y.npy}\n  labels_as: multi",
                "y.npy: offset 71: 2; expected 0 or 1 (labels_as: multi)");
}
END_TEST

START_TEST(inputs_by_name_are_columns)
{
    put_inputs();
    put("z.npy", "<f4", "False", "(3,)", numbers, 12);
    check_opens("train: {inputs: {left: x.npy, right: z.npy}}");
    ck_assert_int_eq(data.dataset->columns, 2);
    ck_assert_str_eq(data.dataset->column[1].name, "right");
}
END_TEST

START_TEST(further_data_keeps_to_the_training_data)
{
    put_inputs();
    put("y.npy", "|u1", "False", "(3,)", "\1\2\1", 3);
    put("z.npy", "|u1", "False", "(3,)", "\1\2\3", 3);
    check_opens("train: {inputs: x.npy, labels: y.npy}\n  test: {inputs: x.npy, labels: y.npy}");
    ck_assert_uint_eq(data.dataset->count[SPLIT_TEST], 3);
    check_fails("train: {inputs: x.npy, labels: y.npy}\n  test: {inputs: x.npy, labels: z.npy}",
                "z.npy: offset 69: class '3'; expected 1, 2");
    put("z.npy", "<f4", "False", "(2, 3)", numbers, sizeof numbers);
    check_fails("train: {inputs: x.npy}\n  test: {inputs: z.npy}",
                "z.npy: samples are floats of shape (3), in the training data floats of shape (2)");
}
END_TEST

START_TEST(further_data_has_every_column_of_the_training_data)
{
    put_inputs();
    put("y.npy", "|u1", "False", "(3,)", "\1\2\1", 3);
    check_fails("train: {inputs: x.npy, labels: y.npy}\n  test: {inputs: x.npy}",
                "x.yaml:4:9: test has no 'labels', which the training data has");
    check_fails("train: {inputs: x.npy, labels: y.npy, weights: y.npy}\n"
                "  validation: {inputs: x.npy, labels: y.npy}",
                "x.yaml:4:15: validation has no 'weights', which the training data has");
    check_fails("train: {inputs: {a: x.npy, b: x.npy}}\n  test: {inputs: {a: x.npy}}",
                "test has no 'b', which the training data has");
    check_fails("train: {inputs: x.npy}\n  test: {inputs: x.npy, labels: y.npy}",
                "y.npy: the training data has no 'labels'");
}
END_TEST

START_TEST(what_is_wrong_is_one_line)
{
    const float infinite[] = {1, 2, 3, (float)(1e300 * 1e10), 5, 6};
    put_inputs();
    put("y.npy", "|u1", "False", "(2,)", "\1\2", 2);
    check_fails("train: {inputs: x.npy, labels: y.npy}", "x.npy has 3");
    put("z.npy", "<f4", "False", "(3, 2)", infinite, sizeof infinite);
    check_fails("train: {inputs: z.npy}", "z.npy: offset 81: the value is not finite");
    static float many[2500];
    many[1800] = many[2400] = (float)NAN; /* in a block that is checked as a whole, and behind */
    put("z.npy", "<f4", "False", "(2500,)", many, sizeof many);
    check_fails("train: {inputs: z.npy}", "z.npy: offset 7270: the value is not finite");
    many[1800] = 0;
    put("z.npy", "<f4", "False", "(2500,)", many, sizeof many);
    check_fails("train: {inputs: z.npy}", "z.npy: offset 9670: the value is not finite");
    put("w.npy", "<f4", "False", "(3,)", numbers + 2, 12);
    check_fails("train: {inputs: x.npy, weights: w.npy}",
                "w.npy: offset 71: -4; expected a weight >= 0");
    put("z.npy", "<f4", "False", "(4, 2)", numbers, sizeof numbers);
    check_fails("train: {inputs: z.npy}", "z.npy: offset 93: cut short: 24 of 32 bytes of values");
    put("z.npy", "<f4", "False", "(4000, 2)", numbers, sizeof numbers);
    check_fails("train: {inputs: z.npy}", "the header promises more bytes than there are");
    put("z.npy", "<f4", "False", "(2, 2)", numbers, sizeof numbers);
    check_fails("train: {inputs: z.npy}", "the file goes on behind its array");
    put("z.npy", "<f4", "False", "()", numbers, 4);
    check_fails("train: {inputs: z.npy}", "0 dimensions; expected 1 to 9, samples first");
    put("z.npy", "|S3", "False", "(3,)", "dogcatdog", 9);
    check_fails("train: {inputs: z.npy}", "z.npy: text; expected numbers");
    put("z.npy", "|O", "False", "(3,)", "dogcatdog", 9);
    check_fails("train: {inputs: z.npy}",
                "z.npy: offset 10: type '|O', Python objects; expected numbers or text");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_npy");
    TCase *one = tcase_create("one");
    tcase_add_checked_fixture(one, set_up, tear_down);
    tcase_add_test(one, floats_are_read_in_either_order);
    tcase_add_test(one, integers_are_stored_as_small_as_they_are_exact);
    tcase_add_test(one, halves_are_the_numbers_that_they_are);
    tcase_add_test(one, labels_are_classes_by_number_or_text);
    tcase_add_test(one, labels_are_values_where_that_is_asked);
    tcase_add_test(one, inputs_by_name_are_columns);
    tcase_add_test(one, further_data_keeps_to_the_training_data);
    tcase_add_test(one, further_data_has_every_column_of_the_training_data);
    tcase_add_test(one, what_is_wrong_is_one_line);
    suite_add_tcase(suite, one);
    return suite_run(suite, SUITE_FORKED);
}
