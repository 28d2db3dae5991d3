/*
 * baseline.c - the commonest answer and the mean, counted from what the batches hold.
 */
#include "baseline.h"
#include "decision.h"
#include "engine/engine.h"
#include "evaluate.h"
#include "metric.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of TASK_CLASSES: a count for each class. Else of each element: its mean, and the sum of squares
 * about it. */
struct tally {
    struct metric_task task;
    size_t samples;
    double *count, *mean, *spread; /* (classes), (width), (width) */
};

static void add_classes(struct tally *tally, const struct engine *engine,
                        const struct prediction *asked, size_t rows)
{
    for (size_t r = 0; r < rows; r++) {
        int32_t truth;
        decision_truth(engine, asked, r, 1, &truth);
        tally->count[truth]++;
    }
}

/* Welford's update, sample by sample. */
static void add_values(struct tally *tally, const struct engine *engine,
                       const struct prediction *asked, size_t rows)
{
    size_t width = tally->task.width;
    for (size_t r = 0; r < rows; r++)
        for (size_t j = 0; j < width; j++) {
            double value = engine->get(asked->target, r * width + j);
            double apart = value - tally->mean[j];
            tally->mean[j] += apart / (double)(tally->samples + r + 1);
            tally->spread[j] += apart * (value - tally->mean[j]);
        }
}

static double finish(const struct tally *tally)
{
    const struct metric_task *task = &tally->task;
    double most = 0, sum = 0, samples = (double)tally->samples;
    for (size_t c = 0; c < task->classes; c++)
        most = tally->count[c] > most ? tally->count[c] : most;
    if (task->task & TASK_CLASSES)
        return most / samples;
    for (size_t j = 0; j < task->width; j++) {
        double divisor = task->divisor ? task->divisor[j] : 1, share = tally->mean[j];
        sum += task->task == TASK_LABELS ? fmax(share, 1 - share)
                                         : divisor * divisor * tally->spread[j] / samples;
    }
    sum /= (double)task->width;
    return task->task == TASK_LABELS ? sum : sqrt(sum);
}

int baseline_of(double *baseline, struct graph *graph, const struct dataset *dataset,
                enum split split, size_t rows)
{
    struct tally tally = {.task = evaluate_task(graph)};
    const struct engine *engine = graph_engine(graph);
    struct prediction asked = graph_prediction(graph);
    size_t count = dataset->count[split], numbers = tally.task.classes + 2 * tally.task.width;
    *baseline = (double)NAN;
    if (!asked.column || count == 0)
        return TRAINER_OK;
    tally.count = calloc(numbers, sizeof *tally.count);
    if (!tally.count)
        return error_memory("a baseline", numbers * sizeof *tally.count);
    tally.mean = tally.count + tally.task.classes;
    tally.spread = tally.mean + tally.task.width;
    for (size_t piece; tally.samples < count; tally.samples += piece) {
        piece = count - tally.samples < rows ? count - tally.samples : rows;
        batch_take(graph_batch(graph), split, NULL, tally.samples, piece, &WORKER_ALONE);
        if (tally.task.task & TASK_CLASSES)
            add_classes(&tally, engine, &asked, piece);
        else
            add_values(&tally, engine, &asked, piece);
    }
    *baseline = finish(&tally);
    free(tally.count);
    return TRAINER_OK;
}
