/*
 * graph_build.c - from a config to a network that can run, its first weights, and its end.
 */
#include "graph_internal.h"
#include "initializer.h"
#include <stdlib.h>

int graph_build(struct graph **out, struct config *config, const struct node *model,
                struct node *resolved, const struct dataset *dataset,
                const struct graph_options *options)
{
    struct graph *graph = calloc(1, sizeof *graph);
    *out = NULL;
    if (!graph)
        return error_memory("a network", sizeof *graph);
    graph->options = *options;
    graph->config = config;
    graph->dataset = dataset;
    int rc = graph_read_layers(graph, model, resolved);
    if (rc == TRAINER_OK)
        rc = graph_wire(graph);
    if (rc == TRAINER_OK)
        rc = graph_plan(graph);
    if (rc) {
        graph_free(graph);
        return rc;
    }
    if (!options->plan_only)
        graph_initialize(graph, options->seed);
    *out = graph;
    return TRAINER_OK;
}

int graph_check(struct config *config, const struct node *model, const struct engine *engine)
{
    static const struct dataset no_data = {0};
    struct graph graph = {.config = config, .dataset = &no_data, .options = {.engine = engine}};
    int rc = graph_read_layers(&graph, model, NULL);
    arena_free(&graph.arena);
    return rc;
}

void graph_free(struct graph *graph)
{
    if (!graph)
        return;
    batch_free(graph->batch);
    free(graph->x);
    free(graph->g);
    free(graph->values);
    free(graph->scratch);
    arena_free(&graph->arena);
    free(graph);
}

/* Elements that are initialized at once; elements from which on threads share them. */
enum { INITIALIZED = 512, LARGE = 1 << 16 };

static void initialize_tensor(const struct graph *graph, const struct layer *layer,
                              const struct tensor *tensor, uint64_t seed)
{
    const struct engine *engine = graph->options.engine;
    const struct kind_choice *choice = tensor->initializer;
    size_t count = shape_size(tensor->shape);
    if (!choice || !choice->kind) {
        engine->fill(tensor->x, count, tensor->first);
        return;
    }
    uint64_t key = random_hash(layer->name) * 31 + random_hash(tensor->name);
    struct initial initial = {.private = choice->private,
                              .stream = random_stream(seed, RANDOM_INITIAL_WEIGHTS, key, 0),
                              .fan_in = tensor->fan_in,
                              .fan_out = tensor->fan_out};
    const struct initializer_kind *kind = (const struct initializer_kind *)choice->kind;
    int threads = count < LARGE ? 1 : graph->options.threads;
#pragma omp parallel for num_threads(threads) if (threads > 1)
    for (size_t begin = 0; begin < count; begin += INITIALIZED) {
        double x[INITIALIZED];
        size_t piece = count - begin < INITIALIZED ? count - begin : INITIALIZED;
        kind->values(&initial, begin, piece, x);
        engine->from_doubles((char *)tensor->x + begin * engine->real_size, x, piece, 1);
    }
}

void graph_initialize(struct graph *graph, uint64_t seed)
{
    for (size_t i = 0; i < graph->count; i++)
        for (const struct declared *d = graph->node[i]->first; d; d = d->next)
            if (d->role != ROLE_VALUES)
                initialize_tensor(graph, &graph->node[i]->layer, &d->tensor, seed);
}
