/*
 * test_train.c - what training does: rows where they belong, exclusive or learned, the same bits
 * on any team and from the resolved config, frozen layers, saved weights, early stopping,
 * refusals.
 */
#include "base/error.h"
#include "engine/engine.h"
#include "runfile/runfile.h"
#include "support/suite.h"
#include "train/train.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS_MAX = 64, COLUMNS_MAX = 32 };

/* A run that has ended: its last rows and weights. */
struct outcome {
    int rc;
    size_t rows, steps;
    int columns;
    const char *name[COLUMNS_MAX];
    double row[ROWS_MAX][COLUMNS_MAX];
    char *resolved;
    float *weights;
    size_t count;
};

static char names[COLUMNS_MAX][64];

static void watch(void *context, enum event event, const struct progress *progress)
{
    struct outcome *outcome = context;
    outcome->steps = (size_t)progress->step;
    if (event != EVENT_EVALUATED)
        return;
    ck_assert_uint_lt(outcome->rows, ROWS_MAX);
    outcome->columns = progress->epochs->columns;
    for (int i = 0; i < outcome->columns; i++) {
        snprintf(names[i], sizeof names[i], "%s", progress->epochs->name[i]);
        outcome->name[i] = names[i];
        outcome->row[outcome->rows][i] = progress->row[i];
    }
    outcome->rows++;
}

static double column(const struct outcome *outcome, size_t row, const char *name)
{
    for (int i = 0; i < outcome->columns; i++)
        if (strcmp(outcome->name[i], name) == 0)
            return outcome->row[row][i];
    ck_abort_msg("no column %s", name);
}

static double last(const struct outcome *outcome, const char *name)
{
    return column(outcome, outcome->rows - 1, name);
}

static void keep_weights(struct session *session, struct outcome *outcome)
{
    struct graph *graph = session_graph(session);
    outcome->weights = malloc(4u << 20);
    ck_assert_ptr_nonnull(outcome->weights);
    for (size_t i = 0; i < graph_parameter_count(graph); i++) {
        const struct parameter *p = graph_parameter(graph, i);
        memcpy(outcome->weights + outcome->count, p->x, p->count * sizeof(float));
        outcome->count += p->count;
    }
}

/* Trains the config text with some assignments; rc and the message tell of refusals. */
static struct outcome run(const char *yaml, const char *run_path, const char *const *assignments,
                          size_t count)
{
    struct outcome outcome = {0};
    struct config *config = NULL;
    struct session *session = NULL;
    size_t length;
    outcome.rc =
        config_read_text(&config, "test.yaml", NULL, yaml, strlen(yaml), assignments, count);
    if (outcome.rc == TRAINER_OK)
        outcome.rc = session_open(&session, config, &(struct session_options){0});
    if (outcome.rc == TRAINER_OK) {
        struct observer observer = {watch, &outcome};
        outcome.rc = session_train(session, run_path, &observer, NULL);
        outcome.resolved = config_emit(session_resolved(session), &length);
        keep_weights(session, &outcome);
    }
    session_close(session);
    config_free(config);
    return outcome;
}

#define RUN(yaml, ...)                                                                             \
    run(yaml, NULL, (const char *[]){__VA_ARGS__},                                                 \
        sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))

static void forget(struct outcome *outcome)
{
    free(outcome->weights);
    free(outcome->resolved);
}

static void assert_same_bits(const struct outcome *a, const struct outcome *b)
{
    ck_assert_int_eq(a->rc, TRAINER_OK);
    ck_assert_int_eq(b->rc, TRAINER_OK);
    ck_assert_uint_eq(a->rows, b->rows);
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_mem_eq(a->weights, b->weights, a->count * sizeof(float));
    for (size_t r = 0; r < a->rows; r++)
        for (int i = 0; i < a->columns; i++)
            if (strcmp(a->name[i], "seconds") != 0 && strcmp(a->name[i], "samples_per_second") != 0)
                ck_assert_mem_eq(&a->row[r][i], &b->row[r][i], sizeof(double));
}

static const char xor_yaml[] = "seed: 3\n"
                               "data:\n"
                               "  type: inline\n"
                               "  inputs: {inputs: [[0, 0], [0, 1], [1, 0], [1, 1]]}\n"
                               "  labels: [0, 1, 1, 0]\n"
                               "model:\n"
                               "  layers:\n"
                               "    - {type: Affine, units: 8, init: {type: normal, std: 1}}\n"
                               "    - {type: Sigmoid}\n"
                               "    - {type: Affine, units: 2, init: {type: normal, std: 1}}\n"
                               "    - {type: SoftmaxWithLoss}\n"
                               "optimizer: {type: sgd, learning_rate: 1}\n"
                               "trainer:\n"
                               "  batch_size: 4\n"
                               "  max_steps: 3000\n"
                               "  evaluate: {every: 500 steps, train: true}\n";

