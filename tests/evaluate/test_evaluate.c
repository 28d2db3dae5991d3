/*
 * test_evaluate.c - scores of a split, the same bits on any team; classes that are kept; which
 * metrics apply to which network.
 */
#include "base/error.h"
#include "evaluate/class_scores.h"
#include "evaluate/columns.h"
#include "evaluate/evaluate.h"
#include "graph/graph.h"
#include "support/suite.h"
#include "train/train.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

struct opened {
    struct config *config;
    struct session *session;
    struct evaluator *evaluator;
};

enum { ROWS = 96 };

static struct opened open_text(const char *yaml)
{
    struct opened opened = {0};
    int rc = config_read_text(&opened.config, "test.yaml", NULL, yaml, strlen(yaml), NULL, 0);
    const struct session_options options = {0};
    if (rc == TRAINER_OK)
        rc = session_open(&opened.session, opened.config, &options);
    if (rc == TRAINER_OK)
        rc = evaluator_create(&opened.evaluator, session_graph(opened.session),
                              session_dataset(opened.session), ROWS, 1);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    return opened;
}

static void close_opened(struct opened *opened)
{
    evaluator_free(opened->evaluator);
    session_close(opened->session);
    config_free(opened->config);
}

static void run_team(struct opened *opened, enum split split, int threads)
{
    struct team *team;
    ck_assert_int_eq(team_create(&team, threads), TRAINER_OK);
#pragma omp parallel num_threads(threads)
    {
        struct worker worker = {.team = team, .thread = omp_get_thread_num(), .threads = threads};
        evaluator_run(opened->evaluator, split, split == SPLIT_TEST, &worker);
    }
    team_free(team);
}

static double metric_of(const struct opened *opened, const char *name)
{
    const struct registry_entry *entry = registry_find(FAMILY_METRIC, name);
    return evaluator_scores(opened->evaluator)->metric[entry->index];
}

#define DIGITS                                                                                     \
    "seed: 3\n"                                                                                    \
    "data: {type: digits, train: 300, test: 211}\n"                                                \
    "model: {layers: [{type: Affine, units: 10, init: {type: normal, std: 0.1}}, "                 \
    "{type: SoftmaxWithLoss}]}\n"                                                                  \
    "optimizer: sgd\n"                                                                             \
    "trainer: {max_steps: 1, threads: 4, evaluate: {batch_size: 96}}\n"

START_TEST(scores_have_the_same_bits_on_any_team)
{
    struct opened opened = open_text(DIGITS);
    run_team(&opened, SPLIT_TRAIN, 1);
    double loss = evaluator_scores(opened.evaluator)->loss;
    double accuracy = metric_of(&opened, "accuracy"), f1 = metric_of(&opened, "macro_f1");
    ck_assert(accuracy > 0 && accuracy < 1 && f1 > 0 && f1 < 1);
    for (int threads = 2; threads <= 4; threads++) {
        run_team(&opened, SPLIT_TRAIN, threads);
        ck_assert_double_eq(evaluator_scores(opened.evaluator)->loss, loss);
        ck_assert_double_eq(metric_of(&opened, "accuracy"), accuracy);
        ck_assert_double_eq(metric_of(&opened, "macro_f1"), f1);
    }
    close_opened(&opened);
}
END_TEST

START_TEST(metrics_are_those_of_the_classes_that_are_kept)
{
    struct opened opened = open_text(DIGITS);
    struct class_scores scores;
    double hits = 0, f1 = 0, measured = 0;
    run_team(&opened, SPLIT_TEST, 2);
    const struct evaluation *classes = evaluator_classes(opened.evaluator);
    ck_assert_uint_eq(classes->samples, 211);
    ck_assert_uint_eq(classes->classes, 10);
    ck_assert_int_eq(class_scores_count(&scores, classes), TRAINER_OK);
    for (size_t c = 0; c < 10; c++) {
        hits += (double)scores.confusion[c * 10 + c];
        f1 += isnan(scores.f1[c]) ? 0 : scores.f1[c];
        measured += !isnan(scores.f1[c]);
    }
    ck_assert_double_eq(metric_of(&opened, "accuracy"), hits / 211);
    ck_assert_double_eq_tol(metric_of(&opened, "macro_f1"), f1 / measured, 1e-15);
    class_scores_free(&scores);
    close_opened(&opened);
}
END_TEST

