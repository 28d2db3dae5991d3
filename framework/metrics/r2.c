/*
 * r2 - the share of the targets' variance that predictions explain.
 *
 *     R2 of a target = 1 - sum (y - t)^2 / sum (t - mean t)^2
 *
 * 1: exact; 0: as good as the targets' mean; below 0: worse. The mean over the targets counts; a
 * target that never changes has no R2 and is left out.
 *
 * The state of a target is its count, its mean, the sum of squares about the mean, and the sum of
 * squared errors; two parts are merged about their common mean (Chan, Golub, LeVeque 1983), so that
 * no difference of large sums loses digits. Scale and offset of the labels cancel.
 */
#include "metric.h"
#include <math.h>

enum { COUNT, MEAN, SPREAD, ERRORS, SIZE };

static size_t r2_size(const struct metric_task *task)
{
    return SIZE * task->width;
}

/* Takes `count` values of that mean and spread into the state of one target. */
static void merge_target(double *state, double count, double mean, double spread, double errors)
{
    double all = state[COUNT] + count, apart = mean - state[MEAN];
    if (count == 0)
        return;
    state[SPREAD] += spread + apart * apart * (state[COUNT] * count / all);
    state[MEAN] += apart * (count / all);
    state[COUNT] = all;
    state[ERRORS] += errors;
}

static void r2_add(const struct metric_task *task, double *state, const struct metric_rows *in)
{
    for (size_t r = 0; r < in->rows; r++)
        for (size_t j = 0; j < task->width; j++) {
            double target = (double)in->target[r * task->width + j];
            double error = (double)in->prediction[r * task->width + j] - target;
            merge_target(state + SIZE * j, 1, target, 0, error * error);
        }
}

static void r2_merge(const struct metric_task *task, double *state, const double *later)
{
    for (size_t j = 0; j < task->width; j++, state += SIZE, later += SIZE)
        merge_target(state, later[COUNT], later[MEAN], later[SPREAD], later[ERRORS]);
}

static double r2_finish(const struct metric_task *task, const double *state)
{
    double sum = 0, measured = 0;
    for (size_t j = 0; j < task->width; j++, state += SIZE) {
        bool varies = state[SPREAD] != 0; /* NaN too: it is to be seen */
        sum += varies ? 1 - state[ERRORS] / state[SPREAD] : 0;
        measured += varies;
    }
    return measured > 0 ? sum / measured : (double)NAN;
}

const struct metric_kind NAME(metric_r2) = {
    .base = {.title = "R2", .help = "share of the targets' variance that is explained"},
    .format = METRIC_NUMBER,
    .maximize = true,
    .tasks = TASK_VALUES,
    .size = r2_size,
    .add = r2_add,
    .merge = r2_merge,
    .finish = r2_finish,
};
