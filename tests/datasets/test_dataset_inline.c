/*
 * test_dataset_inline.c - data written in the config.
 */
#include "base/error.h"
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

static void check_opens(const char *config)
{
    close_data(&data);
    ck_assert_msg(open_data(&data, NULL, config, 1, false) == TRAINER_OK, "%s", error_text());
}

static void check_fails(const char *config, const char *expected)
{
    close_data(&data);
    ck_assert_int_eq(open_data(&data, NULL, config, 1, false), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), expected);
    ck_assert_ptr_null(data.dataset);
}

/* The column has this type, shape and these values in a split. */
static void check_numbers(const char *name, enum split split, struct shape shape,
                          const double *values)
{
    const struct column *column = dataset_find(data.dataset, name);
    ck_assert_ptr_nonnull(column);
    ck_assert_int_eq(column->stored, STORED_DOUBLE);
    ck_assert_double_eq(column->scale, 1);
    ck_assert(shape_equal(column->shape, shape));
    size_t count = data.dataset->count[split] * shape_size(shape);
    ck_assert_mem_eq(column->values[split], values, count * sizeof *values);
}

/* --- what is read ----------------------------------------------------------------------------- */

START_TEST(scalars_are_one_sample_each)
{
    check_opens("data: {type: inline, inputs: {apple: 100, number: 2, tax: 1.1}}");
    ck_assert_uint_eq(data.dataset->count[SPLIT_TRAIN], 1);
    ck_assert_uint_eq(data.dataset->count[SPLIT_TEST], 0);
    ck_assert_int_eq(data.dataset->columns, 3);
    ck_assert_str_eq(data.dataset->column[0].name, "apple");
    check_numbers("apple", SPLIT_TRAIN, shape_scalar(), (double[]){100});
    check_numbers("number", SPLIT_TRAIN, shape_scalar(), (double[]){2});
    check_numbers("tax", SPLIT_TRAIN, shape_scalar(), (double[]){1.1});
    ck_assert_ptr_null(data.dataset->column[0].values[SPLIT_TEST]);
}
END_TEST

START_TEST(the_first_level_of_a_list_is_the_samples)
{
    check_opens("data: {type: inline, inputs: {a: [1, 2, 3], b: [[1, 2], [3, 4], [5, 6]],\n"
                "  c: [[[1], [-2e-1]], [[3], [4]], [[5], [6]]]}}");
    ck_assert_uint_eq(data.dataset->count[SPLIT_TRAIN], 3);
    check_numbers("a", SPLIT_TRAIN, shape_scalar(), (double[]){1, 2, 3});
    check_numbers("b", SPLIT_TRAIN, shape_vector(2), (double[]){1, 2, 3, 4, 5, 6});
    check_numbers("c", SPLIT_TRAIN, shape_matrix(2, 1), (double[]){1, -0.2, 3, 4, 5, 6});
    ck_assert_uint_eq(dataset_bytes(data.dataset), 8 * (3 + 6 + 6));
}
END_TEST

START_TEST(a_scalar_is_repeated_for_every_sample)
{
    check_opens("data: {type: inline, inputs: {tax: 1.1, x: [4, 5, 6]}}");
    check_numbers("tax", SPLIT_TRAIN, shape_scalar(), (double[]){1.1, 1.1, 1.1});
}
END_TEST

START_TEST(a_list_alone_is_a_column_named_inputs)
{
    check_opens("data: {type: inline, inputs: [[0, 1], [2, 3]], labels: [1, 0]}");
    ck_assert_int_eq(data.dataset->columns, 2);
    check_numbers("inputs", SPLIT_TRAIN, shape_vector(2), (double[]){0, 1, 2, 3});
}
END_TEST

START_TEST(integer_labels_are_classes)
{
    check_opens("data: {type: inline, inputs: {x: [5, 6, 7]}, labels: [0, 3, 1]}");
    const struct column *labels = dataset_find(data.dataset, "labels");
    ck_assert_int_eq(labels->stored, STORED_LABEL);
    ck_assert_int_eq(labels->shape.rank, 0);
    ck_assert_uint_eq(labels->classes, 4);
    ck_assert_mem_eq(labels->values[SPLIT_TRAIN], ((int32_t[]){0, 3, 1}), 12);
    check_opens("data: {type: inline, inputs: {x: [5, 6, 7]}, labels: [0, 3, 1], classes: 9}");
    ck_assert_uint_eq(dataset_find(data.dataset, "labels")->classes, 9);
}
END_TEST

