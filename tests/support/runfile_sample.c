/*
 * runfile_sample.c - a small run whose numbers the tests know.
 */
#include "runfile_sample.h"
#include "base/error.h"
#include "base/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEP_COLUMNS = 4, EPOCH_COLUMNS = 4, SAMPLES = 8, NUMBERS = 64 };

static const char *const step_names[] = {"step", "epoch", "train_loss", "learning_rate"};
static const char *const step_units[] = {"", "", "", ""};
static const char *const step_titles[] = {"optimizer steps", "passes over the data",
                                          "loss of the batch", "learning rate"};
static const char *const epoch_names[] = {"epoch", "train_loss", "test_accuracy", "seconds"};
static const char *const epoch_units[] = {"", "", "", "s"};
static const char *const epoch_titles[] = {"passes over the data", "loss of the training split",
                                           "accuracy of the test split", "time since the start"};

static double step_values[SAMPLE_STEPS][STEP_COLUMNS];
static double epoch_values[SAMPLE_EPOCHS][EPOCH_COLUMNS];
static int32_t true_class[SAMPLES], predicted_class[SAMPLES];
static float numbers[SAMPLE_TENSORS][NUMBERS];
static struct series steps, epochs;
static struct evaluation evaluation;
static struct image_tensor tensors[SAMPLE_TENSORS];

static const struct image_layer layers[] = {
    {"affine1", "Affine"}, {"relu1", "ReLU"},   {"conv1", "Convolution"},
    {"affine2", "Affine"}, {"scale1", "Scale"},
};

static const struct run_facts facts = {
    .status = RUN_RUNNING,
    .error = "",
    .start_time = "2025-01-02T03:04:05Z",
    .end_time = "",
    .epochs_done = 2,
    .steps_done = 20,
    .seed = UINT64_MAX,
    .threads = 2,
    .precision = "float32",
    .kernels = "avx2",
    .command_line = "trainer configs/\xc3\xbc.yaml",
    .sparse_input = "inputs",
    .data_fingerprint = "0123abcd",
    .resumed_from = "",
    .config = "name: two_layer\n",
    .config_resolved = "name: two_layer\nseed: 42\n",
};

static void fill_series(void)
{
    static const double known_epochs[SAMPLE_EPOCHS][EPOCH_COLUMNS] = {
        {0, 2, 0.1, 0}, {0.5, 1, (double)NAN, 1.5}, {1, 0.5, 0.9, 3}};
    for (int i = 0; i < SAMPLE_STEPS; i++) {
        const double row[STEP_COLUMNS] = {i, floor(i / 10.0), 1.0 / (1 + i), 0.1};
        memcpy(step_values[i], row, sizeof row);
    }
    memcpy(epoch_values, known_epochs, sizeof known_epochs);
    steps = (struct series){STEP_COLUMNS, step_names,   step_units,         step_titles,
                            SAMPLE_STEPS, SAMPLE_STEPS, &step_values[0][0], NULL};
    epochs = (struct series){EPOCH_COLUMNS, epoch_names,   epoch_units,         epoch_titles,
                             SAMPLE_EPOCHS, SAMPLE_EPOCHS, &epoch_values[0][0], NULL};
}

static void fill_evaluation(void)
{
    static const int32_t said[SAMPLES][2] = {{0, 0}, {0, 0}, {0, 1}, {1, 1},
                                             {1, 1}, {1, 0}, {1, 1}, {2, 1}};
    for (int i = 0; i < SAMPLES; i++) {
        true_class[i] = said[i][0];
        predicted_class[i] = said[i][1];
    }
    evaluation = (struct evaluation){SAMPLES, SAMPLE_CLASSES, true_class, predicted_class};
}

static void fill_tensors(void)
{
    static const struct image_tensor known[SAMPLE_TENSORS] = {
        {"affine1", "weight", {2, {4, 3}}, sizeof(float), NULL},
        {"affine1", "bias", {1, {3}}, sizeof(float), NULL},
        {"conv1", "kernel", {4, {2, 3, 2, 2}}, sizeof(float), NULL},
        {"conv1", "mean", {1, {5}}, sizeof(float), NULL},
        {"affine2", "weight", {2, {3, 3}}, sizeof(float), NULL},
        {"affine2", "gate", {1, {7}}, sizeof(float), NULL},
        {"scale1", "factor", {0, {0}}, sizeof(float), NULL},
    };
    for (int i = 0; i < SAMPLE_TENSORS; i++) {
        tensors[i] = known[i];
        tensors[i].x = numbers[i];
        for (int k = 0; k < NUMBERS; k++)
            numbers[i][k] = (float)(i + 1) + (float)k / 64;
    }
}

struct image_contents sample_contents(void)
{
    fill_series();
    fill_evaluation();
    fill_tensors();
    return (struct image_contents){
        .kind = "run",
        .facts = facts,
        .machine = {"a-machine", "a processor", "2025-01-02T03:05:00Z"},
        .steps = steps,
        .epochs = epochs,
        .evaluation = evaluation,
        .layer = layers,
        .layers = sizeof layers / sizeof *layers,
        .tensor = tensors,
        .tensors = SAMPLE_TENSORS,
    };
}

struct snapshot sample_snapshot(void)
{
    fill_series();
    fill_evaluation();
    return (struct snapshot){
        .facts = &facts, .steps = &steps, .epochs = &epochs, .evaluation = &evaluation};
}

int sample_write(const char *path, const struct image_contents *contents)
{
    void *bytes = NULL;
    size_t count = 0;
    int rc = runfile_image(&bytes, &count, path, contents);
    if (rc == TRAINER_OK)
        rc = file_replace(path, bytes, count);
    free(bytes);
    return rc;
}
