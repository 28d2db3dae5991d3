/*
 * damaged_run.c - a run file with something wrong, and what loading it must leave as it was.
 */
#include "damaged_run.h"
#include "base/error.h"
#include "base/file.h"
#include "folder.h"

#include "suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WEIGHT "/model/affine1/weight"

static const hsize_t sides[2] = {4, 3};

void damaged_start(void)
{
    folder_enter();
    struct image_contents contents = sample_contents();
    ck_assert_int_eq(sample_write("run.h5", &contents), TRAINER_OK);
}

/* Loads the weight of affine1 alone, over numbers that can be told from it. */
int damaged_load(float *x)
{
    const struct image_tensor tensor = {"affine1", "weight", {2, {4, 3}}, sizeof *x, x};
    for (int i = 0; i < WEIGHTS; i++)
        x[i] = MARK;
    return runfile_load_tensors("run.h5", &tensor, 1, NULL, 0);
}

void damaged_expect(const char *expected)
{
    float x[WEIGHTS];
    int rc = damaged_load(x);
    ck_assert_str_eq(error_text(), expected);
    ck_assert_int_eq(rc, TRAINER_INVALID);
    for (int i = 0; i < WEIGHTS; i++)
        ck_assert(x[i] == MARK);
}

/* Replaces the weight by a dataset of this type, made by this list, with the numbers 0, 1/2, 1, ...
 */
void damaged_replace(hid_t file, hid_t type, hid_t list)
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

void damaged_by(void (*damage)(hid_t file))
{
    hid_t file = H5Fopen("run.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    ck_assert_int_ge(file, 0);
    damage(file);
    ck_assert_int_ge(H5Fclose(file), 0);
}

void damaged_attribute(hid_t file, const char *name, hid_t type, const void *value)
{
    H5Adelete(file, name);
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Awrite(attribute, type, value), 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

/* A list of numbers in the place of what is there. */
void damaged_list(hid_t file, const char *name, hid_t type, hsize_t length, const void *data)
{
    hid_t space = H5Screate_simple(1, &length, NULL);
    ck_assert_int_ge(H5Ldelete(file, name, H5P_DEFAULT), 0);
    hid_t list = H5Dcreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    ck_assert_int_ge(H5Dwrite(list, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), 0);
    H5Dclose(list);
    H5Sclose(space);
}

void damaged_flip(void)
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

/* The sample as a checkpoint, with a block of optimizer state. */
void damaged_checkpoint(void)
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

void drop_weight(hid_t file)
{
    H5Ldelete(file, WEIGHT, H5P_DEFAULT);
}

void drop_model(hid_t file)
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

void make_other_shape(hid_t file)
{
    hid_t space = H5Screate_simple(2, (const hsize_t[]){3, 4}, NULL);
    make_empty(file, H5T_IEEE_F32LE, space, H5P_DEFAULT);
}

/* As large as a file of a few hundred bytes can claim to be. */
void make_huge_shape(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 2, (const hsize_t[]){1, 1});
    hid_t space = H5Screate_simple(2, (const hsize_t[]){1ull << 32, 1ull << 30}, NULL);
    make_empty(file, H5T_IEEE_F32LE, space, list);
    H5Pclose(list);
}

void make_scalar(hid_t file)
{
    make_empty(file, H5T_IEEE_F32LE, H5Screate(H5S_SCALAR), H5P_DEFAULT);
}

void make_null(hid_t file)
{
    make_empty(file, H5T_IEEE_F32LE, H5Screate(H5S_NULL), H5P_DEFAULT);
}

void make_rank_9(hid_t file)
{
    hid_t space = H5Screate_simple(9, (const hsize_t[]){4, 3, 1, 1, 1, 1, 1, 1, 1}, NULL);
    make_empty(file, H5T_IEEE_F32LE, space, H5P_DEFAULT);
}

void make_integer(hid_t file)
{
    damaged_replace(file, H5T_STD_I32LE, H5P_DEFAULT);
}

/* Of class float, 32 bits, and still no IEEE number. */
void make_odd_float(hid_t file)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_ebias(type, 100);
    damaged_replace(file, type, H5P_DEFAULT);
    H5Tclose(type);
}

void make_group(hid_t file)
{
    H5Ldelete(file, WEIGHT, H5P_DEFAULT);
    H5Gclose(H5Gcreate2(file, WEIGHT, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
}

void make_soft_link(hid_t file)
{
    H5Lmove(file, WEIGHT, file, "elsewhere", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/elsewhere", file, WEIGHT, H5P_DEFAULT, H5P_DEFAULT);
}

void make_external_link(hid_t file)
{
    H5Ldelete(file, "model/affine1", H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/model/affine1", file, "model/affine1", H5P_DEFAULT,
                       H5P_DEFAULT);
}

void make_external_storage(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(list, "/etc/passwd", 0, WEIGHTS * sizeof(float));
    make_empty(file, H5T_IEEE_F32LE, H5Screate_simple(2, sides, NULL), list);
    H5Pclose(list);
}

void make_virtual(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(2, sides, NULL);
    H5Pset_virtual(list, space, "other.h5", "/x", space);
    make_empty(file, H5T_IEEE_F32LE, space, list);
    H5Pclose(list);
}

void make_other_filter(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(list, 2, sides);
    H5Pset_nbit(list);
    damaged_replace(file, H5T_IEEE_F32LE, list);
    H5Pclose(list);
}

void make_large_chunks(hid_t file)
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
    damaged_replace(file, type, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, WEIGHT, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers);
    H5Dclose(dataset);
}

void put_nan(hid_t file)
{
    write_at_7(file, H5T_IEEE_F32LE, (double)NAN);
}

void put_infinity(hid_t file)
{
    write_at_7(file, H5T_IEEE_F64LE, -(double)INFINITY);
}

void put_more_than_a_float_holds(hid_t file)
{
    write_at_7(file, H5T_IEEE_F64LE, 1e300);
}
