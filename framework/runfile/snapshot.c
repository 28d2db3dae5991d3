/*
 * snapshot.c - copies of what a run saves, and the tensors of a graph as files name them.
 */
#include "snapshot.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "graph/graph.h"
#include "runfile.h"
#include "runfile_layout.h"

#include <stdlib.h>
#include <string.h>

/* All of it in one arena. */
struct snapshot_copy {
    struct arena arena;
    struct image_contents contents;
};

/* --- tensors --- */

/* The parameters and states of graph as plain arrays that lie in the graph, or, trained ones, in
 * the block that stands in the trained block's stead (NULL: none does); NULL with a message when
 * memory ran out. */
static struct image_tensor *list_tensors(struct arena *arena, const struct graph *graph,
                                         void *trained)
{
    size_t count = graph_parameter_count(graph), size = graph_engine(graph)->real_size;
    struct image_tensor *tensors = arena_array(arena, count, sizeof *tensors);
    for (size_t i = 0; tensors && i < count; i++) {
        const struct parameter *p = graph_parameter(graph, i);
        void *x = trained && p->g ? (char *)trained + p->offset * size : p->x;
        tensors[i] = (struct image_tensor){
            .layer = p->layer, .name = p->name, .shape = p->shape, .real_size = size, .x = x};
    }
    return tensors;
}

/* The tensors of one block beside the graph's own: its trained part, then the layers' states. */
static struct image_tensor *list_block(struct arena *arena, const struct graph *graph,
                                       void *trained, void *layer_states, size_t *listed)
{
    size_t count = graph_parameter_count(graph);
    const char *states = graph_states(graph).x;
    struct image_tensor *tensors = list_tensors(arena, graph, trained);
    *listed = 0;
    for (size_t i = 0; tensors && i < count; i++) {
        const struct parameter *p = graph_parameter(graph, i);
        if (!p->g && !(p->state && layer_states))
            continue;
        tensors[*listed] = tensors[i];
        if (p->state)
            tensors[*listed].x = (char *)layer_states + ((const char *)p->x - states);
        (*listed)++;
    }
    return tensors;
}

/* The blocks of an optimizer's state, as tensors that lie in them; NULL with a message when memory
 * ran out. */
static struct image_state *list_states(struct arena *arena, const struct graph *graph,
                                       const struct snapshot_optimizer *optimizer)
{
    struct image_state *states = arena_array(arena, (size_t)optimizer->states, sizeof *states);
    for (int s = 0; states && s < optimizer->states; s++) {
        void *layer_states = optimizer->layer_states ? optimizer->layer_states[s] : NULL;
        size_t listed;
        struct image_tensor *tensors =
            list_block(arena, graph, optimizer->x[s], layer_states, &listed);
        if (!tensors)
            return NULL;
        states[s] = (struct image_state){optimizer->name[s], tensors, listed};
    }
    return states;
}

/* --- copying --- */

/* The functions below return NULL, or false, with a message when memory ran out. */
static void *copy_array(struct snapshot_copy *copy, const void *from, size_t count, size_t size)
{
    void *to = arena_array(&copy->arena, count, size);
    if (to && count > 0)
        memcpy(to, from, count * size);
    return to;
}

/* Replaces a borrowed text by a copy. */
static bool own_text(struct snapshot_copy *copy, const char **text)
{
    *text = arena_copy(&copy->arena, *text, strlen(*text));
    return *text != NULL;
}

