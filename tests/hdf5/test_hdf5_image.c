/*
 * test_hdf5_image.c - a file is built by calls that need not be checked: the first failure sticks.
 */
#include "base/error.h"
#include "base/file.h"
#include "hdf5/hdf5_image.h"
#include "support/folder.h"
#include "support/suite.h"

#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

enum { EXPECTED = 4096 };

/* Builds a file by `build` and opens it; the caller closes it and leaves the folder. */
static hid_t build_and_open(void (*build)(struct image *image))
{
    struct image image;
    void *bytes = NULL;
    size_t count = 0;
    hdf5_enter();
    image_open(&image, "x.h5", EXPECTED);
    build(&image);
    ck_assert_msg(image_finish(&image, &bytes, &count) == TRAINER_OK, "%s", error_text());
    hdf5_leave();
    folder_enter();
    ck_assert_int_eq(file_replace("x.h5", bytes, count), TRAINER_OK);
    free(bytes);
    hid_t file = H5Fopen("x.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    ck_assert_int_ge(file, 0);
    return file;
}

static void build_attributes(struct image *image)
{
    hid_t group = image_group(image, image->file, "g");
    image_text(image, group, "text", "\xc3\xbc");
    image_number(image, group, "number", 42);
    image_number(image, group, "large", UINT64_MAX);
    image_real(image, group, "real", 0.25);
    image_close(image, group);
}

START_TEST(attributes_come_back)
{
    char *text = NULL;
    int64_t number = 0;
    uint64_t large = 0;
    double real = 0;
    hid_t file = build_and_open(build_attributes);
    H5LTget_attribute(file, "g", "number", H5T_NATIVE_INT64, &number);
    H5LTget_attribute(file, "g", "large", H5T_NATIVE_UINT64, &large);
    H5LTget_attribute(file, "g", "real", H5T_NATIVE_DOUBLE, &real);
    ck_assert_int_ge(H5LTget_attribute_string(file, "g", "text", (char *)&text), 0);
    ck_assert_int_eq(number, 42);
    ck_assert(large == UINT64_MAX);
    ck_assert_double_eq(real, 0.25);
    ck_assert_str_eq(text, "\xc3\xbc");
    H5free_memory(text);
    H5Fclose(file);
    folder_leave();
}
END_TEST

static void build_array(struct image *image)
{
    static const double numbers[] = {1, 2, 3, 4, 5, 6};
    hid_t scale = image_dimension(image, image->file, "row", 2);
    hid_t dataset = image_dataset(image, image->file,
                                  &(struct image_array){.name = "x",
                                                        .long_name = "numbers",
                                                        .units = "s",
                                                        .shape = shape_matrix(2, 3),
                                                        .stored = H5T_IEEE_F32LE,
                                                        .given = H5T_NATIVE_DOUBLE,
                                                        .data = numbers,
                                                        .checksum = true});
    image_attach(image, dataset, 0, scale);
    image_close(image, dataset);
    image_close(image, scale);
}

START_TEST(an_array_has_its_type_its_numbers_and_its_scale)
{
    double numbers[6];
    hid_t file = build_and_open(build_array);
    ck_assert_int_ge(H5LTread_dataset_double(file, "x", numbers), 0);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq(numbers[i], i + 1);
    hid_t dataset = H5Dopen2(file, "x", H5P_DEFAULT), type = H5Dget_type(dataset);
    ck_assert_int_gt(H5Tequal(type, H5T_IEEE_F32LE), 0);
    ck_assert_int_eq(H5DSget_num_scales(dataset, 0), 1);
    H5Tclose(type);
    H5Dclose(dataset);
    H5Fclose(file);
    folder_leave();
}
END_TEST

START_TEST(a_file_on_disk_is_written_slice_by_slice)
{
    static const float values[4][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}};
    const struct image_array array = {.name = "x",
                                      .long_name = "x",
                                      .units = "",
                                      .shape = shape_matrix(4, 2),
                                      .stored = H5T_IEEE_F32LE,
                                      .given = H5T_NATIVE_FLOAT};
    struct image image;
    float read[4][2] = {0};
    folder_enter();
    hdf5_enter();
    image_open_file(&image, "x.h5", "x.tmp");
    hid_t dataset = image_dataset(&image, image.file, &array);
    image_rows(&image, dataset, &array, 3, 1, values[3]);
    image_rows(&image, dataset, &array, 0, 3, values);
    image_close(&image, dataset);
    ck_assert_msg(image_finish(&image, NULL, NULL) == TRAINER_OK, "%s", error_text());
    hid_t file = H5Fopen("x.tmp", H5F_ACC_RDONLY, H5P_DEFAULT);
    ck_assert_int_ge(H5LTread_dataset_float(file, "x", &read[0][0]), 0);
    ck_assert_mem_eq(read, values, sizeof values);
    H5Fclose(file);
    image_open_file(&image, "x.h5", "none/x.tmp");
    ck_assert_int_eq(image_finish(&image, NULL, NULL), TRAINER_FAILED);
    ck_assert_msg(strncmp(error_text(), "x.h5: cannot build '/': ", 24) == 0, "%s", error_text());
    hdf5_leave();
    folder_leave();
}
END_TEST

START_TEST(the_first_failure_is_the_one_returned)
{
    struct image image;
    void *bytes = NULL;
    size_t count = 0;
    hdf5_enter();
    image_open(&image, "x.h5", EXPECTED);
    image_close(&image, image_group(&image, image.file, "twice"));
    ck_assert_int_lt(image_group(&image, image.file, "twice"), 0);
    ck_assert(image.failed);
    ck_assert_int_lt(image_group(&image, image.file, "later"), 0);
    ck_assert_ptr_null(image_memory(&image, 1, 1));
    image_text(&image, image.file, "later", "text");
    ck_assert_int_eq(image_finish(&image, &bytes, &count), TRAINER_FAILED);
    hdf5_leave();
    ck_assert_str_eq(error_text(),
                     "x.h5: cannot build '/twice': unable to create group: name already exists");
    ck_assert_ptr_null(bytes);
    ck_assert_int_eq(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}
END_TEST

START_TEST(the_version_is_that_of_the_library)
{
    unsigned major, minor, release;
    char version[64];
    H5get_libversion(&major, &minor, &release);
    snprintf(version, sizeof version, "%u.%u.%u", major, minor, release);
    ck_assert_int_eq(strncmp(hdf5_version(), version, strlen(version)), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {attributes_come_back,
                                  an_array_has_its_type_its_numbers_and_its_scale,
                                  a_file_on_disk_is_written_slice_by_slice,
                                  the_first_failure_is_the_one_returned,
                                  the_version_is_that_of_the_library,
                                  NULL};
    return suite_main("hdf5_image", SUITE_FORKED, 1, tests);
}
