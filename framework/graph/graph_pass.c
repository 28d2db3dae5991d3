/*
 * graph_pass.c - forward and backward by all threads of a team, layer after layer.
 *
 * A barrier stands between two layers unless both keep to their own rows. A thread goes through a
 * chain of such layers a block of rows at a time, so that a layer finds in the cache what the one
 * before has left there; no row depends on another, so that blocks change no bit. Backward goes
 * through the layers whose gradients are wanted, the last first; then come the gradients of
 * parameters.
 *
 * Where several processes share the rows, a worker's place is among those of all of them, but for
 * layers that look at all rows and for parameters, which each process computes whole, unless their
 * layer's are shared (graph_sharing.c).
 */
#include "distributed/ranks.h"
#include "engine/caches.h"
#include "graph_internal.h"
#include <assert.h>
#include <string.h>

static struct pass make_pass(const struct graph *graph, const struct graph_pass *in)
{
    assert(in->rows > 0 && in->rows <= graph->options.rows);
    assert(in->worker.threads <= graph->options.threads);
    return (struct pass){
        .mode = in->training ? MODE_TRAIN : MODE_EVALUATE,
        .seed = in->seed,
        .step = in->step,
        .first = in->first,
        .rows = in->rows,
        .worker = ranks_worker(in->ranks, &in->worker),
        .shared = graph->scratch,
        .own = graph->scratch + graph->shared + graph->own * (size_t)in->worker.thread,
    };
}

/* Whether there is a layer of that index and its threads keep to their own rows. */
static bool is_rowwise(const struct graph *graph, size_t index)
{
    return index < graph->count && graph->node[index]->layer.rowwise;
}

/* Bytes of a block's values at the most: half of a usual second-level cache. */
enum { BLOCK_MOST = 512 * 1024 };

/* Blocks that each thread cuts its rows into, which have so many elements each. */
static size_t count_blocks(const struct graph *graph, const struct pass *pass, size_t elements)
{
    const int ranks = pass->worker.ranks > 0 ? pass->worker.ranks : 1;
    const size_t threads = (size_t)(pass->worker.threads * ranks);
    size_t rows = (pass->rows + threads - 1) / threads;
    size_t bytes = rows * elements * graph->options.engine->real_size;
    size_t blocks = bytes / caches_block(BLOCK_MOST) + 1;
    return blocks < rows ? blocks : rows;
}

/* The pass of one block: that of a worker among as many as there are blocks of all threads. */
static struct pass block_of(const struct pass *pass, size_t block, size_t blocks)
{
    struct pass part = *pass;
    part.worker.thread = part.worker.thread * (int)blocks + (int)block;
    part.worker.threads *= (int)blocks;
    return part;
}

static void forward_layer(const struct graph *graph, size_t index, const struct pass *pass)
{
    const struct layer_plan *plan = graph->node[index];
    if (plan->loss && graph->options.inference)
        plan->layer.kind->predict(&plan->layer, pass);
    else if (plan->layer.kind->forward)
        plan->layer.kind->forward(&plan->layer, pass);
}

/* Makes the pass one of all rows, whoever shares them, where the layer needs them all; what it
 * looks at is exchanged first. Stands behind a barrier. */
static void take_all_rows(const struct graph *graph, const struct layer_plan *plan,
                          const struct graph_pass *in, struct pass *pass,
                          void (*exchange)(const struct graph *, const struct layer_plan *,
                                           const struct graph_pass *))
{
    if (!in->ranks || graph_shares_rows(plan))
        return;
    pass->worker = in->worker;
    if (in->worker.thread == 0)
        exchange(graph, plan, in);
    team_barrier(&in->worker);
}

/* The layers [begin, end), which are one or a chain of rowwise ones. */
static void forward_chain(const struct graph *graph, size_t begin, size_t end,
                          const struct graph_pass *in, struct pass pass)
{
    take_all_rows(graph, graph->node[begin], in, &pass, graph_exchange_inputs);
    size_t elements = 0;
    for (size_t i = begin; i < end; i++)
        elements += shape_size(graph->node[i]->layer.out.shape);
    size_t blocks = is_rowwise(graph, begin) ? count_blocks(graph, &pass, elements) : 1;
    for (size_t block = 0; block < blocks; block++) {
        struct pass part = block_of(&pass, block, blocks);
        for (size_t i = begin; i < end; i++)
            forward_layer(graph, i, &part);
    }
    team_barrier(&pass.worker);
}

void graph_forward(struct graph *graph, const struct graph_pass *in)
{
    graph_forward_from(graph, in, 0);
}

