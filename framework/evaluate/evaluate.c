/*
 * evaluate.c - loss and metrics over a whole split, by all threads of a team.
 *
 *     each batch:   forward, classes     a thread's own rows
 *                   metrics' states      a thread's own slices of SLICE rows
 *                   sums                 one thread, in the order of the samples
 *
 * What is summed when depends on the samples' order alone, so a score has the same bits for any
 * team.
 */
#include "evaluate.h"
#include "data/batch.h"
#include "decision.h"
#include "engine/denormals.h"
#include "engine/engine.h"
#include "graph/graph.h"
#include "metric.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Rows that one state of a metric takes up before it is merged. */
enum { SLICE = 32 };

/* A metric that applies to the network. */
struct measure {
    const struct metric_kind *kind;
    size_t index;  /* in the registry */
    size_t size;   /* doubles of a state */
    double *total; /* (size): of the split so far */
    double *slice; /* (slices, size): of the current batch */
};

struct evaluator {
    struct graph *graph;
    const struct dataset *dataset;
    const struct engine *engine;
    struct ranks *ranks; /* who share its rows; NULL */
    bool unread;         /* one of them could not read samples */
    size_t rows;         /* samples of a batch */
    uint64_t seed;
    struct metric_task task;
    size_t measures;
    struct measure *measure;
    struct scores scores;
    double *losses;            /* (rows) of the current batch */
    int32_t *truth, *said;     /* (rows) classes of the current batch; of TASK_CLASSES, else NULL */
    struct evaluation classes; /* of the last split that was kept */
    size_t capacity;           /* of its arrays */
};

static size_t slices_of(size_t rows)
{
    return (rows + SLICE - 1) / SLICE;
}

static const struct metric_kind *metric_at(size_t index, size_t variant)
{
    return (const struct metric_kind *)registry_kind(registry_at(FAMILY_METRIC, index), variant);
}

struct metric_task evaluate_task(const struct graph *graph)
{
    struct prediction said = graph_prediction(graph);
    bool values = said.task == TASK_VALUES && said.column;
    return (struct metric_task){.task = said.task,
                                .width = said.width,
                                .classes = decision_classes(&said),
                                .offset = values ? said.column->offset : NULL,
                                .divisor = values ? said.column->divisor : NULL};
}

bool evaluate_applies(const struct metric_task *task, size_t metric)
{
    enum { ANY_VARIANT = 0 };
    const struct metric_kind *kind = metric_at(metric, ANY_VARIANT);
    return kind->tasks & task->task && (!kind->applies || kind->applies(task));
}

/* Adds the metrics that apply; false when memory ran out. */
static bool add_measures(struct evaluator *evaluator)
{
    size_t metrics = registry_count(FAMILY_METRIC);
    evaluator->measure = calloc(metrics, sizeof *evaluator->measure);
    evaluator->scores.metric = calloc(metrics, sizeof *evaluator->scores.metric);
    if (!evaluator->measure || !evaluator->scores.metric)
        return false;
    for (size_t i = 0; i < metrics; i++) {
        evaluator->scores.metric[i] = (double)NAN;
        if (!evaluate_applies(&evaluator->task, i))
            continue;
        struct measure *measure = &evaluator->measure[evaluator->measures++];
        measure->kind = metric_at(i, evaluator->engine->variant);
        measure->index = i;
        measure->size = measure->kind->size(&evaluator->task);
        measure->total = calloc(measure->size, sizeof(double));
        measure->slice = calloc(slices_of(evaluator->rows) * measure->size, sizeof(double));
        if (!measure->total || !measure->slice)
            return false;
    }
    return true;
}

/* Room for the classes of a batch, and for those of the split that is kept. */
static bool add_classes(struct evaluator *evaluator)
{
    const size_t *count = evaluator->dataset->count;
    if (!(evaluator->task.task & TASK_CLASSES))
        return true;
    evaluator->capacity = count[SPLIT_TEST] ? count[SPLIT_TEST] : count[SPLIT_VALIDATION];
    evaluator->truth = calloc(evaluator->rows, sizeof(int32_t));
    evaluator->said = calloc(evaluator->rows, sizeof(int32_t));
    evaluator->classes.true_class = calloc(evaluator->capacity + 1, sizeof(int32_t));
    evaluator->classes.predicted_class = calloc(evaluator->capacity + 1, sizeof(int32_t));
    return evaluator->truth && evaluator->said && evaluator->classes.true_class &&
           evaluator->classes.predicted_class;
}

