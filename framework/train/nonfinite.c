/*
 * nonfinite.c - numbers that are not finite: found in the step that makes them, and named.
 */
#include "nonfinite.h"
#include "engine/engine.h"
#include "layer.h"

#include <math.h>
#include <stdio.h>

enum { LINE = 64 };

bool nonfinite_outputs_ok(const struct graph *graph, size_t rows, const struct worker *worker)
{
    const struct engine *engine = graph_engine(graph);
    const struct worker thread = team_undivided(*worker);
    size_t first, last;
    team_range_of_all(worker, rows, 1, &first, &last);
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        const struct tensor *out = &graph_layer(graph, i)->out;
        size_t width = shape_size(out->shape), begin, end;
        team_range(&thread, (last - first) * width, LINE, &begin, &end);
        const char *x = out->x;
        if (engine->first_bad(x + (first * width + begin) * engine->real_size, end - begin) !=
            end - begin)
            return false;
    }
    return true;
}

static const char *name_of(double value)
{
    return isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

bool nonfinite_describe_weight(const struct graph *graph, uint64_t step, char *text, size_t size)
{
    const struct engine *engine = graph_engine(graph);
    for (size_t i = 0; i < graph_parameter_count(graph); i++) {
        const struct parameter *parameter = graph_parameter(graph, i);
        size_t bad = engine->first_bad(parameter->x, parameter->count);
        if (bad == parameter->count)
            continue;
        char place[SHAPE_TEXT_MAX];
        snprintf(text, size, "step %llu: '%s' %s became %s at %s", (unsigned long long)step,
                 parameter->layer, parameter->name, name_of(engine->get(parameter->x, bad)),
                 shape_text(shape_index(parameter->shape, bad), place));
        return true;
    }
    return false;
}

static bool describe_output(const struct graph *graph, uint64_t step, const uint32_t *sample,
                            size_t rows, char *text, size_t size)
{
    const struct engine *engine = graph_engine(graph);
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        struct layer_facts layer = graph_layer_facts(graph, i);
        size_t width = shape_size(layer.out), bad = engine->first_bad(layer.x, rows * width);
        if (bad == rows * width)
            continue;
        size_t row = bad / width;
        snprintf(text, size,
                 "step %llu: the output of '%s' is %s in row %zu of the batch, "
                 "sample %lu of the training data",
                 (unsigned long long)step, layer.name, name_of(engine->get(layer.x, bad)), row,
                 (unsigned long)sample[row]);
        return true;
    }
    return false;
}

void nonfinite_describe(const struct graph *graph, uint64_t step, const uint32_t *sample,
                        size_t rows, char *text, size_t size)
{
    if (nonfinite_describe_weight(graph, step, text, size) ||
        describe_output(graph, step, sample, rows, text, size))
        return;
    snprintf(text, size, "step %llu: the loss is %s", (unsigned long long)step,
             name_of(graph_loss(graph, rows)));
}
