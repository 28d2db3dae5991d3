/*
 * run_page_weights.c - what the units of the first layer look for: their weights as pictures, where
 * the layer reads pictures.
 *
 *     (in, units), in = channels x height x width     a unit's weights for each pixel
 *     (units, channels, height, width)                a kernel
 *
 * Blue is below 0, red above, by the largest weight of all; three channels give a picture each.
 */
#include "base/error.h"
#include "engine/engine.h"
#include "report/picture.h"
#include "run_page_sections.h"
#include "sample_walk.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { UNITS_SHOWN = 100, SIDE = PICTURE_SIDE_MAX };

/* Where a weight of a unit stands: x[unit * unit_step + element * element_step]. */
struct weights {
    const struct parameter *parameter;
    size_t units, unit_step, element_step;
    size_t channels, height, width;
};

static bool fits_matrix(struct weights *weights, const struct column *column)
{
    const struct shape *shape = &weights->parameter->shape;
    if (shape->rank != 2 ||
        !sample_picture(column, &weights->channels, &weights->height, &weights->width) ||
        shape->dim[0] != shape_size(column->shape))
        return false;
    weights->units = weights->element_step = shape->dim[1];
    weights->unit_step = 1;
    return true;
}

static bool fits_kernels(struct weights *weights)
{
    const struct shape *shape = &weights->parameter->shape;
    if (shape->rank != 4 || shape->dim[2] < 2 || shape->dim[3] < 2 || shape->dim[2] > SIDE ||
        shape->dim[3] > SIDE)
        return false;
    weights->units = shape->dim[0];
    weights->channels = shape->dim[1];
    weights->height = shape->dim[2];
    weights->width = shape->dim[3];
    weights->unit_step = shape_size(*shape) / shape->dim[0];
    weights->element_step = 1;
    return true;
}

/* The weights of the first layer that has some, where it reads the pictures itself. */
static bool find_weights(struct weights *weights, const struct graph *graph,
                         const struct column *column)
{
    *weights = (struct weights){0};
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        struct layer_facts facts = graph_layer_facts(graph, i);
        bool reads =
            facts.inputs > 0 && strcmp(graph_edge_facts(graph, i, 0).from, column->name) == 0;
        for (size_t p = 0; reads && p < graph_parameter_count(graph); p++) {
            weights->parameter = graph_parameter(graph, p);
            if (strcmp(weights->parameter->layer, facts.name) == 0 && !weights->parameter->state &&
                (fits_matrix(weights, column) || fits_kernels(weights)))
                return true;
        }
    }
    return false;
}

static double weight(const struct graph *graph, const struct weights *weights, size_t unit,
                     size_t element)
{
    return graph_engine(graph)->get(weights->parameter->x,
                                    unit * weights->unit_step + element * weights->element_step);
}

static double largest(const struct graph *graph, const struct weights *weights)
{
    double most = 0;
    for (size_t i = 0; i < weights->parameter->count; i++)
        most = fmax(most, fabs(graph_engine(graph)->get(weights->parameter->x, i)));
    return most;
}

static void add_unit(struct text *out, const struct graph *graph, const struct weights *weights,
                     size_t unit, double most)
{
    size_t pixels = weights->height * weights->width;
    size_t shown = weights->channels == 3 ? 3 : 1;
    for (size_t channel = 0; channel < shown; channel++) {
        uint8_t rgb[SIDE * SIDE][3];
        char words[64];
        for (size_t i = 0; i < pixels; i++) {
            double value = weight(graph, weights, unit, channel * pixels + i);
            picture_diverging(most > 0 ? value / most : 0, rgb[i]);
        }
        snprintf(words, sizeof words, "Weights of unit %zu, channel %zu", unit, channel);
        picture_add(out, rgb[0], weights->height, weights->width, words);
    }
}

int run_page_weights(struct page *page, struct page_run *run)
{
    struct weights weights;
    if (run->missing)
        return TRAINER_OK; /* the section before has said so */
    struct session *session = run->trained.opened.session;
    const struct graph *graph = session_graph(session);
    const struct column *column = sample_inputs(session_dataset(session));
    if (!column || !find_weights(&weights, graph, column))
        return TRAINER_OK;
    double most = largest(graph, &weights);
    page_section(page, "weights", "First layer");
    page_element(page, "p",
                 "Weights of %s, %zu unit%s%s: blue is below 0, red above; the deepest colour is "
                 "%.3g.%s",
                 weights.parameter->layer, weights.units, weights.units == 1 ? "" : "s",
                 weights.units > UNITS_SHOWN ? ", of which the first 100 are shown" : "", most,
                 weights.channels == 3   ? " A picture for each channel."
                 : weights.channels != 1 ? " Of their channels the first is shown."
                                         : "");
    page_markup(page, "<ul class=\"tiles\">\n");
    for (size_t unit = 0; unit < weights.units && unit < UNITS_SHOWN; unit++) {
        page_markup(page, "<li>");
        add_unit(&page->body, graph, &weights, unit, most);
        page_text(page, "unit %zu", unit);
        page_markup(page, "</li>\n");
    }
    page_markup(page, "</ul>\n");
    return TRAINER_OK;
}
