/*
 * test_hdf5_read.c - weights come back bit for bit, and files that others made are not trusted.
 *
 * A damage is done to a copy of the sample run; loading must then say what is wrong, and leave the
 * network's numbers as they were.
 */
#include "base/error.h"
#include "base/file.h"
#include "evaluate/columns.h"
#include "hdf5/hdf5_image.h"
#include "support/folder.h"
#include "support/runfile_sample.h"
#include "support/suite.h"
#include "train/record.h"
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_LIMIT = 1 << 20, WEIGHTS = 12, MARK = 77 };

#define WEIGHT "/model/affine1/weight"

static const hsize_t sides[2] = {4, 3};

static void write_sample(void)
{
    folder_enter();
    struct image_contents contents = sample_contents();
    ck_assert_int_eq(sample_write("run.h5", &contents), TRAINER_OK);
}

/* Loads the weight of affine1 alone, over numbers that can be told from it. */
static int load_weight(float *x)
{
    const struct image_tensor tensor = {"affine1", "weight", {2, {4, 3}}, sizeof *x, x};
    for (int i = 0; i < WEIGHTS; i++)
        x[i] = MARK;
    return runfile_load_tensors("run.h5", &tensor, 1, NULL, 0);
}

static void ck_assert_rejected(const char *expected)
{
    float x[WEIGHTS];
    int result = load_weight(x);
    ck_assert_str_eq(error_text(), expected);
    ck_assert_int_eq(result, TRAINER_INVALID);
    for (int i = 0; i < WEIGHTS; i++)
        ck_assert(x[i] == MARK);
}

/* --- what is accepted --- */

START_TEST(all_tensors_come_back_bit_for_bit)
{
    struct image_contents contents = sample_contents();
    for (int i = 0; i < SAMPLE_TENSORS; i++) {
        float *x = contents.tensor[i].x;
        for (size_t k = 0; k < shape_size(contents.tensor[i].shape); k++)
            x[k] = -1;
    }
    ck_assert_msg(runfile_load_tensors("run.h5", contents.tensor, contents.tensors, NULL, 0) ==
                      TRAINER_OK,
                  "%s", error_text());
    for (int i = 0; i < SAMPLE_TENSORS; i++) {
        const float *x = contents.tensor[i].x;
        for (size_t k = 0; k < shape_size(contents.tensor[i].shape); k++)
            ck_assert(x[k] == (float)(i + 1) + (float)k / 64);
    }
}
END_TEST

START_TEST(a_float32_file_feeds_a_float64_network)
{
    double x[WEIGHTS];
    const struct image_tensor tensor = {"affine1", "weight", {2, {4, 3}}, sizeof *x, x};
    ck_assert_int_eq(runfile_load_tensors("run.h5", &tensor, 1, NULL, 0), TRAINER_OK);
    for (int i = 0; i < WEIGHTS; i++)
        ck_assert_double_eq(x[i], 1 + i / 64.0);
}
END_TEST

/* Replaces the weight by a dataset of this type, made by this list, with the numbers 0, 1/2, 1, ...
 */
static void replace_weight(hid_t file, hid_t type, hid_t list)
{
    double numbers[WEIGHTS];
    for (int i = 0; i < WEIGHTS; i++)
        numbers[i] = i / 2.0;
    hid_t space = H5Screate_simple(2, sides, NULL);
    ck_assert_int_ge(H5Ldelete(file, WEIGHT, H5P_DEFAULT), 0);
    hid_t dataset = H5Dcreate2(file, WEIGHT, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    ck_assert_int_ge(dataset, 0);
    ck_assert_int_ge(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers),
                     0);
    H5Dclose(dataset);
    H5Sclose(space);
}

static void damage_file(void (*damage)(hid_t file))
{
    hid_t file = H5Fopen("run.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    ck_assert_int_ge(file, 0);
    damage(file);
    ck_assert_int_ge(H5Fclose(file), 0);
}

static void ck_assert_loads(void)
{
    float x[WEIGHTS];
    ck_assert_msg(load_weight(x) == TRAINER_OK, "%s", error_text());
    for (int i = 0; i < WEIGHTS; i++)
        ck_assert(x[i] == (float)i / 2);
}

static void make_big_endian(hid_t file)
{
    replace_weight(file, H5T_IEEE_F32BE, H5P_DEFAULT);
}

static void make_double(hid_t file)
{
    replace_weight(file, H5T_IEEE_F64LE, H5P_DEFAULT);
}

static void make_compressed(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 2, (const hsize_t[]){2, 3});
    H5Pset_shuffle(list);
    H5Pset_deflate(list, 6);
    H5Pset_fletcher32(list);
    replace_weight(file, H5T_IEEE_F32LE, list);
    H5Pclose(list);
}

