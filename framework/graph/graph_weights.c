/*
 * graph_weights.c - first weights: what `init: auto` stands for, and drawing them.
 *
 * A layer's weights keep the size of what flows through them. Where a rectifier follows, half of
 * that is lost: `he` makes up for it; elsewhere `xavier`.
 */
#include "graph_internal.h"
#include "initializer.h"
#include <stdlib.h>

/* Whether a rectifier reads the layer's value, at once or behind layers that pass it on. */
static bool rectifier_follows(const struct graph *graph, size_t index)
{
    for (size_t i = index + 1; i < graph->count; i++)
        for (int j = 0; j < graph->node[i]->layer.inputs; j++) {
            unsigned flags = graph->node[i]->layer.kind->flags;
            if (graph->node[i]->source[j].layer == (int)index &&
                (flags & LAYER_RECTIFIER || (flags & LAYER_PASSES && rectifier_follows(graph, i))))
                return true;
        }
    return false;
}

int graph_choose_weights(struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        const struct layer_plan *plan = graph->node[i];
        const struct kind *kind = &plan->layer.kind->base;
        struct options_context context = {.config = graph->config,
                                          .owner = graph_owner(graph, plan),
                                          .resolved = plan->resolved,
                                          .variant = graph->options.engine->variant};
        if (!context.owner)
            return TRAINER_FAILED;
        int rc = kind->options ? options_choose_kind(&context, kind->options,
                                                     rectifier_follows(graph, i) ? "he" : "xavier",
                                                     plan->layer.private)
                               : TRAINER_OK;
        if (rc)
            return rc;
    }
    return TRAINER_OK;
}

/* Elements that are initialized at once; elements from which on threads share them. */
enum { INITIALIZED = 512, LARGE = 1 << 16 };

static void draw_pieces(const struct graph *graph, const struct initializer_kind *kind,
                        const struct initial *initial, const struct tensor *tensor)
{
    const struct engine *engine = graph->options.engine;
    size_t count = shape_size(tensor->shape);
    int threads = count < LARGE ? 1 : graph->options.threads;
#pragma omp parallel for num_threads(threads) if (threads > 1)
    for (size_t begin = 0; begin < count; begin += INITIALIZED) {
        double x[INITIALIZED];
        size_t piece = count - begin < INITIALIZED ? count - begin : INITIALIZED;
        kind->values(initial, begin, piece, x);
        engine->from_doubles((char *)tensor->x + begin * engine->real_size, x, piece, 1);
    }
}

/* Of a kind whose elements depend on one another. */
static int draw_whole(const struct graph *graph, const struct initializer_kind *kind,
                      const struct initial *initial, const struct tensor *tensor)
{
    size_t count = shape_size(tensor->shape);
    double *x = malloc(count * sizeof *x);
    if (!x)
        return error_memory("first weights", count * sizeof *x);
    kind->whole(initial, x);
    graph->options.engine->from_doubles(tensor->x, x, count, 1);
    free(x);
    return TRAINER_OK;
}

static int initialize_tensor(const struct graph *graph, const struct layer *layer,
                             const struct tensor *tensor, uint64_t seed)
{
    const struct kind_choice *choice = tensor->initializer;
    if (!choice || !choice->kind) {
        graph->options.engine->fill(tensor->x, shape_size(tensor->shape), tensor->first);
        return TRAINER_OK;
    }
    uint64_t key = random_hash(layer->name) * 31 + random_hash(tensor->name);
    struct initial initial = {.private = choice->private,
                              .stream = random_stream(seed, RANDOM_INITIAL_WEIGHTS, key, 0),
                              .shape = tensor->shape,
                              .fan_in = tensor->fan_in,
                              .fan_out = tensor->fan_out};
    const struct initializer_kind *kind = (const struct initializer_kind *)choice->kind;
    if (kind->whole)
        return draw_whole(graph, kind, &initial, tensor);
    draw_pieces(graph, kind, &initial, tensor);
    return TRAINER_OK;
}

int graph_initialize(struct graph *graph, uint64_t seed)
{
    int rc = TRAINER_OK;
    for (size_t i = 0; i < graph->count; i++)
        for (const struct declared *d = graph->node[i]->first; d && rc == TRAINER_OK; d = d->next)
            if (d->role == ROLE_PARAMETER || d->role == ROLE_STATE)
                rc = initialize_tensor(graph, &graph->node[i]->layer, &d->tensor, seed);
    return rc;
}
