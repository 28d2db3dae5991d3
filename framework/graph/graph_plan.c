/*
 * graph_plan.c - shapes in topological order, who wants a gradient, and where all memory goes.
 *
 * Blocks: parameters (trained, then frozen, then states), gradients (as the trained part of the
 * parameters, so that an optimizer is one flat loop), values (all that has rows), scratch. Each
 * tensor starts on a cache line; what pads it stays zero.
 */
#include "data/batch.h"
#include "graph_internal.h"
#include "kernels/list_batch.h"
#include "kernels/sparse_data.h"
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- what layers call in shape() -------------------------------------------------------------- */

static struct tensor *declare(struct layer *layer, enum role role, const char *name,
                              struct shape shape)
{
    struct layer_plan *plan = layer->plan;
    struct declared *declared = arena_allocate(&plan->graph->arena, sizeof *declared);
    if (!declared)
        return NULL;
    declared->role = role;
    declared->tensor.name = name;
    declared->tensor.shape = shape;
    declared->tensor.frozen = plan->frozen || role == ROLE_STATE;
    if (plan->last)
        plan->last->next = declared;
    else
        plan->first = declared;
    plan->last = declared;
    return &declared->tensor;
}

struct tensor *layer_parameter(struct layer *layer, const char *name, struct shape shape,
                               const struct kind_choice *initializer, size_t fan_in, size_t fan_out)
{
    struct tensor *tensor = declare(layer, ROLE_PARAMETER, name, shape);
    if (tensor) {
        tensor->initializer = initializer;
        tensor->fan_in = fan_in;
        tensor->fan_out = fan_out;
    }
    return tensor;
}

struct tensor *layer_state(struct layer *layer, const char *name, struct shape shape, double first)
{
    struct tensor *tensor = declare(layer, ROLE_STATE, name, shape);
    if (tensor)
        tensor->first = first;
    return tensor;
}

struct tensor *layer_values(struct layer *layer, const char *name, struct shape shape)
{
    return declare(layer, ROLE_VALUES, name, shape);
}

struct tensor *layer_memory(struct layer *layer, const char *name, struct shape shape)
{
    return declare(layer, ROLE_MEMORY, name, shape);
}

void layer_scratch(struct layer *layer, size_t shared, size_t own)
{
    struct layer_plan *plan = layer->plan;
    plan->shared = shared > plan->shared ? shared : plan->shared;
    plan->own = own > plan->own ? own : plan->own;
}

int layer_error(const struct layer *layer, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return config_error(&layer->plan->at->at, "%s '%s': %s", layer->kind->base.title, layer->name,
                        text);
}

int layer_shape_from_all(struct layer *layer)
{
    int widest = 0;
    for (int i = 1; i < layer->inputs; i++)
        if (input_size(layer, widest) == 1)
            widest = i;
    struct shape shape = layer->in[widest].shape;
    char given[SHAPE_TEXT_MAX], wanted[SHAPE_TEXT_MAX];
    for (int i = 0; i < layer->inputs; i++)
        if (input_size(layer, i) != 1 && !shape_equal(layer->in[i].shape, shape))
            return layer_error(layer,
                               "input '%s' has shape %s and input '%s' has shape %s; they "
                               "must be equal, or one a scalar",
                               layer->in[widest].name, shape_text(shape, wanted), layer->in[i].name,
                               shape_text(layer->in[i].shape, given));
    if (shape_size(shape) == 1)
        shape = layer->in[0].shape;
    layer->out.shape = shape;
    return TRAINER_OK;
}

/* --- shapes ----------------------------------------------------------------------------------- */

/* Describes one edge from its source; false where the source's shape is not known. */
static bool connect(struct graph *graph, struct layer_plan *plan, int index)
{
    struct input *in = &plan->layer.in[index];
    const struct edge_source *source = &plan->source[index];
    if (source->layer >= 0) {
        const struct layer_plan *from = graph->node[source->layer];
        *in = (struct input){.name = from->layer.name,
                             .shape = from->layer.out.shape,
                             .sparse = graph_is_view(from) ? from->layer.in[0].sparse : NULL,
                             .lists = graph_is_view(from) ? from->layer.in[0].lists : NULL};
        return !from->failed;
    }
    const struct column *column = &graph->dataset->column[source->column];
    *in = (struct input){.name = column->name,
                         .element = column->stored == STORED_LABEL ? ELEMENT_INT32 : ELEMENT_REAL,
                         .shape = column->shape,
                         .classes = column->classes,
                         .sparse = graph->sparse[source->column],
                         .lists = graph->lists[source->column]};
    return true;
}

