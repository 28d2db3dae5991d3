/*
 * macro_f1 - the mean over classes of F1, each class alike however rare it is.
 *
 *     F1 of a class = 2 hits / (predicted + support)
 *
 *     hits        samples of the class that are predicted as it
 *     predicted   samples that are predicted as the class
 *     support     samples of the class
 *
 * A class that neither occurs nor is predicted has no F1 and is left out of the mean. Of several
 * labels a sample, the samples that have a label are its class.
 *
 * The state is the three counts of each class, which are exact, so their order never matters.
 */
#include "metric.h"
#include <math.h>

enum { HITS, PREDICTED, SUPPORT, COUNTS };

/* Classes, or labels. */
static size_t groups(const struct metric_task *task)
{
    return task->task == TASK_LABELS ? task->width : task->classes;
}

static size_t macro_f1_size(const struct metric_task *task)
{
    return COUNTS * groups(task);
}

static void add_classes(double *state, const struct metric_rows *in)
{
    for (size_t r = 0; r < in->rows; r++) {
        state[COUNTS * in->said[r] + PREDICTED]++;
        state[COUNTS * in->truth[r] + SUPPORT]++;
        state[COUNTS * in->truth[r] + HITS] += in->said[r] == in->truth[r];
    }
}

static void add_labels(size_t width, double *state, const struct metric_rows *in)
{
    for (size_t r = 0; r < in->rows; r++)
        for (size_t j = 0; j < width; j++) {
            bool said = in->prediction[r * width + j] > (real)0.5;
            bool truth = in->target[r * width + j] > (real)0.5;
            state[COUNTS * j + PREDICTED] += said;
            state[COUNTS * j + SUPPORT] += truth;
            state[COUNTS * j + HITS] += said && truth;
        }
}

static void macro_f1_add(const struct metric_task *task, double *state,
                         const struct metric_rows *in)
{
    if (in->said)
        add_classes(state, in);
    else
        add_labels(task->width, state, in);
}

static void macro_f1_merge(const struct metric_task *task, double *state, const double *later)
{
    metric_sum(macro_f1_size(task), state, later);
}

static double macro_f1_finish(const struct metric_task *task, const double *state)
{
    double sum = 0, measured = 0;
    for (size_t i = 0; i < groups(task); i++) {
        const double *count = state + COUNTS * i;
        double whole = count[PREDICTED] + count[SUPPORT];
        sum += whole > 0 ? 2 * count[HITS] / whole : 0;
        measured += whole > 0;
    }
    return measured > 0 ? sum / measured : (double)NAN;
}

const struct metric_kind NAME(metric_macro_f1) = {
    .base = {.title = "macro_f1", .help = "mean over classes of F1, rare classes counting as much"},
    .words = "macro F1",
    .heading = "F1",
    .format = METRIC_SHARE,
    .maximize = true,
    .tasks = TASK_CLASSES | TASK_LABELS,
    .size = macro_f1_size,
    .add = macro_f1_add,
    .merge = macro_f1_merge,
    .finish = macro_f1_finish,
};
