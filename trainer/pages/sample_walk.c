/*
 * sample_walk.c - a trained network over samples of its data.
 */
#include "sample_walk.h"
#include "base/error.h"
#include "data/batch.h"
#include "data/samples.h"
#include "engine/denormals.h"
#include "engine/team.h"
#include "graph/graph.h"

#include <omp.h>
#include <string.h>

/* One pass, by one thread of the team. */
static void take_pass(const struct sample_walk *walk, size_t first, size_t rows,
                      const struct worker *worker)
{
    struct graph *graph = session_graph(walk->session);
    const struct session_facts facts = session_facts(walk->session);
    bool trains = walk->kind == WALK_TRAIN;
    const struct graph_pass pass = {
        .training = trains, .seed = facts.seed, .rows = rows, .worker = *worker};
    unsigned before = denormals_ignore();
    batch_take(graph_batch(graph), walk->split, NULL, first, rows, worker);
    team_barrier(worker);
    graph_forward(graph, &pass);
    if (trains)
        graph_backward(graph, &pass);
    denormals_restore(before);
}

/* By all threads of a team; by the first alone where the system gives fewer. */
static void run_pass(const struct sample_walk *walk, struct team *team, int wanted, size_t first,
                     size_t rows)
{
#pragma omp parallel num_threads(wanted)
    {
        struct worker worker = {
            .team = team, .thread = omp_get_thread_num(), .threads = omp_get_num_threads()};
        if (worker.threads == wanted)
            take_pass(walk, first, rows, &worker);
        else if (worker.thread == 0)
            take_pass(walk, first, rows, &WORKER_ALONE);
    }
}

int sample_walk(const struct sample_walk *walk)
{
    const struct session_facts facts = session_facts(walk->session);
    const struct dataset *dataset = session_dataset(walk->session);
    size_t most = walk->kind == WALK_TRAIN ? (size_t)facts.batch_size : facts.evaluation_rows;
    size_t count = dataset->count[walk->split];
    struct graph *graph = session_graph(walk->session);
    struct team *team = NULL;
    most = most < graph_batch(graph)->rows ? most : graph_batch(graph)->rows;
    count = walk->most > 0 && walk->most < count ? walk->most : count;
    int rc = team_create(&team, facts.threads);
    for (size_t first = 0, rows; rc == TRAINER_OK && first < count; first += rows) {
        rows = count - first < most ? count - first : most;
        run_pass(walk, team, facts.threads, first, rows);
        walk->visit(walk->context, graph, first, rows);
    }
    team_free(team);
    return rc;
}

bool sample_picture(const struct column *column, size_t *channels, size_t *height, size_t *width)
{
    const struct shape *shape = &column->shape;
    if (shape->rank != 2 && shape->rank != 3)
        return false;
    *channels = shape->rank == 3 ? shape->dim[0] : 1;
    *height = shape->dim[shape->rank - 2];
    *width = shape->dim[shape->rank - 1];
    return (*channels == 1 || *channels == 3) && *height > 1 && *width > 1 &&
           *height <= PICTURE_SIDE_MAX && *width <= PICTURE_SIDE_MAX;
}

double sample_value(const struct dataset *dataset, const struct column *column, enum split split,
                    size_t sample, size_t index)
{
    struct samples samples = samples_of(dataset, split);
    size_t at = samples_at(&samples, sample) * shape_size(column->shape) + index;
    const void *values = column->values[samples.stored];
    double stored = column->stored == STORED_BYTE    ? ((const unsigned char *)values)[at]
                    : column->stored == STORED_FLOAT ? (double)((const float *)values)[at]
                    : column->stored == STORED_LABEL ? ((const int32_t *)values)[at]
                                                     : ((const double *)values)[at];
    return column->stored == STORED_LABEL ? stored : stored * column->scale;
}

const struct column *sample_inputs(const struct dataset *dataset)
{
    const struct column *found = NULL;
    for (int i = 0; i < dataset->columns; i++) {
        const struct column *column = &dataset->column[i];
        bool numbers = column->stored != STORED_LABEL && column->values[SPLIT_TRAIN];
        if (numbers && (!found || strcmp(column->name, "inputs") == 0))
            found = column;
    }
    return found;
}

enum split sample_held_out(const struct dataset *dataset)
{
    return dataset->count[SPLIT_TEST]         ? SPLIT_TEST
           : dataset->count[SPLIT_VALIDATION] ? SPLIT_VALIDATION
                                              : SPLIT_TRAIN;
}
