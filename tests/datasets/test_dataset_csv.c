/*
 * test_dataset_csv.c - tables: types, categories, labels, missing values, further files, messages.
 */
#include "base/error.h"
#include "base/text.h"
#include "data/normalise.h"
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

/* Opens a.csv of this text with further keys. */
static int open_table(const char *text, const char *keys)
{
    folder_write("a.csv", text);
    return open_data_lines(&data, "type: csv\n  train: a.csv", keys);
}

static void check_opens(const char *text, const char *keys)
{
    ck_assert_msg(open_table(text, keys) == TRAINER_OK, "%s", error_text());
}

static void check_fails(const char *text, const char *keys, const char *expected)
{
    ck_assert_int_eq(open_table(text, keys), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), expected);
    ck_assert_ptr_null(data.dataset);
}

/* value[count]: what the network reads of a column, row by row; NaN is compared as such. */
static void check_values(const char *name, enum split split, const double *value, size_t count)
{
    const struct column *column = dataset_find(data.dataset, name);
    ck_assert_msg(column != NULL, "%s", name);
    size_t width = shape_size(column->shape);
    ck_assert_uint_eq(data.dataset->count[split] * width, count);
    for (size_t i = 0; i < count; i++) {
        double found;
        normalise_read(column, split, i / width, i % width, 1, &found);
        ck_assert_msg(found == value[i] || (isnan(found) && isnan(value[i])),
                      "%s[%zu] is %.17g, not %.17g", name, i, found, value[i]);
    }
}

static void check_features(const char *const *name, size_t count)
{
    const struct column *column = dataset_find(data.dataset, "inputs");
    ck_assert_uint_eq(shape_size(column->shape), count);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(column->feature[i].name, name[i]);
}

static void check_classes(const char *const *name, size_t count)
{
    const struct column *column = dataset_find(data.dataset, "labels");
    ck_assert_int_eq(column->stored, STORED_LABEL);
    ck_assert_uint_eq(column->classes, count);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(column->class_name[i], name[i]);
}

START_TEST(numbers_categories_and_classes)
{
    static const char *const features[] = {"age", "state=Iowa", "state=Ohio"};
    static const char *const classes[] = {"no", "yes"};
    static const double inputs[] = {39, 0, 1, 50.25, 1, 0, -3, 0, 1}, labels[] = {1, 0, 1};
    check_opens("age,state,rich\n39,Ohio,yes\n 50.25 ,Iowa,no\n\"-3\",Ohio,yes\n", "labels: rich");
    check_features(features, 3);
    check_classes(classes, 2);
    check_values("inputs", SPLIT_TRAIN, inputs, 9);
    check_values("labels", SPLIT_TRAIN, labels, 3);
    ck_assert(!data.dataset->column[0].feature[0].indicator);
    ck_assert(data.dataset->column[0].feature[1].indicator);
}
END_TEST

START_TEST(types_come_from_the_last_row_too)
{
    static const char *const features[] = {"a=1", "a=2", "a=NA", "a=x"};
    static const double inputs[] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    check_opens("a\n1\n2\nNA\nx\n", "missing: zero");
    check_features(features, 4);
    check_values("inputs", SPLIT_TRAIN, inputs, 16);
    ck_assert_str_eq(data.dataset->note->text,
                     "a.csv:5:1: 'x' makes 'a' categories, though 2 of its 3 fields are numbers "
                     "(columns: {a: number} makes it an error)");
}
END_TEST

START_TEST(zip_codes_are_categories)
{
    static const char *const features[] = {"zip=01730", "zip=1730"};
    check_opens("zip\n1730\n01730\n", "split: {}");
    check_features(features, 2);
}
END_TEST