/* A run's error, reason and end_time are written where they were "" before. */
static bool copy_facts(struct snapshot_copy *copy, const struct run_facts *from)
{
    struct run_facts *facts = &copy->contents.facts;
    *facts = *from;
    const char **const texts[] = {
        &facts->error,           &facts->start_time,
        &facts->end_time,        &facts->precision,
        &facts->kernels,         &facts->sparse_input,
        &facts->command_line,    &facts->data_fingerprint,
        &facts->resumed_from,    &facts->config,
        &facts->config_resolved, &facts->reason,
        &facts->config_origins,  &facts->hosts,
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = *texts[i] ? *texts[i] : "";
    return own_text(copy, &facts->error) && own_text(copy, &facts->reason) &&
           own_text(copy, &facts->end_time);
}

static bool copy_series(struct snapshot_copy *copy, struct series *series,
                        const struct series *from)
{
    if (!from)
        return true;
    size_t numbers = from->rows * (size_t)from->columns;
    *series = *from;
    series->capacity = series->rows;
    series->value = copy_array(copy, from->value, numbers, sizeof *from->value);
    return series->value != NULL;
}

static bool copy_evaluation(struct snapshot_copy *copy, const struct evaluation *from)
{
    struct evaluation *evaluation = &copy->contents.evaluation;
    if (!from || from->samples == 0)
        return true;
    *evaluation = *from;
    evaluation->true_class =
        copy_array(copy, from->true_class, from->samples, sizeof *from->true_class);
    evaluation->predicted_class =
        copy_array(copy, from->predicted_class, from->samples, sizeof *from->predicted_class);
    return evaluation->true_class && evaluation->predicted_class;
}

static bool copy_tensors(struct snapshot_copy *copy, struct image_tensor *tensors, size_t count)
{
    bool done = true;
    for (size_t i = 0; done && i < count; i++) {
        struct image_tensor *tensor = &tensors[i];
        tensor->x = copy_array(copy, tensor->x, shape_size(tensor->shape), tensor->real_size);
        done = tensor->x != NULL;
    }
    return done;
}

static bool copy_state(struct snapshot_copy *copy, const struct snapshot *snapshot)
{
    struct image_contents *contents = &copy->contents;
    contents->state = copy_array(copy, snapshot->state, 1, sizeof *snapshot->state);
    struct image_state *states = list_states(&copy->arena, snapshot->graph, &snapshot->optimizer);
    bool done = contents->state && states;
    for (int s = 0; done && s < snapshot->optimizer.states; s++)
        done = copy_tensors(copy, states[s].tensor, states[s].tensors);
    contents->optimizer = states;
    contents->optimizer_states = (size_t)snapshot->optimizer.states;
    contents->samples = snapshot->samples;
    contents->sample =
        copy_array(copy, snapshot->sample, snapshot->samples, sizeof *snapshot->sample);
    return done && contents->sample;
}

static bool copy_model(struct snapshot_copy *copy, const struct snapshot *snapshot)
{
    const struct graph *graph = snapshot->graph;
    struct image_contents *contents = &copy->contents;
    size_t layers = graph_layer_count(graph), tensors = graph_parameter_count(graph);
    struct image_layer *layer = arena_array(&copy->arena, layers, sizeof *layer);
    struct image_tensor *tensor = list_tensors(&copy->arena, graph, snapshot->trained);
    for (size_t i = 0; layer && i < layers; i++) {
        struct layer_facts facts = graph_layer_facts(graph, i);
        layer[i] = (struct image_layer){.name = facts.name, .kind = facts.title};
    }
    contents->layer = layer;
    contents->layers = layers;
    contents->tensor = tensor;
    contents->tensors = tensors;
    return layer && tensor && copy_tensors(copy, tensor, tensors);
}

static bool note_time(struct snapshot_copy *copy)
{
    char text[CLOCK_TEXT_SIZE];
    copy->contents.machine.updated_time = clock_text(text, sizeof text);
    return own_text(copy, &copy->contents.machine.updated_time);
}

struct snapshot_copy *snapshot_take(const struct snapshot *snapshot, const char *path,
                                    const char *hostname, const char *cpu_model)
{
    struct snapshot_copy *copy = calloc(1, sizeof *copy);
    if (!copy) {
        error_memory(path, sizeof *copy);
        return NULL;
    }
    struct image_contents *contents = &copy->contents;
    contents->kind = snapshot->samples ? "failure" : snapshot->state ? "checkpoint" : "run";
    contents->learned = snapshot->learned;
    contents->machine.hostname = hostname;
    contents->machine.cpu_model = cpu_model;
    if (note_time(copy) && copy_facts(copy, snapshot->facts) &&
        copy_series(copy, &contents->steps, snapshot->steps) &&
        copy_series(copy, &contents->epochs, snapshot->epochs) &&
        copy_evaluation(copy, snapshot->evaluation) &&
        (!snapshot->graph || copy_model(copy, snapshot)) &&
        (!snapshot->state || copy_state(copy, snapshot)))
        return copy;
    snapshot_drop(copy);
    return NULL;
}

void snapshot_drop(struct snapshot_copy *copy)
{
    if (copy) {
        arena_free(&copy->arena);
        free(copy);
    }
}

int snapshot_image(const struct snapshot_copy *copy, const char *path, void **bytes, size_t *count)
{
    return runfile_image(bytes, count, path, &copy->contents);
}

/* --- weights --- */

int runfile_load_checkpoint(const char *path, struct graph *graph,
                            const struct snapshot_optimizer *optimizer)
{
    struct arena arena = {0};
    const struct image_tensor *tensors = list_tensors(&arena, graph, NULL);
    const struct image_state *states = list_states(&arena, graph, optimizer);
    int rc = tensors && states ? runfile_load_tensors(path, tensors, graph_parameter_count(graph),
                                                      states, (size_t)optimizer->states)
                               : TRAINER_FAILED;
    arena_free(&arena);
    return rc;
}

int runfile_load_weights(const char *path, struct graph *graph)
{
    return runfile_load_checkpoint(path, graph, &(struct snapshot_optimizer){0});
}
