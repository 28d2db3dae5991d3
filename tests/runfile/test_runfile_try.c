/*
 * test_runfile_try.c - what loading would read is read, what it would refuse is passed over.
 */
#include "base/error.h"
#include "support/damaged_run.h"
#include "support/folder.h"
#include "support/suite.h"

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
    damaged_list(file, "model", H5T_NATIVE_INT32, 3, (const int32_t[]){1, 0, 9});
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
        damaged_by(passed_over[i]);
        ck_assert_msg(runfile_try_weights("run.h5") == TRAINER_OK, "%zu: %s", i, error_text());
    }
    ck_assert_int_eq(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
}
END_TEST

START_TEST(a_weight_that_cannot_be_read_is_told)
{
    damaged_flip();
    ck_assert_int_eq(runfile_try_weights("run.h5"), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: cannot read weight: can't read data: "
                                   "data error detected by Fletcher32 checksum");
    damaged_by(make_model_a_list);
    ck_assert_int_eq(runfile_try_weights("run.h5"), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: cannot read /model: unable to open group: "
                                   "not a group");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("runfile_try");
    TCase *group = tcase_create("runfile_try");
    tcase_add_checked_fixture(group, damaged_start, folder_leave);
    tcase_add_test(group, all_weights_are_tried);
    tcase_add_test(group, a_weight_that_cannot_be_read_is_told);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