START_TEST(numbers_are_the_float32_next_to_their_float64)
{
    static const char *const texts[] = {"0.1",
                                        "16777217",
                                        "3.4028235e38",
                                        "1e-46",
                                        "1.00000005960464477539",
                                        "123456789.123456789"};
    char text[256] = "x\n";
    for (size_t i = 0; i < 6; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s\n", texts[i]);
    check_opens(text, "split: {}");
    const struct column *column = dataset_find(data.dataset, "inputs");
    ck_assert_int_eq(column->stored, STORED_FLOAT);
    for (size_t i = 0; i < 6; i++) {
        float expected = (float)strtod(texts[i], NULL);
        ck_assert(((const float *)column->values[SPLIT_TRAIN])[i] == expected);
    }
}
END_TEST

START_TEST(normalised_numbers_keep_float64)
{
    static const double inputs[] = {-1, 1};
    check_opens("t\n1700000001\n1700000003\n", "normalize: zscore");
    check_values("inputs", SPLIT_TRAIN, inputs, 2);
    ck_assert_ptr_null(data.dataset->note);
    check_opens("t\n1700000001\n1700000003\n", "split: {}");
    ck_assert_str_eq(data.dataset->note->text,
                     "'t' has whole numbers that float32 cannot tell apart");
}
END_TEST

START_TEST(labels_of_numbers_are_classes_in_numeric_order)
{
    static const char *const classes[] = {"-1", "9", "10"};
    static const double labels[] = {2, 1, 0, 1};
    check_opens("a,y\n1,10\n2,9\n3,-1\n4, 9\n", "labels: y");
    check_classes(classes, 3);
    check_values("labels", SPLIT_TRAIN, labels, 4);
}
END_TEST

START_TEST(labels_with_a_fraction_are_values)
{
    static const double labels[] = {1, 2.5};
    check_opens("a,y\n1,1\n2,2.5\n", "labels: -1");
    ck_assert_int_eq(dataset_find(data.dataset, "labels")->stored, STORED_FLOAT);
    check_values("labels", SPLIT_TRAIN, labels, 2);
    check_opens("a,y\n1,1\n2,2\n", "labels: -1\n  labels_as: values");
    ck_assert_int_eq(dataset_find(data.dataset, "labels")->stored, STORED_FLOAT);
}
END_TEST

START_TEST(several_labels_are_values)
{
    static const double labels[] = {3, 1, 5, 0}, inputs[] = {2, 4};
    check_opens("y1,a,y2\n1,2,3\n0,4,5\n", "labels: [y2, y1]");
    check_values("labels", SPLIT_TRAIN, labels, 4);
    check_values("inputs", SPLIT_TRAIN, inputs, 2);
}
END_TEST

START_TEST(several_labels_may_be_yes_or_no_each)
{
    static const double labels[] = {1, 0, 0, 1};
    check_opens("u,a,v\n1,2,0\n0,4,1\n", "labels: [u, v]\n  labels_as: multi");
    check_values("labels", SPLIT_TRAIN, labels, 4);
    check_fails("u,a,v\n1,2,0\n0,4,0.5\n", "labels: [u, v]\n  labels_as: multi",
                "a.csv:3:5: '0.5' in column 'v'; expected 0 or 1 (labels_as: multi)");
    check_fails("u,a,v\n1,2,0\n", "labels: [u, v]\n  labels_as: classes",
                "x.yaml:2:3: labels_as: classes takes one column of labels, not 2");
}
END_TEST

START_TEST(names_of_classes_may_be_given)
{
    static const char *const classes[] = {"setosa", "versicolor"};
    static const double labels[] = {1, 0, 1};
    check_opens("a,y\n1,1\n2,0\n3,versicolor\n", "labels: y\n  classes: [setosa, versicolor]");
    check_classes(classes, 2);
    check_values("labels", SPLIT_TRAIN, labels, 3);
    check_fails("a,y\n1,2\n", "labels: y\n  classes: 2",
                "a.csv:2:3: class '2' of 'y'; expected 0 or 1");
}
END_TEST

START_TEST(a_file_of_scikit_learn_is_read_as_it_is)
{
    static const double inputs[] = {(double)5.1f, 3.5, 7, 3.25}, labels[] = {0, 1};
    check_opens("2,2,setosa,versicolor\n5.1,3.5,0\n7.0,3.25,1\n",
                "skip: 1\n  header: false\n  labels: -1\n  classes: [setosa, versicolor]");
    check_values("labels", SPLIT_TRAIN, labels, 2);
    check_values("inputs", SPLIT_TRAIN, inputs, 4);
}
END_TEST

START_TEST(missing_numbers_are_the_mean_of_the_training_part)
{
    static const double inputs[] = {1, 0, 2, 0, 3, 1};
    check_opens("a,b\n1,\n,\n3,x\n", "missing: mean");
    check_values("inputs", SPLIT_TRAIN, inputs, 6);
}
END_TEST

START_TEST(rows_that_miss_something_are_dropped)
{
    static const double inputs[] = {1, 4}, labels[] = {0, 1};
    check_opens("a,y\n1,u\n,u\n3,\n4,v\n", "labels: y\n  missing: drop");
    check_values("inputs", SPLIT_TRAIN, inputs, 2);
    check_values("labels", SPLIT_TRAIN, labels, 2);
}
END_TEST

/* Inputs take the place of cells: of wider, of as wide and of narrower rows, with gaps or none. */
START_TEST(rows_of_many_categories_take_the_place_of_their_cells)
{
    enum { ROWS = 6000 };
    static const struct {
        const char *keys;
        size_t width;
        bool drop, number;
    } cases[] = {
        {"exclude: [a, n]", 7, false, false},
        {"exclude: a", 8, false, true},
        {"exclude: c\n  missing: drop", 1 + 2, true, true},
        {"missing: drop", 1 + 2 + 7, true, true},
    };
    static double inputs[ROWS * 10];
    static char table[ROWS * 16];
    size_t used = (size_t)sprintf(table, "n,a,c\n");
    for (size_t i = 0; i < ROWS; i++)
        used += (size_t)sprintf(table + used, "%zu,%s,c%zu\n", i % 1000,
                                i % 7 == 3   ? ""
                                : i % 2 == 0 ? "even"
                                             : "odd",
                                i / 3 % 7);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        size_t count = 0, width = cases[k].width, categories = width == 3 ? 0 : 7;
        memset(inputs, 0, sizeof inputs);
        for (size_t i = 0; i < ROWS; i++) {
            if (cases[k].drop && i % 7 == 3)
                continue;
            double *row = inputs + count++ * width;
            if (cases[k].number)
                row[0] = (double)(i % 1000);
            if (cases[k].drop)
                row[1 + i % 2] = 1;
            if (categories)
                row[width - 7 + i / 3 % 7] = 1;
        }
        check_opens(table, cases[k].keys);
        check_values("inputs", SPLIT_TRAIN, inputs, count * width);
    }
}
END_TEST

