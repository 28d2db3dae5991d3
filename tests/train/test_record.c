/*
 * test_record.c - rows and steps as they are noted, the last rate, and how a run ended.
 */
#include "base/error.h"
#include "config/config.h"
#include "evaluate/columns.h"
#include "evaluate/evaluate.h"
#include "support/folder.h"
#include "support/suite.h"
#include "train/record.h"
#include "train/session.h"
#include <math.h>
#include <string.h>
#include <unistd.h>

static struct config *config;
static struct session *session;
static struct evaluator *evaluator;
static struct record record;

static void open_record(const char *path)
{
    static const char yaml[] =
        "data: {type: inline, inputs: {x: [[1, 0], [0, 1]]}, labels: [0, 1]}\n"
        "model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}\n"
        "optimizer: sgd\n"
        "trainer: {max_steps: 3, batch_size: 2, evaluate: {train: true}}\n";
    ck_assert_int_eq(config_read_text(&config, "test.yaml", NULL, yaml, strlen(yaml), NULL, 0), 0);
    ck_assert_int_eq(session_open(&session, config, &(struct session_options){0}), TRAINER_OK);
    ck_assert_int_eq(evaluator_create(&evaluator, session->graph, session->dataset, 2, 1),
                     TRAINER_OK);
    ck_assert_int_eq(record_open(&record, session, path, evaluator), TRAINER_OK);
}

static void close_record(void)
{
    record_close(&record);
    evaluator_free(evaluator);
    session_close(session);
    config_free(config);
}

START_TEST(a_row_is_nan_but_for_what_was_set)
{
    open_record(NULL);
    int loss = columns_find("train_loss"), accuracy = columns_find("train_accuracy");
    ck_assert(isnan(record_last(&record, loss)));
    record_start_row(&record);
    record_set(&record, loss, 0.5);
    ck_assert_int_eq(record_finish_row(&record), TRAINER_OK);
    ck_assert_double_eq(record_last(&record, loss), 0.5);
    ck_assert(isnan(record_last(&record, accuracy)));
    close_record();
}
END_TEST

START_TEST(the_last_rate_is_that_of_the_last_step)
{
    open_record(NULL);
    ck_assert_double_eq(record_last_rate(&record, 7), 7);
    ck_assert_int_eq(record_step(&record, 1, 1, 0.7, 0.25), TRAINER_OK);
    ck_assert_int_eq(record_step(&record, 2, 2, 0.6, 0.125), TRAINER_OK);
    ck_assert_double_eq(record_last_rate(&record, 7), 0.125);
    close_record();
}
END_TEST

START_TEST(a_run_without_files_saves_nothing)
{
    struct run_state state = {0};
    open_record(NULL);
    ck_assert(!record_ready(&record));
    record_end(&record, RUN_COMPLETED, "", "max_steps is 3");
    ck_assert_int_eq(record_last_checkpoint(&record, &(struct save_point){.state = &state}),
                     TRAINER_OK);
    ck_assert_int_eq(record_conclude(&record, &(struct save_point){.state = &state}), TRAINER_OK);
    close_record();
}
END_TEST

START_TEST(a_file_says_how_the_run_ended)
{
    struct run_state state = {.step = 3};
    struct save_point point = {.state = &state, .epochs_done = 3};
    struct runfile_view view = {0};
    folder_enter();
    open_record("run.h5");
    record_end(&record, RUN_INTERRUPTED, "", "interrupted");
    ck_assert_int_eq(record_last_checkpoint(&record, &point), TRAINER_OK);
    ck_assert_int_eq(record_conclude(&record, &point), TRAINER_OK);
    ck_assert_int_eq(runfile_read(&view, "run.h5", 0), TRAINER_OK);
    ck_assert_int_eq(view.facts.status, RUN_INTERRUPTED);
    ck_assert_str_eq(view.facts.reason, "interrupted");
    ck_assert_uint_eq(view.facts.steps_done, 3);
    runfile_view_free(&view);
    ck_assert_int_eq(access("checkpoint.h5", F_OK), 0);
    close_record();
    folder_leave();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_row_is_nan_but_for_what_was_set, the_last_rate_is_that_of_the_last_step,
        a_run_without_files_saves_nothing, a_file_says_how_the_run_ended, NULL};
    return suite_main("record", SUITE_IN_PROCESS, 1, tests);
}