static bool same_source(struct edge_source a, struct edge_source b)
{
    return a.layer == b.layer && a.column == b.column;
}

/* Whether a value has readers, and all of them, also those behind views, can read lists without
 * zeros. */
static bool read_sparse_by_all(const struct graph *graph, struct edge_source value)
{
    bool read = false;
    for (size_t i = 0; i < graph->count; i++)
        for (int j = 0; j < graph->node[i]->layer.inputs; j++) {
            const struct layer_plan *reader = graph->node[i];
            if (!same_source(reader->source[j], value))
                continue;
            if (graph_is_view(reader) ? !read_sparse_by_all(graph, (struct edge_source){(int)i, -1})
                                      : !(reader->layer.kind->flags & LAYER_READS_SPARSE))
                return false;
            read = true;
        }
    return read;
}

/* Whether a column's lists can be read as they are. Of a normalised one bytes are no one number in
 * all columns, and 0 may be none of them. */
static bool has_lists(const struct column *column)
{
    return column->lists[SPLIT_TRAIN] ? column_keeps_zeros(column)
                                      : column->sparse[SPLIT_TRAIN] && !column->divisor;
}

/* Whether a column is listed without zeros and all layers that read it can use that. */
static bool reads_sparse(const struct graph *graph, int column)
{
    const struct column *of = &graph->dataset->column[column];
    /* Rows behind a small batch have no lists of bytes, and inference computes them too. */
    bool wanted = graph->options.sparse || (graph->options.inference && of->lists[SPLIT_TRAIN]);
    return wanted && !graph_checks_data(graph) && has_lists(of) &&
           read_sparse_by_all(graph, (struct edge_source){-1, column});
}

bool graph_can_read_lists(const struct graph *graph)
{
    for (int c = 0; c < graph->dataset->columns; c++)
        if (read_sparse_by_all(graph, (struct edge_source){-1, c}))
            return true;
    return false;
}

/* Prepares the columns that are read without zeros: what number each byte is. */
static int plan_sparse(struct graph *graph)
{
    const struct engine *engine = graph->options.engine;
    uint8_t byte[SPARSE_BYTES];
    for (size_t i = 0; i < SPARSE_BYTES; i++)
        byte[i] = (uint8_t)i;
    for (int c = 0; c < graph->dataset->columns; c++) {
        if (!reads_sparse(graph, c))
            continue;
        const struct column *column = &graph->dataset->column[c];
        if (column->lists[SPLIT_TRAIN]) {
            graph->lists[c] = arena_allocate(&graph->arena, sizeof *graph->lists[c]);
            if (!graph->lists[c])
                return TRAINER_FAILED;
            continue;
        }
        struct sparse_batch *sparse = arena_allocate(&graph->arena, sizeof *sparse);
        void *value = arena_array(&graph->arena, SPARSE_BYTES, engine->real_size);
        if (!sparse || !value)
            return TRAINER_FAILED;
        engine->from_bytes(value, byte, SPARSE_BYTES, column->scale);
        *sparse = (struct sparse_batch){.columns = shape_size(column->shape), .value = value};
        graph->sparse[c] = sparse;
    }
    return TRAINER_OK;
}

/* Refuses class numbers where a layer reads numbers. */
static int check_element(struct graph *graph, const struct layer_plan *plan, int index)
{
    const struct layer_kind *kind = plan->layer.kind;
    const struct input *in = &plan->layer.in[index];
    bool target = plan->loss && index > 0 && index == kind->target;
    if (in->element != ELEMENT_INT32 || (target && kind->tasks & TASK_CLASSES) ||
        kind->flags & LAYER_READS_CLASSES)
        return TRAINER_OK;
    if (!target)
        return layer_error(&plan->layer, "input '%s' holds class labels, not numbers", in->name);
    const char *owner = graph_owner(graph, plan);
    return owner ? config_error(&plan->at->at,
                                "%s reads '%s', which are %zu classes; expected values "
                                "(labels_as: values)",
                                owner, in->name, in->classes)
                 : TRAINER_FAILED;
}

/* Writes the options that shape() gave a value to the resolved config. */
static int resolve_rest(struct graph *graph, const struct layer_plan *plan)
{
    const struct kind *kind = &plan->layer.kind->base;
    struct options_context context = {.config = graph->config, .resolved = plan->resolved};
    return plan->resolved && kind->options
               ? options_write_rest(&context, kind->options, plan->layer.private)
               : TRAINER_OK;
}

