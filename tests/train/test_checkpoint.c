/*
 * test_checkpoint.c - going on from a checkpoint within one process: at any step, on any number of
 * threads, to the same bits; what does not fit is refused; numbers that are not finite never reach
 * a file.
 */
#include "base/error.h"
#include "evaluate/columns.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/trained.h"
#include "train/checkpoint.h"
#include "train/train.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char network[] =
    "seed: 7\n"
    "data: {type: digits, train: 150, test: 40, validation: 30}\n"
    "model:\n"
    "  layers:\n"
    "    - {type: Affine, units: 8}\n"
    "    - {type: ReLU}\n"
    "    - {type: Affine, units: 10}\n"
    "    - {type: SoftmaxWithLoss}\n"
    "optimizer: {type: sgd, learning_rate: 0.2}\n"
    "trainer: {batch_size: 16, max_steps: 61, sampling: shuffle, evaluate: {every: 5 steps},\n"
    "          checkpoint: {keep_best: test_accuracy}}\n";

/* --- the same bits --- */

/* Steps 5 .. 60 end at rows in the middle of epochs of 8 steps; each part has other threads. */
START_TEST(a_run_goes_on_to_the_same_bits_from_every_row_on_any_threads)
{
    static const char *const samplings[] = {"trainer.sampling=shuffle",
                                            "trainer.sampling=with_replacement",
                                            "trainer.sampling=sequential"};
    folder_enter();
    for (int i = 0; i < 12; i++) {
        const char *sampling = samplings[i % 3];
        char threads[2][32];
        snprintf(threads[0], 32, "trainer.threads=%d", 1 + i % 4);
        snprintf(threads[1], 32, "trainer.threads=%d", 1 + (i + 1) % 3);
        trained_ok(TRAINED(network, "whole", 1000, NULL, sampling, "trainer.threads=2"));
        trained_ok(TRAINED(network, "parts", 5 * (i + 1), NULL, sampling, threads[0]));
        ck_assert_double_eq((double)trained_state("parts/checkpoint.h5").step,
                            fmin(5 * (i + 1), 61));
        trained_ok(TRAINED(network, "parts", 1000, "parts/checkpoint.h5", sampling, threads[1]));
        trained_same("whole/run.h5", "parts/run.h5");
    }
    folder_leave();
}
END_TEST

START_TEST(sums_of_an_unfinished_row_go_on)
{
    folder_enter();
    const char *rare = "trainer.evaluate.every=30 steps";
    trained_ok(TRAINED(network, "whole", 1000, NULL, rare));
    trained_ok(TRAINED(network, "parts", 1000, NULL, rare, "trainer.max_steps=61"));
    trained_same("whole/run.h5", "parts/run.h5");
    struct run_state state = trained_state("parts/checkpoint.h5");
    ck_assert_double_eq((double)state.step, 61);
    ck_assert_double_eq((double)state.row_step, 61);
    ck_assert_double_eq((double)state.loss_count, 0);
    folder_leave();
}
END_TEST

START_TEST(early_stopping_remembers_how_long_it_has_waited)
{
    folder_enter();
    const char *patient = "trainer.early_stopping={monitor: validation_loss, patience: 6, "
                          "min_delta: 100}";
    trained_ok(TRAINED(network, "whole", 1000, NULL, patient));
    ck_assert_double_eq((double)trained_state("whole/checkpoint.h5").stopped, 1);
    ck_assert_double_eq((double)trained_state("whole/checkpoint.h5").step, 30);
    for (int row = 0; row <= 30; row += 10) {
        trained_ok(TRAINED(network, "parts", row, NULL, patient));
        trained_ok(TRAINED(network, "parts", 1000, "parts/checkpoint.h5", patient));
        trained_same("whole/run.h5", "parts/run.h5");
        ck_assert_double_eq((double)trained_state("parts/checkpoint.h5").step, 30);
    }
    folder_leave();
}
END_TEST

START_TEST(best_h5_is_the_checkpoint_of_the_best_row)
{
    folder_enter();
    trained_ok(TRAINED(network, "whole", 1000, NULL, "name=net"));
    struct run_state best = trained_state("whole/best.h5"),
                     last = trained_state("whole/checkpoint.h5");
    ck_assert_double_eq(best.kept, last.kept);
    struct runfile_view view = {0};
    trained_ok(columns_list(&view.arena, &view.steps, &view.epochs, NULL));
    trained_ok(runfile_read(&view, "whole/run.h5", RUNFILE_METRICS));
    int column = 0, step = 0;
    while (strcmp(view.epochs.name[column], "test_accuracy") != 0)
        column++;
    while (strcmp(view.epochs.name[step], "step") != 0)
        step++;
    double most = -1, at = -1;
    for (size_t row = 0; row < view.epochs.rows; row++) {
        const double *values = view.epochs.value + row * (size_t)view.epochs.columns;
        at = values[column] > most ? values[step] : at;
        most = fmax(most, values[column]);
    }
    ck_assert_double_eq(best.kept, most);
    ck_assert_double_eq((double)best.step, at);
    runfile_view_free(&view);
    for (int row = 0; row < 61; row += 20) {
        trained_ok(TRAINED(network, "parts", row, NULL, "name=net"));
        trained_ok(TRAINED(network, "parts", 1000, "parts/checkpoint.h5", "name=net"));
        ck_assert_double_eq((double)trained_state("parts/best.h5").step, at);
    }
    folder_leave();
}
END_TEST

