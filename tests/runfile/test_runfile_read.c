/*
 * test_runfile_read.c - facts, metrics and state of a run file that someone else may have made.
 */
#include "base/error.h"
#include "base/file.h"
#include "evaluate/columns.h"
#include "support/damaged_run.h"
#include "support/folder.h"
#include "support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the config --- */

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
    damaged_by(make_config_unwritten);
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
    damaged_by(make_config_a_number);
    ck_assert_int_eq(runfile_read_config("run.h5", &text, &length), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "run.h5: /config_resolved is not a text");
    damaged_by(drop_config);
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

/* --- the confusion matrix --- */

static int read_confusion(struct runfile_view *view)
{
    *view = (struct runfile_view){0};
    return runfile_read(view, "run.h5", RUNFILE_CONFUSION);
}

START_TEST(the_confusion_matrix_comes_back)
{
    static const int64_t known[] = {2, 1, 0, 0, 1, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    struct runfile_view view;
    ck_assert_int_eq(read_confusion(&view), TRAINER_OK);
    ck_assert_uint_eq(view.classes, SAMPLE_CLASSES);
    ck_assert_mem_eq(view.confusion, known, sizeof known);
    ck_assert_str_eq(view.facts.config_origins, "");
    ck_assert_str_eq(view.attribute[0].name, "kind");
    ck_assert_str_eq(view.attribute[0].text, "run");
    runfile_view_free(&view);
}
END_TEST

static void make_confusion_a_list(hid_t file)
{
    damaged_list(file, "evaluation/confusion_matrix", H5T_NATIVE_INT64, 4,
                 (const int64_t[]){1, 2, 3, 4});
}

static void change_confusion(hid_t file, int64_t first)
{
    const int64_t counts[] = {first, 1, 0, 0, 1, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    hid_t matrix = H5Dopen2(file, "evaluation/confusion_matrix", H5P_DEFAULT);
    ck_assert_int_ge(H5Dwrite(matrix, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, counts), 0);
    H5Dclose(matrix);
}

static void make_a_count_negative(hid_t file)
{
    change_confusion(file, -1);
}

static void make_a_count_huge(hid_t file)
{
    change_confusion(file, INT64_MAX);
}

static void drop_evaluation(hid_t file)
{
    H5Ldelete(file, "evaluation", H5P_DEFAULT);
}

START_TEST(a_confusion_matrix_that_counts_nothing_is_rejected)
{
    static const struct {
        void (*damage)(hid_t file);
        const char *message;
    } cases[] = {
        {make_a_count_negative, "run.h5: /evaluation/confusion_matrix holds no numbers of samples"},
        {make_a_count_huge, "run.h5: /evaluation/confusion_matrix holds no numbers of samples"},
        {make_confusion_a_list, "run.h5: /evaluation/confusion_matrix is no square of numbers"},
    };
    struct runfile_view view;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        damaged_by(cases[i].damage);
        ck_assert_int_eq(read_confusion(&view), TRAINER_INVALID);
        ck_assert_str_eq(error_text(), cases[i].message);
    }
    damaged_by(drop_evaluation);
    ck_assert_int_eq(read_confusion(&view), TRAINER_OK);
    ck_assert_uint_eq(view.classes, 0);
    runfile_view_free(&view);
}
END_TEST

/* --- checkpoints --- */

static void set_state(hid_t file, const char *name, double value)
{
    hid_t state = H5Gopen2(file, "state", H5P_DEFAULT);
    damaged_attribute(state, name, H5T_NATIVE_DOUBLE, &value);
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

static const int32_t few[] = {1, 0, 9};

static void set_fewer_classes(hid_t file)
{
    damaged_list(file, "state/predicted_class", H5T_NATIVE_INT32, 3, few);
}

static void set_a_class_beyond_the_last(hid_t file)
{
    damaged_list(file, "state/predicted_class", H5T_NATIVE_INT32, 3, few);
    damaged_list(file, "state/true_class", H5T_NATIVE_INT32, 3, (const int32_t[]){1, 1, 1});
}

static void set_a_true_class_beyond_the_last(hid_t file)
{
    damaged_list(file, "state/true_class", H5T_NATIVE_INT32, 3, few);
    damaged_list(file, "state/predicted_class", H5T_NATIVE_INT32, 3, (const int32_t[]){1, 1, 1});
}

static void set_many_classes(hid_t file)
{
    hid_t state = H5Gopen2(file, "state", H5P_DEFAULT);
    damaged_attribute(state, "classes", H5T_NATIVE_INT64, &(int64_t){1 << 25});
    H5Gclose(state);
}

static void make_classes_texts(hid_t file)
{
    static const char texts[4] = "abc";
    damaged_list(file, "state/true_class", H5T_C_S1, 3, texts);
}

static void make_classes_wide(hid_t file)
{
    damaged_list(file, "state/true_class", H5T_NATIVE_LDOUBLE, 1, &(long double){1});
}

static void set_fewer_losses(hid_t file)
{
    damaged_list(file, "metrics/step/train_loss", H5T_NATIVE_INT32, 3, few);
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
    damaged_checkpoint();
    damaged_by(state_damages[_i].damage);
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
    damaged_list(file, "batch/sample", H5T_NATIVE_UINT32, 0, few);
}

START_TEST(a_batch_may_be_empty)
{
    struct runfile_view view = {0};
    damaged_checkpoint();
    damaged_by(make_batch_empty);
    ck_assert_msg(runfile_read(&view, "run.h5", RUNFILE_STATE) == TRAINER_OK, "%s", error_text());
    ck_assert_uint_eq(view.samples, 0);
    runfile_view_free(&view);
}
END_TEST

/* --- tables --- */

/* Stores a list as `h5repack -f SHUF -f GZIP=9` does. */
static void pack_list(hid_t file, const char *name)
{
    unsigned char bytes[4096];
    hsize_t length;
    hid_t list = H5Dopen2(file, name, H5P_DEFAULT), type = H5Dget_type(list);
    hid_t space = H5Dget_space(list), made_by = H5Pcreate(H5P_DATASET_CREATE);
    ck_assert_int_eq(H5Sget_simple_extent_dims(space, &length, NULL), 1);
    ck_assert_uint_le(length * H5Tget_size(type), sizeof bytes);
    H5Dread(list, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes);
    H5Dclose(list);
    H5Pset_chunk(made_by, 1, &length);
    H5Pset_shuffle(made_by);
    H5Pset_deflate(made_by, 9);
    H5Pset_fletcher32(made_by);
    H5Ldelete(file, name, H5P_DEFAULT);
    list = H5Dcreate2(file, name, type, space, H5P_DEFAULT, made_by, H5P_DEFAULT);
    ck_assert_int_ge(H5Dwrite(list, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes), 0);
    ck_assert_uint_lt(H5Dget_storage_size(list), length * H5Tget_size(type) + 64);
    H5Dclose(list);
    H5Pclose(made_by);
    H5Sclose(space);
    H5Tclose(type);
}

static void pack_lists(hid_t file)
{
    static const char *const names[] = {"metrics/step/step",       "metrics/step/epoch",
                                        "metrics/step/train_loss", "metrics/step/learning_rate",
                                        "metrics/epoch/epoch",     "metrics/epoch/train_loss",
                                        "metrics/epoch/seconds",   "state/true_class",
                                        "state/predicted_class",   "batch/sample"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        pack_list(file, names[i]);
}

START_TEST(a_checkpoint_that_was_compressed_is_read_as_before)
{
    struct runfile_view view = {0};
    damaged_checkpoint();
    damaged_by(pack_lists);
    ck_assert_int_eq(columns_list(&view.arena, &view.steps, &view.epochs, NULL), TRAINER_OK);
    ck_assert_msg(runfile_read(&view, "run.h5", RUNFILE_METRICS | RUNFILE_STATE) == TRAINER_OK,
                  "%s", error_text());
    ck_assert_uint_eq(view.steps.rows, SAMPLE_STEPS);
    ck_assert_double_eq(series_last(&view.steps, "train_loss"), 1.0 / SAMPLE_STEPS);
    ck_assert_double_eq(series_last(&view.epochs, "seconds"), 3);
    ck_assert_uint_eq(view.samples, 2);
    ck_assert_uint_eq(view.sample[0], 3);
    ck_assert_uint_eq(view.evaluation.samples, 8);
    runfile_view_free(&view);
}
END_TEST

enum { ODD_LENGTH = 4099 };

static void make_steps_bytes(hid_t file)
{
    static const signed char zeros[ODD_LENGTH];
    damaged_list(file, "metrics/step/step", H5T_NATIVE_SCHAR, ODD_LENGTH, zeros);
}

/* A list that says of itself, and of its bytes in the file, that they are more than there are. */
START_TEST(a_table_has_no_more_rows_than_the_file_has_bytes)
{
    static const uint64_t lengths[] = {1 << 20, 1ull << 58, 1ull << 62};
    const uint64_t said = ODD_LENGTH;
    struct runfile_view view = {0};
    char *bytes = NULL;
    size_t count = 0, changed = 0;
    damaged_by(make_steps_bytes);
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

int main(void)
{
    Suite *suite = suite_create("runfile_read");
    TCase *group = tcase_create("runfile_read");
    tcase_add_checked_fixture(group, damaged_start, folder_leave);
    tcase_add_test(group, the_config_comes_back);
    tcase_add_test(group, a_config_that_is_no_text_is_rejected);
    tcase_add_test(group, a_config_that_was_never_written_is_empty);
    tcase_add_test(group, a_view_is_as_before_where_the_file_cannot_be_read);
    tcase_add_test(group, the_confusion_matrix_comes_back);
    tcase_add_test(group, a_confusion_matrix_that_counts_nothing_is_rejected);
    tcase_add_loop_test(group, a_state_that_is_not_as_expected_is_rejected, 0,
                        sizeof state_damages / sizeof *state_damages);
    tcase_add_test(group, a_batch_may_be_empty);
    tcase_add_test(group, a_checkpoint_that_was_compressed_is_read_as_before);
    tcase_add_loop_test(group, a_table_has_no_more_rows_than_the_file_has_bytes, 0, 3);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
