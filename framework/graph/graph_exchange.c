/*
 * graph_exchange.c - what processes that share the rows of a batch tell each other.
 *
 *     forward     before a layer that looks at all rows: what it reads
 *     backward    before such a layer: the gradient that it is given
 *     parameters  of each layer that has some: its inputs, what forward left, its output's gradient
 *     shares      of layers whose gradient is shared (graph_sharing.c): each rank's rows of the
 *                 weight, or sums of slices of the batch
 *     results     losses; predictions
 *
 * So all ranks compute the gradients of parameters from the same numbers as one process would: the
 * sums over rows are whole. Data columns are nobody's to send, as every rank has them.
 */
#include "distributed/ranks.h"
#include "graph_internal.h"

/* Blocks that are gathered for one exchange. */
struct list {
    const struct graph *graph;
    size_t rows, count;
};

/* Adds x (rows, width), unless it is there already or nothing. */
static void add(struct list *list, void *x, size_t width)
{
    struct ranks_block *block = list->graph->exchanged;
    for (size_t i = 0; i < list->count; i++)
        if (block[i].x == x)
            return;
    if (x)
        block[list->count++] =
            (struct ranks_block){.x = x,
                                 .rows = list->rows,
                                 .row_bytes = width * list->graph->options.engine->real_size};
}

/* The layer whose memory a layer's value stands in: of a view, that of what it shows. NULL: a data
 * column's. */
static const struct layer_plan *owner_of(const struct graph *graph, const struct layer_plan *plan)
{
    while (plan && graph_is_view(plan))
        plan = plan->source[0].layer >= 0 ? graph->node[plan->source[0].layer] : NULL;
    return plan;
}

/* What tells numbers apart: where they stand, or will stand, as a planned graph has no memory. */
static void *place_of(void *x, void *tensor)
{
    return x ? x : tensor;
}

/* The value that comes in by an edge. A layer that computes all rows has told nobody less. */
static void add_input(struct list *list, const struct layer_plan *plan, int index)
{
    int layer = plan->source[index].layer;
    const struct layer_plan *from =
        layer >= 0 ? owner_of(list->graph, list->graph->node[layer]) : NULL;
    if (from && graph_shares_rows(from))
        add(list, place_of(from->layer.out.x, (void *)(uintptr_t)&from->layer.out.x),
            shape_size(from->layer.out.shape));
}

static void add_gradient(struct list *list, const struct layer_plan *plan)
{
    add(list, place_of(plan->layer.out.g, (void *)(uintptr_t)&plan->layer.out.g),
        shape_size(plan->layer.out.shape));
}

static void add_values(struct list *list, const struct layer_plan *plan)
{
    for (struct declared *d = plan->first; d; d = d->next)
        if (d->role == ROLE_VALUES)
            add(list, place_of(d->tensor.x, d), shape_size(d->tensor.shape));
}

static void exchange(const struct list *list, const struct graph_pass *in)
{
    if (list->count > 0)
        in->ranks->exchange(in->ranks, list->graph->exchanged, list->count);
}

void graph_exchange_inputs(const struct graph *graph, const struct layer_plan *plan,
                           const struct graph_pass *in)
{
    struct list list = {graph, in->rows, 0};
    for (int i = 0; i < plan->layer.inputs; i++)
        add_input(&list, plan, i);
    exchange(&list, in);
}

void graph_exchange_gradient(const struct graph *graph, const struct layer_plan *plan,
                             const struct graph_pass *in)
{
    struct list list = {graph, in->rows, 0};
    add_gradient(&list, plan);
    exchange(&list, in);
}

static bool has_gradients(const struct layer_plan *plan)
{
    bool has = false;
    for (const struct declared *d = plan->first; d; d = d->next)
        has = has || (d->role == ROLE_PARAMETER && !d->tensor.frozen);
    return has && plan->layer.kind->parameters;
}

/* Of layers that compute all rows the gradient was exchanged before, and all else is there. */
void graph_add_factors(const struct graph *graph, const struct layer_plan *plan, size_t rows,
                       size_t *count)
{
    struct list list = {graph, rows, *count};
    bool sliced = plan->shares && plan->layer.kind->slices;
    if (!has_gradients(plan) || !graph_shares_rows(plan) || sliced)
        return;
    for (int j = 0; j < plan->layer.inputs; j++)
        add_input(&list, plan, j);
    add_values(&list, plan);
    add_gradient(&list, plan);
    *count = list.count;
}

