/*
 * test_gradcheck_file.c - a gradient check as a file, read back through libhdf5.
 */
#include "base/error.h"
#include "gradcheck/gradcheck_file.h"
#include "support/folder.h"
#include "support/suite.h"
#include <check.h>
#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 5 };

static hid_t file;

/* A row of every result, of every outcome in float32, and a gradient that a team has otherwise. */
static void write_report(void)
{
    static struct gradcheck_row rows[ROWS];
    static struct gradcheck_single singles[] = {
        {.isa = "baseline", .tensor = "affine1/bias", .error = 0.5, .wrong = true},
        {.isa = "avx2", .branches_differ = true},
        {.isa = "avx512", .tensor = "affine1/bias", .training = true},
    };
    const struct gradcheck_report report = {.verdict = GRADCHECK_WRONG,
                                            .count = ROWS,
                                            .row = rows,
                                            .singles = 3,
                                            .single = singles,
                                            .isa = "avx2",
                                            .samples = 3,
                                            .unequal = "affine1/bias"};
    for (int i = 0; i < ROWS; i++)
        rows[i] = (struct gradcheck_row){.tensor = "affine1/weight",
                                         .shape = shape_matrix(4, 3),
                                         .count = 12,
                                         .training = i == 0,
                                         .error = i / 8.0,
                                         .result = (enum gradcheck_result)i};
    folder_enter();
    ck_assert_msg(gradcheck_file_write("g.h5", &report) == TRAINER_OK, "%s", error_text());
    file = H5Fopen("g.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    ck_assert_int_ge(file, 0);
}

static void close_report(void)
{
    ck_assert_int_ge(H5Fclose(file), 0);
    folder_leave();
}

static void expect_texts(const char *name, const char *const *expected, size_t count)
{
    char *texts[ROWS] = {NULL};
    hid_t list = H5Dopen2(file, name, H5P_DEFAULT);
    ck_assert_msg(list >= 0, "no %s", name);
    hid_t type = H5Dget_type(list), space = H5Dget_space(list);
    ck_assert_int_eq(H5Sget_simple_extent_npoints(space), (hssize_t)count);
    ck_assert_int_ge(H5Dread(list, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, texts), 0);
    for (size_t i = 0; i < count; i++)
        ck_assert_str_eq(texts[i], expected[i]);
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts);
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(list);
}

static void expect_attribute(const char *name, const char *expected)
{
    char *text = NULL;
    ck_assert_int_ge(H5LTget_attribute_string(file, "/", name, (char *)&text), 0);
    ck_assert_str_eq(text, expected);
    H5free_memory(text);
}

START_TEST(every_result_has_its_word)
{
    static const char *const results[] = {"right", "wrong", "kinks", "zero", "frozen"};
    static const char *const modes[] = {"train", "eval", "eval", "eval", "eval"};
    static const char *const shapes[] = {"(4, 3)", "(4, 3)", "(4, 3)", "(4, 3)", "(4, 3)"};
    double error[ROWS];
    expect_texts("tensors/result", results, ROWS);
    expect_texts("tensors/mode", modes, ROWS);
    expect_texts("tensors/shape", shapes, ROWS);
    ck_assert_int_ge(H5LTread_dataset_double(file, "tensors/error", error), 0);
    ck_assert_double_eq(error[4], 0.5);
}
END_TEST

START_TEST(every_comparison_of_float32_has_its_word)
{
    static const char *const results[] = {"wrong", "branches", "right"};
    static const char *const tensors[] = {"affine1/bias", "", "affine1/bias"};
    static const char *const modes[] = {"eval", "eval", "train"};
    expect_texts("float32/result", results, 3);
    expect_texts("float32/tensor", tensors, 3);
    expect_texts("float32/mode", modes, 3);
}
END_TEST

START_TEST(the_verdict_is_an_attribute)
{
    expect_attribute("kind", "gradcheck");
    expect_attribute("verdict", "wrong");
    expect_attribute("unequal", "affine1/bias");
}
END_TEST

START_TEST(a_report_that_cannot_be_written_is_told)
{
    const struct gradcheck_report report = {.isa = "avx2"};
    ck_assert_int_eq(gradcheck_file_write("none/g.h5", &report), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "none/g.h5.tmp: cannot create: No such file or directory");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("runfile_gradcheck");
    TCase *group = tcase_create("report");
    tcase_add_checked_fixture(group, write_report, close_report);
    tcase_add_test(group, every_result_has_its_word);
    tcase_add_test(group, every_comparison_of_float32_has_its_word);
    tcase_add_test(group, the_verdict_is_an_attribute);
    tcase_add_test(group, a_report_that_cannot_be_written_is_told);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