static void make_compact(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_layout(list, H5D_COMPACT);
    replace_weight(file, H5T_IEEE_F32LE, list);
    H5Pclose(list);
}

static void (*const harmless[])(hid_t) = {make_big_endian, make_double, make_compressed,
                                          make_compact};

START_TEST(other_ways_of_storing_the_same_are_read)
{
    damage_file(harmless[_i]);
    ck_assert_loads();
}
END_TEST

START_TEST(the_config_comes_back)
{
    char *text = NULL;
    size_t length = 0;
    ck_assert_int_eq(runfile_read_config("run.h5", &text, &length), TRAINER_OK);
    ck_assert_str_eq(text, "name: two_layer\nseed: 42\n");
    ck_assert_uint_eq(length, strlen(text));
    free(text);
}
END_TEST

/* --- what is rejected --- */

static void drop_weight(hid_t file)
{
    H5Ldelete(file, WEIGHT, H5P_DEFAULT);
}

static void drop_model(hid_t file)
{
    H5Ldelete(file, "model", H5P_DEFAULT);
}

/* A dataset without numbers in place of the weight. */
static void make_empty(hid_t file, hid_t type, hid_t space, hid_t list)
{
    H5Ldelete(file, WEIGHT, H5P_DEFAULT);
    hid_t dataset = H5Dcreate2(file, WEIGHT, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    ck_assert_int_ge(dataset, 0);
    H5Dclose(dataset);
    H5Sclose(space);
}

static void make_other_shape(hid_t file)
{
    hid_t space = H5Screate_simple(2, (const hsize_t[]){3, 4}, NULL);
    make_empty(file, H5T_IEEE_F32LE, space, H5P_DEFAULT);
}

/* As large as a file of a few hundred bytes can claim to be. */
static void make_huge_shape(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 2, (const hsize_t[]){1, 1});
    hid_t space = H5Screate_simple(2, (const hsize_t[]){1ull << 32, 1ull << 30}, NULL);
    make_empty(file, H5T_IEEE_F32LE, space, list);
    H5Pclose(list);
}

static void make_scalar(hid_t file)
{
    make_empty(file, H5T_IEEE_F32LE, H5Screate(H5S_SCALAR), H5P_DEFAULT);
}

static void make_null(hid_t file)
{
    make_empty(file, H5T_IEEE_F32LE, H5Screate(H5S_NULL), H5P_DEFAULT);
}

static void make_rank_9(hid_t file)
{
    hid_t space = H5Screate_simple(9, (const hsize_t[]){4, 3, 1, 1, 1, 1, 1, 1, 1}, NULL);
    make_empty(file, H5T_IEEE_F32LE, space, H5P_DEFAULT);
}

static void make_integer(hid_t file)
{
    replace_weight(file, H5T_STD_I32LE, H5P_DEFAULT);
}

/* Of class float, 32 bits, and still no IEEE number. */
static void make_odd_float(hid_t file)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_ebias(type, 100);
    replace_weight(file, type, H5P_DEFAULT);
    H5Tclose(type);
}