int evaluator_create(struct evaluator **out, struct graph *graph, const struct dataset *dataset,
                     size_t rows, uint64_t seed)
{
    struct evaluator *evaluator = calloc(1, sizeof *evaluator);
    *out = evaluator;
    if (!evaluator)
        return error_memory("an evaluation", sizeof *evaluator);
    evaluator->graph = graph;
    evaluator->dataset = dataset;
    evaluator->engine = graph_engine(graph);
    evaluator->rows = rows;
    evaluator->seed = seed;
    evaluator->task = evaluate_task(graph);
    evaluator->losses = calloc(rows, sizeof(double));
    if (evaluator->losses && add_measures(evaluator) && add_classes(evaluator))
        return TRAINER_OK;
    evaluator_free(evaluator);
    *out = NULL;
    return error_memory("an evaluation", rows * sizeof(double));
}

void evaluator_share(struct evaluator *evaluator, struct ranks *ranks)
{
    evaluator->ranks = ranks;
}

bool evaluator_unread(const struct evaluator *evaluator)
{
    return evaluator->unread;
}

void evaluator_free(struct evaluator *evaluator)
{
    if (!evaluator)
        return;
    for (size_t i = 0; i < evaluator->measures; i++) {
        free(evaluator->measure[i].total);
        free(evaluator->measure[i].slice);
    }
    free(evaluator->measure);
    free(evaluator->losses);
    free(evaluator->truth);
    free(evaluator->said);
    free(evaluator->scores.metric);
    free(evaluator->classes.true_class);
    free(evaluator->classes.predicted_class);
    free(evaluator);
}

const struct metric_task *evaluator_task(const struct evaluator *evaluator)
{
    return &evaluator->task;
}

/* The classes of rows [begin, end) of a batch whose first sample is `first`; those of a split that
 * is kept are noted. */
static void classify(struct evaluator *evaluator, const struct prediction *said, size_t begin,
                     size_t end, size_t first, bool keep)
{
    struct evaluation *classes = &evaluator->classes;
    size_t count = end - begin;
    if (!evaluator->said)
        return;
    decision_said(evaluator->engine, said, begin, count, evaluator->said + begin);
    decision_truth(evaluator->engine, said, begin, count, evaluator->truth + begin);
    if (!keep || !said->label)
        return;
    memcpy(classes->true_class + first + begin, evaluator->truth + begin, count * sizeof(int32_t));
    memcpy(classes->predicted_class + first + begin, evaluator->said + begin,
           count * sizeof(int32_t));
}

/* Fills the states of a metric's slice of rows [begin, end). */
static void measure_slice(const struct evaluator *evaluator, const struct measure *measure,
                          const struct prediction *said, size_t begin, size_t end)
{
    double *state = measure->slice + begin / SLICE * measure->size;
    size_t offset = begin * said->width * evaluator->engine->real_size;
    struct metric_rows rows = {
        .rows = end - begin,
        .prediction = (const char *)said->x + offset,
        .target = said->target ? (const char *)said->target + offset : NULL,
        .truth = evaluator->truth ? evaluator->truth + begin : NULL,
        .said = evaluator->said ? evaluator->said + begin : NULL,
    };
    memset(state, 0, measure->size * sizeof *state);
    measure->kind->add(&evaluator->task, state, &rows);
}

/* Takes this thread's slices of a batch into the metrics' states. */
static void measure_rows(struct evaluator *evaluator, size_t rows, size_t first, bool keep,
                         const struct worker *worker)
{
    struct prediction said = graph_prediction(evaluator->graph);
    size_t slice, slices;
    team_range(worker, slices_of(rows), 1, &slice, &slices);
    for (; slice < slices; slice++) {
        size_t begin = slice * SLICE, end = rows < begin + SLICE ? rows : begin + SLICE;
        classify(evaluator, &said, begin, end, first, keep);
        for (size_t i = 0; i < evaluator->measures; i++)
            measure_slice(evaluator, &evaluator->measure[i], &said, begin, end);
    }
    if (worker->thread == 0 && keep && evaluator->said && said.label) {
        evaluator->classes.samples = first + rows;
        evaluator->classes.classes = evaluator->task.classes;
    }
}

