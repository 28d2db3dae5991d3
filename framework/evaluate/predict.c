/*
 * predict.c - passes of one size through a network for inference.
 */
#include "predict.h"
#include "engine/denormals.h"
#include "engine/places.h"
#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>

/* A thread that has less than this to do costs more in barriers than it saves. */
static const double FLOPS_PER_THREAD = 1.5e6;

struct predictor {
    struct graph *graph;
    struct team *team;
    int threads;
};

/* Threads that the work of one pass is worth. */
static int worthwhile(const struct graph *graph, int most)
{
    double flops = 0;
    for (size_t i = 0; i < graph_layer_count(graph); i++)
        flops += graph_layer_facts(graph, i).flops;
    double threads = ceil(flops * PREDICT_ROWS / FLOPS_PER_THREAD);
    return threads >= most ? most : threads > 1 ? (int)threads : 1;
}

int predictor_create(struct predictor **out, struct config *config, const struct node *model,
                     const struct dataset *inputs, const struct engine *engine, int threads)
{
    struct predictor *predictor = calloc(1, sizeof *predictor);
    *out = NULL;
    if (!predictor)
        return error_memory("a predictor", sizeof *predictor);
    const struct graph_options options = {.engine = engine,
                                          .rows = PREDICT_ROWS,
                                          .threads = threads ? threads : places_processors(),
                                          .values_only = true,
                                          .inference = true};
    int rc = graph_build(&predictor->graph, config, model, NULL, inputs, &options);
    if (rc == TRAINER_OK) {
        predictor->threads = threads ? threads : worthwhile(predictor->graph, options.threads);
        rc = team_create(&predictor->team, predictor->threads);
    }
    if (rc) {
        predictor_free(predictor);
        return rc;
    }
    *out = predictor;
    return TRAINER_OK;
}

void predictor_free(struct predictor *predictor)
{
    if (!predictor)
        return;
    team_free(predictor->team);
    graph_free(predictor->graph);
    free(predictor);
}

struct graph *predictor_graph(struct predictor *predictor)
{
    return predictor->graph;
}

static void run_worker(struct predictor *predictor, size_t first, size_t count,
                       const struct worker *worker)
{
    const struct graph_pass pass = {.rows = PREDICT_ROWS, .worker = *worker};
    unsigned before = denormals_ignore();
    batch_take(graph_batch(predictor->graph), SPLIT_TRAIN, NULL, first, count, worker);
    team_barrier(worker);
    graph_forward(predictor->graph, &pass);
    denormals_restore(before);
}

void predictor_run(struct predictor *predictor, size_t first, size_t count)
{
    int wanted = predictor->threads;
    assert(count > 0 && count <= PREDICT_ROWS);
    if (wanted == 1) {
        run_worker(predictor, first, count, &WORKER_ALONE);
        return;
    }
#pragma omp parallel num_threads(wanted)
    {
        struct worker worker = {.team = predictor->team,
                                .thread = omp_get_thread_num(),
                                .threads = omp_get_num_threads()};
        if (worker.threads == wanted)
            run_worker(predictor, first, count, &worker);
        else if (worker.thread == 0)
            run_worker(predictor, first, count, &WORKER_ALONE);
    }
}