static void make_group(hid_t file)
{
    H5Ldelete(file, WEIGHT, H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file, WEIGHT, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

static void make_soft_link(hid_t file)
{
    H5Lmove(file, WEIGHT, file, "elsewhere", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/elsewhere", file, WEIGHT, H5P_DEFAULT, H5P_DEFAULT);
}

static void make_external_link(hid_t file)
{
    H5Ldelete(file, "model/affine1", H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/model/affine1", file, "model/affine1", H5P_DEFAULT,
                       H5P_DEFAULT);
}

static void make_external_storage(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(list, "/etc/passwd", 0, WEIGHTS * sizeof(float));
    make_empty(file, H5T_IEEE_F32LE, H5Screate_simple(2, sides, NULL), list);
    H5Pclose(list);
}

static void make_virtual(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(2, sides, NULL);
    H5Pset_virtual(list, space, "other.h5", "/x", space);
    make_empty(file, H5T_IEEE_F32LE, space, list);
    H5Pclose(list);
}

static void make_other_filter(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 2, sides);
    H5Pset_nbit(list);
    replace_weight(file, H5T_IEEE_F32LE, list);
    H5Pclose(list);
}

static void make_large_chunks(hid_t file)
{
    const hsize_t chunk[2] = {1 << 14, 1 << 14}, limits[2] = {H5S_UNLIMITED, H5S_UNLIMITED};
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 2, chunk);
    make_empty(file, H5T_IEEE_F32LE, H5Screate_simple(2, sides, limits), list);
    H5Pclose(list);
}

static void write_at_7(hid_t file, hid_t type, double value)
{
    double numbers[WEIGHTS] = {[7] = value};
    replace_weight(file, type, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, WEIGHT, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers);
    H5Dclose(dataset);
}

static void put_nan(hid_t file)
{
    write_at_7(file, H5T_IEEE_F32LE, (double)NAN);
}

static void put_infinity(hid_t file)
{
    write_at_7(file, H5T_IEEE_F64LE, -(double)INFINITY);
}

static void put_more_than_a_float_holds(hid_t file)
{
    write_at_7(file, H5T_IEEE_F64LE, 1e300);
}

static void drop_format(hid_t file)
{
    H5Adelete(file, "format");
}

static void set_attribute(hid_t file, const char *name, hid_t type, const void *value)
{
    H5Adelete(file, name);
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Awrite(attribute, type, value), 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

static void set_other_format(hid_t file)
{
    const char *value = "keras";
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    set_attribute(file, "format", type, &value);
    H5Tclose(type);
}

static void set_number_as_format(hid_t file)
{
    set_attribute(file, "format", H5T_NATIVE_INT, &(int){1});
}

static void set_newer_version(hid_t file)
{
    set_attribute(file, "format_version", H5T_NATIVE_INT, &(int){7});
}

static void set_fractional_version(hid_t file)
{
    set_attribute(file, "format_version", H5T_NATIVE_DOUBLE, &(double){1});
}

static void drop_version(hid_t file)
{
    H5Adelete(file, "format_version");
}

static const struct {
    void (*damage)(hid_t file);
    const char *expected;
} damages[] = {
    {drop_weight, "run.h5: has no /model/affine1/weight"},
    {drop_model, "run.h5: has no /model/affine1/weight"},
    {make_other_shape, "run.h5: /model/affine1/weight has shape (3, 4); the network needs (4, 3)"},
    {make_huge_shape, "run.h5: /model/affine1/weight has shape (4294967296, 1073741824); "
                      "the network needs (4, 3)"},
    {make_scalar, "run.h5: /model/affine1/weight has shape (); the network needs (4, 3)"},
    {make_null, "run.h5: /model/affine1/weight has no shape, or one of more than 8 dimensions"},
    {make_rank_9, "run.h5: /model/affine1/weight has no shape, or one of more than 8 dimensions"},
    {make_integer, "run.h5: /model/affine1/weight is not of type float32 or float64"},
    {make_odd_float, "run.h5: /model/affine1/weight is not of type float32 or float64"},
    {make_group,
     "run.h5: cannot read /model/affine1/weight: unable to open dataset: not a dataset"},
    {make_soft_link, "run.h5: 'weight' of /model/affine1/weight is not a hard link"},
    {make_external_link, "run.h5: 'affine1' of /model/affine1/weight is not a hard link"},
    {make_external_storage, "run.h5: /model/affine1/weight has its numbers in other files"},
    {make_virtual, "run.h5: /model/affine1/weight is virtual: its numbers are in other files"},
    {make_other_filter,
     "run.h5: /model/affine1/weight has a filter other than deflate, shuffle, fletcher32"},
    {make_large_chunks, "run.h5: /model/affine1/weight has chunks larger than itself"},
    {put_nan, "run.h5: /model/affine1/weight is not finite at (2, 1)"},
    {put_infinity, "run.h5: /model/affine1/weight is not finite at (2, 1)"},
    {put_more_than_a_float_holds, "run.h5: /model/affine1/weight is not finite at (2, 1)"},
    {drop_format, "run.h5: is not a run file (attribute 'format' is missing)"},
    {set_other_format, "run.h5: is not a run file (attribute 'format' is 'keras', not 'trainer')"},
    {set_number_as_format, "run.h5: is not a run file (attribute 'format' is not a text)"},
    {set_newer_version, "run.h5: has format version 7; this program reads 1"},
    {set_fractional_version, "run.h5: attribute 'format_version' is not an integer"},
    {drop_version, "run.h5: has no format version; this program reads 1"},
};

START_TEST(a_file_that_is_not_as_expected_is_rejected)
{
    damage_file(damages[_i].damage);
    ck_assert_rejected(damages[_i].expected);
    ck_assert_int_eq(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}
END_TEST

START_TEST(doubles_are_checked_as_floats_are)
{
    double x[WEIGHTS] = {MARK};
    const struct image_tensor tensor = {"affine1", "weight", {2, {4, 3}}, sizeof *x, x};
    damage_file(put_more_than_a_float_holds);
    ck_assert_int_eq(runfile_load_tensors("run.h5", &tensor, 1, NULL, 0), TRAINER_OK);
    ck_assert_double_eq(x[7], 1e300);
    damage_file(put_infinity);
    ck_assert_int_eq(runfile_load_tensors("run.h5", &tensor, 1, NULL, 0), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: /model/affine1/weight is not finite at (2, 1)");
    ck_assert_double_eq(x[7], 1e300);
}
END_TEST

START_TEST(a_network_without_weights_loads_any_run_file)
{
    ck_assert_int_eq(runfile_load_tensors("run.h5", NULL, 0, NULL, 0), TRAINER_OK);
    ck_assert_int_eq(runfile_load_tensors("none.h5", NULL, 0, NULL, 0), TRAINER_INVALID);
}
END_TEST

START_TEST(a_name_longer_than_any_is_cut_in_the_message)
{
    char layer[1200];
    float x = MARK;
    const struct image_tensor tensor = {layer, "weight", {1, {1}}, sizeof x, &x};
    memset(layer, 'a', sizeof layer - 1);
    layer[sizeof layer - 1] = '\0';
    ck_assert_int_eq(runfile_load_tensors("run.h5", &tensor, 1, NULL, 0), TRAINER_INVALID);
    ck_assert_ptr_nonnull(strstr(error_text(), "run.h5: has no /model/aaaa"));
    ck_assert_ptr_null(strstr(error_text(), "weight"));
}
END_TEST

/* The last of several tensors is wrong: the first must be as before all the same. */
START_TEST(all_tensors_are_set_or_none)
{
    float first[WEIGHTS] = {MARK}, second[5] = {MARK};
    const struct image_tensor tensors[] = {
        {"affine1", "weight", {2, {4, 3}}, sizeof(float), first},
        {"affine1", "bias", {1, {5}}, sizeof(float), second},
    };
    ck_assert_int_eq(runfile_load_tensors("run.h5", tensors, 2, NULL, 0), TRAINER_INVALID);
    ck_assert_str_eq(error_text(),
                     "run.h5: /model/affine1/bias has shape (3); the network needs (5)");
    ck_assert(first[0] == MARK && first[1] == 0 && second[0] == MARK);
}
END_TEST

START_TEST(what_is_no_file_of_hdf5_is_told)
{
    folder_write_bytes("run.h5", "plain text", 10);
    ck_assert_rejected("run.h5: is not an HDF5 file");
    folder_write_bytes("run.h5", "", 0);
    ck_assert_rejected("run.h5: is not an HDF5 file");
    ck_assert_int_eq(unlink("run.h5"), 0);
    ck_assert_rejected("run.h5: No such file or directory");
}
END_TEST

static void flip_bit_of_weight(void)
{
    char *bytes = NULL;
    size_t count = 0;
    const float start[] = {1, 1 + 1.0f / 64, 1 + 2.0f / 64};
    ck_assert_int_eq(file_read("run.h5", FILE_LIMIT, &bytes, &count), TRAINER_OK);
    char *weight = memmem(bytes, count, start, sizeof start);
    ck_assert_ptr_nonnull(weight);
    weight[0] ^= 1;
    folder_write_bytes("run.h5", bytes, count);
    free(bytes);
}

START_TEST(a_flipped_bit_in_a_weight_is_noticed)
{
    flip_bit_of_weight();
    ck_assert_rejected("run.h5: cannot read /model/affine1/weight: can't read data: "
                       "data error detected by Fletcher32 checksum");
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
        ck_assert_int_eq(load_weight(x), TRAINER_INVALID);
        ck_assert_msg(!strstr(error_text(), "gave no reason"), "%s", error_text());
    }
    free(bytes);
}
END_TEST

static void make_config_a_number(hid_t file)
{
    H5Ldelete(file, "config_resolved", H5P_DEFAULT);
    hid_t space = H5Screate(H5S_SCALAR);
    H5Dclose(H5Dcreate2(file, "config_resolved", H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT,
                        H5P_DEFAULT));
    H5Sclose(space);
}

/* Never written, it has no text, where libhdf5 gives NULL. */
static void make_config_unwritten(hid_t file)
{
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, H5T_VARIABLE);
    H5Ldelete(file, "config_resolved", H5P_DEFAULT);
    H5Dclose(
        H5Dcreate2(file, "config_resolved", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    H5Tclose(type);
}

START_TEST(a_config_that_was_never_written_is_empty)
{
    char *text = NULL;
    size_t length = 1;
    damage_file(make_config_unwritten);
    ck_assert_int_eq(runfile_read_config("run.h5", &text, &length), TRAINER_OK);
    ck_assert_str_eq(text, "");
    ck_assert_uint_eq(length, 0);
    free(text);
}
END_TEST

static void drop_config(hid_t file)
{
    H5Ldelete(file, "config_resolved", H5P_DEFAULT);
}

START_TEST(a_config_that_is_no_text_is_rejected)
{
    char *text = NULL;
    size_t length = 0;
    damage_file(make_config_a_number);
    ck_assert_int_eq(runfile_read_config("run.h5", &text, &length), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: /config_resolved is not a text");
    damage_file(drop_config);
    ck_assert_int_eq(runfile_read_config("run.h5", &text, &length), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: has no /config_resolved");
    ck_assert_ptr_null(text);
}
END_TEST

START_TEST(a_view_is_as_before_where_the_file_cannot_be_read)
{
    struct runfile_view view = {0};
    ck_assert_int_eq(columns_list(&view.arena, &view.steps, &view.epochs, NULL), TRAINER_OK);
    ck_assert_int_eq(runfile_read(&view, "none.h5", RUNFILE_METRICS), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "none.h5: No such file or directory");
    ck_assert_int_eq(runfile_read(&view, "run.h5", RUNFILE_METRICS | RUNFILE_STATE),
                     TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: is a run file, not a checkpoint");
    ck_assert_ptr_null(view.steps.value);
    ck_assert_str_eq(view.steps.name[0], "step");
    ck_assert_int_eq(runfile_read(&view, "run.h5", RUNFILE_METRICS), TRAINER_OK);
    ck_assert_uint_eq(view.steps.rows, SAMPLE_STEPS);
    runfile_view_free(&view);
}
END_TEST

/* --- checkpoints --- */

/* The sample as a checkpoint, with a block of optimizer state. */
static void write_checkpoint(void)
{
    static double velocity[WEIGHTS];
    static const struct run_state state = {.step = 20, .row_step = 20};
    struct image_tensor tensor = {"affine1", "weight", {2, {4, 3}}, sizeof *velocity, velocity};
    const struct image_state momentum = {"velocity", &tensor, 1};
    const uint32_t sample[] = {3, 1};
    struct image_contents contents = sample_contents();
    for (int i = 0; i < WEIGHTS; i++)
        velocity[i] = 1.0 / (1 + i);
    contents.kind = "failure";
    contents.state = &state;
    contents.optimizer = &momentum;
    contents.optimizer_states = 1;
    contents.sample = sample;
    contents.samples = 2;
    ck_assert_int_eq(sample_write("run.h5", &contents), TRAINER_OK);
}

START_TEST(states_of_the_optimizer_come_back)
{
    float x[WEIGHTS];
    double velocity[WEIGHTS] = {0};
    const struct image_tensor weight = {"affine1", "weight", {2, {4, 3}}, sizeof *x, x};
    struct image_tensor moved = {"affine1", "weight", {2, {4, 3}}, sizeof *velocity, velocity};
    const struct image_state momentum = {"velocity", &moved, 1};
    write_checkpoint();
    ck_assert_msg(runfile_load_tensors("run.h5", &weight, 1, &momentum, 1) == TRAINER_OK, "%s",
                  error_text());
    for (int i = 0; i < WEIGHTS; i++)
        ck_assert(x[i] == 1 + (float)i / 64 && velocity[i] == 1.0 / (1 + i));
    moved.name = "bias";
    ck_assert_int_eq(runfile_load_tensors("run.h5", &weight, 1, &momentum, 1), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: has no /optimizer/velocity/affine1/bias");
}
END_TEST

static void set_state(hid_t file, const char *name, double value)
{
    hid_t state = H5Gopen2(file, "state", H5P_DEFAULT);
    set_attribute(state, name, H5T_NATIVE_DOUBLE, &value);
    H5Gclose(state);
}

static void set_step_below_zero(hid_t file)
{
    set_state(file, "step", -1);
}

static void set_step_before_its_row(hid_t file)
{
    set_state(file, "row_step", 21);
}

static void set_skipped_to_nan(hid_t file)
{
    set_state(file, "skipped", (double)NAN);
}

static void drop_waited(hid_t file)
{
    ck_assert_int_ge(H5Adelete_by_name(file, "state", "waited", H5P_DEFAULT), 0);
}

static void set_step_beyond_whole_numbers(hid_t file)
{
    set_state(file, "step", 1e17);
}

static void make_loss_a_list(hid_t file)
{
    const hsize_t length = 2;
    hid_t space = H5Screate_simple(1, &length, NULL);
    H5Adelete_by_name(file, "state", "loss", H5P_DEFAULT);
    hid_t loss = H5Acreate_by_name(file, "state", "loss", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT,
                                   H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Awrite(loss, H5T_NATIVE_DOUBLE, (const double[]){1, 2}), 0);
    H5Aclose(loss);
    H5Sclose(space);
}

static void make_metrics_a_link(hid_t file)
{
    H5Lmove(file, "metrics", file, "elsewhere", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/elsewhere", file, "metrics", H5P_DEFAULT, H5P_DEFAULT);
}

static void drop_state(hid_t file)
{
    H5Ldelete(file, "state", H5P_DEFAULT);
}

/* A list of numbers in the place of what is there. */
static void replace_list(hid_t file, const char *name, hid_t type, hsize_t length, const void *data)
{
    hid_t space = H5Screate_simple(1, &length, NULL);
    ck_assert_int_ge(H5Ldelete(file, name, H5P_DEFAULT), 0);
    hid_t list = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Dwrite(list, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0);
    H5Dclose(list);
    H5Sclose(space);
}

static const int32_t few[] = {1, 0, 9};

static void set_fewer_classes(hid_t file)
{
    replace_list(file, "state/predicted_class", H5T_NATIVE_INT32, 3, few);
}

static void set_a_class_beyond_the_last(hid_t file)
{
    replace_list(file, "state/predicted_class", H5T_NATIVE_INT32, 3, few);
    replace_list(file, "state/true_class", H5T_NATIVE_INT32, 3, (const int32_t[]){1, 1, 1});
}

static void set_a_true_class_beyond_the_last(hid_t file)
{
    replace_list(file, "state/true_class", H5T_NATIVE_INT32, 3, few);
    replace_list(file, "state/predicted_class", H5T_NATIVE_INT32, 3, (const int32_t[]){1, 1, 1});
}

static void set_many_classes(hid_t file)
{
    hid_t state = H5Gopen2(file, "state", H5P_DEFAULT);
    set_attribute(state, "classes", H5T_NATIVE_INT64, &(int64_t){1 << 25});
    H5Gclose(state);
}

static void make_classes_texts(hid_t file)
{
    static const char texts[4] = "abc";
    replace_list(file, "state/true_class", H5T_C_S1, 3, texts);
}

static void make_classes_wide(hid_t file)
{
    replace_list(file, "state/true_class", H5T_NATIVE_LDOUBLE, 1, &(long double){1});
}

static void set_fewer_losses(hid_t file)
{
    replace_list(file, "metrics/step/train_loss", H5T_NATIVE_INT32, 3, few);
}

static void make_steps_a_group(hid_t file)
{
    H5Ldelete(file, "metrics/step/step", H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file, "metrics/step/step", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

static void make_batch_huge(hid_t file)
{
    const hsize_t length = 1ull << 40;
    hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &length, NULL);
    H5Pset_chunk(list, 1, (const hsize_t[]){1});
    H5Ldelete(file, "batch/sample", H5P_DEFAULT);
    H5Dclose(
        H5Dcreate2(file, "batch/sample", H5T_STD_U32LE, space, H5P_DEFAULT, list, H5P_DEFAULT));
    H5Sclose(space);
    H5Pclose(list);
}

static const struct {
    void (*damage)(hid_t file);
    const char *expected;
} state_damages[] = {
    {set_step_below_zero, "run.h5: 'step' of /state is out of range"},
    {set_step_before_its_row, "run.h5: 'row_step' of /state is out of range"},
    {set_skipped_to_nan, "run.h5: 'skipped' of /state is out of range"},
    {set_step_beyond_whole_numbers, "run.h5: 'step' of /state is out of range"},
    {drop_waited, "run.h5: /state has no number 'waited'"},
    {make_loss_a_list, "run.h5: /state has no number 'loss'"},
    {make_metrics_a_link, "run.h5: 'metrics' of /metrics is not a hard link"},
    {drop_state, "run.h5: has no /state"},
    {set_fewer_classes, "run.h5: the classes in /state do not fit together"},
    {set_a_class_beyond_the_last, "run.h5: the classes in /state do not fit together"},
    {set_a_true_class_beyond_the_last, "run.h5: the classes in /state do not fit together"},
    {set_many_classes, "run.h5: the classes in /state do not fit together"},
    {make_classes_texts, "run.h5: /state/true_class is not a list of numbers"},
    {make_classes_wide, "run.h5: /state/true_class is not a list of numbers"},
    {set_fewer_losses, "run.h5: /metrics/step/train_loss has 3 numbers; the table has 21 rows"},
    {make_steps_a_group,
     "run.h5: cannot read /metrics/step/step: unable to open dataset: not a dataset"},
    {make_batch_huge, "run.h5: /batch/sample is not a list of numbers"},
};

START_TEST(a_state_that_is_not_as_expected_is_rejected)
{
    struct runfile_view view = {0};
    write_checkpoint();
    damage_file(state_damages[_i].damage);
    ck_assert_int_eq(columns_list(&view.arena, &view.steps, &view.epochs, NULL), TRAINER_OK);
    ck_assert_int_eq(runfile_read(&view, "run.h5", RUNFILE_METRICS | RUNFILE_STATE),
                     TRAINER_INVALID);
    ck_assert_str_eq(error_text(), state_damages[_i].expected);
    ck_assert_int_eq(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
    ck_assert_ptr_null(view.steps.value);
    runfile_view_free(&view);
}
END_TEST

static void make_batch_empty(hid_t file)
{
    replace_list(file, "batch/sample", H5T_NATIVE_UINT32, 0, few);
}

START_TEST(a_batch_may_be_empty)
{
    struct runfile_view view = {0};
    write_checkpoint();
    damage_file(make_batch_empty);
    ck_assert_msg(runfile_read(&view, "run.h5", RUNFILE_STATE) == TRAINER_OK, "%s", error_text());
    ck_assert_uint_eq(view.samples, 0);
    runfile_view_free(&view);
}
END_TEST

enum { ODD_LENGTH = 4099 };

static void make_steps_bytes(hid_t file)
{
    static const signed char zeros[ODD_LENGTH];
    replace_list(file, "metrics/step/step", H5T_NATIVE_SCHAR, ODD_LENGTH, zeros);
}

/* A list that says of itself, and of its bytes in the file, that they are more than there are. */
START_TEST(a_table_has_no_more_rows_than_the_file_has_bytes)
{
    static const uint64_t lengths[] = {1 << 20, 1ull << 58, 1ull << 62};
    const uint64_t said = ODD_LENGTH;
    struct runfile_view view = {0};
    char *bytes = NULL;
    size_t count = 0, changed = 0;
    damage_file(make_steps_bytes);
    ck_assert_int_eq(file_read("run.h5", FILE_LIMIT, &bytes, &count), TRAINER_OK);
    for (char *at = bytes; (at = memmem(at, count - (size_t)(at - bytes), &said, 8)); changed++)
        memcpy(at, &lengths[_i], 8);
    ck_assert_uint_ge(changed, 2);
    folder_write_bytes("run.h5", bytes, count);
    free(bytes);
    ck_assert_int_eq(columns_list(&view.arena, &view.steps, &view.epochs, NULL), TRAINER_OK);
    ck_assert_int_eq(runfile_read(&view, "run.h5", RUNFILE_METRICS), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: /metrics/step/step is not a list of numbers");
    ck_assert_ptr_null(view.steps.value);
    runfile_view_free(&view);
}
END_TEST

/* --- trying --- */

static void put_a_type(hid_t file)
{
    hid_t type = H5Tcopy(H5T_NATIVE_INT);
    ck_assert_int_ge(H5Tcommit2(file, "model/type", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                     0);
    H5Tclose(type);
}

/* Deeper than any weight lies. */
static void nest_groups(hid_t file)
{
    hid_t list = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(list, 1);
    H5Gclose(H5Gcreate2(file, "model/a/b/c/d/e/f", list, H5P_DEFAULT, H5P_DEFAULT));
    H5Pclose(list);
}

static void make_model_a_list(hid_t file)
{
    replace_list(file, "model", H5T_NATIVE_INT32, 3, few);
}

/* What loading would refuse unread is passed over; what it would read is read. */
START_TEST(all_weights_are_tried)
{
    static void (*const passed_over[])(hid_t) = {
        make_other_shape,  make_huge_shape, make_scalar,        make_null,
        make_rank_9,       make_integer,    make_group,         make_virtual,
        make_large_chunks, make_soft_link,  make_external_link, make_external_storage,
        drop_model,        put_nan,         put_a_type,         nest_groups};
    ck_assert_int_eq(runfile_try_weights("run.h5"), TRAINER_OK);
    for (size_t i = 0; i < sizeof passed_over / sizeof *passed_over; i++) {
        struct image_contents contents = sample_contents();
        ck_assert_int_eq(sample_write("run.h5", &contents), TRAINER_OK);
        damage_file(passed_over[i]);
        ck_assert_msg(runfile_try_weights("run.h5") == TRAINER_OK, "%zu: %s", i, error_text());
    }
    ck_assert_int_eq(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}
END_TEST

START_TEST(a_weight_that_cannot_be_read_is_told)
{
    flip_bit_of_weight();
    ck_assert_int_eq(runfile_try_weights("run.h5"), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: cannot read weight: can't read data: "
                                   "data error detected by Fletcher32 checksum");
    damage_file(make_model_a_list);
    ck_assert_int_eq(runfile_try_weights("run.h5"), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: cannot read /model: unable to open group: "
                                   "not a group");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("runfile_load");
    TCase *group = tcase_create("load");
    tcase_add_checked_fixture(group, write_sample, folder_leave);
    tcase_add_test(group, all_tensors_come_back_bit_for_bit);
    tcase_add_test(group, a_float32_file_feeds_a_float64_network);
    tcase_add_loop_test(group, other_ways_of_storing_the_same_are_read, 0,
                        sizeof harmless / sizeof *harmless);
    tcase_add_test(group, the_config_comes_back);
    tcase_add_loop_test(group, a_file_that_is_not_as_expected_is_rejected, 0,
                        sizeof damages / sizeof *damages);
    tcase_add_test(group, doubles_are_checked_as_floats_are);
    tcase_add_test(group, a_network_without_weights_loads_any_run_file);
    tcase_add_test(group, a_name_longer_than_any_is_cut_in_the_message);
    tcase_add_test(group, all_tensors_are_set_or_none);
    tcase_add_test(group, what_is_no_file_of_hdf5_is_told);
    tcase_add_test(group, a_flipped_bit_in_a_weight_is_noticed);
    tcase_add_test(group, a_file_that_was_cut_anywhere_is_rejected);
    tcase_add_test(group, a_config_that_is_no_text_is_rejected);
    tcase_add_test(group, a_config_that_was_never_written_is_empty);
    tcase_add_test(group, a_view_is_as_before_where_the_file_cannot_be_read);
    tcase_add_test(group, states_of_the_optimizer_come_back);
    tcase_add_loop_test(group, a_state_that_is_not_as_expected_is_rejected, 0,
                        sizeof state_damages / sizeof *state_damages);
    tcase_add_test(group, a_batch_may_be_empty);
    tcase_add_loop_test(group, a_table_has_no_more_rows_than_the_file_has_bytes, 0, 3);
    tcase_add_test(group, all_weights_are_tried);
    tcase_add_test(group, a_weight_that_cannot_be_read_is_told);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
