/*
 * accuracy - the share of right answers.
 *
 *     accuracy = right / asked
 *
 * Of classes, one answer a sample: its predicted class. Of several labels a sample, each label is
 * an answer of its own, right where prediction and target lie on the same side of one half.
 *
 * The state is both counts, which are exact, so their order never matters.
 */
#include "metric.h"

enum { RIGHT, ASKED, COUNTS };

static size_t accuracy_size(const struct metric_task *task)
{
    (void)task;
    return COUNTS;
}

static void accuracy_add(const struct metric_task *task, double *state,
                         const struct metric_rows *in)
{
    size_t answers = in->said ? in->rows : in->rows * task->width, right = 0;
    for (size_t i = 0; in->said && i < answers; i++)
        right += in->said[i] == in->truth[i];
    for (size_t i = 0; !in->said && i < answers; i++)
        right += (in->prediction[i] > (real)0.5) == (in->target[i] > (real)0.5);
    state[RIGHT] += (double)right;
    state[ASKED] += (double)answers;
}

static void accuracy_merge(const struct metric_task *task, double *state, const double *later)
{
    (void)task;
    metric_sum(COUNTS, state, later);
}

static double accuracy_finish(const struct metric_task *task, const double *state)
{
    (void)task;
    return state[RIGHT] / state[ASKED];
}

const struct metric_kind NAME(metric_accuracy) = {
    .base = {.title = "accuracy", .help = "share of right answers"},
    .heading = "acc",
    .format = METRIC_SHARE,
    .maximize = true,
    .headline = true,
    .tasks = TASK_CLASSES | TASK_LABELS,
    .size = accuracy_size,
    .add = accuracy_add,
    .merge = accuracy_merge,
    .finish = accuracy_finish,
};