START_TEST(a_column_has_its_own_way_with_what_is_missing)
{
    static const double inputs[] = {0, 5, 2, 5};
    check_opens("a,b\n,5\n2,\n", "missing: mean\n  columns: {a: {missing: zero}}");
    check_values("inputs", SPLIT_TRAIN, inputs, 4);
}
END_TEST

START_TEST(an_order_is_0_1_2)
{
    static const double inputs[] = {2, 0, 1};
    check_opens("size\nL\nS\nM\n", "columns: {size: {order: [S, M, L]}}");
    check_values("inputs", SPLIT_TRAIN, inputs, 3);
    check_fails("size\nL\nXL\n", "columns: {size: {order: [S, M, L]}}",
                "a.csv:3:1: 'XL' is none of the 3 categories of 'size'");
}
END_TEST

START_TEST(an_index_is_a_column_of_its_own)
{
    static const double cities[] = {1, 0}, numbers[] = {7, 3};
    check_opens("city,n,a\nRome,7,1\nOslo,3,2\n", "columns: {city: index, n: {type: index}}");
    check_values("city", SPLIT_TRAIN, cities, 2);
    check_values("n", SPLIT_TRAIN, numbers, 2);
    ck_assert_uint_eq(dataset_find(data.dataset, "city")->classes, 2);
    ck_assert_uint_eq(dataset_find(data.dataset, "n")->classes, 8);
    ck_assert_uint_eq(shape_size(dataset_find(data.dataset, "inputs")->shape), 1);
    check_fails("n,a\n7,1\n-3,2\n", "columns: {n: index}",
                "a.csv:3:1: '-3' in column 'n'; expected a whole number >= 0");
    check_opens("n,a\n7,1\n-3,2\nx,3\n", "columns: {n: index}");
    check_fails("n,a\n7,1\n,2\n", "columns: {n: index}\n  missing: mean",
                "a.csv:3:1: nothing in column 'n'; expected a number (missing: zero or drop goes "
                "on)");
    folder_write("t.csv", "n,a\n1.5,1\n");
    check_fails("n,a\n7,1\n", "columns: {n: index}\n  test: t.csv",
                "t.csv:2:1: '1.5' in column 'n'; expected a whole number >= 0");
}
END_TEST

