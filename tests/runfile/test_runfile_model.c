/*
 * test_runfile_model.c - weights in a run file: their order, types, dimensions, chunks.
 */
#include "base/error.h"
#include "support/opened_run.h"
#include "support/suite.h"

#include <hdf5_hl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 256 };

START_TEST(the_order_of_layers_is_kept)
{
    const char *const expected[] = {"affine1", "relu1", "conv1", "affine2", "scale1"};
    char *names[5] = {0};
    hid_t attribute = H5Aopen_by_name(opened_run, "model", "layers", H5P_DEFAULT, H5P_DEFAULT);
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    ck_assert_int_eq(H5Sget_simple_extent_npoints(space), 5);
    ck_assert_int_ge(H5Aread(attribute, type, names), 0);
    for (int i = 0; i < 5; i++) {
        ck_assert_str_eq(names[i], expected[i]);
        H5free_memory(names[i]);
    }
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    expect_attribute("model/relu1", "type", "ReLU");
}
END_TEST

START_TEST(weights_are_stored_as_they_are_with_named_sides)
{
    double expected[12];
    for (int i = 0; i < 12; i++)
        expected[i] = 1 + i / 64.0;
    expect_numbers("model/affine1/weight", expected, 12);
    expect_type("model/affine1/weight", H5T_IEEE_F32LE);
    expect_scale("model/affine1/weight", 0, "model/affine1/in");
    expect_scale("model/affine1/weight", 1, "model/affine1/out");
    expect_scale("model/affine1/bias", 0, "model/affine1/out");
    expect_numbers("model/scale1/factor", (const double[]){7}, 1);
}
END_TEST

START_TEST(axes_that_fit_no_side_have_names_of_their_own)
{
    expect_scale("model/conv1/kernel", 0, "model/conv1/kernel_0");
    expect_scale("model/conv1/kernel", 3, "model/conv1/kernel_3");
    expect_scale("model/conv1/mean", 0, "model/conv1/out");
    expect_scale("model/affine2/weight", 1, "model/affine2/out");
    expect_scale("model/affine2/gate", 0, "model/affine2/gate_0");
}
END_TEST

START_TEST(dimensions_without_numbers_follow_netcdf)
{
    char name[TEXT_SIZE];
    hid_t scale = H5Dopen2(opened_run, "model/affine1/in", H5P_DEFAULT);
    ck_assert_int_gt(H5DSget_scale_name(scale, name, sizeof name), 0);
    ck_assert_str_eq(name, "This is a netCDF dimension but not a netCDF variable.         4");
    ck_assert_uint_eq(H5Dget_storage_size(scale), 0);
    H5Dclose(scale);
}
END_TEST

START_TEST(weights_carry_a_checksum)
{
    unsigned flags;
    size_t values = 0;
    hid_t dataset = H5Dopen2(opened_run, "model/affine1/weight", H5P_DEFAULT);
    hid_t list = H5Dget_create_plist(dataset);
    ck_assert_int_eq(H5Pget_nfilters(list), 1);
    ck_assert_int_eq(H5Pget_filter2(list, 0, &flags, &values, NULL, 0, NULL, NULL),
                     H5Z_FILTER_FLETCHER32);
    H5Pclose(list);
    H5Dclose(dataset);
}
END_TEST

/* 6 Mi floats are 24 MiB: more than one chunk, cut along the first axis. */
START_TEST(large_weights_are_cut_into_chunks)
{
    enum { ROWS = 6, COLUMNS = 1 << 20 };
    float *x = calloc((size_t)ROWS * COLUMNS, sizeof *x);
    x[5 * COLUMNS + 3] = 2.5f;
    struct image_tensor tensor = {"affine1", "weight", {2, {ROWS, COLUMNS}}, sizeof *x, x};
    struct image_contents contents = sample_contents();
    contents.tensor = &tensor;
    contents.tensors = 1;
    opened_run_rewrite(&contents);
    hsize_t chunk[2];
    hid_t dataset = H5Dopen2(opened_run, "model/affine1/weight", H5P_DEFAULT);
    hid_t list = H5Dget_create_plist(dataset);
    ck_assert_int_eq(H5Pget_chunk(list, 2, chunk), 2);
    ck_assert_uint_eq(chunk[0], 4);
    ck_assert_uint_eq(chunk[1], COLUMNS);
    H5Pclose(list);
    H5Dclose(dataset);
    memset(x, 0, (size_t)ROWS * COLUMNS * sizeof *x);
    ck_assert_int_ge(H5LTread_dataset_float(opened_run, "model/affine1/weight", x), 0);
    ck_assert(x[5 * COLUMNS + 3] == 2.5f);
    free(x);
}
END_TEST

/* A row of 16 MiB, and no rows at all. */
START_TEST(weights_of_any_size_are_stored)
{
    enum { COLUMNS = 1 << 22 };
    float *x = calloc(COLUMNS, sizeof *x);
    x[7] = 2.5f;
    struct image_tensor tensors[] = {{"affine1", "weight", {2, {1, COLUMNS}}, sizeof *x, x},
                                     {"affine1", "bias", {1, {0}}, sizeof *x, x}};
    struct image_contents contents = sample_contents();
    contents.tensor = tensors;
    contents.tensors = 2;
    opened_run_rewrite(&contents);
    x[7] = 0;
    ck_assert_int_ge(H5LTread_dataset_float(opened_run, "model/affine1/weight", x), 0);
    ck_assert(x[7] == 2.5f);
    expect_numbers("model/affine1/bias", NULL, 0);
    free(x);
}
END_TEST

START_TEST(doubles_stay_doubles)
{
    double weight[] = {1.0 / 3, -2.0 / 3};
    struct image_tensor tensor = {"affine1", "bias", {1, {2}}, sizeof *weight, weight};
    struct image_contents contents = sample_contents();
    contents.tensor = &tensor;
    contents.tensors = 1;
    opened_run_rewrite(&contents);
    expect_type("model/affine1/bias", H5T_IEEE_F64LE);
    expect_numbers("model/affine1/bias", weight, 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("runfile_model");
    TCase *group = tcase_create("model");
    tcase_add_checked_fixture(group, opened_run_start, opened_run_end);
    tcase_add_test(group, the_order_of_layers_is_kept);
    tcase_add_test(group, weights_are_stored_as_they_are_with_named_sides);
    tcase_add_test(group, axes_that_fit_no_side_have_names_of_their_own);
    tcase_add_test(group, dimensions_without_numbers_follow_netcdf);
    tcase_add_test(group, weights_carry_a_checksum);
    tcase_add_test(group, large_weights_are_cut_into_chunks);
    tcase_add_test(group, weights_of_any_size_are_stored);
    tcase_add_test(group, doubles_stay_doubles);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
