/*
 * mae - the mean absolute error of values.
 *
 *     mae = mean of |divisor (y - t)|
 *
 * The mean is over all samples and targets; errors are in the units of the data, also where labels
 * were normalised. The state is the sum of errors and their number.
 */
#include "metric.h"
#include <math.h>

enum { SUM, COUNT, SIZE };

static size_t mae_size(const struct metric_task *task)
{
    (void)task;
    return SIZE;
}

static void mae_add(const struct metric_task *task, double *state, const struct metric_rows *in)
{
    for (size_t i = 0; i < in->rows * task->width; i++)
        state[SUM] += fabs(metric_error(task, in, i));
    state[COUNT] += (double)(in->rows * task->width);
}

static void mae_merge(const struct metric_task *task, double *state, const double *later)
{
    (void)task;
    metric_sum(SIZE, state, later);
}

static double mae_finish(const struct metric_task *task, const double *state)
{
    (void)task;
    return state[SUM] / state[COUNT];
}

const struct metric_kind NAME(metric_mae) = {
    .base = {.title = "MAE", .help = "mean absolute error, in the data's units"},
    .format = METRIC_NUMBER,
    .tasks = TASK_VALUES,
    .size = mae_size,
    .add = mae_add,
    .merge = mae_merge,
    .finish = mae_finish,
};