START_TEST(classes_are_restored_where_the_samples_are_as_many)
{
    struct opened opened = open_text(DIGITS);
    int32_t truth[211] = {1, 2}, said[211] = {3, 4};
    const struct evaluation other = {210, 10, truth, said}, same = {211, 10, truth, said};
    evaluator_restore(opened.evaluator, &other);
    ck_assert_uint_eq(evaluator_classes(opened.evaluator)->samples, 0);
    evaluator_restore(opened.evaluator, &same);
    ck_assert_uint_eq(evaluator_classes(opened.evaluator)->samples, 211);
    ck_assert_int_eq(evaluator_classes(opened.evaluator)->predicted_class[1], 4);
    close_opened(&opened);
}
END_TEST

/* Two classes told apart by one unit: x is the score, as the weight is 1. */
START_TEST(one_unit_says_class_1_above_one_half)
{
    struct opened opened =
        open_text("data: {type: inline, inputs: {x: [[3], [-1], [0], [2], [-5]]}, "
                  "labels: [1, 0, 1, 0, 0], validation: 0}\n"
                  "model: {layers: [{type: Affine, units: 1, init: {type: constant, value: 1}}, "
                  "{type: SigmoidWithLoss}]}\n"
                  "optimizer: sgd\ntrainer: {max_steps: 1, batch_size: 5}\n");
    run_team(&opened, SPLIT_TRAIN, 1);
    /* Said 1 0 0 1 0, right 1 0 1 0 0. F1 of class 0: 4/6, of class 1: 2/4. */
    ck_assert_double_eq(metric_of(&opened, "accuracy"), 3.0 / 5);
    ck_assert_double_eq_tol(metric_of(&opened, "macro_f1"), (4.0 / 6 + 2.0 / 4) / 2, 1e-15);
    close_opened(&opened);
}
END_TEST

START_TEST(several_labels_are_answers_of_their_own)
{
    struct opened opened =
        open_text("data: {type: inline, inputs: {x: [[3, -1], [-1, 2], [1, 1]]}, "
                  "labels: [[1, 1], [0, 1], [0, 0]]}\n"
                  "model: {layers: [{name: s, type: SigmoidWithLoss, input: x}]}\n"
                  "optimizer: sgd\ntrainer: {max_steps: 1, batch_size: 3}\n");
    const struct metric_task *task = evaluator_task(opened.evaluator);
    ck_assert_int_eq(task->task, TASK_LABELS);
    ck_assert_uint_eq(task->width, 2);
    run_team(&opened, SPLIT_TRAIN, 1);
    /* Said 10 01 11, asked 11 01 00: right are three of six. F1: 2/3 and 2/4. */
    ck_assert_double_eq(metric_of(&opened, "accuracy"), 3.0 / 6);
    ck_assert_double_eq_tol(metric_of(&opened, "macro_f1"), (2.0 / 3 + 2.0 / 4) / 2, 1e-15);
    close_opened(&opened);
}
END_TEST

START_TEST(metrics_apply_to_their_tasks_alone)
{
    for (size_t i = 0; i < registry_count(FAMILY_METRIC); i++) {
        const struct metric_kind *kind =
            (const struct metric_kind *)registry_kind(registry_at(FAMILY_METRIC, i), 0);
        static const enum task tasks[] = {TASK_VALUES, TASK_CLASS, TASK_BINARY, TASK_LABELS};
        for (size_t t = 0; t < sizeof tasks / sizeof *tasks; t++) {
            struct metric_task task = {.task = tasks[t], .width = 10, .classes = 10};
            ck_assert_int_eq(evaluate_applies(&task, i), (kind->tasks & tasks[t]) != 0);
        }
        ck_assert(!evaluate_applies(&(struct metric_task){0}, i));
    }
}
END_TEST

int main(void)
{
    return suite_main("evaluate", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){scores_have_the_same_bits_on_any_team,
                                        metrics_are_those_of_the_classes_that_are_kept,
                                        classes_are_restored_where_the_samples_are_as_many,
                                        one_unit_says_class_1_above_one_half,
                                        several_labels_are_answers_of_their_own,
                                        metrics_apply_to_their_tasks_alone, NULL});
}
