/*
 * test_update.c - what stands around an optimizer's rule: runs that go on to the same bits with
 * every optimizer, schedule and average; steps that are not finite and change nothing; the best
 * weights restored; what is refused.
 */
#include "base/error.h"
#include "config/registry.h"
#include "graph/graph.h"
#include "runfile/runfile.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/trained.h"
#include "train/session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char network[] =
    "seed: 7\n"
    "data: {type: digits, train: 150, test: 40, validation: 30}\n"
    "model:\n"
    "  layers:\n"
    "    - {type: Affine, units: 8}\n"
    "    - {type: ReLU}\n"
    "    - {type: Affine, units: 10}\n"
    "    - {type: SoftmaxWithLoss}\n"
    "optimizer: OPTIMIZER\n"
    "trainer: {batch_size: 16, max_steps: 33, evaluate: {every: 5 steps}}\n";

/* The same with states in a layer, and masks. */
static const char normalised[] =
    "seed: 7\n"
    "data: {type: digits, train: 150, test: 40, validation: 30}\n"
    "model:\n"
    "  layers:\n"
    "    - {type: Affine, units: 8}\n"
    "    - {type: BatchNorm}\n"
    "    - {type: ReLU}\n"
    "    - {type: Dropout, rate: 0.2}\n"
    "    - {type: Affine, units: 10}\n"
    "    - {type: SoftmaxWithLoss}\n"
    "optimizer: OPTIMIZER\n"
    "trainer: {batch_size: 16, max_steps: 33, evaluate: {every: 5 steps}}\n";

/* The network with that optimizer in its place, into yaml[2048]. */
static const char *with(char *yaml, const char *text, const char *optimizer)
{
    const char *at = strstr(text, "OPTIMIZER");
    snprintf(yaml, 2048, "%.*s%s%s", (int)(at - text), text, optimizer, at + strlen("OPTIMIZER"));
    return yaml;
}

/* The trained weights that a file of this network holds, for free(). */
static float *read_weights(const char *yaml, const char *file, size_t *count)
{
    char assignment[64];
    const char *const assignments[] = {assignment};
    struct config *config;
    struct session *session;
    snprintf(assignment, sizeof assignment, "model.weights=%s", file);
    trained_ok(config_read_text(&config, "test.yaml", NULL, yaml, strlen(yaml), assignments, 1));
    trained_ok(session_open(&session, config, &(struct session_options){0}));
    struct graph_block block = graph_trained(session_graph(session));
    float *weights = malloc(block.count * sizeof *weights);
    ck_assert_ptr_nonnull(weights);
    memcpy(weights, block.x, block.count * sizeof *weights);
    *count = block.count;
    session_close(session);
    config_free(config);
    return weights;
}

static void assert_same_weights(const char *yaml, const char *file, const char *other)
{
    size_t count, others;
    float *a = read_weights(yaml, file, &count), *b = read_weights(yaml, other, &others);
    ck_assert_uint_eq(count, others);
    ck_assert_mem_eq(a, b, count * sizeof *a);
    free(a);
    free(b);
}

/* --- the same bits --- */

static const char *const resumed[] = {
    "{type: sgd, learning_rate: 0.2, weight_decay: 0.01, clip_norm: 0.5}",
    "{type: momentum, nesterov: true, schedule: {type: cosine, warmup: 5}}",
    "{type: adagrad, schedule: {type: step, every: 1 epoch}}",
    "{type: rmsprop, centered: true, momentum: 0.5, learning_rate: 0.001}",
    "{type: adadelta, clip_value: 0.01, l1: 0.001}",
    "{type: adam, amsgrad: true, schedule: one_cycle, average: 0.9}",
    "{type: adamw, average: 0.99, schedule: {type: exponential, warmup: 1 epoch}}",
    ("{type: sgd, learning_rate: 1, schedule: {type: plateau, patience: 0, cooldown: 1, "
     "min_delta: 0.05, factor: 0.5}}"),
};

/* Each part has other threads; the checkpoints are compared too, states and average included. */
START_TEST(every_optimizer_goes_on_to_the_same_bits)
{
    char yaml[2048];
    const char *more = _i % 2 ? "trainer.accumulate=2" : "trainer.last_batch=drop";
    const char *restore = "trainer.early_stopping.restore=true";
    folder_enter();
    with(yaml, _i % 3 ? normalised : network, resumed[_i]);
    trained_ok(TRAINED(yaml, "whole", 1000, NULL, more, restore, "trainer.threads=1"));
    trained_ok(TRAINED(yaml, "parts", 15, NULL, more, restore, "trainer.threads=3"));
    trained_ok(
        TRAINED(yaml, "parts", 1000, "parts/checkpoint.h5", more, restore, "trainer.threads=2"));
    trained_same("whole/run.h5", "parts/run.h5");
    trained_same("whole/checkpoint.h5", "parts/checkpoint.h5");
    folder_leave();
}
END_TEST