START_TEST(rows_of_labels_are_numbers)
{
    check_opens("data: {type: inline, inputs: {x: [5, 6]}, labels: [[0, 1], [0.25, 0.75]]}");
    check_numbers("labels", SPLIT_TRAIN, shape_vector(2), (double[]){0, 1, 0.25, 0.75});
}
END_TEST

START_TEST(test_data_is_the_test_split)
{
    check_opens("data: {type: inline, inputs: {k: 2, x: [[0, 1], [2, 3]]}, labels: [1, 0],\n"
                "  test: {inputs: {x: [[4, 5], [6, 7], [8, 9]], k: 3}, labels: [0, 2, 0]}}");
    ck_assert_uint_eq(data.dataset->count[SPLIT_TRAIN], 2);
    ck_assert_uint_eq(data.dataset->count[SPLIT_TEST], 3);
    check_numbers("x", SPLIT_TEST, shape_vector(2), (double[]){4, 5, 6, 7, 8, 9});
    check_numbers("k", SPLIT_TEST, shape_scalar(), (double[]){3, 3, 3});
    ck_assert_uint_eq(dataset_find(data.dataset, "labels")->classes, 3);
}
END_TEST

START_TEST(the_resolved_section_holds_the_data)
{
    check_opens("data: {type: inline, inputs: {x: [[0, 1], [2, 3]]}, labels: [1, 0]}");
    size_t length;
    char *text = config_emit(data.resolved, &length);
    ck_assert_ptr_nonnull(text);
    ck_assert_str_eq(text, "type: Inline\n"
                           "inputs:\n"
                           "  x: [[0, 1], [2, 3]]\n"
                           "labels: [1, 0]\n"
                           "classes: auto\n"
                           "validation: 0\n"
                           "split:\n"
                           "  test: 0\n"
                           "  validation: 0\n"
                           "  stratify: false\n"
                           "  order: random\n"
                           "  seed: auto\n"
                           "normalize: none\n"
                           "labels_as: auto\n");
    free(text);
}
END_TEST

/* --- what is rejected ------------------------------------------------------------------------- */

static const struct {
    const char *config, *text;
} mistakes[] = {
    {"data: {type: inline}", "x.yaml:1:7: missing key 'inputs' in data (numbers by input's name: a "
                             "scalar, or a list with one item a sample)"},
    {"data: {type: inline, inputs: 5}",
     "x.yaml:1:30: expected inputs by name, such as {x: [[0, 0], [0, 1]]}"},
    {"data: {type: inline, inputs: {}}",
     "x.yaml:1:30: expected inputs by name, such as {x: [[0, 0], [0, 1]]}"},
    {"data: {type: inline, inputs: {x: []}}", "x.yaml:1:34: the list is empty"},
    {"data: {type: inline, inputs: {x: [[], []]}}", "x.yaml:1:35: the list is empty"},
    {"data: {type: inline, inputs: {x: [[1, 2], [3]]}}",
     "x.yaml:1:43: a list of 1 where the first one has 2"},
    {"data: {type: inline, inputs: {x: [[1, 2], [3, 4, 5]]}}",
     "x.yaml:1:43: a list of 3 where the first one has 2"},
    {"data: {type: inline, inputs: {x: [[1, 2], 3]}}",
     "x.yaml:1:43: expected a list, as the first item is, found 3"},
    {"data: {type: inline, inputs: {x: [1, [2]]}}", "x.yaml:1:38: expected a number, found a list"},
    {"data: {type: inline, inputs: {x: [1, {a: 2}]}}",
     "x.yaml:1:38: expected a number, found a mapping"},
    {"data: {type: inline, inputs: {x: [[1], {a: 2}]}}",
     "x.yaml:1:40: expected a list, as the first item is, found a mapping"},
    {"data: {type: inline, inputs: {x: [1, apple]}}",
     "x.yaml:1:38: expected a finite number, found 'apple'"},
    {"data: {type: inline, inputs: {x: [1, '2']}}",
     "x.yaml:1:38: expected a finite number, found '2'"},
    {"data: {type: inline, inputs: {x: [1, .inf]}}",
     "x.yaml:1:38: expected a finite number, found '.inf'"},
    {"data: {type: inline, inputs: {x: 1e999}}",
     "x.yaml:1:34: expected a finite number, found '1e999'"},
    {"data: {type: inline, inputs: {x: [[[[[[[[[[1]]]]]]]]]]}}",
     "x.yaml:1:43: lists are nested deeper than 9 levels"},
    {"data: {type: inline, inputs: {a: [1, 2], t: 5, b: [1, 2, 3]}}",
     "x.yaml:1:51: 'b' has 3 samples, but 'a' has 2"},
    {"data: {type: inline, inputs: {a: [1, 2]}, labels: [0]}",
     "x.yaml:1:51: 'labels' has 1 sample, but 'a' has 2"},
    {"data: {type: inline, inputs: {2a: 1}}",
     "x.yaml:1:31: '2a' is no name; a name is letters, digits, _ and -, and begins with a "
     "letter or _"},
    {"data: {type: inline, inputs: {labels: 1}}", "x.yaml:1:31: an input cannot be named labels"},
    {"data: {type: inline, inputs: {x: [1]}, labels: 1}", "x.yaml:1:48: expected a list of labels"},
    {"data: {type: inline, inputs: {x: [1]}, labels: [-1]}",
     "x.yaml:1:49: expected a class, an integer >= 0, found '-1'; other targets are written as "
     "rows: [[-1], ...]"},
    {"data: {type: inline, inputs: {x: [1]}, labels: [0.5]}",
     "x.yaml:1:49: expected a class, an integer >= 0, found '0.5'; other targets are written "
     "as rows: [[0.5], ...]"},
    {"data: {type: inline, inputs: {x: [1, 2]}, labels: [1, 3], classes: 3}",
     "x.yaml:1:55: class 3; with classes: 3 the largest is 2"},
    {"data: {type: inline, inputs: {x: [1]}, labels: [16777216]}",
     "x.yaml:1:49: class 16777216; with classes: 16777216 the largest is 16777215"},
    {"data: {type: inline, inputs: {x: [1]}, test: {inputs: {y: [1]}}}",
     "x.yaml:1:59: test has 'y', the training data has not"},
    {"data: {type: inline, inputs: {x: [1], y: [2]}, test: {inputs: {x: [1]}}}",
     "x.yaml:1:54: test has no 'y', which the training data has"},
    {"data: {type: inline, inputs: {x: [1]}, test: {inputs: {x: [[1, 2]]}}}",
     "x.yaml:1:59: samples of 'x' have shape (2), in the training data ()"},
    {"data: {type: inline, inputs: {x: [1]}, labels: [0], test: {inputs: {x: [1]}, "
     "labels: [[1]]}}",
     "x.yaml:1:86: 'labels' is rows, in the training data classes"},
    {"data: {type: inline, inputs: {x: [1]}, test: {labels: [1]}}",
     "x.yaml:1:46: missing key 'inputs' in data.test (numbers by input's name, as in the training "
     "data)"},
    {"data: {type: inline, inputs: {x: 1}, label: [1]}",
     "x.yaml:1:38: unknown key 'label' in data; did you mean 'labels'?"},
};