static int shape_layer(struct graph *graph, struct layer_plan *plan)
{
    bool known = true;
    int rc = TRAINER_OK;
    for (int i = 0; i < plan->layer.inputs; i++) {
        known = connect(graph, plan, i) && known;
        int element_rc = check_element(graph, plan, i);
        rc = element_rc ? element_rc : rc;
    }
    if (rc == TRAINER_OK && known)
        rc = plan->layer.kind->shape(&plan->layer);
    if (rc == TRAINER_OK && known)
        rc = resolve_rest(graph, plan);
    plan->failed = rc != TRAINER_OK || !known;
    return rc;
}

/* --- gradients -------------------------------------------------------------------------------- */

static bool has_trained_parameter(const struct layer_plan *plan)
{
    for (const struct declared *d = plan->first; d; d = d->next)
        if (d->role == ROLE_PARAMETER && !d->tensor.frozen)
            return true;
    return false;
}

/* Decides whose gradients are computed: of layers at or after a trained parameter; of all where
 * each edge keeps one. */
static void mark_trained(struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        struct layer_plan *plan = graph->node[i];
        plan->trains = graph_checks_data(graph) || has_trained_parameter(plan);
        for (int j = 0; j < plan->layer.inputs; j++)
            if (plan->source[j].layer >= 0)
                plan->trains = plan->trains || graph->node[plan->source[j].layer]->trains;
        plan->trains = plan->trains && !graph->options.values_only;
    }
}

/* --- memory ----------------------------------------------------------------------------------- */

/* Grows *total by count elements, rounded up to whole cache lines; false on overflow. */
static bool grow(const struct graph *graph, size_t *total, size_t count)
{
    size_t line = 64 / graph->options.engine->real_size;
    if (count > SIZE_MAX / 64 - line)
        return false;
    return !__builtin_add_overflow(*total, (count + line - 1) / line * line, total) &&
           *total < SIZE_MAX / 64;
}

/* The elements of a tensor with rows; saturates. */
static size_t with_rows(const struct graph *graph, struct shape shape)
{
    size_t count;
    return __builtin_mul_overflow(graph->options.rows, shape_size(shape), &count) ? SIZE_MAX
                                                                                  : count;
}

static bool wants_gradient(const struct graph *graph, const struct declared *d)
{
    return d->role == ROLE_PARAMETER && !d->tensor.frozen && !graph->options.values_only;
}

/* Appends the parameters of one group (trained; frozen; states) to the block. */
static bool place_parameters(struct graph *graph, enum role role, bool frozen)
{
    for (size_t i = 0; i < graph->count; i++)
        for (struct declared *d = graph->node[i]->first; d; d = d->next) {
            if (d->role != role || d->tensor.frozen != frozen)
                continue;
            struct parameter *p = &graph->parameter[graph->parameter_count++];
            *p = (struct parameter){.layer = graph->node[i]->layer.name,
                                    .name = d->tensor.name,
                                    .shape = d->tensor.shape,
                                    .count = shape_size(d->tensor.shape),
                                    .offset = graph->parameter_elements,
                                    .fan_in = d->tensor.fan_in,
                                    .frozen = frozen,
                                    .decays = d->tensor.decays && graph->node[i]->decay,
                                    .spared = !graph->node[i]->decay,
                                    .rate_factor = graph->node[i]->rate_factor,
                                    .state = role == ROLE_STATE};
            if (!grow(graph, &graph->parameter_elements, p->count))
                return false;
        }
    return true;
}

/* Counts the tensors that have no rows, and lays them out. */
static int plan_parameters(struct graph *graph)
{
    size_t count = 0;
    for (size_t i = 0; i < graph->count; i++)
        for (const struct declared *d = graph->node[i]->first; d; d = d->next)
            count += d->role == ROLE_PARAMETER || d->role == ROLE_STATE;
    graph->parameter = arena_array(&graph->arena, count, sizeof *graph->parameter);
    if (!graph->parameter)
        return TRAINER_FAILED;
    bool fits = place_parameters(graph, ROLE_PARAMETER, false);
    graph->trained = graph->parameter_elements;
    fits = fits && place_parameters(graph, ROLE_PARAMETER, true);
    graph->states = graph->parameter_elements;
    fits = fits && place_parameters(graph, ROLE_STATE, true);
    return fits ? TRAINER_OK : error_add(TRAINER_INVALID, "the network's parameters exceed memory");
}

/* Whether the edge has a gradient buffer of its own, instead of its source's. */
static bool own_edge(const struct graph *graph, const struct layer_plan *plan, int input)
{
    return graph->options.edge_gradients && plan->layer.in[input].element == ELEMENT_REAL &&
           !graph_is_view(plan);
}