static const char digits_yaml[] =
    "seed: 5\n"
    "data: {type: digits, train: 2000, test: 500}\n"
    "model:\n"
    "  layers:\n"
    "    - {type: Affine, units: 37, init: {type: normal, std: 0.01}}\n"
    "    - {type: ReLU}\n"
    "    - {type: Affine, units: 10, init: {type: normal, std: 0.01}}\n"
    "    - {type: SoftmaxWithLoss}\n"
    "optimizer: {type: sgd, learning_rate: 0.1}\n"
    "trainer:\n"
    "  batch_size: 100\n"
    "  max_steps: 50\n"
    "  evaluate: {every: epoch, train: true}\n";

START_TEST(exclusive_or_is_learned_to_100_percent)
{
    struct outcome outcome = RUN(xor_yaml, "trainer.threads=1");
    ck_assert_int_eq(outcome.rc, TRAINER_OK);
    ck_assert_double_eq(last(&outcome, "train_accuracy"), 1);
    ck_assert_double_lt(last(&outcome, "train_loss"), 0.05);
    ck_assert_uint_eq(outcome.rows, 7);
    forget(&outcome);
}
END_TEST

START_TEST(rows_are_step_0_each_epoch_end_and_the_last_step)
{
    struct outcome outcome = RUN(digits_yaml, "trainer.sampling=with_replacement");
    const double steps[] = {0, 20, 40, 50};
    ck_assert_uint_eq(outcome.rows, 4);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq(column(&outcome, i, "step"), steps[i]);
        ck_assert_double_eq(column(&outcome, i, "epoch"), steps[i] / 20);
    }
    ck_assert(isnan(column(&outcome, 0, "batch_loss")));
    ck_assert_double_eq_tol(column(&outcome, 0, "test_loss"), log(10), 0.02);
    ck_assert(isnan(last(&outcome, "validation_loss")));
    ck_assert_double_gt(last(&outcome, "test_accuracy"), column(&outcome, 0, "test_accuracy"));
    forget(&outcome);
}
END_TEST

START_TEST(a_short_last_batch_trains_and_counts_its_own_rows)
{
    struct outcome outcome = RUN(digits_yaml, "trainer.batch_size=300",
                                 "trainer.max_steps=unlimited", "trainer.max_epochs=2");
    ck_assert_int_eq(outcome.rc, TRAINER_OK);
    ck_assert_uint_eq(outcome.steps, 14);
    ck_assert_uint_eq(outcome.rows, 3);
    forget(&outcome);
}
END_TEST

START_TEST(the_same_bits_on_any_number_of_threads)
{
    static const char *const threads[] = {"trainer.threads=2", "trainer.threads=3",
                                          "trainer.threads=5", "trainer.threads=8",
                                          "trainer.threads=16"};
    struct outcome one = RUN(digits_yaml, "trainer.threads=1");
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        struct outcome many = RUN(digits_yaml, threads[i]);
        assert_same_bits(&one, &many);
        forget(&many);
    }
    forget(&one);
}
END_TEST

START_TEST(skipping_zeros_gives_the_same_bits)
{
    struct outcome dense = RUN(digits_yaml, "trainer.sparse_input=never");
    struct outcome sparse = RUN(digits_yaml, "trainer.sparse_input=always");
    struct outcome chosen = RUN(digits_yaml, "trainer.sparse_input=auto", "trainer.threads=3");
    assert_same_bits(&dense, &sparse);
    assert_same_bits(&dense, &chosen);
    forget(&dense);
    forget(&sparse);
    forget(&chosen);
}
END_TEST

/* Steps of 1e-40, from weights of zero; in the caller's thread such numbers stay what they are. */
START_TEST(numbers_below_the_normal_range_count_as_zero_only_while_training)
{
    static const char yaml[] = "data:\n"
                               "  type: inline\n"
                               "  inputs: [[2.0e-38], [1.0]]\n"
                               "  labels: [0, 1]\n"
                               "model:\n"
                               "  layers:\n"
                               "    - {type: Affine, units: 2, bias: false,\n"
                               "       init: {type: constant, value: 0}}\n"
                               "    - {type: SoftmaxWithLoss}\n"
                               "optimizer: {type: sgd, learning_rate: 0.01}\n"
                               "trainer: {batch_size: 1, sampling: sequential, max_steps: 1}\n";
    const char *threads[] = {"trainer.threads=1", "trainer.threads=3"};
    for (int i = 0; i < 2; i++) {
        struct outcome outcome = RUN(yaml, threads[i]);
        ck_assert_int_eq(outcome.rc, TRAINER_OK);
        ck_assert_uint_eq(outcome.count, 2);
        ck_assert(outcome.weights[0] == 0 && outcome.weights[1] == 0);
        volatile float smallest = FLT_MIN;
        ck_assert(smallest / 2 > 0);
        forget(&outcome);
    }
}
END_TEST

