/*
 * evaluate.c - loss and metrics over a whole split, by all threads of a team.
 *
 * Each batch's values land in arrays of the batch's rows; one thread sums them in the order of the
 * samples, so a score has the same bits for any team.
 */
#include "evaluate.h"
#include "data/batch.h"
#include "engine/engine.h"
#include "graph/graph.h"
#include "metric.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct evaluator {
    struct graph *graph;
    const struct dataset *dataset;
    const struct engine *engine;
    size_t rows; /* samples of a batch */
    uint64_t seed;
    size_t metrics;
    struct scores scores;
    double *losses;            /* (rows) of the current batch */
    double **values;           /* [metrics] (rows) */
    struct evaluation classes; /* of the last split that was kept */
    size_t capacity;           /* of its arrays */
};

int evaluator_create(struct evaluator **out, struct graph *graph, const struct dataset *dataset,
                     size_t rows, uint64_t seed)
{
    struct evaluator *evaluator = calloc(1, sizeof *evaluator);
    size_t metrics = registry_count(FAMILY_METRIC);
    const size_t *count = dataset->count;
    *out = evaluator;
    if (!evaluator)
        return error_memory("an evaluation", sizeof *evaluator);
    evaluator->graph = graph;
    evaluator->dataset = dataset;
    evaluator->engine = graph_engine(graph);
    evaluator->rows = rows;
    evaluator->seed = seed;
    evaluator->metrics = metrics;
    evaluator->capacity = count[SPLIT_TEST] ? count[SPLIT_TEST] : count[SPLIT_VALIDATION];
    evaluator->losses = calloc(rows, sizeof(double));
    evaluator->scores.metric = calloc(metrics, sizeof(double));
    evaluator->values = calloc(metrics, sizeof(double *));
    evaluator->classes.true_class = calloc(evaluator->capacity + 1, sizeof(int32_t));
    evaluator->classes.predicted_class = calloc(evaluator->capacity + 1, sizeof(int32_t));
    bool complete = evaluator->losses && evaluator->scores.metric && evaluator->values &&
                    evaluator->classes.true_class && evaluator->classes.predicted_class;
    for (size_t i = 0; complete && i < metrics; i++)
        complete = (evaluator->values[i] = calloc(rows, sizeof(double))) != NULL;
    if (complete)
        return TRAINER_OK;
    evaluator_free(evaluator);
    *out = NULL;
    return error_memory("an evaluation", (metrics + 1) * rows * sizeof(double));
}

void evaluator_free(struct evaluator *evaluator)
{
    if (!evaluator)
        return;
    for (size_t i = 0; evaluator->values && i < evaluator->metrics; i++)
        free(evaluator->values[i]);
    free(evaluator->values);
    free(evaluator->losses);
    free(evaluator->scores.metric);
    free(evaluator->classes.true_class);
    free(evaluator->classes.predicted_class);
    free(evaluator);
}

static const struct metric_kind *metric_at(const struct evaluator *evaluator, size_t index)
{
    return (const struct metric_kind *)registry_kind(registry_at(FAMILY_METRIC, index),
                                                     evaluator->engine->variant);
}

/* Fills this thread's rows of values, one array a metric. */
static void measure_rows(struct evaluator *evaluator, size_t rows, const struct worker *worker)
{
    struct prediction said = graph_prediction(evaluator->graph);
    size_t begin, end, size = evaluator->engine->real_size;
    if (!said.x)
        return;
    team_range(worker, rows, 1, &begin, &end);
    struct metric_rows in = {
        .rows = end - begin,
        .width = said.width,
        .prediction = (const char *)said.x + begin * said.width * size,
        .label = said.label ? said.label + begin : NULL,
        .target = said.target ? (const char *)said.target + begin * said.width * size : NULL,
    };
    for (size_t i = 0; i < evaluator->metrics; i++)
        metric_at(evaluator, i)->values(&in, evaluator->values[i] + begin);
}

/* Index of the largest of row r. */
static int32_t predicted_class(const struct engine *engine, const struct prediction *said, size_t r)
{
    size_t best = 0;
    for (size_t j = 1; j < said->width; j++)
        if (engine->get(said->x, r * said->width + j) >
            engine->get(said->x, r * said->width + best))
            best = j;
    return (int32_t)best;
}

/* Keeps the true and the predicted class of this thread's rows. */
static void keep_rows(struct evaluator *evaluator, size_t first, size_t rows,
                      const struct worker *worker)
{
    struct prediction said = graph_prediction(evaluator->graph);
    size_t begin, end;
    if (!said.x || !said.label)
        return;
    team_range(worker, rows, 1, &begin, &end);
    for (size_t r = begin; r < end; r++) {
        evaluator->classes.true_class[first + r] = said.label[r];
        evaluator->classes.predicted_class[first + r] =
            predicted_class(evaluator->engine, &said, r);
    }
    if (worker->thread == 0) {
        evaluator->classes.samples = first + rows;
        evaluator->classes.classes = said.width;
    }
}

/* Adds a batch to the sums; one thread. */
static void sum_rows(struct evaluator *evaluator, size_t rows)
{
    bool measured = graph_prediction(evaluator->graph).x != NULL;
    graph_losses(evaluator->graph, rows, evaluator->losses);
    for (size_t r = 0; r < rows; r++)
        evaluator->scores.loss += evaluator->losses[r];
    for (size_t i = 0; i < evaluator->metrics; i++)
        for (size_t r = 0; r < rows; r++)
            evaluator->scores.metric[i] += measured ? evaluator->values[i][r] : (double)NAN;
}

static void start_sums(struct evaluator *evaluator)
{
    evaluator->scores.loss = 0;
    for (size_t i = 0; i < evaluator->metrics; i++)
        evaluator->scores.metric[i] = 0;
}

void evaluator_run(struct evaluator *evaluator, enum split split, bool keep,
                   const struct worker *worker)
{
    size_t count = evaluator->dataset->count[split];
    struct graph_pass pass = {.seed = evaluator->seed, .worker = *worker};
    if (worker->thread == 0)
        start_sums(evaluator);
    for (size_t first = 0; first < count; first += pass.rows) {
        pass.rows = count - first < evaluator->rows ? count - first : evaluator->rows;
        batch_take(graph_batch(evaluator->graph), split, NULL, first, pass.rows, worker);
        team_barrier(worker);
        graph_forward(evaluator->graph, &pass);
        measure_rows(evaluator, pass.rows, worker);
        if (keep)
            keep_rows(evaluator, first, pass.rows, worker);
        team_barrier(worker);
        if (worker->thread == 0)
            sum_rows(evaluator, pass.rows);
        team_barrier(worker);
    }
    if (worker->thread != 0)
        return;
    evaluator->scores.loss /= (double)count;
    for (size_t i = 0; i < evaluator->metrics; i++)
        evaluator->scores.metric[i] /= (double)count;
}

const struct scores *evaluator_scores(const struct evaluator *evaluator)
{
    return &evaluator->scores;
}

const struct evaluation *evaluator_classes(const struct evaluator *evaluator)
{
    return &evaluator->classes;
}

void evaluator_restore(struct evaluator *evaluator, const struct evaluation *classes)
{
    struct evaluation *own = &evaluator->classes;
    size_t bytes = classes->samples * sizeof *own->true_class;
    if (classes->samples == 0 || classes->samples != evaluator->capacity)
        return;
    own->samples = classes->samples;
    own->classes = classes->classes;
    memcpy(own->true_class, classes->true_class, bytes);
    memcpy(own->predicted_class, classes->predicted_class, bytes);
}