/* Whether this layer alone reads its input, also through views, so that nobody else adds to its
 * gradient. */
static bool reads_alone(const struct graph *graph, const struct layer_plan *plan)
{
    do {
        int layer = plan->source[0].layer;
        plan = layer >= 0 ? graph->node[layer] : NULL;
    } while (plan && plan->edges == 1 && graph_is_view(plan));
    return plan && plan->edges == 1 && plan->trains;
}

/* Whether a layer's gradient stands in its input's memory: that of a view, and that of a kind which
 * turns one into the other in place. Where each edge keeps a gradient, a view has its own, which is
 * that of its edge as well. */
static bool shares_gradient(const struct graph *graph, const struct layer_plan *plan)
{
    bool in_place = plan->layer.kind->flags & LAYER_IN_PLACE;
    return !graph->options.edge_gradients &&
           (graph_is_view(plan) || (in_place && reads_alone(graph, plan)));
}

/* Walks over all that has rows in a fixed order. With a base, hands out pointers; without, only
 * counts. */
static bool place_values(struct graph *graph, char *base)
{
    size_t total = 0, size = graph->options.engine->real_size;
    for (size_t i = 0; i < graph->count; i++) {
        struct layer_plan *plan = graph->node[i];
        size_t count = with_rows(graph, plan->layer.out.shape);
        if (base && !graph_is_view(plan))
            plan->layer.out.x = base + total * size;
        if (!graph_is_view(plan) && !grow(graph, &total, count))
            return false;
        bool has_gradient = plan->trains && !shares_gradient(graph, plan);
        if (base && has_gradient)
            plan->layer.out.g = base + total * size;
        if (has_gradient && !grow(graph, &total, count))
            return false;
        for (struct declared *d = plan->first; d; d = d->next) {
            if (d->role != ROLE_VALUES && d->role != ROLE_MEMORY)
                continue;
            if (base)
                d->tensor.x = base + total * size;
            if (!grow(graph, &total,
                      d->role == ROLE_VALUES ? with_rows(graph, d->tensor.shape)
                                             : shape_size(d->tensor.shape)))
                return false;
        }
        for (int j = 0; j < plan->layer.inputs; j++) {
            if (!own_edge(graph, plan, j))
                continue;
            if (base)
                plan->layer.in[j].g = base + total * size;
            if (!grow(graph, &total, with_rows(graph, plan->layer.in[j].shape)))
                return false;
        }
    }
    graph->value_elements = total;
    return true;
}

static int plan_scratch(struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        const struct layer_plan *plan = graph->node[i];
        graph->shared = plan->shared > graph->shared ? plan->shared : graph->shared;
        graph->own = plan->own > graph->own ? plan->own : graph->own;
    }
    graph->shared = block_round(graph->shared);
    graph->own = block_round(graph->own);
    return TRAINER_OK;
}

/* Refuses a network that this machine cannot hold, before anything is allocated. */
static int check_memory(const struct graph *graph)
{
    struct graph_memory memory = graph_memory(graph);
    double total = (double)memory.parameters + (double)memory.gradients + (double)memory.values +
                   (double)memory.scratch;
    double machine = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    if (total <= machine)
        return TRAINER_OK;
    return error_add(TRAINER_INVALID, "the network needs %.3g GB; this machine has %.3g GB",
                     total / 1e9, machine / 1e9);
}

static int allocate(struct graph *graph)
{
    size_t size = graph->options.engine->real_size;
    size_t scratch = graph->shared + graph->own * (size_t)graph->options.threads;
    graph->x = block_allocate("the network's parameters", graph->parameter_elements * size);
    graph->g = graph->options.values_only
                   ? NULL
                   : block_allocate("the network's gradients", graph->trained * size);
    graph->values = block_allocate("the network's values", graph->value_elements * size);
    graph->scratch = block_allocate("the network's scratch", scratch);
    if (!graph->x || !graph->values || !graph->scratch ||
        (!graph->g && !graph->options.values_only))
        return TRAINER_FAILED;
    return batch_create(&graph->batch, graph->dataset, graph->options.engine, graph->options.rows,
                        graph_checks_data(graph), graph->sparse, graph->lists);
}

/* --- pointers --------------------------------------------------------------------------------- */

static struct declared *find_declared(struct graph *graph, const struct parameter *parameter)
{
    for (size_t i = 0; i < graph->count; i++)
        for (struct declared *d = graph->node[i]->first; d; d = d->next)
            if (graph->node[i]->layer.name == parameter->layer && d->tensor.name == parameter->name)
                return d;
    assert(0 && "a parameter that no layer declared");
    return NULL;
}

