/*
 * top_5 - the share of samples whose right class is among the five largest predictions.
 *
 *     right: fewer than five classes are before it, larger or as large and of a smaller number
 *
 * Measured of more than five classes. A right class whose prediction is NaN is none of the five.
 * The state is both counts, which are exact, so their order never matters.
 */
#include "metric.h"

enum { RIGHT, ASKED, COUNTS };
enum { TOP = 5 };

static bool top_5_applies(const struct metric_task *task)
{
    return task->classes > TOP;
}

static size_t top_5_size(const struct metric_task *task)
{
    (void)task;
    return COUNTS;
}

/* Whether class `truth` is among the largest of x (classes). */
static bool in_top(size_t classes, const real *x, size_t truth)
{
    size_t before = 0;
    for (size_t j = 0; j < classes; j++)
        before += x[j] > x[truth] || (x[j] == x[truth] && j < truth);
    return before < TOP && x[truth] == x[truth];
}

static void top_5_add(const struct metric_task *task, double *state, const struct metric_rows *in)
{
    size_t right = 0;
    for (size_t r = 0; r < in->rows; r++)
        right += in_top(task->width, in->prediction + r * task->width, (size_t)in->truth[r]);
    state[RIGHT] += (double)right;
    state[ASKED] += (double)in->rows;
}

static void top_5_merge(const struct metric_task *task, double *state, const double *later)
{
    (void)task;
    metric_sum(COUNTS, state, later);
}

static double top_5_finish(const struct metric_task *task, const double *state)
{
    (void)task;
    return state[RIGHT] / state[ASKED];
}

const struct metric_kind NAME(metric_top_5) = {
    .base = {.title = "top_5", .help = "share of samples whose class is among the five likeliest"},
    .words = "top-5 accuracy",
    .heading = "top 5",
    .format = METRIC_SHARE,
    .maximize = true,
    .tasks = TASK_CLASS,
    .applies = top_5_applies,
    .size = top_5_size,
    .add = top_5_add,
    .merge = top_5_merge,
    .finish = top_5_finish,
};
