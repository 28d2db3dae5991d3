/*
 * test_runfile_layout.c - the layout of a run file, read back through libhdf5.
 *
 *     test_runfile_layout --write PATH     writes the sample run, for tests/python/test_runfile.py
 */
#include "base/error.h"
#include "hdf5/hdf5_image.h"
#include "support/folder.h"
#include "support/opened_run.h"
#include "support/suite.h"
#include <check.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 256, OBJECTS_MIN = 30, FIRST_BYTES = 9 };

/* --- / --- */

START_TEST(the_root_says_what_the_file_is)
{
    const char *const texts[][2] = {
        {"format", "trainer"},
        {"kind", "run"},
        {"status", "running"},
        {"error", ""},
        {"start_time", "2025-01-02T03:04:05Z"},
        {"end_time", ""},
        {"updated_time", "2025-01-02T03:05:00Z"},
        {"precision", "float32"},
        {"kernels", "avx2"},
        {"hostname", "a-machine"},
        {"cpu_model", "a processor"},
        {"command_line", "trainer configs/\xc3\xbc.yaml"},
        {"sparse_input", "inputs"},
        {"data_fingerprint", "0123abcd"},
        {"resumed_from", ""},
        {"NX_class", "NXroot"},
        {"default", "metrics"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect_attribute("/", texts[i][0], texts[i][1]);
    expect_number("format_version", 1);
    expect_number("epochs_done", 2);
    expect_number("steps_done", 20);
    expect_number("seed", UINT64_MAX);
    expect_number("threads", 2);
    const char *const others[] = {"version", "git_commit", "compiler", "hdf5_version"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(H5Aexists(opened_run, others[i]) > 0, "%s", others[i]);
}
END_TEST

START_TEST(every_status_has_its_word)
{
    const char *const words[] = {"running", "completed", "failed", "interrupted"};
    const enum run_status all[] = {RUN_RUNNING, RUN_COMPLETED, RUN_FAILED, RUN_INTERRUPTED};
    struct image_contents contents = sample_contents();
    contents.facts.status = all[_i];
    contents.facts.error = "loss is nan at step 7";
    opened_run_rewrite(&contents);
    expect_attribute("/", "status", words[_i]);
    expect_attribute("/", "error", "loss is nan at step 7");
}
END_TEST

START_TEST(a_config_may_be_longer_than_an_attribute)
{
    enum { LONG = 200000 };
    char *read = NULL, *text = malloc(LONG + 1);
    memset(text, 'x', LONG);
    text[LONG] = '\0';
    struct image_contents contents = sample_contents();
    contents.facts.config = text;
    opened_run_rewrite(&contents);
    hid_t dataset = H5Dopen2(opened_run, "config", H5P_DEFAULT);
    hid_t type = H5Dget_type(dataset);
    ck_assert_int_ge(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &read), 0);
    ck_assert_str_eq(read, text);
    H5free_memory(read);
    H5Tclose(type);
    H5Dclose(dataset);
    free(text);
}
END_TEST

/* HDF5 1.8 reads superblocks up to version 2. */
START_TEST(old_readers_know_the_format)
{
    unsigned char bytes[FIRST_BYTES];
    FILE *stream = fopen("run.h5", "rb");
    ck_assert_uint_eq(fread(bytes, 1, sizeof bytes, stream), sizeof bytes);
    fclose(stream);
    ck_assert_int_eq(memcmp(bytes, "\x89HDF\r\n\x1a\n", 8), 0);
    ck_assert_uint_le(bytes[8], 2);
}
END_TEST

/* --- every object --- */

static int objects;

static void check_dataset(const char *name)
{
    hid_t dataset = H5Dopen2(opened_run, name, H5P_DEFAULT);
    hid_t space = H5Dget_space(dataset);
    int rank = H5Sget_simple_extent_ndims(space);
    if (H5DSis_scale(dataset) == 0)
        for (int axis = 0; axis < rank; axis++)
            ck_assert_msg(H5DSget_num_scales(dataset, (unsigned)axis) == 1, "axis %d of %s", axis,
                          name);
    ck_assert_msg(H5Aexists(dataset, "long_name") > 0, "%s", name);
    ck_assert_msg(H5Aexists(dataset, "units") > 0, "%s", name);
    H5Sclose(space);
    H5Dclose(dataset);
}

static void check_group(const char *name)
{
    unsigned links = 0;
    hid_t group = H5Gopen2(opened_run, name, H5P_DEFAULT);
    hid_t list = H5Gget_create_plist(group);
    ck_assert_int_ge(H5Pget_link_creation_order(list, &links), 0);
    ck_assert_msg(links == (H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "%s", name);
    H5Pclose(list);
    H5Gclose(group);
}

static herr_t check_object(hid_t root, const char *name, const H5O_info_t *info, void *context)
{
    (void)root;
    (void)context;
    objects++;
    if (info->type == H5O_TYPE_DATASET)
        check_dataset(name);
    else
        check_group(name);
    return 0;
}

START_TEST(every_dataset_has_scales_and_units_and_every_group_its_order)
{
    objects = 0;
    ck_assert_int_ge(H5Ovisit(opened_run, H5_INDEX_NAME, H5_ITER_INC, check_object, NULL), 0);
    ck_assert_int_gt(objects, OBJECTS_MIN);
}
END_TEST

/* --- metrics --- */

START_TEST(metrics_of_steps_lie_along_the_step)
{
    double step[SAMPLE_STEPS], epoch[SAMPLE_STEPS], loss[SAMPLE_STEPS];
    for (int i = 0; i < SAMPLE_STEPS; i++) {
        step[i] = i;
        epoch[i] = i / 10;
        loss[i] = 1.0 / (1 + i);
    }
    expect_numbers("metrics/step/step", step, SAMPLE_STEPS);
    expect_numbers("metrics/step/epoch", epoch, SAMPLE_STEPS);
    expect_numbers("metrics/step/train_loss", loss, SAMPLE_STEPS);
    expect_type("metrics/step/step", H5T_STD_I64LE);
    expect_type("metrics/step/epoch", H5T_STD_I64LE);
    expect_type("metrics/step/train_loss", H5T_IEEE_F64LE);
    expect_scale("metrics/step/epoch", 0, "metrics/step/step");
    expect_scale("metrics/step/train_loss", 0, "metrics/step/step");
    expect_attribute("metrics/step/train_loss", "long_name", "loss of the batch");
    expect_attribute("metrics/step/train_loss", "units", "1");
}
END_TEST

START_TEST(metrics_of_epochs_keep_fractions_and_gaps)
{
    const double epoch[] = {0, 0.5, 1}, accuracy[] = {0.1, (double)NAN, 0.9};
    expect_numbers("metrics/epoch/epoch", epoch, SAMPLE_EPOCHS);
    expect_numbers("metrics/epoch/test_accuracy", accuracy, SAMPLE_EPOCHS);
    expect_type("metrics/epoch/epoch", H5T_IEEE_F64LE);
    expect_scale("metrics/epoch/test_accuracy", 0, "metrics/epoch/epoch");
    expect_attribute("metrics/epoch/seconds", "units", "s");
}
END_TEST

START_TEST(epochs_are_doubles_even_where_all_are_whole)
{
    struct image_contents contents = sample_contents();
    contents.epochs.value[4] = 7;
    opened_run_rewrite(&contents);
    expect_type("metrics/epoch/epoch", H5T_IEEE_F64LE);
}
END_TEST

START_TEST(a_counter_that_is_not_whole_loses_nothing)
{
    const double strange[] = {0.25, (double)NAN, (double)INFINITY, 1e300};
    double expected[SAMPLE_STEPS];
    struct image_contents contents = sample_contents();
    contents.steps.value[5] = strange[_i];
    for (int i = 0; i < SAMPLE_STEPS; i++)
        expected[i] = i == 1 ? strange[_i] : i / 10;
    opened_run_rewrite(&contents);
    expect_numbers("metrics/step/epoch", expected, SAMPLE_STEPS);
    expect_type("metrics/step/epoch", H5T_IEEE_F64LE);
}
END_TEST

START_TEST(viewers_find_a_plot)
{
    const char *const groups[] = {"metrics/step", "metrics/epoch", "evaluation"};
    const char *const signals[] = {"train_loss", "train_loss", "confusion_matrix"};
    expect_attribute("metrics", "NX_class", "NXentry");
    expect_attribute("metrics", "default", "epoch");
    for (int i = 0; i < 3; i++) {
        expect_attribute(groups[i], "NX_class", "NXdata");
        expect_attribute(groups[i], "signal", signals[i]);
    }
}
END_TEST

/* Whatever the order of the columns; without a measurement there is nothing to plot. */
START_TEST(the_coordinate_is_found_by_its_name)
{
    static const char *const names[] = {"epoch", "step"};
    struct image_contents contents = sample_contents();
    double values[] = {0, 10, 1, 20};
    contents.steps.columns = 2;
    contents.steps.name = names;
    contents.steps.value = values;
    contents.steps.rows = 2;
    opened_run_rewrite(&contents);
    expect_numbers("metrics/step/step", (const double[]){10, 20}, 2);
    expect_numbers("metrics/step/epoch", (const double[]){0, 1}, 2);
    expect_scale("metrics/step/epoch", 0, "metrics/step/step");
    expect_attribute("metrics/step", "signal", "");
}
END_TEST

START_TEST(what_is_not_there_yet_is_empty_or_left_out)
{
    struct image_contents contents = sample_contents();
    contents.steps.rows = 0;
    contents.epochs = (struct series){.columns = 0};
    contents.evaluation.samples = 0;
    contents.layers = contents.tensors = 0;
    opened_run_rewrite(&contents);
    expect_numbers("metrics/step/step", NULL, 0);
    expect_numbers("metrics/step/train_loss", NULL, 0);
    expect_scale("metrics/step/train_loss", 0, "metrics/step/step");
    expect_attribute("metrics", "default", "step");
    ck_assert_int_eq(H5Lexists(opened_run, "metrics/epoch", H5P_DEFAULT), 0);
    ck_assert_int_eq(H5Lexists(opened_run, "evaluation", H5P_DEFAULT), 0);
    ck_assert_int_eq(H5Lexists(opened_run, "model", H5P_DEFAULT), 0);
}
END_TEST

/* --- evaluation --- */

/* True and predicted: 00 00 01 11 11 10 11 21. */
START_TEST(an_evaluation_is_summed_up)
{
    const double nan_value = (double)NAN;
    const double confusion[] = {2, 1, 0, 0, 1, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
    const double classes[] = {0, 1, 2, 3}, support[] = {3, 4, 1, 0};
    const double precision[] = {2.0 / 3, 3.0 / 5, nan_value, nan_value};
    const double recall[] = {2.0 / 3, 3.0 / 4, 0, nan_value};
    const double f1[] = {2.0 / 3, 6.0 / 9, 0, nan_value};
    expect_numbers("evaluation/true_class", classes, 4);
    expect_numbers("evaluation/predicted_class", classes, 4);
    expect_numbers("evaluation/confusion_matrix", confusion, 16);
    expect_numbers("evaluation/support", support, 4);
    expect_numbers("evaluation/precision", precision, 4);
    expect_numbers("evaluation/recall", recall, 4);
    expect_numbers("evaluation/f1", f1, 4);
    expect_type("evaluation/confusion_matrix", H5T_STD_I64LE);
    expect_scale("evaluation/confusion_matrix", 0, "evaluation/true_class");
    expect_scale("evaluation/confusion_matrix", 1, "evaluation/predicted_class");
    expect_scale("evaluation/f1", 0, "evaluation/true_class");
}
END_TEST

/* --- failures --- */

START_TEST(what_cannot_be_built_is_named)
{
    void *bytes = NULL;
    size_t count = 0;
    struct image_contents contents = sample_contents();
    struct image_tensor twice[2] = {contents.tensor[0], contents.tensor[0]};
    contents.tensor = twice;
    contents.tensors = 2;
    ck_assert_int_eq(runfile_image(&bytes, &count, "run.h5", &contents), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "run.h5: cannot build '/model/affine1/weight': "
                                   "unable to create dataset: name already exists");
    ck_assert_ptr_null(bytes);
    ck_assert_int_eq(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 1);
}
END_TEST

static int write_for_others(const char *path)
{
    struct image_contents contents = sample_contents();
    int rc = sample_write(path, &contents);
    if (rc != TRAINER_OK)
        fprintf(stderr, "%s\n", error_text());
    return rc == TRAINER_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int count, char **arguments)
{
    if (count == 3 && strcmp(arguments[1], "--write") == 0)
        return write_for_others(arguments[2]);
    Suite *suite = suite_create("runfile_image");
    TCase *group = tcase_create("layout");
    tcase_add_checked_fixture(group, opened_run_start, opened_run_end);
    tcase_add_test(group, the_root_says_what_the_file_is);
    tcase_add_loop_test(group, every_status_has_its_word, 0, 4);
    tcase_add_test(group, a_config_may_be_longer_than_an_attribute);
    tcase_add_test(group, old_readers_know_the_format);
    tcase_add_test(group, every_dataset_has_scales_and_units_and_every_group_its_order);
    tcase_add_test(group, metrics_of_steps_lie_along_the_step);
    tcase_add_test(group, metrics_of_epochs_keep_fractions_and_gaps);
    tcase_add_test(group, epochs_are_doubles_even_where_all_are_whole);
    tcase_add_loop_test(group, a_counter_that_is_not_whole_loses_nothing, 0, 4);
    tcase_add_test(group, viewers_find_a_plot);
    tcase_add_test(group, the_coordinate_is_found_by_its_name);
    tcase_add_test(group, what_is_not_there_yet_is_empty_or_left_out);
    tcase_add_test(group, an_evaluation_is_summed_up);
    tcase_add_test(group, what_cannot_be_built_is_named);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
