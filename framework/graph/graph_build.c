/*
 * graph_build.c - from a config to a network that can run, its first weights, and its end.
 */
#include "graph_internal.h"
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
        rc = graph_choose_weights(graph);
    if (rc == TRAINER_OK)
        rc = graph_plan(graph);
    if (rc == TRAINER_OK)
        rc = graph_plan_exchange(graph);
    if (rc == TRAINER_OK && !options->plan_only)
        rc = graph_initialize(graph, options->seed);
    if (rc) {
        graph_free(graph);
        return rc;
    }
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