START_TEST(plain_sgd_is_the_same_whether_layers_take_the_step_or_not)
{
    char yaml[2048];
    folder_enter();
    with(yaml, network, "{type: sgd, learning_rate: 0.2}");
    trained_ok(TRAINED(yaml, "fused", 1000, NULL, "trainer.threads=2"));
    trained_ok(TRAINED(yaml, "tried", 1000, NULL, "trainer.on_nan=skip"));
    trained_same("fused/run.h5", "tried/run.h5");
    folder_leave();
}
END_TEST

/* --- the best weights --- */

START_TEST(restore_ends_with_the_best_row_however_the_run_ends)
{
    char yaml[2048];
    folder_enter();
    with(yaml, network, "{type: sgd, learning_rate: 5}");
    const char *best = "trainer.early_stopping={monitor: test_loss, patience: 2, restore: true}";
    const char *keep = "trainer.checkpoint.keep_best=test_loss";
    for (int end = 15; end <= 1000; end += 985) {
        trained_ok(TRAINED(yaml, "run", end, NULL, best, keep));
        struct run_state state = trained_state("run/checkpoint.h5");
        ck_assert_int_lt(state.monitored_row, state.step);
        assert_same_weights(yaml, "run/run.h5", "run/best.h5");
    }
    folder_leave();
}
END_TEST

/* --- what is not finite --- */

/* Two samples of two numbers; the second one's gradient is too large. */
static const char overflowing[] =
    "seed: 1\n"
    "data: {type: inline, inputs: {x: [[1, 2], [1.0e+22, 0]]}, labels: [1, 1]}\n"
    "model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}\n"
    "optimizer: OPTIMIZER\n"
    "trainer: {max_steps: 2, batch_size: 1, sampling: sequential}\n";

static const struct {
    const char *optimizer, *message;
} bad[] = {
    {"{type: adam, learning_rate: 1e-9, average: 0.9}",
     "step 2: adam's variance of 'affine1' weight became inf at (0, 0)"},
    {"{type: rmsprop, learning_rate: 1e-9}",
     "step 2: rmsprop's squares of 'affine1' weight became inf at (0, 0)"},
    {"{type: adagrad, learning_rate: 1e-9}",
     "step 2: adagrad's squares of 'affine1' weight became inf at (0, 0)"},
};

START_TEST(what_overflows_in_a_state_is_a_bad_step)
{
    char yaml[2048];
    folder_enter();
    with(yaml, overflowing, bad[_i].optimizer);
    ck_assert_int_eq(TRAINED(yaml, "bad", 1000, NULL, "trainer.threads=1"), TRAINER_FAILED);
    ck_assert_msg(strncmp(error_text(), bad[_i].message, strlen(bad[_i].message)) == 0, "%s",
                  error_text());
    folder_leave();
}
END_TEST

START_TEST(a_skipped_step_changes_neither_weights_nor_states_nor_average)
{
    char yaml[2048];
    folder_enter();
    with(yaml, overflowing, bad[_i].optimizer);
    trained_ok(TRAINED(yaml, "skipped", 1000, NULL, "trainer.on_nan=skip"));
    ck_assert_int_eq(trained_warnings, 1);
    ck_assert_int_eq(trained_state("skipped/checkpoint.h5").skipped, 1);
    /* A third step, on the first sample, is that of a run of two steps on it. */
    trained_ok(TRAINED(yaml, "three", 1000, NULL, "trainer.on_nan=skip", "trainer.max_steps=3"));
    trained_ok(TRAINED(yaml, "two", 1000, NULL,
                       "data={type: inline, inputs: {x: [[1, 2]]}, labels: "
                       "[1], classes: 2}"));
    assert_same_weights(yaml, "three/checkpoint.h5", "two/checkpoint.h5");
    assert_same_weights(yaml, "three/run.h5", "two/run.h5");
    folder_leave();
}
END_TEST

/* Values are finite, and the first layer's gradient is not. */
static const char steep[] =
    "seed: 1\n"
    "data: {type: inline, inputs: {x: [[3.0e+38, 0]]}, labels: [1], classes: 2}\n"
    "model:\n"
    "  layers:\n"
    "    - {name: a, type: Affine, units: 2, bias: false, init: {type: constant, value: 1.0e-30}}\n"
    "    - {name: b, type: Affine, units: 2, init: {type: normal, std: 100}}\n"
    "    - {type: SoftmaxWithLoss}\n"
    "optimizer: OPTIMIZER\n"
    "trainer: {max_steps: 1, batch_size: 1}\n";

/* clip_value does not make a number of what is none. */
static const char *const CLIPPED[] = {"{type: sgd, learning_rate: 1, clip_norm: 1}",
                                      "{type: sgd, learning_rate: 1, clip_norm: 1, clip_value: 1}"};