void graph_exchange_factors(const struct graph *graph, const struct graph_pass *in)
{
    struct list list = {graph, in->rows, 0};
    for (size_t i = graph->count; i-- > 0;)
        graph_add_factors(graph, graph->node[i], in->rows, &list.count);
    exchange(&list, in);
}

void graph_exchange_slices(const struct graph *graph, const struct layer_plan *plan,
                           const struct graph_pass *in)
{
    const struct layer *layer = &plan->layer;
    const struct ranks_block block = {.x = graph->scratch,
                                      .rows = layer_slices(layer, in->rows),
                                      .row_bytes = layer->slice_bytes};
    in->ranks->exchange(in->ranks, &block, 1);
}

/* A byte of each rank in room. */
static struct ranks_block flags_block(const struct ranks *ranks)
{
    return (struct ranks_block){
        .x = ranks->room, .rows = (size_t)ranks->count, .row_bytes = 1, .each = true};
}

void graph_exchange_parameters(struct graph *graph, const struct graph_pass *in)
{
    struct ranks *ranks = in->ranks;
    unsigned char *each = ranks->room;
    size_t count = 0, size = graph->options.engine->real_size;
    for (size_t i = 0; i < graph->count; i++)
        for (const struct declared *d = graph->node[i]->first; d; d = d->next) {
            const struct tensor *tensor = &d->tensor;
            if (!graph->node[i]->shares || !tensor->by_rows || tensor->frozen)
                continue;
            size_t rows = tensor->shape.dim[0];
            graph->exchanged[count++] =
                (struct ranks_block){.x = tensor->stepped ? tensor->x : tensor->g,
                                     .rows = rows,
                                     .row_bytes = shape_size(tensor->shape) / rows * size};
        }
    if (count == 0)
        return;
    each[ranks->rank] = atomic_load_explicit(&graph->unfinite, memory_order_relaxed);
    graph->exchanged[count++] = flags_block(ranks);
    ranks->exchange(ranks, graph->exchanged, count);
    for (int i = 0; i < ranks->count; i++)
        if (each[i])
            atomic_store_explicit(&graph->unfinite, true, memory_order_relaxed);
}

/* The prediction, and the target where that is a layer's. */
static void add_prediction(struct list *list)
{
    const struct graph *graph = list->graph;
    struct prediction said = graph_prediction(graph);
    add(list, (void *)(uintptr_t)said.x, said.width);
    for (size_t i = 0; i < graph->count; i++) {
        const struct layer_plan *plan = graph->node[i];
        if (plan->loss && plan->layer.kind->target < plan->layer.inputs)
            add_input(list, plan, plan->layer.kind->target);
    }
}

void graph_exchange_results(struct graph *graph, const struct graph_pass *in,
                            enum graph_results results, unsigned char *flags)
{
    struct list list = {graph, in->rows, 0};
    struct ranks *ranks = in->ranks;
    if (!ranks)
        return;
    for (size_t i = 0; i < graph->count; i++) {
        const struct layer_plan *plan = graph->node[i];
        if (graph_shares_rows(plan) && !graph_is_view(plan) &&
            (plan->loss || results == GRAPH_OUTPUTS))
            add(&list, plan->layer.out.x, shape_size(plan->layer.out.shape));
    }
    if (results == GRAPH_PREDICTION)
        add_prediction(&list);
    unsigned char *each = ranks->room;
    each[ranks->rank] = *flags;
    graph->exchanged[list.count++] = flags_block(ranks);
    exchange(&list, in);
    for (int i = 0; i < ranks->count; i++)
        *flags |= each[i];
}

/* At the most: everything that has rows, and the flags. */
int graph_plan_exchange(struct graph *graph)
{
    size_t most = 1;
    for (size_t i = 0; i < graph->count; i++) {
        most += 2 + (size_t)graph->node[i]->layer.inputs;
        for (const struct declared *d = graph->node[i]->first; d; d = d->next)
            most += d->role == ROLE_VALUES || d->role == ROLE_PARAMETER;
    }
    graph->exchanged = arena_array(&graph->arena, most, sizeof *graph->exchanged);
    return graph->exchanged ? TRAINER_OK : TRAINER_FAILED;
}