START_TEST(never_means_no_checkpoint)
{
    folder_enter();
    trained_ok(TRAINED(network, "none", 20, NULL, "trainer.checkpoint={every: never}"));
    ck_assert_int_ne(access("none/checkpoint.h5", F_OK), 0);
    ck_assert_int_eq(access("none/best.h5", F_OK), 0); /* that was asked for */
    ck_assert_int_eq(access("none/run.h5", F_OK), 0);
    folder_leave();
}
END_TEST

START_TEST(a_checkpoint_is_due_where_its_interval_ends)
{
    const struct option_interval never = {INTERVAL_NEVER, 0}, epoch = {INTERVAL_EPOCH, 1},
                                 steps = {INTERVAL_STEPS, 3}, seconds = {INTERVAL_SECONDS, 2},
                                 epochs = {INTERVAL_EPOCH, 3};
    for (uint64_t step = 1; step < 40; step++) {
        ck_assert(!checkpoint_is_due(&never, step, 8, 100));
        ck_assert_int_eq(checkpoint_is_due(&epoch, step, 8, 0), step % 8 == 0);
        ck_assert_int_eq(checkpoint_is_due(&epochs, step, 8, 0), step % 24 == 0);
        ck_assert_int_eq(checkpoint_is_due(&steps, step, 8, 0), step % 3 == 0);
        ck_assert_int_eq(checkpoint_is_due(&seconds, step, 8, (double)step), step >= 2);
    }
}
END_TEST

/* --- what does not fit --- */

static void assert_refused(const char *setting, const char *said)
{
    ck_assert_int_eq(TRAINED(network, "other", 1000, "parts/checkpoint.h5", setting),
                     TRAINER_INVALID);
    ck_assert_msg(strstr(error_text(), said) != NULL, "not '%s' but: %s", said, error_text());
}

START_TEST(a_checkpoint_of_another_run_is_refused)
{
    folder_enter();
    trained_ok(TRAINED(network, "parts", 20, NULL, "trainer.kernels=baseline"));
    assert_refused("data.train=160", "parts/checkpoint.h5: the run's data was ");
    assert_refused("trainer.kernels=auto", "parts/checkpoint.h5: the run's kernels was baseline");
    static const char wider[] = "model.layers.affine1.units=9";
    ck_assert_int_eq(
        TRAINED(network, "other", 1000, "parts/checkpoint.h5", wider, "trainer.kernels=baseline"),
        TRAINER_INVALID);
    ck_assert_str_eq(error_text(),
                     "parts/checkpoint.h5: /model/affine1/weight has shape (784, 8); the "
                     "network needs (784, 9)");
    ck_assert_int_eq(TRAINED(network, "other", 1000, "parts/run.h5", "trainer.kernels=baseline"),
                     TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "parts/run.h5: is a run file, not a checkpoint");
    folder_leave();
}
END_TEST

START_TEST(a_metric_that_is_not_measured_is_refused)
{
    folder_enter();
    ck_assert_int_eq(TRAINED(network, "x", 9, NULL, "trainer.checkpoint.keep_best=accuracy"),
                     TRAINER_INVALID);
    ck_assert_ptr_nonnull(strstr(error_text(), "trainer.checkpoint.keep_best=accuracy: "
                                               "checkpoint.keep_best 'accuracy' is no metric of "
                                               "this run; known: batch_loss, validation_loss, "));
    ck_assert_int_eq(TRAINED(network, "x", 9, NULL, "data.validation=0",
                             "trainer.checkpoint.keep_best=validation_loss"),
                     TRAINER_INVALID);
    ck_assert_ptr_nonnull(strstr(error_text(), "checkpoint.keep_best 'validation_loss' is never "
                                               "measured: the data has no validation samples; "
                                               "known: batch_loss, test_loss, "));
    folder_leave();
}
END_TEST

/* --- numbers that are not finite --- */

/* Two samples by turns; the weights grow until an output overflows (x = 1e30), or an update does
 * (x = 1e36). */
