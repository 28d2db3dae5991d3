/*
 * test_snapshot.c - a snapshot copies the numbers of a run, and of its texts those that change.
 */
#include "base/error.h"
#include "hdf5/hdf5_image.h"
#include "runfile/snapshot.h"
#include "support/folder.h"
#include "support/runfile_sample.h"
#include "support/suite.h"

#include "base/file.h"
#include <stdlib.h>
#include <string.h>

/* Writes the copy as run.h5 and reads it. */
static void read_copy(struct snapshot_copy *copy, struct runfile_view *view)
{
    void *bytes = NULL;
    size_t count = 0;
    ck_assert_int_eq(snapshot_image(copy, "run.h5", &bytes, &count), TRAINER_OK);
    snapshot_drop(copy);
    ck_assert_int_eq(file_replace("run.h5", bytes, count), TRAINER_OK);
    free(bytes);
    ck_assert_msg(runfile_read(view, "run.h5", RUNFILE_METRICS) == TRAINER_OK, "%s", error_text());
}

START_TEST(what_changes_after_a_snapshot_is_not_in_it)
{
    char error[] = "before";
    static const char *const names[] = {"step", "train_loss"};
    struct snapshot snapshot = sample_snapshot();
    struct run_facts facts = *snapshot.facts;
    struct runfile_view view = {.steps = {.columns = 2, .name = names}};
    facts.error = error;
    snapshot.facts = &facts;
    struct snapshot_copy *copy = snapshot_take(&snapshot, "run.h5", "here", "fast");
    ck_assert_ptr_nonnull(copy);
    memcpy(error, "after!", 6);
    memset(snapshot.steps->value, 0, SAMPLE_STEPS * 4 * sizeof(double));
    facts.steps_done = 7;
    read_copy(copy, &view);
    ck_assert_str_eq(view.facts.error, "before");
    ck_assert_str_eq(view.hostname, "here");
    ck_assert_str_eq(view.kind, "run");
    ck_assert_uint_eq(view.facts.steps_done, 20);
    ck_assert_double_eq(series_last(&view.steps, "train_loss"), 1.0 / SAMPLE_STEPS);
    runfile_view_free(&view);
}
END_TEST

START_TEST(missing_texts_are_empty_and_missing_parts_left_out)
{
    const struct run_facts facts = {.status = RUN_FAILED};
    const struct snapshot snapshot = {.facts = &facts};
    struct runfile_view view = {0};
    read_copy(snapshot_take(&snapshot, "run.h5", "here", "fast"), &view);
    ck_assert_str_eq(view.facts.error, "");
    ck_assert_str_eq(view.facts.config, "");
    ck_assert_int_eq(view.facts.status, RUN_FAILED);
    ck_assert_uint_eq(view.epochs.rows, 0);
    runfile_view_free(&view);
    snapshot_drop(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("snapshot");
    TCase *group = tcase_create("snapshot");
    tcase_add_checked_fixture(group, folder_enter, folder_leave);
    tcase_add_test(group, what_changes_after_a_snapshot_is_not_in_it);
    tcase_add_test(group, missing_texts_are_empty_and_missing_parts_left_out);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
