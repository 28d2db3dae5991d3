/*
 * graph.c - what others may ask of a network: results, layers, parameters, memory.
 */
#include "graph_internal.h"
#include <assert.h>
#include <math.h>
#include <string.h>

/* --- results ---------------------------------------------------------------------------------- */

static bool is_loss_output(const struct layer_plan *plan)
{
    return plan->loss && plan->output;
}

bool graph_has_loss(const struct graph *graph)
{
    for (size_t i = 0; i < graph->count && !graph->options.inference; i++)
        if (is_loss_output(graph->node[i]))
            return true;
    return false;
}

double graph_loss(const struct graph *graph, size_t rows)
{
    double total = 0;
    for (size_t i = 0; i < graph->count; i++)
        if (is_loss_output(graph->node[i]))
            total += graph->options.engine->sum(graph->node[i]->layer.out.x, rows) / (double)rows;
    return graph_has_loss(graph) ? total : (double)NAN;
}

void graph_losses(const struct graph *graph, size_t rows, double *losses)
{
    memset(losses, 0, rows * sizeof *losses);
    for (size_t i = 0; i < graph->count; i++)
        for (size_t r = 0; is_loss_output(graph->node[i]) && r < rows; r++)
            losses[r] += graph->options.engine->get(graph->node[i]->layer.out.x, r);
}

struct prediction graph_prediction(const struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        const struct layer *layer = &graph->node[i]->layer;
        if (!is_loss_output(graph->node[i]) || !layer->prediction)
            continue;
        struct prediction prediction = {.task = layer->kind->target ? layer->task : TASK_NONE,
                                        .width = shape_size(layer->prediction->shape),
                                        .x = layer->prediction->x};
        const struct input *target = &layer->in[layer->kind->target];
        if (prediction.task == TASK_NONE || graph->options.inference)
            return prediction;
        prediction.label = target->element == ELEMENT_INT32 ? target->label : NULL;
        prediction.target = target->element == ELEMENT_REAL ? target->x : NULL;
        int column = graph->node[i]->source[layer->kind->target].column;
        prediction.column = column >= 0 ? &graph->dataset->column[column] : NULL;
        return prediction;
    }
    return (struct prediction){0};
}

/* --- facts ------------------------------------------------------------------------------------ */

const struct engine *graph_engine(const struct graph *graph)
{
    return graph->options.engine;
}

size_t graph_layer_count(const struct graph *graph)
{
    return graph->count;
}

const struct layer *graph_layer(const struct graph *graph, size_t index)
{
    return &graph->node[index]->layer;
}

struct layer_facts graph_layer_facts(const struct graph *graph, size_t index)
{
    const struct layer_plan *plan = graph->node[index];
    const struct layer *layer = &plan->layer;
    struct layer_facts facts = {.name = layer->name,
                                .title = layer->kind->base.title,
                                .inputs = layer->inputs,
                                .out = layer->out.shape,
                                .x = layer->out.x,
                                .g = layer->out.g,
                                .flags = layer->kind->flags,
                                .frozen = plan->frozen};
    for (const struct declared *d = plan->first; d; d = d->next)
        facts.parameters += d->role == ROLE_PARAMETER ? shape_size(d->tensor.shape) : 0;
    facts.flops =
        layer->kind->flops ? layer->kind->flops(layer) : (double)shape_size(layer->out.shape);
    return facts;
}

struct edge_facts graph_edge_facts(const struct graph *graph, size_t layer, int input)
{
    const struct input *in = &graph->node[layer]->layer.in[input];
    return (struct edge_facts){.from = in->name,
                               .shape = in->shape,
                               .x = in->x,
                               .g = in->g,
                               .label = in->element == ELEMENT_INT32};
}

size_t graph_parameter_count(const struct graph *graph)
{
    return graph->parameter_count;
}

const struct parameter *graph_parameter(const struct graph *graph, size_t index)
{
    assert(index < graph->parameter_count);
    return &graph->parameter[index];
}

struct graph_block graph_trained(const struct graph *graph)
{
    return (struct graph_block){.x = graph->x, .g = graph->g, .count = graph->trained};
}

struct graph_block graph_states(const struct graph *graph)
{
    size_t offset = graph->states * graph->options.engine->real_size;
    return (struct graph_block){.x = graph->x + offset,
                                .count = graph->parameter_elements - graph->states};
}

/* Parameters that train come first. */
bool graph_next_range(const struct graph *graph, const struct worker *worker, size_t *parameter,
                      size_t *begin, size_t *end)
{
    enum { LINE = 64 };
    while (*parameter < graph->parameter_count) {
        const struct parameter *p = &graph->parameter[(*parameter)++];
        if (!p->g)
            return false;
        if (*p->stepped)
            continue;
        team_range(worker, p->count, LINE, begin, end);
        *begin += p->offset;
        *end += p->offset;
        return true;
    }
    return false;
}

struct batch *graph_batch(struct graph *graph)
{
    return graph->batch;
}

struct graph_memory graph_memory(const struct graph *graph)
{
    size_t size = graph->options.engine->real_size;
    return (struct graph_memory){
        .parameters = graph->parameter_elements * size,
        .gradients = graph->options.values_only ? 0 : graph->trained * size,
        .values = graph->value_elements * size + batch_bytes(graph->dataset, graph->options.engine,
                                                             graph->options.rows,
                                                             graph_checks_data(graph)),
        .scratch = graph->shared + graph->own * (size_t)graph->options.threads,
    };
}
