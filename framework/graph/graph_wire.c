/*
 * graph_wire.c - from names to edges; topological order; layers that nothing uses.
 *
 * A layer reads the one before it in the list unless `input:` names others; the first reads the
 * data. A loss also reads `labels` and, where it takes weights of samples and the data has a column
 * of that name that nobody else reads, `weights`, unless it is told otherwise; in a network for
 * inference it reads neither its target nor what follows it. A layer may name one that stands later
 * in the list. Every layer must lead to a loss, or to the last layer where there is no loss.
 */
#include "base/suggest.h"
#include "graph_internal.h"
#include <stdio.h>
#include <string.h>

static bool find_source(const struct graph *graph, const char *name, struct edge_source *source)
{
    *source = (struct edge_source){-1, graph_find_column(graph, name)};
    for (size_t i = 0; i < graph->count; i++)
        if (strcmp(graph->node[i]->layer.name, name) == 0)
            *source = (struct edge_source){(int)i, -1};
    return source->layer >= 0 || source->column >= 0;
}

/* Says which names there are. */
static int unknown_source(struct graph *graph, const struct layer_plan *plan, size_t which)
{
    size_t columns = (size_t)graph->dataset->columns;
    const char **names = arena_array(&graph->arena, graph->count + columns, sizeof *names);
    const char *owner = graph_owner(graph, plan);
    if (!names || !owner)
        return TRAINER_FAILED;
    for (size_t i = 0; i < columns; i++)
        names[i] = graph->dataset->column[i].name;
    for (size_t i = 0; i < graph->count; i++)
        names[columns + i] = graph->node[i]->layer.name;
    const char *name = plan->input.name[which];
    const char *closest = suggest_closest(name, names, columns + graph->count);
    const struct position *at = &plan->input.node[which]->at;
    if (closest)
        return config_error(at,
                            "%s reads '%s', which is no layer or data column; did you mean '%s'?",
                            owner, name, closest);
    return config_error(at, "%s reads '%s', which is no layer or data column", owner, name);
}

/* Whether the layer is a loss that ends at its prediction. */
static bool ends_at_prediction(const struct graph *graph, const struct layer_plan *plan)
{
    return plan->loss && plan->layer.kind->target > 0 && graph->options.inference;
}

/* Resolves the names that `input:` gives. */
static int wire_named(struct graph *graph, struct layer_plan *plan, int *count)
{
    int rc = TRAINER_OK;
    size_t names = plan->input.count, target = (size_t)plan->layer.kind->target;
    if (ends_at_prediction(graph, plan) && names > target)
        names = target;
    for (size_t i = 0; i < names; i++)
        if (find_source(graph, plan->input.name[i], &plan->source[*count]))
            ++*count;
        else
            rc = unknown_source(graph, plan, i);
    return rc;
}

/* Resolves what a layer reads that names no input. */
static int wire_default(struct graph *graph, size_t index, int *count)
{
    struct layer_plan *plan = graph->node[index];
    if (index > 0) {
        plan->source[(*count)++] = (struct edge_source){(int)index - 1, -1};
        return TRAINER_OK;
    }
    int column = dataset_default_column(graph->dataset);
    if (column < 0)
        return config_error(&plan->at->at,
                            "%s is the first layer and must name its input; the data set has "
                            "several columns or none",
                            graph_owner(graph, plan));
    plan->source[(*count)++] = (struct edge_source){-1, column};
    return TRAINER_OK;
}

/* Whether some layer names a column as its input. */
static bool is_named(const struct graph *graph, const char *column)
{
    for (size_t i = 0; i < graph->count; i++)
        for (size_t j = 0; j < graph->node[i]->input.count; j++)
            if (strcmp(graph->node[i]->input.name[j], column) == 0)
                return true;
    return false;
}

/* Gives a loss that takes weights of samples the column `weights`, unless its inputs were all named
 * or that column is some layer's. */
static void wire_weights(struct graph *graph, struct layer_plan *plan, int *count)
{
    const struct layer_kind *kind = plan->layer.kind;
    int column = graph_find_column(graph, "weights"), place = kind->target + 1;
    if (plan->loss && kind->target > 0 && *count == place && kind->max_inputs > place &&
        column >= 0 && !graph->options.inference && !is_named(graph, "weights"))
        plan->source[(*count)++] = (struct edge_source){-1, column};
}

/* Gives a loss the column `labels` as its target, unless that was named. */
static int wire_labels(struct graph *graph, struct layer_plan *plan, int *count)
{
    int column = graph_find_column(graph, "labels"), target = plan->layer.kind->target;
    if (!plan->loss || target == 0 || *count != target || graph->options.inference)
        return TRAINER_OK;
    if (column < 0)
        return config_error(&plan->at->at,
                            "%s needs labels, and the data set has no column 'labels'",
                            graph_owner(graph, plan));
    plan->source[(*count)++] = (struct edge_source){-1, column};
    return TRAINER_OK;
}