void graph_forward_from(struct graph *graph, const struct graph_pass *in, size_t first)
{
    struct pass pass = make_pass(graph, in);
    if (!is_rowwise(graph, first))
        team_barrier(&pass.worker);
    for (size_t begin = first, end; begin < graph->count; begin = end) {
        for (end = begin + 1; is_rowwise(graph, begin) && is_rowwise(graph, end);)
            end++;
        forward_chain(graph, begin, end, in, pass);
    }
}

/* Gives the network's outputs their gradient: 1 / rows of the step for each sample's loss, so that
 * its mean is differentiated; where there is no loss, the given one or ones. */
static void seed_output(const struct graph *graph, const struct layer_plan *plan,
                        const struct graph_pass *in)
{
    const struct engine *engine = graph->options.engine;
    const struct worker worker = ranks_worker(in->ranks, &in->worker);
    size_t width = shape_size(plan->layer.out.shape), begin, end;
    double samples = (double)(in->step_rows ? in->step_rows : in->rows);
    team_range(&worker, in->rows, 1, &begin, &end);
    char *g = (char *)plan->layer.out.g + begin * width * engine->real_size;
    if (!plan->loss && in->output_gradient)
        memcpy(g, (const char *)in->output_gradient + begin * width * engine->real_size,
               (end - begin) * width * engine->real_size);
    else
        engine->fill(g, (end - begin) * width, plan->loss ? 1.0 / samples : 1.0);
}

/* Where each edge keeps its gradient: sums those of the edges that read this source into `g`
 * (rows, width). */
static void sum_edges(const struct graph *graph, struct edge_source source, void *g, size_t width,
                      const struct graph_pass *in)
{
    const struct engine *engine = graph->options.engine;
    size_t begin, end;
    team_range(&in->worker, in->rows, 1, &begin, &end);
    size_t offset = begin * width * engine->real_size, count = (end - begin) * width;
    engine->fill((char *)g + offset, count, 0);
    for (size_t i = graph->count; i-- > 0;) {
        const struct layer_plan *reader = graph->node[i];
        for (int j = 0; j < reader->layer.inputs; j++)
            if (reader->source[j].layer == source.layer &&
                reader->source[j].column == source.column && reader->layer.in[j].g)
                engine->accumulate((char *)g + offset, (char *)reader->layer.in[j].g + offset,
                                   count);
    }
}

static void sum_column_gradients(const struct graph *graph, const struct graph_pass *in)
{
    for (int c = 0; c < graph->batch->columns; c++) {
        const struct batch_column *column = &graph->batch->column[c];
        if (column->g)
            sum_edges(graph, (struct edge_source){-1, c}, column->g, column->width, in);
    }
    team_barrier(&in->worker);
}

/* The sums of slices that parameters() adds up, of all ranks where they share them. */
static void sum_slices(const struct graph *graph, const struct layer_plan *plan,
                       const struct graph_pass *in, struct pass *pass)
{
    plan->layer.kind->slices(&plan->layer, pass);
    team_barrier(&in->worker);
    pass->worker = in->worker;
    if (!plan->shares)
        return;
    if (in->worker.thread == 0)
        graph_exchange_slices(graph, plan, in);
    team_barrier(&in->worker);
}

/* The gradients of all parameters, from values and gradients of all rows. */
static void backward_parameters(const struct graph *graph, const struct graph_pass *in,
                                struct pass *pass)
{
    const double rate = pass->fused ? pass->fused->rate : 0;
    for (size_t i = graph->count; i-- > 0;) {
        const struct layer_plan *plan = graph->node[i];
        if (!plan->trains || !plan->layer.kind->parameters)
            continue;
        if (pass->fused)
            pass->fused->rate = rate * plan->rate_factor;
        pass->worker = plan->shares ? ranks_worker(in->ranks, &in->worker) : in->worker;
        if (plan->layer.kind->slices)
            sum_slices(graph, plan, in, pass);
        plan->layer.kind->parameters(&plan->layer, pass);
    }
}

/* The last layer before `index` whose backward is called; graph->count where there is none. */
static size_t trained_before(const struct graph *graph, size_t index)
{
    while (index-- > 0)
        if (graph->node[index]->trains)
            return index;
    return graph->count;
}

/* Layers from `last` down to before `end`: one, or a chain of rowwise ones. */
struct descent {
    size_t last, end;
    size_t blocks;
};

