/*
 * opened_run.c - the sample run as a file that libhdf5 has open.
 */
#include "opened_run.h"
#include "base/error.h"
#include "folder.h"

#include "suite.h"
#include <hdf5_hl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_SIZE = 256 };

hid_t opened_run;

static void open_contents(const struct image_contents *contents)
{
    ck_assert_msg(sample_write("run.h5", contents) == TRAINER_OK, "%s", error_text());
    opened_run = H5Fopen("run.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    ck_assert_int_ge(opened_run, 0);
}

void opened_run_start(void)
{
    folder_enter();
    struct image_contents contents = sample_contents();
    open_contents(&contents);
}

void opened_run_end(void)
{
    ck_assert_int_ge(H5Fclose(opened_run), 0);
    folder_leave();
}

/* Writes other contents over the sample and opens them instead. */
void opened_run_rewrite(const struct image_contents *contents)
{
    ck_assert_int_ge(H5Fclose(opened_run), 0);
    open_contents(contents);
}

/* --- reading --- */

/* Reads one text of variable length; it must be marked as UTF-8. */
static void take_text(char *text, hid_t type, hid_t handle, bool attribute)
{
    char *read = NULL;
    ck_assert_int_gt(H5Tis_variable_str(type), 0);
    ck_assert_int_eq(H5Tget_cset(type), H5T_CSET_UTF8);
    if (attribute)
        ck_assert_int_ge(H5Aread(handle, type, &read), 0);
    else
        ck_assert_int_ge(H5Dread(handle, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &read), 0);
    snprintf(text, TEXT_SIZE, "%s", read ? read : "");
    H5free_memory(read);
    H5Tclose(type);
}

void expect_attribute(const char *object, const char *name, const char *expected)
{
    char text[TEXT_SIZE];
    hid_t attribute = H5Aopen_by_name(opened_run, object, name, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_msg(attribute >= 0, "%s has no %s", object, name);
    take_text(text, H5Aget_type(attribute), attribute, true);
    ck_assert_str_eq(text, expected);
    H5Aclose(attribute);
}

void expect_number(const char *name, uint64_t expected)
{
    uint64_t value = 0;
    hid_t attribute = H5Aopen(opened_run, name, H5P_DEFAULT);
    ck_assert_msg(attribute >= 0, "no attribute %s", name);
    ck_assert_int_ge(H5Aread(attribute, H5T_NATIVE_UINT64, &value), 0);
    ck_assert_uint_eq(value, expected);
    H5Aclose(attribute);
}

void expect_type(const char *path, hid_t expected)
{
    hid_t dataset = H5Dopen2(opened_run, path, H5P_DEFAULT);
    ck_assert_msg(dataset >= 0, "no %s", path);
    hid_t type = H5Dget_type(dataset);
    ck_assert_msg(H5Tequal(type, expected) > 0, "type of %s", path);
    H5Tclose(type);
    H5Dclose(dataset);
}

/* A dataset of any shape and type must hold these numbers; NaN equals NaN. */
void expect_numbers(const char *path, const double *expected, size_t count)
{
    hid_t dataset = H5Dopen2(opened_run, path, H5P_DEFAULT);
    ck_assert_msg(dataset >= 0, "no %s", path);
    hid_t space = H5Dget_space(dataset);
    ck_assert_int_eq(H5Sget_simple_extent_npoints(space), (hssize_t)count);
    double *read = calloc(count, sizeof *read);
    ck_assert_int_ge(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, read), 0);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(read[i] == expected[i] || (isnan(read[i]) && isnan(expected[i])),
                      "%s: element %zu is %g, not %g", path, i, read[i], expected[i]);
    free(read);
    H5Sclose(space);
    H5Dclose(dataset);
}

/* The axis must have this one scale. */
void expect_scale(const char *path, unsigned axis, const char *scale_path)
{
    hid_t dataset = H5Dopen2(opened_run, path, H5P_DEFAULT);
    hid_t scale = H5Dopen2(opened_run, scale_path, H5P_DEFAULT);
    ck_assert_msg(dataset >= 0 && scale >= 0, "%s or %s", path, scale_path);
    ck_assert_int_eq(H5DSget_num_scales(dataset, axis), 1);
    ck_assert_msg(H5DSis_attached(dataset, scale, axis) > 0, "%s of %s", scale_path, path);
    H5Dclose(scale);
    H5Dclose(dataset);
}