/* Adds a batch to the sums; one thread. */
static void sum_rows(struct evaluator *evaluator, size_t rows)
{
    graph_losses(evaluator->graph, rows, evaluator->losses);
    for (size_t r = 0; r < rows; r++)
        evaluator->scores.loss += evaluator->losses[r];
    for (size_t i = 0; i < evaluator->measures; i++) {
        const struct measure *measure = &evaluator->measure[i];
        for (size_t s = 0; s < slices_of(rows); s++)
            measure->kind->merge(&evaluator->task, measure->total,
                                 measure->slice + s * measure->size);
    }
}

static void start_sums(struct evaluator *evaluator)
{
    evaluator->unread = false;
    evaluator->scores.loss = 0;
    for (size_t i = 0; i < evaluator->measures; i++)
        memset(evaluator->measure[i].total, 0, evaluator->measure[i].size * sizeof(double));
}

static void finish_sums(struct evaluator *evaluator, size_t samples)
{
    evaluator->scores.loss /= (double)samples;
    for (size_t i = 0; i < evaluator->measures; i++) {
        const struct measure *measure = &evaluator->measure[i];
        evaluator->scores.metric[measure->index] =
            measure->kind->finish(&evaluator->task, measure->total);
    }
}

/* Gets what other ranks have found for their rows: each rank measures all. */
static void exchange_predictions(struct evaluator *evaluator, const struct graph_pass *pass)
{
    if (!pass->ranks)
        return;
    if (pass->worker.thread == 0) {
        unsigned char flags = batch_status(graph_batch(evaluator->graph)) != TRAINER_OK;
        graph_exchange_results(evaluator->graph, pass, GRAPH_PREDICTION, &flags);
        evaluator->unread = evaluator->unread || flags;
    }
    team_barrier(&pass->worker);
}

void evaluator_run(struct evaluator *evaluator, enum split split, bool keep,
                   const struct worker *worker)
{
    size_t count = evaluator->dataset->count[split];
    struct graph_pass pass = {
        .seed = evaluator->seed, .worker = *worker, .ranks = evaluator->ranks};
    if (worker->thread == 0)
        start_sums(evaluator);
    for (size_t first = 0; first < count; first += pass.rows) {
        pass.rows = count - first < evaluator->rows ? count - first : evaluator->rows;
        batch_take(graph_batch(evaluator->graph), split, NULL, first, pass.rows, worker);
        team_barrier(worker);
        graph_forward(evaluator->graph, &pass);
        exchange_predictions(evaluator, &pass);
        measure_rows(evaluator, pass.rows, first, keep, worker);
        team_barrier(worker);
        if (worker->thread == 0)
            sum_rows(evaluator, pass.rows);
        team_barrier(worker);
    }
    if (worker->thread == 0)
        finish_sums(evaluator, count);
}

/* Room for the classes of a split of so many samples. */
static int reserve_classes(struct evaluator *evaluator, size_t samples)
{
    struct evaluation *classes = &evaluator->classes;
    size_t bytes = samples * sizeof(int32_t);
    if (!evaluator->said || samples <= evaluator->capacity)
        return TRAINER_OK;
    int32_t *truth = realloc(classes->true_class, bytes);
    classes->true_class = truth ? truth : classes->true_class;
    int32_t *said = realloc(classes->predicted_class, bytes);
    classes->predicted_class = said ? said : classes->predicted_class;
    if (!truth || !said)
        return error_memory("an evaluation", bytes);
    evaluator->capacity = samples;
    return TRAINER_OK;
}

int evaluator_run_team(struct evaluator *evaluator, enum split split, int threads)
{
    struct team *team;
    evaluator->classes.samples = 0;
    int rc = reserve_classes(evaluator, evaluator->dataset->count[split]);
    if (rc == TRAINER_OK)
        rc = team_create(&team, threads);
    if (rc)
        return rc;
#pragma omp parallel num_threads(threads)
    {
        struct worker worker = {
            .team = team, .thread = omp_get_thread_num(), .threads = omp_get_num_threads()};
        unsigned before = denormals_ignore();
        if (worker.threads == threads)
            evaluator_run(evaluator, split, true, &worker);
        else if (worker.thread == 0)
            evaluator_run(evaluator, split, true, &WORKER_ALONE);
        denormals_restore(before);
    }
    team_free(team);
    return batch_status(graph_batch(evaluator->graph));
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
