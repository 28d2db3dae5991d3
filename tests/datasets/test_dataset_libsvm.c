/*
 * test_dataset_libsvm.c - text of LIBSVM becomes lists; indices and labels keep to the training
 * data; what is wrong is told with its place.
 */
#include "base/error.h"
#include "base/list_rows.h"
#include "data/normalise.h"
#include "support/folder.h"
#include "support/open_data.h"
#include "support/suite.h"

#include <check.h>
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

static int open_keys(const char *keys)
{
    return open_data_lines(&data, "type: libsvm\n  train: a.svm", keys);
}

static void check_opens(const char *keys)
{
    ck_assert_msg(open_keys(keys) == TRAINER_OK, "%s", error_text());
}

/* The message is these lines. */
static void check_fails(const char *keys, const char *lines)
{
    ck_assert_int_eq(open_keys(keys), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), lines);
}

static const struct column *inputs(void)
{
    return dataset_find(data.dataset, "inputs");
}

/* What the network reads of the first samples of a split, row by row. */
static void check_inputs(enum split split, const double *value, size_t count)
{
    size_t width = shape_size(inputs()->shape);
    for (size_t i = 0; i < count; i++) {
        double found;
        normalise_read(inputs(), split, i / width, i % width, 1, &found);
        ck_assert_msg(found == value[i], "element %zu is %.17g", i, found);
    }
}

static void check_labels(size_t classes, const char *const *name, const int32_t *label,
                         size_t count)
{
    const struct column *labels = dataset_find(data.dataset, "labels");
    ck_assert_int_eq(labels->stored, STORED_LABEL);
    ck_assert_uint_eq(labels->classes, classes);
    for (size_t i = 0; i < classes; i++)
        ck_assert_str_eq(labels->class_name[i], name[i]);
    ck_assert_mem_eq(labels->values[SPLIT_TRAIN], label, count * sizeof *label);
}

START_TEST(lines_are_lists)
{
    static const uint64_t start[] = {0, 2, 3, 3, 4};
    static const uint32_t column[] = {0, 3, 1, 2};
    static const float value[] = {0.5F, -2, 1e-3F, 3};
    static const double dense[] = {0.5, 0, 0, -2, 0, (double)1e-3F, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0};
    folder_write("a.svm", "+1 1:0.5 2:0 4:-2 # 9:9\r\n\n  # nothing\n-1 qid:3 2:1e-3\n1\t\n-1 3:3");
    check_opens("");
    const struct list_rows *lists = inputs()->lists[SPLIT_TRAIN];
    ck_assert_uint_eq(data.dataset->count[SPLIT_TRAIN], 4);
    ck_assert_int_eq(inputs()->stored, STORED_FLOAT);
    ck_assert_ptr_null(inputs()->values[SPLIT_TRAIN]);
    ck_assert_uint_eq(shape_size(inputs()->shape), 4);
    ck_assert_mem_eq(lists->start, start, sizeof start);
    ck_assert_mem_eq(lists->column, column, sizeof column);
    ck_assert_mem_eq(lists->value, value, sizeof value);
    check_inputs(SPLIT_TRAIN, dense, 16);
    check_labels(2, (const char *const[]){"-1", "1"}, (const int32_t[]){1, 0, 1, 0}, 4);
    ck_assert_uint_eq(dataset_bytes(data.dataset), 5 * 8 + 4 * 8 + 4 * 4);
}
END_TEST

/* a.svm has no index 0, so 1 is the first; b.svm has one, so 0 is. */
START_TEST(the_training_file_says_what_the_first_index_is)
{
    folder_write("a.svm", "1 1:1 3:2\n2 2:3\n");
    folder_write("b.svm", "1 0:5\n2 2:3\n");
    check_opens("test: a.svm");
    ck_assert_uint_eq(shape_size(inputs()->shape), 3);
    check_inputs(SPLIT_TEST, (const double[]){1, 0, 2, 0, 3, 0}, 6);
    check_fails("test: b.svm", "b.svm:1:3: '0:5'; expected an index of at least 1, as in the "
                               "training data");
    check_opens("index: 0\n  test: b.svm");
    ck_assert_uint_eq(shape_size(inputs()->shape), 4);
    check_inputs(SPLIT_TRAIN, (const double[]){0, 1, 0, 2}, 4);
    folder_write("a.svm", "1 0:1 3:2\n2 2:3\n");
    folder_write("b.svm", "1 2:7\n2 3:3\n");
    check_opens("test: b.svm");
    ck_assert_uint_eq(shape_size(inputs()->shape), 4);
    check_inputs(SPLIT_TEST, (const double[]){0, 0, 7, 0, 0, 0, 0, 3}, 8);
    check_fails("index: 1", "a.svm:1:3: '0:1'; expected an index of at least 1");
}
END_TEST

START_TEST(further_data_has_no_larger_index)
{
    folder_write("a.svm", "1 1:1 3:2\n2 2:3\n");
    folder_write("b.svm", "1 1:1\n2 4:3\n");
    check_fails("test: b.svm",
                "b.svm:2:3: '4:3'; expected an index of at most 3, as in the training data");
    check_opens("test: b.svm\n  features: 5");
    ck_assert_uint_eq(shape_size(inputs()->shape), 5);
    check_fails("features: 2", "a.svm:1:7: '3:2'; expected an index of at most 2");
}
END_TEST

