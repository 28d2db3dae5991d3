/*
 * test_runfile_weights.c - weights come back bit for bit, and files that others made are not
 * trusted.
 */
#include "base/error.h"
#include "support/damaged_run.h"
#include "support/folder.h"
#include "support/suite.h"

#include <string.h>

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

static void ck_assert_loads(void)
{
    float x[WEIGHTS];
    ck_assert_msg(damaged_load(x) == TRAINER_OK, "%s", error_text());
    for (int i = 0; i < WEIGHTS; i++)
        ck_assert(x[i] == (float)i / 2);
}

static void make_big_endian(hid_t file)
{
    damaged_replace(file, H5T_IEEE_F32BE, H5P_DEFAULT);
}

static void make_double(hid_t file)
{
    damaged_replace(file, H5T_IEEE_F64LE, H5P_DEFAULT);
}

static void make_compressed(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 2, (const hsize_t[]){2, 3});
    H5Pset_shuffle(list);
    H5Pset_deflate(list, 6);
    H5Pset_fletcher32(list);
    damaged_replace(file, H5T_IEEE_F32LE, list);
    H5Pclose(list);
}

static void make_compact(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_layout(list, H5D_COMPACT);
    damaged_replace(file, H5T_IEEE_F32LE, list);
    H5Pclose(list);
}

static void (*const harmless[])(hid_t) = {make_big_endian, make_double, make_compressed,
                                          make_compact};

START_TEST(other_ways_of_storing_the_same_are_read)
{
    damaged_by(harmless[_i]);
    ck_assert_loads();
}
END_TEST

/* --- what is rejected --- */

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
};

START_TEST(a_file_that_is_not_as_expected_is_rejected)
{
    damaged_by(damages[_i].damage);
    damaged_expect(damages[_i].expected);
    ck_assert_int_eq(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}
END_TEST

START_TEST(doubles_are_checked_as_floats_are)
{
    double x[WEIGHTS] = {MARK};
    const struct image_tensor tensor = {"affine1", "weight", {2, {4, 3}}, sizeof *x, x};
    damaged_by(put_more_than_a_float_holds);
    ck_assert_int_eq(runfile_load_tensors("run.h5", &tensor, 1, NULL, 0), TRAINER_OK);
    ck_assert_double_eq(x[7], 1e300);
    damaged_by(put_infinity);
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

START_TEST(a_flipped_bit_in_a_weight_is_noticed)
{
    damaged_flip();
    damaged_expect("run.h5: cannot read /model/affine1/weight: can't read data: "
                   "data error detected by Fletcher32 checksum");
}
END_TEST

/* --- states of the optimizer --- */

START_TEST(states_of_the_optimizer_come_back)
{
    float x[WEIGHTS];
    double velocity[WEIGHTS] = {0};
    const struct image_tensor weight = {"affine1", "weight", {2, {4, 3}}, sizeof *x, x};
    struct image_tensor moved = {"affine1", "weight", {2, {4, 3}}, sizeof *velocity, velocity};
    const struct image_state momentum = {"velocity", &moved, 1};
    damaged_checkpoint();
    ck_assert_msg(runfile_load_tensors("run.h5", &weight, 1, &momentum, 1) == TRAINER_OK, "%s",
                  error_text());
    for (int i = 0; i < WEIGHTS; i++)
        ck_assert(x[i] == 1 + (float)i / 64 && velocity[i] == 1.0 / (1 + i));
    moved.name = "bias";
    ck_assert_int_eq(runfile_load_tensors("run.h5", &weight, 1, &momentum, 1), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: has no /optimizer/velocity/affine1/bias");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("runfile_weights");
    TCase *group = tcase_create("runfile_weights");
    tcase_add_checked_fixture(group, damaged_start, folder_leave);
    tcase_add_test(group, all_tensors_come_back_bit_for_bit);
    tcase_add_test(group, a_float32_file_feeds_a_float64_network);
    tcase_add_loop_test(group, other_ways_of_storing_the_same_are_read, 0,
                        sizeof harmless / sizeof *harmless);
    tcase_add_loop_test(group, a_file_that_is_not_as_expected_is_rejected, 0,
                        sizeof damages / sizeof *damages);
    tcase_add_test(group, doubles_are_checked_as_floats_are);
    tcase_add_test(group, a_network_without_weights_loads_any_run_file);
    tcase_add_test(group, a_name_longer_than_any_is_cut_in_the_message);
    tcase_add_test(group, all_tensors_are_set_or_none);
    tcase_add_test(group, a_flipped_bit_in_a_weight_is_noticed);
    tcase_add_test(group, states_of_the_optimizer_come_back);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