START_TEST(mistakes_are_reported_with_their_place)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        check_fails(mistakes[i].config, mistakes[i].text);
}
END_TEST

START_TEST(all_mistakes_of_a_split_are_reported)
{
    check_fails(
        "data:\n  type: inline\n  inputs:\n    a: [1, x]\n    labels: 3\n    b: [[1], [2, 3]]\n"
        "  labels: 7\n",
        "x.yaml:5:5: an input cannot be named labels\n"
        "x.yaml:7:11: expected a list of labels\n"
        "x.yaml:4:12: expected a finite number, found 'x'\n"
        "x.yaml:6:14: a list of 2 where the first one has 1");
}
END_TEST

START_TEST(a_column_too_many_is_reported)
{
    char config[4096] = "data: {type: inline, inputs: {";
    for (int i = 0; i < DATASET_COLUMNS_MAX + 1; i++) {
        size_t length = strlen(config);
        snprintf(config + length, sizeof config - length, "x%d: 1, ", i);
    }
    strcat(config, "}}");
    check_fails(config, "x.yaml:1:7: column 'x64' is one too many: a data set has at most 64");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("inline");
    tcase_add_checked_fixture(tcase, NULL, tear_down);
    tcase_add_test(tcase, scalars_are_one_sample_each);
    tcase_add_test(tcase, the_first_level_of_a_list_is_the_samples);
    tcase_add_test(tcase, a_scalar_is_repeated_for_every_sample);
    tcase_add_test(tcase, a_list_alone_is_a_column_named_inputs);
    tcase_add_test(tcase, integer_labels_are_classes);
    tcase_add_test(tcase, rows_of_labels_are_numbers);
    tcase_add_test(tcase, test_data_is_the_test_split);
    tcase_add_test(tcase, the_resolved_section_holds_the_data);
    tcase_add_test(tcase, mistakes_are_reported_with_their_place);
    tcase_add_test(tcase, all_mistakes_of_a_split_are_reported);
    tcase_add_test(tcase, a_column_too_many_is_reported);
    Suite *suite = suite_create("dataset_inline");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
