/*
 * sweep_sample.c - see sweep_sample.h.
 */
#include "sweep_sample.h"
#include "base/error.h"
#include "folder.h"

#include "base/series.h"
#include "suite.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 4096, COLUMNS_MAX = 64 };

static const char base_text[] =
    "seed: 3\n"
    "data:\n"
    "  type: inline\n"
    "  inputs: {inputs: [[0, 0], [0, 1], [1, 0], [1, 1]]}\n"
    "  labels: [0, 1, 1, 0]\n"
    "  test: {inputs: {inputs: [[0, 1], [1, 1]]}, labels: [1, 0]}\n"
    "model:\n"
    "  layers:\n"
    "    - {name: affine1, type: Affine, units: 8, init: {type: normal, std: 1}}\n"
    "    - {type: Sigmoid}\n"
    "    - {name: affine2, type: Affine, units: 2, init: {type: normal, std: 1}}\n"
    "    - {type: SoftmaxWithLoss}\n"
    "optimizer: {type: sgd, learning_rate: 1}\n"
    "trainer: {batch_size: 4, max_steps: 40, threads: 1}\n";

void sweep_sample_start(void)
{
    folder_enter();
    folder_write("base.yaml", base_text);
}

void sweep_sample_text(const char *text)
{
    static const char head[] = "config: base.yaml\nmetric: {name: test_accuracy, goal: maximize}\n";
    char whole[TEXT_SIZE];
    snprintf(whole, sizeof whole, "%s%s", strncmp(text, "config:", 7) == 0 ? "" : head, text);
    folder_write("sweep.yaml", whole);
}

struct sweep *sweep_sample_open(const char *text)
{
    struct sweep *sweep = NULL;
    sweep_sample_text(text);
    int rc = sweep_open(&sweep, "sweep.yaml", &(struct sweep_options){.count = 0});
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    for (size_t i = 0; i < sweep_trial_count(sweep); i++)
        sweep_identify(sweep, i, "data");
    return sweep;
}

void sweep_sample_refused(const char *text, const char *argument, const char *message)
{
    struct sweep *sweep = NULL;
    struct sweep_options options = {.assignments = &argument, .count = argument ? 1 : 0};
    sweep_sample_text(text);
    int rc = sweep_open(&sweep, "sweep.yaml", &options);
    ck_assert_str_eq(error_text(), message);
    ck_assert_int_eq(rc, TRAINER_INVALID);
    ck_assert_ptr_null(sweep);
}

const char *sweep_sample_value(const struct sweep *sweep, size_t trial, const char *key)
{
    size_t k = 0;
    while (k < sweep_key_count(sweep) && strcmp(sweep_key(sweep, k)->name, key) != 0)
        k++;
    ck_assert_uint_lt(k, sweep_key_count(sweep));
    ck_assert_uint_lt(trial, sweep_trial_count(sweep));
    return sweep_trial(sweep, trial)->value[k];
}

size_t sweep_sample_column(const struct sweep_results *results, const char *name)
{
    const struct series *metrics = sweep_results_metrics(results);
    int column = series_find(metrics, name);
    ck_assert_int_ge(column, 0);
    return (size_t)column;
}

struct series sweep_sample_epochs(const struct sweep_results *results, const double *accuracy,
                                  size_t rows)
{
    struct series series = *sweep_results_metrics(results);
    double row[COLUMNS_MAX];
    ck_assert_int_le(series.columns, COLUMNS_MAX);
    for (size_t i = 0; i < rows; i++) {
        for (int c = 0; c < series.columns; c++)
            row[c] = (double)NAN;
        row[sweep_sample_column(results, "epoch")] = (double)(i + 1);
        row[sweep_sample_column(results, "test_accuracy")] = accuracy[i];
        row[sweep_sample_column(results, "test_loss")] = 1 - accuracy[i];
        ck_assert_int_eq(series_append(&series, row), TRAINER_OK);
    }
    return series;
}