START_TEST(a_norm_that_is_not_finite_is_told_before_any_weight_moves)
{
    char yaml[2048];
    folder_enter();
    for (int skip = 0; skip < 2; skip++) {
        with(yaml, steep, CLIPPED[_i]);
        int rc = TRAINED(yaml, "bad", 1000, NULL, skip ? "trainer.on_nan=skip" : "seed=1");
        ck_assert_int_eq(rc, skip ? TRAINER_OK : TRAINER_FAILED);
        ck_assert_int_eq(trained_warnings, skip);
        if (!skip)
            ck_assert_ptr_nonnull(strstr(error_text(), "step 1: the gradient of 'a' weight is "));
        const char *file = skip ? "bad/checkpoint.h5" : "bad/failure.h5";
        trained_ok(TRAINED(yaml, "first", 1000, NULL, "trainer.max_steps=0"));
        assert_same_weights(yaml, file, "first/checkpoint.h5");
    }
    folder_leave();
}
END_TEST

/* --- what is refused --- */

static const struct {
    const char *optimizer, *message;
} refused[] = {
    {"{type: nesterov}",
     "test.yaml:9:19: unknown optimizer 'nesterov'; write type: momentum with nesterov: true"},
    {"{type: sgd, momentum: 0.9}", "test.yaml:9:24: unknown key 'momentum' in optimizer; for "
                                   "momentum write type: momentum"},
    {"{type: momentum, momentum: 0, nesterov: true}",
     "test.yaml:9:52: 'nesterov' of optimizer needs a momentum above 0"},
    {"{type: adam, beta1: 1}",
     "test.yaml:9:32: 'beta1' in optimizer must be a number >= 0 and < 1, "
     "not 1"},
    {"{type: adam, beta2: 1.5}", "test.yaml:9:32: 'beta2' in optimizer must be a number >= 0 and "
                                 "< 1, not 1.5"},
    {"{type: sgd, average: 1}", "test.yaml:9:33: 'average' in optimizer must be a number >= 0 and "
                                "< 1, not 1"},
    {"{type: sgd, schedule: {type: cosine, warmup: 33}}",
     "test.yaml:9:57: a warm-up of 33 steps leaves none of the schedule's 33"},
    {"{type: sgd, schedule: {type: step, every: never}}",
     "test.yaml:9:54: 'every' of schedule of optimizer must be steps or epochs, such as 500 steps "
     "or 10 epochs"},
    {"{type: sgd, schedule: {type: cosin}}",
     "test.yaml:9:41: unknown schedule 'cosin'; did you mean 'cosine'? known: constant, cosine, "
     "exponential, one_cycle, plateau, polynomial, step"},
    {"{type: sgd, schedule: {type: step, steps: 5}}",
     "test.yaml:9:47: unknown key 'steps' in schedule of optimizer; known: every, gamma, warmup, "
     "type"},
};

START_TEST(wrong_optimizers_are_refused_with_their_place)
{
    char yaml[2048];
    folder_enter();
    with(yaml, network, refused[_i].optimizer);
    ck_assert_int_eq(TRAINED(yaml, "x", 9, NULL, "seed=1"), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), refused[_i].message);
    folder_leave();
}
END_TEST

START_TEST(an_average_of_no_steps_is_refused)
{
    char yaml[2048];
    folder_enter();
    with(yaml, network, "{type: sgd, average: 0.9}");
    ck_assert_int_eq(TRAINED(yaml, "x", 9, NULL, "trainer.max_steps=0"), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "test.yaml:9:33: 'average' of optimizer: there is nothing to "
                                   "average in 0 steps");
    folder_leave();
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

int main(void)
{
    Suite *suite = suite_create("update");
    TCase *cases = tcase_create("cases");
    tcase_add_loop_test(cases, every_optimizer_goes_on_to_the_same_bits, 0, COUNT(resumed));
    tcase_add_test(cases, plain_sgd_is_the_same_whether_layers_take_the_step_or_not);
    tcase_add_test(cases, restore_ends_with_the_best_row_however_the_run_ends);
    tcase_add_loop_test(cases, what_overflows_in_a_state_is_a_bad_step, 0, COUNT(bad));
    tcase_add_loop_test(cases, a_skipped_step_changes_neither_weights_nor_states_nor_average, 0,
                        COUNT(bad));
    tcase_add_loop_test(cases, a_norm_that_is_not_finite_is_told_before_any_weight_moves, 0,
                        COUNT(CLIPPED));
    tcase_add_loop_test(cases, wrong_optimizers_are_refused_with_their_place, 0, COUNT(refused));
    tcase_add_test(cases, an_average_of_no_steps_is_refused);
    suite_add_tcase(suite, cases);
    return suite_run(suite, SUITE_IN_PROCESS);
}
