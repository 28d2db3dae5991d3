/*
 * rmse - the root of the mean squared error of values.
 *
 *     rmse = sqrt(mean of (divisor (y - t))^2)
 *
 * The mean is over all samples and targets; errors are in the units of the data, also where labels
 * were normalised. The state is the sum of squares and their number.
 */
#include "metric.h"
#include <math.h>

enum { SUM, COUNT, SIZE };

static size_t rmse_size(const struct metric_task *task)
{
    (void)task;
    return SIZE;
}

static void rmse_add(const struct metric_task *task, double *state, const struct metric_rows *in)
{
    for (size_t i = 0; i < in->rows * task->width; i++) {
        double error = metric_error(task, in, i);
        state[SUM] += error * error;
    }
    state[COUNT] += (double)(in->rows * task->width);
}

static void rmse_merge(const struct metric_task *task, double *state, const double *later)
{
    (void)task;
    metric_sum(SIZE, state, later);
}

static double rmse_finish(const struct metric_task *task, const double *state)
{
    (void)task;
    return sqrt(state[SUM] / state[COUNT]);
}

const struct metric_kind NAME(metric_rmse) = {
    .base = {.title = "RMSE", .help = "root of the mean squared error, in the data's units"},
    .format = METRIC_NUMBER,
    .headline = true,
    .tasks = TASK_VALUES,
    .size = rmse_size,
    .add = rmse_add,
    .merge = rmse_merge,
    .finish = rmse_finish,
};