/* The largest of |-4|, |2| and |0|; without a value a column is constant: divisor 1. */
START_TEST(maxabs_keeps_zeros)
{
    folder_write("a.svm", "1 1:-4 3:1\n2 1:2\n1 4:0\n");
    check_opens("normalize: maxabs");
    ck_assert_int_eq(inputs()->stored, STORED_DOUBLE);
    check_inputs(SPLIT_TRAIN, (const double[]){-1, 0, 1, 0, 0.5, 0, 0, 0}, 8);
    ck_assert(inputs()->divisor[1] == 1 && inputs()->divisor[3] == 1);
    ck_assert(column_keeps_zeros(inputs()));
    check_fails("normalize: zscore", "x.yaml:4:14: 'normalize' of lists, whose zeros stay 0, must "
                                     "be none or maxabs");
}
END_TEST

START_TEST(labels_are_values_where_that_is_asked)
{
    folder_write("a.svm", "1.5 1:1\n-2 1:2\n");
    check_opens("labels_as: values");
    const struct column *labels = dataset_find(data.dataset, "labels");
    ck_assert_int_eq(labels->stored, STORED_FLOAT);
    ck_assert_mem_eq(labels->values[SPLIT_TRAIN], ((const float[]){1.5F, -2}), 8);
    folder_write("a.svm", "1 1:1\n1.5 1:2\n");
    check_fails("labels_as: classes",
                "a.svm: labels are not classes; expected one whole number or text a sample "
                "(labels_as: values takes numbers)");
    folder_write("a.svm", "2 1:1\n1 1:2\n");
    folder_write("b.svm", "2 1:1\n  3 1:2\n");
    check_fails("test: b.svm", "b.svm:2:3: class '3'; expected 1, 2");
}
END_TEST

START_TEST(what_is_wrong_is_told_with_its_place)
{
    folder_write("a.svm", "1 1:2 3:x\n1 3:1 2:4\ncat 1:1\n1,2 3:4\n1 2:1e60\n2:1\n1 3\n1 2:nan\n"
                          "\xc3\xa9 1:1\n1 1:1 1:1\n");
    check_fails("", "a.svm:1:9: 'x'; expected a number\n"
                    "a.svm:2:7: '2:4' behind index 3; expected ascending indices\n"
                    "a.svm:3:1: 'cat' is no label; expected a number\n"
                    "a.svm:4:1: '1,2' is several labels; expected one number\n"
                    "a.svm:5:5: '1e60' is beyond float32\n"
                    "a.svm:6:1: '2:1' stands first; expected a label\n"
                    "a.svm:7:3: '3'; expected index:number\n"
                    "a.svm:8:5: 'nan'; expected a number\n"
                    "a.svm:9:1: '\xc3\xa9' is no label; expected a number\n"
                    "a.svm:10:7: '1:1' behind index 1; expected ascending indices");
    folder_write("a.svm", "# 1 1:1\n");
    check_fails("", "a.svm: no line holds a sample");
    folder_write("a.svm", "1\n2\n");
    check_fails("", "a.svm: no sample has a number; expected index:number");
    folder_write("a.svm", "1 1:1\n2 1048577:1\n");
    check_fails("", "a.svm:2:3: '1048577:1'; expected an index of at most 1048576");
}
END_TEST

/* Lines longer than the buffer, and a last one without its end. */
START_TEST(long_lines_are_read_whole)
{
    enum { ELEMENTS = 300000 };
    size_t used = 0, room = ELEMENTS * 12 + 16;
    char *text = malloc(room);
    ck_assert_ptr_nonnull(text);
    for (int line = 0; line < 2; line++) {
        used += (size_t)snprintf(text + used, room - used, line ? "\n2" : "1 1:1\n1");
        for (size_t i = 1; line == 0 && i <= ELEMENTS; i++)
            used += (size_t)snprintf(text + used, room - used, " %zu:%zu", i, i % 7);
    }
    folder_write_bytes("a.svm", text, used);
    free(text);
    check_opens("");
    const struct list_rows *lists = inputs()->lists[SPLIT_TRAIN];
    ck_assert_uint_eq(lists->rows, 3);
    ck_assert_uint_eq(lists->columns, ELEMENTS);
    ck_assert_uint_eq(lists->start[2] - lists->start[1], ELEMENTS - ELEMENTS / 7);
    ck_assert_uint_eq(lists->start[3], lists->start[2]);
    ck_assert(list_rows_value(lists, lists->start[2] - 1) == ELEMENTS % 7);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_libsvm");
    TCase *one = tcase_create("one");
    tcase_add_checked_fixture(one, set_up, tear_down);
    tcase_add_test(one, lines_are_lists);
    tcase_add_test(one, the_training_file_says_what_the_first_index_is);
    tcase_add_test(one, further_data_has_no_larger_index);
    tcase_add_test(one, maxabs_keeps_zeros);
    tcase_add_test(one, labels_are_values_where_that_is_asked);
    tcase_add_test(one, what_is_wrong_is_told_with_its_place);
    tcase_add_test(one, long_lines_are_read_whole);
    suite_add_tcase(suite, one);
    return suite_run(suite, SUITE_FORKED);
}
