/*
 * graph_notes.c - what a user should know of a network and that is no error.
 */
#include "graph_internal.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Keeps the line for graph_notes; memory that runs out loses it. */
void layer_warn(const struct layer *layer, const char *format, ...)
{
    char text[512];
    struct graph *graph = layer->plan->graph;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct graph_note *note = arena_allocate(&graph->arena, sizeof *note), **end = &graph->note;
    if (!note)
        return;
    note->text =
        arena_print(&graph->arena, "%s '%s': %s", layer->kind->base.title, layer->name, text);
    while (*end)
        end = &(*end)->next;
    *end = note->text ? note : NULL;
}

void layer_needs_rows(struct layer *layer, size_t rows)
{
    layer->plan->least_rows = rows;
}

const struct graph_note *graph_notes(const struct graph *graph)
{
    return graph->note;
}

const char *graph_needs_rows(const struct graph *graph, size_t rows)
{
    for (size_t i = 0; i < graph->count; i++)
        if (graph->node[i]->least_rows > rows)
            return graph->node[i]->layer.name;
    return NULL;
}

static bool has_bias(const struct layer_plan *plan)
{
    for (const struct declared *d = plan->first; d; d = d->next)
        if (d->role == ROLE_PARAMETER && !strcmp(d->tensor.name, "bias"))
            return true;
    return false;
}

const char *graph_removes_bias(const struct graph *graph, size_t index)
{
    const char *name = NULL;
    if (!has_bias(graph->node[index]))
        return NULL;
    for (size_t i = index + 1; i < graph->count; i++) {
        const struct layer *reader = &graph->node[i]->layer;
        for (int j = 0; j < reader->inputs; j++) {
            if (graph->node[i]->source[j].layer != (int)index)
                continue;
            if (!(reader->kind->flags & LAYER_CENTERS) || reader->frozen)
                return NULL;
            name = reader->name;
        }
    }
    return name;
}
