/*
 * test_stopping.c - what counts as an improvement; which metrics may steer a run.
 */
#include "base/error.h"
#include "config/config.h"
#include "evaluate/columns.h"
#include "support/suite.h"
#include "train/session.h"
#include "train/stopping.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

START_TEST(better_is_less_loss_and_more_accuracy)
{
    int loss = columns_find("test_loss"), accuracy = columns_find("test_accuracy");
    ck_assert(stopping_improves(loss, 0.5, 0.6, 0));
    ck_assert(!stopping_improves(loss, 0.6, 0.5, 0));
    ck_assert(stopping_improves(accuracy, 0.6, 0.5, 0));
    ck_assert(!stopping_improves(accuracy, 0.5, 0.6, 0));
    ck_assert(!stopping_improves(loss, 0.5, 0.5, 0));
}
END_TEST

START_TEST(min_delta_must_be_exceeded)
{
    int loss = columns_find("test_loss");
    ck_assert(!stopping_improves(loss, 0.75, 1, 0.25));
    ck_assert(stopping_improves(loss, 0.5, 1, 0.25));
}
END_TEST

START_TEST(nan_is_never_better_and_anything_is_better_than_nan)
{
    int loss = columns_find("test_loss");
    ck_assert(!stopping_improves(loss, (double)NAN, 1, 0));
    ck_assert(!stopping_improves(loss, (double)NAN, (double)NAN, 0));
    ck_assert(stopping_improves(loss, 1e9, (double)NAN, 1));
}
END_TEST

/* What may steer a run with test data, no validation data, and settings of its own. */
static const struct {
    const char *trainer, *message; /* NULL: it is accepted */
} metrics[] = {
    {"{max_steps: 5, early_stopping: {monitor: test_loss, patience: 1}}", NULL},
    {"{max_steps: 5, early_stopping: {monitor: batch_loss, patience: 1}}", NULL},
    {"{max_steps: 5, early_stopping: {monitor: val_loss, patience: 0}}", NULL},
    {"{max_steps: 5, early_stopping: {monitor: train_loss, patience: 1}}",
     "test.yaml:4:51: early_stopping.monitor 'train_loss' is never measured: that takes "
     "trainer.evaluate.train: true; known: batch_loss, test_loss, test_accuracy, "},
    {"{max_steps: 5, evaluate: {train: true}, early_stopping: {monitor: train_loss, patience: 1}}",
     NULL},
    {"{max_steps: 5, checkpoint: {keep_best: validation_accuracy}}",
     "test.yaml:4:49: checkpoint.keep_best 'validation_accuracy' is never measured: the data has "
     "no validation samples; "},
    {"{max_steps: 5, checkpoint: {keep_best: test_acc}}",
     "test.yaml:4:49: checkpoint.keep_best 'test_acc' is no metric of this run; did you mean "
     "'test_accuracy'? "},
    {"{max_steps: 5, checkpoint: {keep_best: learning_rate}}",
     "test.yaml:4:49: checkpoint.keep_best 'learning_rate' is no metric of this run; "},
    {"{max_steps: 5, checkpoint: {keep_best: test_rmse}}",
     "test.yaml:4:49: checkpoint.keep_best 'test_rmse' is never measured: RMSE does not apply to "
     "what the network predicts; "},
    {"{max_steps: 5, evaluate: {every: never}, checkpoint: {keep_best: test_loss}}",
     "test.yaml:4:75: checkpoint.keep_best 'test_loss' is never measured: trainer.evaluate.every "
     "is "
     "never; known: batch_loss"},
    {"{max_steps: 5, early_stopping: {monitor: test_loss}}",
     "test.yaml:4:51: early_stopping.monitor does nothing without patience: "},
    {"{max_steps: 5, early_stopping: {min_delta: 1}}",
     "test.yaml:4:53: early_stopping.min_delta does nothing without patience: "},
    {"{max_steps: 5, early_stopping: {monitor: test_loss, patience: 0}}", NULL},
    {"{max_steps: 5, early_stopping: {monitor: test_loss, restore: true}}", NULL},
    {"{max_steps: 5, early_stopping: {restore: true}}",
     "test.yaml:4:41: early_stopping.monitor 'validation_loss' is never measured: "},
};

START_TEST(a_metric_that_is_never_measured_steers_nothing)
{
    char yaml[1024];
    struct config *config;
    struct session *session = NULL;
    snprintf(yaml, sizeof yaml,
             "data: {type: digits, train: 200, test: 20}\n"
             "model: {layers: [{type: Affine, units: 10}, {type: SoftmaxWithLoss}]}\n"
             "optimizer: sgd\n"
             "trainer: %s\n",
             metrics[_i].trainer);
    ck_assert_int_eq(config_read_text(&config, "test.yaml", NULL, yaml, strlen(yaml), NULL, 0),
                     TRAINER_OK);
    int rc = session_open(&session, config, &(struct session_options){.purpose = SESSION_PLAN});
    const char *message = metrics[_i].message;
    ck_assert_int_eq(rc, message ? TRAINER_INVALID : TRAINER_OK);
    if (message)
        ck_assert_msg(strncmp(error_text(), message, strlen(message)) == 0, "%s", error_text());
    session_close(session);
    config_free(config);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stopping");
    TCase *cases = tcase_create("cases");
    tcase_add_test(cases, better_is_less_loss_and_more_accuracy);
    tcase_add_test(cases, min_delta_must_be_exceeded);
    tcase_add_test(cases, nan_is_never_better_and_anything_is_better_than_nan);
    tcase_add_loop_test(cases, a_metric_that_is_never_measured_steers_nothing, 0,
                        sizeof metrics / sizeof *metrics);
    suite_add_tcase(suite, cases);
    return suite_run(suite, SUITE_IN_PROCESS);
}