static const char overflowing[] = "seed: 1\n"
                                  "data: {type: inline, inputs: {x: [[BIG, 1], [1, 2]]},\n"
                                  "       labels: [1, 0]}\n"
                                  "model:\n"
                                  "  layers:\n"
                                  "    - {type: Affine, units: 2}\n"
                                  "    - {type: SoftmaxWithLoss}\n"
                                  "optimizer: {type: sgd, learning_rate: 1000000}\n"
                                  "trainer: {max_steps: 9, batch_size: 1, sampling: sequential}\n";

static void make_overflowing(char *yaml, const char *big)
{
    const char *at = strstr(overflowing, "BIG");
    sprintf(yaml, "%.*s%s%s", (int)(at - overflowing), overflowing, big, at + strlen("BIG"));
}

/* Takes the failing step again; the message must be the same but for the advice behind it. */
static void assert_replayed(const char *yaml, const char *message)
{
    struct config *config = NULL;
    struct session *session = NULL;
    struct session_options options = {.resume = "bad/failure.h5", .purpose = SESSION_REPLAY};
    trained_ok(config_read_text(&config, "test.yaml", NULL, yaml, strlen(yaml), NULL, 0));
    trained_ok(session_open(&session, config, &options));
    ck_assert_int_eq(session_train(session, NULL, NULL, NULL), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), message);
    session_close(session);
    config_free(config);
}

static void assert_stops(const char *big, const char *message, double from)
{
    char yaml[1024], said[1024];
    struct runfile_view view = {0};
    folder_enter();
    make_overflowing(yaml, big);
    ck_assert_int_eq(TRAINED(yaml, "bad", 1000, NULL, "trainer.threads=2"), TRAINER_FAILED);
    snprintf(said, sizeof said, "%s; see how it came to this: trainer replay bad/failure.h5",
             message);
    ck_assert_str_eq(error_text(), said);
    trained_state("bad/checkpoint.h5");
    ck_assert_int_eq(TRAINED(yaml, "bad", 1000, "bad/failure.h5", "name=again"), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "bad/failure.h5: is not a checkpoint but a failure file");
    trained_ok(runfile_read(&view, "bad/failure.h5", RUNFILE_STATE));
    ck_assert_str_eq(view.facts.error, message);
    ck_assert_double_eq((double)view.state.step, from);
    ck_assert_uint_eq(view.samples, 1);
    runfile_view_free(&view);
    trained_ok(runfile_read(&view, "bad/run.h5", 0));
    ck_assert_int_eq(view.facts.status, RUN_FAILED);
    runfile_view_free(&view);
    assert_replayed(yaml, message);
    folder_leave();
}

START_TEST(an_output_that_overflows_stops_the_run_and_is_replayed)
{
    assert_stops("1.0e+30",
                 "step 3: the output of 'affine1' is -inf in row 0 of the batch, sample 0 of the "
                 "training data",
                 2);
}
END_TEST

START_TEST(a_weight_that_overflows_stops_the_run_and_is_replayed)
{
    assert_stops("1.0e+36", "step 1: 'affine1' weight became -inf at (0, 0)", 0);
}
END_TEST

START_TEST(a_skipped_step_leaves_the_weights_alone)
{
    char yaml[1024];
    folder_enter();
    make_overflowing(yaml, "1.0e+30");
    trained_ok(TRAINED(yaml, "bad", 1000, NULL, "trainer.on_nan=skip"));
    ck_assert_int_gt(trained_state("bad/checkpoint.h5").skipped, 0);
    ck_assert_int_gt(trained_warnings, 0);
    ck_assert_int_ne(access("bad/failure.h5", F_OK), 0);
    trained_warnings = 0;
    make_overflowing(yaml, "1.0e+36");
    trained_ok(TRAINED(yaml, "bad", 1000, NULL, "trainer.on_nan=skip"));
    ck_assert_int_gt(trained_warnings, 0);
    folder_leave();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_run_goes_on_to_the_same_bits_from_every_row_on_any_threads,
                                  sums_of_an_unfinished_row_go_on,
                                  early_stopping_remembers_how_long_it_has_waited,
                                  best_h5_is_the_checkpoint_of_the_best_row,
                                  never_means_no_checkpoint,
                                  a_checkpoint_is_due_where_its_interval_ends,
                                  a_checkpoint_of_another_run_is_refused,
                                  a_metric_that_is_not_measured_is_refused,
                                  an_output_that_overflows_stops_the_run_and_is_replayed,
                                  a_weight_that_overflows_stops_the_run_and_is_replayed,
                                  a_skipped_step_leaves_the_weights_alone,
                                  NULL};
    return suite_main("checkpoint", SUITE_IN_PROCESS, 1, tests);
}