START_TEST(the_resolved_config_repeats_the_run)
{
    struct outcome first = RUN(digits_yaml, "trainer.max_steps=23", "data.validation=0.1");
    struct outcome again = RUN(first.resolved, "name=again");
    assert_same_bits(&first, &again);
    forget(&first);
    forget(&again);
}
END_TEST

START_TEST(another_seed_gives_other_weights)
{
    struct outcome a = RUN(digits_yaml, "trainer.max_steps=0"),
                   b = RUN(digits_yaml, "trainer.max_steps=0", "seed=6");
    ck_assert_uint_eq(a.rows, 1);
    ck_assert_mem_ne(a.weights, b.weights, 64);
    forget(&a);
    forget(&b);
}
END_TEST

START_TEST(a_run_starts_from_saved_weights_and_keeps_frozen_ones)
{
    char path[] = "/tmp/trainer_test_XXXXXX", file[64], weights[96];
    ck_assert_ptr_nonnull(mkdtemp(path));
    snprintf(file, sizeof file, "%s/run.h5", path);
    snprintf(weights, sizeof weights, "model.weights=%s", file);
    struct outcome first = run(digits_yaml, file, (const char *[]){"trainer.max_steps=5"}, 1);
    struct outcome same = RUN(digits_yaml, "seed=77", "trainer.max_steps=0", weights);
    ck_assert_int_eq(first.rc, TRAINER_OK);
    ck_assert_mem_eq(first.weights, same.weights, first.count * sizeof(float));
    struct outcome frozen =
        RUN(digits_yaml, "trainer.max_steps=5", weights, "model.layers.affine1.frozen=true");
    /* The trained layer's parameters come first, then the frozen ones. */
    size_t head = 37 * 10 + 10, stem = 784 * 37 + 37;
    ck_assert_uint_eq(frozen.count, head + stem);
    ck_assert_mem_eq(frozen.weights + head, first.weights, stem * sizeof(float));
    ck_assert_mem_ne(frozen.weights, first.weights + stem, head * sizeof(float));
    forget(&first);
    forget(&same);
    forget(&frozen);
    unlink(file);
    rmdir(path);
}
END_TEST

START_TEST(early_stopping_waits_for_its_patience)
{
    struct outcome outcome = RUN(
        digits_yaml, "data.validation=200", "trainer.max_steps=2000", "trainer.sampling=sequential",
        "trainer.early_stopping={monitor: validation_loss, patience: 2, min_delta: 100}");
    ck_assert_int_eq(outcome.rc, TRAINER_OK);
    ck_assert_uint_eq(outcome.rows, 3);
    ck_assert_uint_eq(outcome.steps, 36);
    forget(&outcome);
}
END_TEST

START_TEST(a_loss_that_is_not_finite_ends_the_run)
{
    struct outcome outcome =
        RUN("data: {type: inline, inputs: {x: [[1e30], [1]]}, labels: [0, 1]}\n"
            "model: {layers: [{type: Affine, units: 2}, "
            "{type: SoftmaxWithLoss}]}\n"
            "optimizer: {type: sgd, learning_rate: 1e6}\n"
            "trainer: {batch_size: 2}\n",
            "trainer.max_steps=10");
    ck_assert_int_eq(outcome.rc, TRAINER_FAILED);
    ck_assert_msg(strncmp(error_text(), "step ", 5) == 0, "%s", error_text());
    forget(&outcome);
}
END_TEST