static int check_count(struct graph *graph, const struct layer_plan *plan, int count)
{
    const struct layer_kind *kind = plan->layer.kind;
    if (count >= kind->min_inputs && count <= kind->max_inputs)
        return TRAINER_OK;
    if (ends_at_prediction(graph, plan) && count == kind->target)
        return TRAINER_OK;
    const struct node *at = node_get(plan->at, "input");
    char most[32] = " or more";
    if (kind->max_inputs == kind->min_inputs)
        most[0] = '\0';
    else if (kind->max_inputs < 64)
        snprintf(most, sizeof most, " to %d", kind->max_inputs);
    return config_error(at ? &at->at : &plan->at->at, "%s takes %d%s input%s, not %d",
                        graph_owner(graph, plan), kind->min_inputs, most,
                        kind->max_inputs == 1 ? "" : "s", count);
}

static int wire_layer(struct graph *graph, size_t index)
{
    struct layer_plan *plan = graph->node[index];
    size_t most = plan->input.count + 3;
    int count = 0;
    plan->source = arena_array(&graph->arena, most, sizeof *plan->source);
    plan->layer.in = arena_array(&graph->arena, most, sizeof *plan->layer.in);
    if (!plan->source || !plan->layer.in)
        return TRAINER_FAILED;
    int rc =
        plan->input.count ? wire_named(graph, plan, &count) : wire_default(graph, index, &count);
    if (rc == TRAINER_OK)
        rc = wire_labels(graph, plan, &count);
    if (rc == TRAINER_OK)
        wire_weights(graph, plan, &count);
    if (rc == TRAINER_OK)
        rc = check_count(graph, plan, count);
    plan->layer.inputs = count;
    return rc;
}

/* Whether all layers that this one reads have been placed. */
static bool ready(const struct layer_plan *plan, const bool *placed)
{
    for (int i = 0; i < plan->layer.inputs; i++)
        if (plan->source[i].layer >= 0 && !placed[plan->source[i].layer])
            return false;
    return true;
}

/* The first input of a layer that has not been placed; an unplaced layer has one. */
static size_t unplaced_input(const struct graph *graph, size_t index, const bool *placed)
{
    const struct edge_source *source = graph->node[index]->source;
    while (source->layer < 0 || placed[source->layer])
        source++;
    return (size_t)source->layer;
}

/* Walks back along unplaced layers until it must be on a cycle, then names that cycle. */
static int report_cycle(struct graph *graph, const bool *placed)
{
    size_t at = 0;
    while (placed[at])
        at++;
    for (size_t i = 0; i < graph->count; i++)
        at = unplaced_input(graph, at, placed);
    size_t start = at;
    const char *text = graph->node[start]->layer.name;
    do {
        at = unplaced_input(graph, at, placed);
        text = arena_print(&graph->arena, "%s -> %s", graph->node[at]->layer.name, text);
        if (!text)
            return TRAINER_FAILED;
    } while (at != start);
    return config_error(&graph->node[start]->at->at, "the layers form a cycle: %s", text);
}

/* Puts graph->node in topological order; layers keep the order of the list where they may. */
static int order_layers(struct graph *graph)
{
    size_t count = graph->count, done = 0;
    bool *placed = arena_array(&graph->arena, count, sizeof *placed);
    int *place = arena_array(&graph->arena, count, sizeof *place);
    struct layer_plan **ordered = arena_array(&graph->arena, count, sizeof(struct layer_plan *));
    if (!placed || !place || !ordered)
        return TRAINER_FAILED;
    while (done < count) {
        size_t i = 0;
        while (i < count && (placed[i] || !ready(graph->node[i], placed)))
            i++;
        if (i == count)
            return report_cycle(graph, placed);
        placed[i] = true;
        place[i] = (int)done;
        ordered[done++] = graph->node[i];
    }
    for (size_t i = 0; i < count; i++)
        for (int j = 0; j < ordered[i]->layer.inputs; j++)
            if (ordered[i]->source[j].layer >= 0)
                ordered[i]->source[j].layer = place[ordered[i]->source[j].layer];
    graph->node = ordered;
    return TRAINER_OK;
}

/* Marks the outputs (losses that nothing reads, else the last layer of the list) and reports layers
 * that lead to none. */
static int check_used(struct graph *graph, const struct layer_plan *last)
{
    bool any_loss = false;
    for (size_t i = 0; i < graph->count; i++)
        any_loss = any_loss || graph->node[i]->loss;
    bool *used = arena_array(&graph->arena, graph->count, sizeof *used);
    if (!used)
        return TRAINER_FAILED;
    int rc = TRAINER_OK;
    for (size_t i = graph->count; i-- > 0;) {
        struct layer_plan *plan = graph->node[i];
        plan->output = plan->edges == 0 && (any_loss ? plan->loss : plan == last);
        used[i] = used[i] || plan->output;
        if (!used[i] && !graph->options.inference)
            rc = config_error(&plan->at->at, "%s is not used: it leads to no %s",
                              graph_owner(graph, plan), any_loss ? "loss" : "output");
        for (int j = 0; j < plan->layer.inputs; j++)
            if (plan->source[j].layer >= 0) {
                graph->node[plan->source[j].layer]->edges++;
                used[plan->source[j].layer] = true;
            }
    }
    return rc;
}

int graph_wire(struct graph *graph)
{
    int rc = TRAINER_OK;
    for (size_t i = 0; i < graph->count && rc != TRAINER_FAILED; i++) {
        int one = wire_layer(graph, i);
        rc = one ? one : rc;
    }
    if (rc)
        return rc;
    const struct layer_plan *last = graph->node[graph->count - 1];
    rc = order_layers(graph);
    return rc ? rc : check_used(graph, last);
}
