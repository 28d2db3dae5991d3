/*
 * test_dataset_hdf5.c - datasets of HDF5 files become the columns that the same numbers in other
 * files become; what is not expected there is refused by name.
 */
#include "base/error.h"
#include "support/folder.h"
#include "support/open_data.h"
#include "support/suite.h"

#include <check.h>
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct open_data data;
static hid_t file;

static void set_up(void)
{
    folder_enter();
    file = H5Fcreate("d.h5", H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert(file >= 0);
}

static void tear_down(void)
{
    close_data(&data);
    folder_leave();
}

/* A dataset of the file, by a list of properties. */
static void put_with(const char *path, hid_t type, hid_t memory, int rank, const hsize_t *dim,
                     const void *values, hid_t list)
{
    hid_t links = H5Pcreate(H5P_LINK_CREATE), space = H5Screate_simple(rank, dim, NULL);
    H5Pset_create_intermediate_group(links, 1);
    hid_t dataset = H5Dcreate2(file, path, type, space, links, list, H5P_DEFAULT);
    ck_assert(dataset >= 0);
    if (values)
        ck_assert(H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Pclose(links);
}

static void put(const char *path, hid_t type, hid_t memory, int rank, const hsize_t *dim,
                const void *values)
{
    put_with(path, type, memory, rank, dim, values, H5P_DEFAULT);
}

static const float numbers[] = {1, 2, 3, -4, 5.5F, 6};
static const hsize_t three_by_two[] = {3, 2};

/* Closes the file and opens the data set: its labels where it has some. */
static const struct column *opened(const char *keys)
{
    ck_assert(H5Fclose(file) >= 0);
    ck_assert_msg(open_data_lines(&data, "type: hdf5", keys) == TRAINER_OK, "%s", error_text());
    return dataset_find(data.dataset, "labels") ? dataset_find(data.dataset, "labels")
                                                : &data.dataset->column[0];
}

static void check_fails(const char *keys, const char *end)
{
    ck_assert(H5Fclose(file) >= 0);
    check_data_refused(&data, "type: hdf5", keys, end);
}

/* Loop counter: contiguous, in either order; in chunks, packed. */
START_TEST(floats_are_read_however_they_are_stored)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    if (_i == 2) {
        H5Pset_chunk(list, 2, (const hsize_t[]){2, 1});
        H5Pset_shuffle(list);
        H5Pset_deflate(list, 9);
        H5Pset_fletcher32(list);
    }
    put_with("/g/x", _i == 1 ? H5T_IEEE_F32BE : H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, three_by_two,
             numbers, list);
    H5Pclose(list);
    const struct column *inputs = opened("train: {file: d.h5, inputs: /g/x}");
    ck_assert_int_eq(inputs->stored, STORED_FLOAT);
    ck_assert_mem_eq(inputs->values[SPLIT_TRAIN], numbers, sizeof numbers);
}
END_TEST

START_TEST(text_labels_are_classes)
{
    const char *const text[] = {"dog", "cat", "dog"};
    const int32_t label[] = {1, 0, 1};
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, _i ? 5 : H5T_VARIABLE);
    if (_i)
        H5Tset_strpad(type, H5T_STR_SPACEPAD);
    put("/y", type, type, 1, three_by_two,
        _i ? (const void *)"dog  cat  dog  " : (const void *)text);
    put("/x", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, three_by_two, numbers);
    H5Tclose(type);
    const struct column *labels = opened("train: {file: d.h5, inputs: /x, labels: /y}");
    ck_assert_int_eq(labels->stored, STORED_LABEL);
    ck_assert_str_eq(labels->class_name[0], "cat");
    ck_assert_mem_eq(labels->values[SPLIT_TRAIN], label, sizeof label);
}
END_TEST

/* FALSE 0, TRUE 1 in 8 bits. */
START_TEST(a_bool_of_h5py_is_0_or_1)
{
    const int8_t bits[] = {1, 0, 1, 1, 0, 0};
    hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
    H5Tenum_insert(type, "FALSE", &(int8_t){0});
    H5Tenum_insert(type, "TRUE", &(int8_t){1});
    put("/x", type, type, 2, three_by_two, bits);
    H5Tclose(type);
    const struct column *inputs = opened("train: {file: d.h5, inputs: x}");
    ck_assert_int_eq(inputs->stored, STORED_BYTE);
    ck_assert(inputs->scale == 1);
    ck_assert_mem_eq(inputs->values[SPLIT_TRAIN], bits, sizeof bits);
}
END_TEST

START_TEST(a_value_that_is_not_finite_has_its_place)
{
    const double values[] = {1, 2, 3, (double)(1.0F / 0.0F), 5, 6};
    put("/x", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 2, three_by_two, values);
    check_fails("train: {file: d.h5, inputs: /x}", "d.h5: /x[1,1]: the value is not finite");
}
END_TEST

START_TEST(other_types_are_refused_by_name)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, 4);
    H5Tinsert(type, "a", 0, H5T_NATIVE_FLOAT);
    put("/x", type, type, 1, three_by_two, NULL);
    H5Tclose(type);
    check_fails("train: {file: d.h5, inputs: /x}",
                "d.h5: /x: structures; expected numbers or text");
}
END_TEST

/* 4 TB in a file of kilobytes. */
START_TEST(promises_that_the_file_does_not_bear_out_take_no_memory)
{
    const hsize_t huge[] = {1000000000, 1000}, chunk[] = {1000, 1000};
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 2, chunk);
    put_with("/x", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, huge, NULL, list);
    H5Pclose(list);
    check_fails("train: {file: d.h5, inputs: /x}",
                "d.h5: /x: 4000000000000 bytes are promised, 0 are in the file");
}
END_TEST

START_TEST(only_hard_links_are_followed)
{
    put("/y", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, three_by_two, numbers);
    ck_assert(H5Lcreate_soft("/y", file, "/x", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    check_fails("train: {file: d.h5, inputs: /x}", "d.h5: 'x' of /x is not a hard link");
}
END_TEST

START_TEST(what_is_missing_is_named)
{
    put("/x", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, three_by_two, numbers);
    check_fails("train: {file: d.h5, inputs: /x, labels: /y}", "d.h5: has no /y");
}
END_TEST

START_TEST(counts_that_differ_name_both)
{
    put("/x", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, 2, three_by_two, numbers);
    put("/y", H5T_STD_U8LE, H5T_NATIVE_UINT8, 1, three_by_two + 1, "\1\2");
    check_fails("train: {file: d.h5, inputs: /x, labels: /y}",
                "d.h5: /y has 2 samples, but /x has 3");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_hdf5");
    TCase *one = tcase_create("one");
    tcase_add_checked_fixture(one, set_up, tear_down);
    tcase_add_loop_test(one, floats_are_read_however_they_are_stored, 0, 3);
    tcase_add_loop_test(one, text_labels_are_classes, 0, 2);
    tcase_add_test(one, a_bool_of_h5py_is_0_or_1);
    tcase_add_test(one, a_value_that_is_not_finite_has_its_place);
    tcase_add_test(one, other_types_are_refused_by_name);
    tcase_add_test(one, promises_that_the_file_does_not_bear_out_take_no_memory);
    tcase_add_test(one, only_hard_links_are_followed);
    tcase_add_test(one, what_is_missing_is_named);
    tcase_add_test(one, counts_that_differ_name_both);
    suite_add_tcase(suite, one);
    return suite_run(suite, SUITE_FORKED);
}
