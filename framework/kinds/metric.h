/*
 * metric.h - what a metric file may see: a number that says how good predictions over a split are.
 *
 * A metric is a state of `size` doubles, zero before the first sample:
 *
 *     add      takes some rows into a state
 *     merge    takes the state of later rows into that of earlier ones
 *     finish   the metric of all rows
 *
 *     state = 0; merge(state, add(rows 0..31)); merge(state, add(rows 32..63)); ... finish(state)
 *
 * The evaluator cuts the samples into slices of a fixed number of rows, whatever the team, and
 * merges their states in the order of the samples: a metric has the same bits on any number of
 * threads. A metric is measured where the network's task is one of its `tasks` and `applies`, if
 * there is one, says so.
 */
#ifndef TRAINER_METRIC_H
#define TRAINER_METRIC_H

#include "config/options.h"
#include "config/registry.h"
#include "engine/real.h"
#include "task.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is measured: the same in all calls for one network. */
struct metric_task {
    enum task task;
    size_t width;   /* elements of one prediction */
    size_t classes; /* of TASK_CLASSES, else 0 */
    /* Of TASK_VALUES: element j stands for x divisor[j] + offset[j], in the units of the data; both
     * (width), or NULL where elements stand for themselves. */
    const double *offset, *divisor;
};

/* Some rows of predictions and of what was asked for. */
struct metric_rows {
    size_t rows;
    const real *prediction; /* (rows, width) */
    const real *target;     /* (rows, width) where targets come in rows, else NULL */
    const int32_t *truth;   /* (rows) right classes and ... */
    const int32_t *said;    /* (rows) ... predicted ones, of TASK_CLASSES; else NULL */
};

enum metric_format {
    METRIC_SHARE,  /* of 1: four decimals */
    METRIC_NUMBER, /* of any magnitude */
};

struct metric_kind {
    struct kind base;
    const char *words;   /* in a sentence: "macro F1"; NULL: the title */
    const char *heading; /* in a table's head, behind the split: "acc"; NULL: the title */
    enum metric_format format;
    bool maximize;  /* larger is better */
    bool headline;  /* sums up a run of its tasks: has a column on the screen while it trains */
    unsigned tasks; /* enum task */
    bool (*applies)(const struct metric_task *task); /* NULL: to every network of those tasks */
    size_t (*size)(const struct metric_task *task);  /* doubles of a state */
    void (*add)(const struct metric_task *task, double *state, const struct metric_rows *in);
    void (*merge)(const struct metric_task *task, double *state, const double *later);
    double (*finish)(const struct metric_task *task, const double *state); /* NaN: there is none */
};

/* Where a state is sums and counts: state += later, over `size` doubles. */
static inline void metric_sum(size_t size, double *state, const double *later)
{
    for (size_t i = 0; i < size; i++)
        state[i] += later[i];
}

#ifdef TRAINER_REAL
/* Prediction less target of element i of (rows, width), in the units of the data. */
static inline double metric_error(const struct metric_task *task, const struct metric_rows *in,
                                  size_t i)
{
    double error = (double)in->prediction[i] - (double)in->target[i];
    return task->divisor ? error * task->divisor[i % task->width] : error;
}
#endif

#endif
