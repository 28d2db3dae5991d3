/*
 * test_hdf5_read.c - only whole files that bear our stamp are opened; paths as messages name them.
 */
#include "base/error.h"
#include "base/file.h"
#include "hdf5/hdf5_read.h"
#include "support/damaged_run.h"
#include "support/folder.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void drop_format(hid_t file)
{
    H5Adelete(file, "format");
}

static void set_other_format(hid_t file)
{
    const char *value = "keras";
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    damaged_attribute(file, "format", type, &value);
    H5Tclose(type);
}

static void set_number_as_format(hid_t file)
{
    damaged_attribute(file, "format", H5T_NATIVE_INT, &(int){1});
}

static void set_newer_version(hid_t file)
{
    damaged_attribute(file, "format_version", H5T_NATIVE_INT, &(int){7});
}

static void set_fractional_version(hid_t file)
{
    damaged_attribute(file, "format_version", H5T_NATIVE_DOUBLE, &(double){1});
}

static void drop_version(hid_t file)
{
    H5Adelete(file, "format_version");
}

static const struct {
    void (*damage)(hid_t file);
    const char *expected;
} damages[] = {
    {drop_format,
     "run.h5: is not a run file (attribute 'format' is missing); a file of weights made "
     "elsewhere needs the root attributes format = 'trainer' and format_version = 1, "
     "and /model/<layer>/<parameter>"},
    {set_other_format, "run.h5: is not a run file (attribute 'format' is 'keras', not 'trainer')"},
    {set_number_as_format, "run.h5: is not a run file (attribute 'format' is not a text)"},
    {set_newer_version, "run.h5: has format version 7; this program reads 1"},
    {set_fractional_version, "run.h5: attribute 'format_version' is not an integer"},
    {drop_version, "run.h5: has no format version; this program reads 1"},
};

START_TEST(a_file_without_our_stamp_is_rejected)
{
    damaged_by(damages[_i].damage);
    damaged_expect(damages[_i].expected);
    ck_assert_int_eq(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}
END_TEST

START_TEST(what_is_no_file_of_hdf5_is_told)
{
    folder_write_bytes("run.h5", "plain text", 10);
    damaged_expect("run.h5: is not an HDF5 file");
    folder_write_bytes("run.h5", "", 0);
    damaged_expect("run.h5: is not an HDF5 file");
    folder_write_bytes("run.h5", "\x89HDF\r\n\x1a\n\2", 9);
    damaged_expect("run.h5: is cut short: only the first 9 bytes are there of an HDF5 file");
    ck_assert_int_eq(unlink("run.h5"), 0);
    damaged_expect("run.h5: No such file or directory");
}
END_TEST

START_TEST(a_file_that_was_cut_anywhere_is_rejected)
{
    enum { CASES = 200 };
    char *bytes = NULL;
    size_t count = 0;
    float x[WEIGHTS];
    ck_assert_int_eq(file_read("run.h5", FILE_LIMIT, &bytes, &count), TRAINER_OK);
    for (size_t i = 0; i < CASES; i++) {
        folder_write_bytes("run.h5", bytes, count * i / CASES);
        ck_assert_int_eq(damaged_load(x), TRAINER_INVALID);
        ck_assert_msg(!strstr(error_text(), "gave no reason"), "%s", error_text());
    }
    free(bytes);
}
END_TEST

START_TEST(a_place_is_named_by_its_parts)
{
    struct hdf5_read_place place = hdf5_read_place("model", "affine1", "weight", NULL);
    ck_assert_str_eq(place.name, "/model/affine1/weight");
    ck_assert_str_eq(place.part[1], "affine1");
    ck_assert_ptr_null(place.part[3]);
    ck_assert_str_eq(hdf5_read_place("state", NULL, NULL, NULL).name, "/state");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hdf5_read");
    TCase *group = tcase_create("hdf5_read");
    tcase_add_checked_fixture(group, damaged_start, folder_leave);
    tcase_add_loop_test(group, a_file_without_our_stamp_is_rejected, 0,
                        sizeof damages / sizeof *damages);
    tcase_add_test(group, what_is_no_file_of_hdf5_is_told);
    tcase_add_test(group, a_file_that_was_cut_anywhere_is_rejected);
    tcase_add_test(group, a_place_is_named_by_its_parts);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
