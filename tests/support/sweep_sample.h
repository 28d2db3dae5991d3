/*
 * sweep_sample.h - sweeps in a folder of their own, for tests: a tiny base config and what is
 * asked.
 */
#ifndef TRAINER_SWEEP_SAMPLE_H
#define TRAINER_SWEEP_SAMPLE_H

#include "sweep/sweep_results.h"

/* Makes a folder with base.yaml (xor: affine1, sigmoid1, affine2, softmax_with_loss1; a test split;
 * learning_rate 1, max_steps 40, batch_size 4) and goes there. folder_leave removes it. */
void sweep_sample_start(void);

/* A sweep.yaml of `config: base.yaml`, a metric (test_accuracy, maximize) and the text. The whole
 * text is what is asked for where it begins with "config:". */
void sweep_sample_text(const char *text);

/* Opens it; its trials have ids of the fingerprint "data". */
struct sweep *sweep_sample_open(const char *text);

/* Expects TRAINER_INVALID with exactly this message, with one argument (or NULL). */
void sweep_sample_refused(const char *text, const char *argument, const char *message);

/* The value of a trial's key, as text. */
const char *sweep_sample_value(const struct sweep *sweep, size_t trial, const char *key);

/* Rows of the epoch series: epochs 1, 2, ... with this test_accuracy, test_loss 1 - that, and all
 * else NaN. Free value with series_free. */
struct series sweep_sample_epochs(const struct sweep_results *results, const double *accuracy,
                                  size_t rows);

/* The index of a column in the epoch series. */
size_t sweep_sample_column(const struct sweep_results *results, const char *name);

#endif