static void bind_parameters(struct graph *graph)
{
    size_t size = graph->options.engine->real_size;
    for (size_t i = 0; i < graph->parameter_count; i++) {
        struct parameter *p = &graph->parameter[i];
        struct declared *d = find_declared(graph, p);
        p->x = d->tensor.x = graph->x + p->offset * size;
        p->stepped = &d->tensor.stepped;
        p->g = d->tensor.g = wants_gradient(graph, d) ? graph->g + p->offset * size : NULL;
    }
}

/* Gives a view its input's memory; layers before it have theirs. */
static void bind_view(struct graph *graph, struct layer_plan *plan)
{
    const struct edge_source source = plan->source[0];
    bool shares = shares_gradient(graph, plan);
    if (source.layer >= 0) {
        const struct tensor *from = &graph->node[source.layer]->layer.out;
        plan->layer.out.x = from->x;
        plan->layer.out.g = shares ? from->g : plan->layer.out.g;
        return;
    }
    const struct batch_column *column = &graph->batch->column[source.column];
    plan->layer.out.x = column->x;
    if (shares)
        plan->layer.out.g = graph->options.data_gradients ? column->g : NULL;
}

/* Whose memory a value's gradient stands in. */
static struct edge_source gradient_owner(const struct graph *graph, struct edge_source source)
{
    while (source.layer >= 0 && shares_gradient(graph, graph->node[source.layer]))
        source = graph->node[source.layer]->source[0];
    return source;
}

/* Points an edge at its source. Backward runs from the last layer to the first, so the last reader
 * of a value is the first to write its gradient: that one stores, all others add. */
static void bind_edge(struct graph *graph, size_t index, int j, bool *written, bool *column_written)
{
    struct layer_plan *plan = graph->node[index];
    struct input *in = &plan->layer.in[j];
    struct edge_source source = plan->source[j], owner = gradient_owner(graph, source);
    const struct batch_column *column =
        source.layer < 0 ? &graph->batch->column[source.column] : NULL;
    in->x = column ? column->x : graph->node[source.layer]->layer.out.x;
    in->label = column ? column->label : NULL;
    if (own_edge(graph, plan, j))
        return;
    if (graph_is_view(plan) || shares_gradient(graph, plan)) {
        in->g = plan->layer.out.g;
        return;
    }
    if (owner.layer < 0 && !(graph->options.data_gradients && graph->batch->column[owner.column].g))
        return;
    bool *was_written = owner.layer < 0 ? &column_written[owner.column] : &written[owner.layer];
    in->g = owner.layer < 0 ? graph->batch->column[owner.column].g
                            : graph->node[owner.layer]->layer.out.g;
    in->accumulate = *was_written;
    *was_written = true;
}

static int bind(struct graph *graph)
{
    bool *written = arena_array(&graph->arena, graph->count, sizeof *written);
    bool column_written[DATASET_COLUMNS_MAX] = {false};
    if (!written)
        return TRAINER_FAILED;
    place_values(graph, graph->values);
    bind_parameters(graph);
    for (size_t i = 0; i < graph->count; i++)
        if (graph_is_view(graph->node[i]))
            bind_view(graph, graph->node[i]);
        else if (shares_gradient(graph, graph->node[i]))
            graph->node[i]->layer.out.g = graph->node[graph->node[i]->source[0].layer]->layer.out.g;
    for (size_t i = graph->count; i-- > 0;)
        for (int j = 0; j < graph->node[i]->layer.inputs; j++)
            bind_edge(graph, i, j, written, column_written);
    return TRAINER_OK;
}

int graph_plan(struct graph *graph)
{
    int rc = plan_sparse(graph);
    if (rc)
        return rc;
    for (size_t i = 0; i < graph->count && rc != TRAINER_FAILED; i++) {
        int one = shape_layer(graph, graph->node[i]);
        rc = one ? one : rc;
    }
    if (rc)
        return rc;
    mark_trained(graph);
    rc = plan_parameters(graph);
    if (rc)
        return rc;
    if (!place_values(graph, NULL))
        return error_add(TRAINER_INVALID, "the network's values for %zu rows exceed memory",
                         graph->options.rows);
    plan_scratch(graph);
    if (graph->options.plan_only)
        return TRAINER_OK;
    rc = check_memory(graph);
    if (rc == TRAINER_OK)
        rc = allocate(graph);
    return rc ? rc : bind(graph);
}
