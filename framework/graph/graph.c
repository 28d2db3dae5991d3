/*
 * graph.c - building, forward, backward, and what others may ask of a network.
 */
#include "graph.h"
#include "graph_internal.h"
#include "initializer.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
        engine->fill(tensor->x, count, 0);
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

/* --- passes ----------------------------------------------------------------------------------- */

static struct pass make_pass(const struct graph *graph, const struct graph_pass *in)
{
    assert(in->rows > 0 && in->rows <= graph->options.rows);
    assert(in->worker.threads <= graph->options.threads);
    return (struct pass){
        .mode = in->training ? MODE_TRAIN : MODE_EVALUATE,
        .seed = in->seed,
        .step = in->step,
        .rows = in->rows,
        .worker = in->worker,
        .shared = graph->scratch,
        .own = graph->scratch + graph->shared + graph->own * (size_t)in->worker.thread,
    };
}

/* Whether there is a layer of that index and its threads keep to their own rows. */
static bool is_rowwise(const struct graph *graph, size_t index)
{
    return index < graph->count && graph->node[index]->layer.rowwise;
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
    for (size_t i = first; i < graph->count; i++) {
        const struct layer *layer = &graph->node[i]->layer;
        layer->kind->forward(layer, &pass);
        if (!layer->rowwise || !is_rowwise(graph, i + 1))
            team_barrier(&pass.worker);
    }
}

/* Gives the network's outputs their gradient: 1 / rows for each sample's loss, so that the mean is
 * differentiated; where there is no loss, the given one or ones. */
static void seed_output(const struct graph *graph, const struct layer_plan *plan,
                        const struct graph_pass *in)
{
    const struct engine *engine = graph->options.engine;
    size_t width = shape_size(plan->layer.out.shape), begin, end;
    team_range(&in->worker, in->rows, 1, &begin, &end);
    char *g = (char *)plan->layer.out.g + begin * width * engine->real_size;
    if (!plan->loss && in->output_gradient)
        memcpy(g, (const char *)in->output_gradient + begin * width * engine->real_size,
               (end - begin) * width * engine->real_size);
    else
        engine->fill(g, (end - begin) * width, plan->loss ? 1.0 / (double)in->rows : 1.0);
}

/* Where each edge keeps its gradient: sums those of the edges that read this source into `g`
 * (rows, width). */
static void sum_edges(const struct graph *graph, struct source source, void *g, size_t width,
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
            sum_edges(graph, (struct source){-1, c}, column->g, column->width, in);
    }
    team_barrier(&in->worker);
}

/* The gradients of all parameters, from values and gradients of all rows. */
static void backward_parameters(const struct graph *graph, const struct pass *pass)
{
    for (size_t i = graph->count; i-- > 0;) {
        const struct layer *layer = &graph->node[i]->layer;
        if (graph->node[i]->trains && layer->kind->parameters)
            layer->kind->parameters(layer, pass);
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

void graph_backward(struct graph *graph, const struct graph_pass *in)
{
    struct pass pass = make_pass(graph, in);
    assert(!graph->options.values_only);
    for (size_t i = 0; i < graph->count; i++)
        if (graph->node[i]->output && graph->node[i]->trains)
            seed_output(graph, graph->node[i], in);
    if (!is_rowwise(graph, graph->count - 1))
        team_barrier(&pass.worker);
    for (size_t i = trained_before(graph, graph->count), before; i < graph->count; i = before) {
        const struct layer_plan *plan = graph->node[i];
        before = trained_before(graph, i);
        if (graph->options.edge_gradients && !plan->output) {
            sum_edges(graph, (struct source){(int)i, -1}, plan->layer.out.g,
                      shape_size(plan->layer.out.shape), in);
            team_barrier(&pass.worker);
        }
        plan->layer.kind->backward(&plan->layer, &pass);
        if (!plan->layer.rowwise || !is_rowwise(graph, before))
            team_barrier(&pass.worker);
    }
    pass.fused = in->fused;
    if (!in->hold || !atomic_load_explicit(in->hold, memory_order_relaxed))
        backward_parameters(graph, &pass);
    team_barrier(&pass.worker);
    if (graph->options.edge_gradients)
        sum_column_gradients(graph, in);
}

/* --- results ---------------------------------------------------------------------------------- */

static bool is_loss_output(const struct layer_plan *plan)
{
    return plan->loss && plan->output;
}

bool graph_has_loss(const struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++)
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
        const struct input *target = &layer->in[layer->inputs - 1];
        return (struct prediction){
            .width = shape_size(layer->prediction->shape),
            .x = layer->prediction->x,
            .label = target->element == ELEMENT_INT32 ? target->label : NULL,
            .target = target->element == ELEMENT_REAL ? target->x : NULL,
        };
    }
    return (struct prediction){0};
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