/* What follows from layer `last` on; where each edge keeps a gradient, every layer by itself. */
static struct descent find_descent(const struct graph *graph, const struct pass *pass, size_t last)
{
    struct descent descent = {last, last, 1};
    size_t elements = 0;
    bool goes_on = true;
    for (; goes_on; descent.end = trained_before(graph, descent.end)) {
        size_t before = trained_before(graph, descent.end);
        elements += 2 * shape_size(graph->node[descent.end]->layer.out.shape);
        goes_on = !graph->options.edge_gradients && is_rowwise(graph, descent.end) &&
                  is_rowwise(graph, before);
    }
    if (is_rowwise(graph, last))
        descent.blocks = count_blocks(graph, pass, elements);
    return descent;
}

static void backward_chain(const struct graph *graph, const struct descent *descent,
                           const struct graph_pass *in, struct pass pass)
{
    take_all_rows(graph, graph->node[descent->last], in, &pass, graph_exchange_gradient);
    for (size_t block = 0; block < descent->blocks; block++) {
        struct pass part = block_of(&pass, block, descent->blocks);
        for (size_t i = descent->last; i != descent->end; i = trained_before(graph, i))
            if (graph->node[i]->layer.kind->backward)
                graph->node[i]->layer.kind->backward(&graph->node[i]->layer, &part);
    }
    team_barrier(&pass.worker);
}

static void backward_layers(const struct graph *graph, const struct graph_pass *in,
                            const struct pass *pass)
{
    size_t last = trained_before(graph, graph->count);
    if (last == graph->count)
        return;
    struct descent descent = find_descent(graph, pass, last);
    if (!is_rowwise(graph, graph->count - 1) || descent.blocks > 1)
        team_barrier(&pass->worker);
    for (;;) {
        const struct layer_plan *plan = graph->node[descent.last];
        if (graph->options.edge_gradients && !plan->output) {
            sum_edges(graph, (struct edge_source){(int)descent.last, -1}, plan->layer.out.g,
                      shape_size(plan->layer.out.shape), in);
            team_barrier(&pass->worker);
        }
        backward_chain(graph, &descent, in, *pass);
        if (descent.end == graph->count)
            return;
        descent = find_descent(graph, pass, descent.end);
    }
}

/* What the gradients of parameters are made of, which all ranks compute. Behind a barrier. */
static void exchange_factors(const struct graph *graph, const struct graph_pass *in)
{
    if (in->worker.thread == 0)
        graph_exchange_factors(graph, in);
    team_barrier(&in->worker);
}

/* What each rank has computed its part of. A step that is not finite is so for all threads of all
 * ranks. */
static void exchange_parameters(struct graph *graph, const struct graph_pass *in)
{
    if (in->fused && !in->fused->finite)
        atomic_store_explicit(&graph->unfinite, true, memory_order_relaxed);
    team_barrier(&in->worker);
    if (in->worker.thread == 0)
        graph_exchange_parameters(graph, in);
    team_barrier(&in->worker);
    if (in->fused && atomic_load_explicit(&graph->unfinite, memory_order_relaxed))
        in->fused->finite = false;
}

void graph_backward(struct graph *graph, const struct graph_pass *in)
{
    struct pass pass = make_pass(graph, in);
    assert(!graph->options.values_only);
    for (size_t i = 0; i < graph->count; i++)
        if (graph->node[i]->output && graph->node[i]->trains)
            seed_output(graph, graph->node[i], in);
    backward_layers(graph, in, &pass);
    pass.worker = in->worker;
    if (in->ranks)
        exchange_factors(graph, in);
    pass.fused = in->fused;
    bool good = !in->hold || !atomic_load_explicit(in->hold, memory_order_relaxed);
    if (good)
        backward_parameters(graph, in, &pass);
    if (good && in->ranks)
        exchange_parameters(graph, in);
    else
        team_barrier(&in->worker);
    if (graph->options.edge_gradients)
        sum_column_gradients(graph, in);
}

bool graph_commits(const struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++)
        if (graph->node[i]->layer.kind->commit)
            return true;
    return false;
}

void graph_commit(struct graph *graph, const struct graph_pass *in)
{
    struct pass pass = make_pass(graph, in);
    pass.worker = in->worker;
    for (size_t i = 0; i < graph->count; i++) {
        const struct layer *layer = &graph->node[i]->layer;
        if (!layer->kind->commit)
            continue;
        layer->kind->commit(layer, &pass);
        team_barrier(&pass.worker);
    }
}

uint64_t graph_pattern(const struct graph *graph, const struct graph_pass *in)
{
    struct pass pass = make_pass(graph, in);
    uint64_t hash = 0;
    for (size_t i = 0; i < graph->count; i++) {
        const struct layer *layer = &graph->node[i]->layer;
        if (layer->kind->pattern)
            hash = (hash ^ layer->kind->pattern(layer, &pass)) * 0x9E3779B97F4A7C15u + i;
    }
    return hash;
}