START_TEST(weights_are_a_column_and_no_input)
{
    static const double weights[] = {1, 0.5};
    check_opens("w,a\n1,1\n0.5,2\n", "weights: w");
    check_values("weights", SPLIT_TRAIN, weights, 2);
    check_fails("w,a\n1,1\n-0.5,2\n", "weights: w",
                "a.csv:3:1: '-0.5' in column 'w'; expected a weight >= 0");
}
END_TEST

START_TEST(further_files_are_read_by_name_and_by_what_was_learned)
{
    static const double inputs[] = {4, 0, 1, 9, 1, 0}, labels[] = {1, 0};
    folder_write("t.csv", "extra,y,s,a\n0,v,q,4\n0,u,p,9\n");
    check_opens("a,s,y\n1,p,u\n2,q,v\n", "labels: y\n  test: t.csv");
    check_values("inputs", SPLIT_TEST, inputs, 6);
    check_values("labels", SPLIT_TEST, labels, 2);
    ck_assert_str_eq(data.dataset->note->text, "t.csv: 1 column of it is ignored");
    folder_write("t.csv", "a,s,y\n4,p,w\n5,r,u\nx,p,u\n");
    check_fails("a,s,y\n1,p,u\n2,q,v\n", "labels: y\n  test: t.csv",
                "t.csv:2:5: class 'w' of 'y'; expected u or v, as in the training data\n"
                "t.csv:3:3: 'r' is none of the 2 categories of 's'\n"
                "t.csv:4:1: 'x' in column 'a'; expected a number");
    folder_write("t.csv", "b,s,y\n4,p,u\n");
    check_fails("a,s,y\n1,p,u\n2,q,v\n", "labels: y\n  test: t.csv",
                "t.csv:1:1: no column 'a'; expected the 3 columns of the training data");
}
END_TEST

START_TEST(several_files_are_one_table)
{
    static const double inputs[] = {1, 2, 3}, labels[] = {0, 0, 1};
    folder_write("a.csv", "a,y\n1,u\n2,u\n");
    folder_write("b.csv", "y,a\nv,3\n");
    ck_assert_int_eq(
        open_data(&data, NULL, "data: {type: csv, train: [a.csv, b.csv], labels: y}", 1, false),
        TRAINER_OK);
    check_values("inputs", SPLIT_TRAIN, inputs, 3);
    check_values("labels", SPLIT_TRAIN, labels, 3);
}
END_TEST

START_TEST(mistakes_of_the_file_have_their_place)
{
    check_fails("a,b,c,d,e\n1,2,3\n", "labels: 1", "a.csv:2:1: 3 fields; expected 5, as in line 1");
    check_fails("1,2\n3,4\n", "labels: 1",
                "a.csv:1:1: the first line holds numbers only; expected column names (header: "
                "false takes it as data)");
    check_fails("age,name,age\n1,2,3\n", "labels: name",
                "a.csv:1:10: column 'age' again; expected a name of its own");
    check_fails("x,age\n1,5\n1234567,\n", "labels: 1",
                "a.csv:3:9: nothing in column 'age'; expected a number (missing: mean, zero or "
                "drop goes on)");
    check_fails("id,age\n1,7\n2,7\n3,12a\n4,8b\n", "max_categories: 2",
                "a.csv:4:3: '12a' makes 'age' a column of 3 categories; expected numbers, or at "
                "most 2 (max_categories), or exclude: [age]");
    check_fails("", "labels: 1", "a.csv: the file is empty; expected column names");
    check_fails("a,b\n", "labels: 1", "a.csv: there is no row");
}
END_TEST

/* A column of numbers and words for missing becomes texts at its first text: the words are classes
 * then, and what is empty, before or behind it, is missing wherever it stands. */