/* Settings that are refused, and the message. */
static const struct {
    const char *assignment, *message;
} refused[] = {
    {"trainer.max_steps=unlimited",
     "test.yaml:11:3: 'trainer' needs max_steps, max_epochs or max_seconds"},
    {"trainer.max_stepz=3", "command line: trainer.max_stepz=3: unknown key 'max_stepz' in "
                            "trainer; did you mean 'max_steps'?"},
    {"trainer.batch_size=0", "command line: trainer.batch_size=0: 'batch_size' in trainer must be "
                             "an integer from 1 to 16777216, not 0"},
    {"trainer.early_stopping={patience: 1}",
     "command line: trainer.early_stopping={patience: 1}: early_stopping.monitor 'validation_loss' "
     "is never measured: the data has no validation samples; known: batch_loss, train_loss, "},
    {"trainer.early_stopping={patience: 1, monitor: test_los}",
     "command line: trainer.early_stopping={patience: 1, monitor: test_los}: "
     "early_stopping.monitor 'test_los' is no metric of this run; did you mean 'test_loss'? known: "
     "batch_loss, "},
    {"trainer.early_stopping={patience: 1, monitor: seconds}",
     "command line: trainer.early_stopping={patience: 1, monitor: seconds}: "
     "early_stopping.monitor 'seconds' is no metric of this run; known: batch_loss, "},
    {"optimizer.type=sgdd",
     "command line: optimizer.type=sgdd: unknown optimizer 'sgdd'; did you "
     "mean 'sgd'? known: adadelta, adagrad, adam, adamw, momentum, rmsprop, sgd"},
    {"optimizer.learning_rate=0",
     "command line: optimizer.learning_rate=0: 'learning_rate' in optimizer must be a number > 0 "
     "and <= 1000000, not 0"},
    {"name=../x", "command line: name=../x: 'name' must be letters, digits, '_', '-' and '.', and "
                  "start with none of '.', not '../x'"},
};

/* The same text; as far as it goes where it ends in a list of metrics, which grows. */
static void assert_begins(const char *text, const char *wanted)
{
    size_t length = strlen(wanted);
    if (strcmp(wanted + length - 2, ", ") == 0)
        ck_assert_msg(strncmp(text, wanted, length) == 0, "%s", text);
    else
        ck_assert_str_eq(text, wanted);
}

START_TEST(wrong_settings_are_refused_with_their_place)
{
    struct outcome outcome = RUN(digits_yaml, refused[_i].assignment);
    ck_assert_int_eq(outcome.rc, TRAINER_INVALID);
    assert_begins(error_text(), refused[_i].message);
    forget(&outcome);
}
END_TEST

START_TEST(mistakes_in_one_section_do_not_hide_those_in_another)
{
    struct outcome outcome = RUN("data: {type: digit}\n"
                                 "model: {layers: [{type: Affine, unit: 2}]}\n"
                                 "optimizer: {type: sdg}\n"
                                 "trainer: {max_step: 1}\n",
                                 "seed=1");
    ck_assert_int_eq(outcome.rc, TRAINER_INVALID);
    assert_begins(/* the kinds of data follow, which become more */
                  error_text(),
                  "test.yaml:4:11: unknown key 'max_step' in trainer; did you mean 'max_steps'?\n"
                  "test.yaml:2:33: unknown key 'unit' in Affine 'affine1'; did you mean 'units'?\n"
                  "test.yaml:3:19: unknown optimizer 'sdg'; did you mean 'sgd'? known: adadelta, "
                  "adagrad, "
                  "adam, adamw, momentum, rmsprop, sgd\n"
                  "test.yaml:1:14: unknown dataset 'digit'; did you mean 'digits'? known: CSV, ");
}
END_TEST

START_TEST(a_network_without_loss_is_not_trained)
{
    struct outcome outcome = RUN("data: {type: inline, inputs: {x: [[1]]}}\n"
                                 "model: {layers: [{type: ReLU}]}\n",
                                 "trainer.max_steps=1");
    ck_assert_int_eq(outcome.rc, TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "the model has no loss layer; training needs one");
}
END_TEST

int main(void)
{
    int wrong = suite_main("train refusals", SUITE_IN_PROCESS, sizeof refused / sizeof *refused,
                           (const TTest *[]){wrong_settings_are_refused_with_their_place, NULL});
    return wrong |
           suite_main(
               "train", SUITE_IN_PROCESS, 1,
               (const TTest *[]){
                   exclusive_or_is_learned_to_100_percent,
                   rows_are_step_0_each_epoch_end_and_the_last_step,
                   a_short_last_batch_trains_and_counts_its_own_rows,
                   the_same_bits_on_any_number_of_threads, skipping_zeros_gives_the_same_bits,
                   numbers_below_the_normal_range_count_as_zero_only_while_training,
                   the_resolved_config_repeats_the_run, another_seed_gives_other_weights,
                   a_run_starts_from_saved_weights_and_keeps_frozen_ones,
                   early_stopping_waits_for_its_patience, a_loss_that_is_not_finite_ends_the_run,
                   mistakes_in_one_section_do_not_hide_those_in_another,
                   a_network_without_loss_is_not_trained, NULL});
}