START_TEST(an_empty_text_is_told_wherever_the_column_became_texts)
{
    enum { ROWS = 30 };
    for (int empty = 0; empty < ROWS; empty += 3)
        for (int text = 0; text < ROWS; text += 4) {
            if (text == empty)
                continue;
            char file[8 * ROWS] = "a,b\n", message[128];
            for (int row = 0; row < ROWS; row++)
                text_append(file, sizeof file, "%d,%s\n", row,
                            row == empty  ? ""
                            : row == text ? "x"
                            : row % 9     ? "NA"
                                          : "7");
            snprintf(message, sizeof message,
                     "a.csv:%d:%d: nothing in column 'b'; expected text (missing: mean, zero or "
                     "drop goes on)",
                     empty + 2, empty < 10 ? 3 : 4);
            check_fails(file, "labels: a", message);
        }
}
END_TEST

START_TEST(mistakes_of_the_config_have_theirs)
{
    check_fails("species,a\nx,1\n", "labels: specie",
                "x.yaml:4:11: no column 'specie' in a.csv; did you mean 'species'?");
    check_fails("a,b\nx,1\n", "labels: 3", "x.yaml:4:11: no column 3 in a.csv, which has 2");
    check_fails("a,b\nx,1\n", "labels: a\n  inputs: [a, b]",
                "x.yaml:5:12: column 'a' is named twice");
    check_fails("a,b\nx,1\n", "columns: {a: numbr}",
                "x.yaml:4:16: the type of 'a' must be number, category or index");
    check_fails("a,b\nx,1\n", "labels: a\n  delimiter: ab",
                "x.yaml:5:14: 'delimiter' in data must be one character, not 'ab'");
    check_fails("a,b\nx,1\n", "labels: a\n  thousands: .",
                "x.yaml:5:14: 'thousands' in data is '.', as 'decimal' is; expected another one");
    check_fails("a,b\nx,1\n", "labels: [a, b]", "x.yaml:2:3: a.csv has no column that is an input");
}
END_TEST

START_TEST(a_column_without_a_name_is_no_input)
{
    static const char *const features[] = {"a"};
    check_opens(",a\n0,5\n1,6\n", "split: {}");
    check_features(features, 1);
    ck_assert_str_eq(data.dataset->note->text, "a.csv: column 1 has no name and is no input");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("dataset_csv");
    tcase_set_timeout(tcase, 60); /* one test writes hundreds of files */
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, numbers_categories_and_classes);
    tcase_add_test(tcase, types_come_from_the_last_row_too);
    tcase_add_test(tcase, zip_codes_are_categories);
    tcase_add_test(tcase, numbers_are_the_float32_next_to_their_float64);
    tcase_add_test(tcase, normalised_numbers_keep_float64);
    tcase_add_test(tcase, labels_of_numbers_are_classes_in_numeric_order);
    tcase_add_test(tcase, labels_with_a_fraction_are_values);
    tcase_add_test(tcase, several_labels_are_values);
    tcase_add_test(tcase, several_labels_may_be_yes_or_no_each);
    tcase_add_test(tcase, names_of_classes_may_be_given);
    tcase_add_test(tcase, a_file_of_scikit_learn_is_read_as_it_is);
    tcase_add_test(tcase, missing_numbers_are_the_mean_of_the_training_part);
    tcase_add_test(tcase, rows_that_miss_something_are_dropped);
    tcase_add_test(tcase, rows_of_many_categories_take_the_place_of_their_cells);
    tcase_add_test(tcase, a_column_has_its_own_way_with_what_is_missing);
    tcase_add_test(tcase, an_order_is_0_1_2);
    tcase_add_test(tcase, an_index_is_a_column_of_its_own);
    tcase_add_test(tcase, weights_are_a_column_and_no_input);
    tcase_add_test(tcase, further_files_are_read_by_name_and_by_what_was_learned);
    tcase_add_test(tcase, several_files_are_one_table);
    tcase_add_test(tcase, mistakes_of_the_file_have_their_place);
    tcase_add_test(tcase, an_empty_text_is_told_wherever_the_column_became_texts);
    tcase_add_test(tcase, mistakes_of_the_config_have_theirs);
    tcase_add_test(tcase, a_column_without_a_name_is_no_input);
    Suite *suite = suite_create("dataset_csv");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
