/*
 * run_page_tensors.c - what the numbers of each tensor look like: of the weights, and of the
 * gradient of the mean loss over up to 1,000 training samples, taken as a step of training does.
 *
 *     a histogram of 40 equal bins from the least to the greatest number; mean; population
 *     deviation; share of zeros; of each rectifier the share of units that are on for no sample
 */
#include "base/error.h"
#include "display/format.h"
#include "engine/engine.h"
#include "histogram.h"
#include "layer.h"
#include "run_page_sections.h"
#include "sample_walk.h"

#include <stdlib.h>

enum { SAMPLES = 1000 };

/* What one walk over the samples collects. */
struct collection {
    double *gradient; /* (count of the trained block): sums over samples */
    size_t gradients;
    bool **on; /* [layers] of rectifiers: (units), whether on for some sample; NULL of others */
    size_t samples;
};

/* --- the walk --- */

static void collect(void *context, struct graph *graph, size_t first, size_t rows)
{
    struct collection *collection = context;
    const struct engine *engine = graph_engine(graph);
    const void *g = graph_trained(graph).g;
    (void)first;
    for (size_t i = 0; g && i < collection->gradients; i++)
        collection->gradient[i] += engine->get(g, i) * (double)rows;
    for (size_t layer = 0; layer < graph_layer_count(graph); layer++) {
        struct layer_facts facts = graph_layer_facts(graph, layer);
        size_t units = shape_size(facts.out);
        for (size_t i = 0; collection->on[layer] && i < rows * units; i++)
            collection->on[layer][i % units] |= engine->get(facts.x, i) > 0;
    }
    collection->samples += rows;
}

/* Room for all; false where there is none. */
static bool make_room(struct collection *collection, const struct graph *graph)
{
    size_t layers = graph_layer_count(graph);
    *collection = (struct collection){.gradients = graph_trained(graph).count};
    collection->gradient = calloc(collection->gradients + 1, sizeof(double));
    collection->on = calloc(layers + 1, sizeof *collection->on);
    for (size_t i = 0; collection->on && i < layers; i++) {
        struct layer_facts facts = graph_layer_facts(graph, i);
        if (!(facts.flags & LAYER_RECTIFIER) || !facts.x)
            continue;
        collection->on[i] = calloc(shape_size(facts.out) + 1, sizeof(bool));
        if (!collection->on[i])
            return false;
    }
    return collection->gradient && collection->on;
}

static void free_room(struct collection *collection, const struct graph *graph)
{
    for (size_t i = 0; collection->on && i < graph_layer_count(graph); i++)
        free(collection->on[i]);
    free(collection->on);
    free(collection->gradient);
}

/* --- the page --- */

static void add_cells(struct page *page, const struct histogram *summary, const char *what)
{
    page_markup(page, "<td>");
    if (summary->finite > 0)
        histogram_draw(&page->body, summary, what);
    page_markup(page, "</td>");
    page_number(page, summary->mean, 3);
    page_number(page, summary->deviation, 3);
    page_number(page, (double)summary->zeros / (double)summary->count, 3);
}

static void add_tensor(struct page *page, const struct graph *graph,
                       const struct parameter *parameter, const struct collection *collection)
{
    struct text name = {0};
    const struct engine *engine = graph_engine(graph);
    struct histogram weights = histogram_of(engine->get, parameter->x, parameter->count);
    char shape[SHAPE_TEXT_MAX];
    text_print(&name, "%s.%s", parameter->layer, parameter->name);
    page_row(page);
    page_row_heading(page, text_get(&name));
    page_cell(page, shape_text(parameter->shape, shape));
    add_cells(page, &weights, "Weights");
    if (parameter->g && parameter->offset + parameter->count <= collection->gradients) {
        struct histogram gradient = histogram_of(
            histogram_number, collection->gradient + parameter->offset, parameter->count);
        add_cells(page, &gradient, "Gradient");
    } else {
        page_markup(page, "<td colspan=\"4\">no gradient</td>");
    }
    page->body.failed |= name.failed;
    text_free(&name);
}

static void add_rectifiers(struct page *page, const struct graph *graph,
                           const struct collection *collection)
{
    bool any = false;
    for (size_t layer = 0; layer < graph_layer_count(graph); layer++) {
        struct layer_facts facts = graph_layer_facts(graph, layer);
        size_t units = shape_size(facts.out), off = 0;
        if (!collection->on[layer])
            continue;
        for (size_t i = 0; i < units; i++)
            off += !collection->on[layer][i];
        if (!any) {
            page_table(page, "rectifiers", "Units that are on for none of these samples");
            page_row(page);
            page_heading(page, "layer");
            page_heading(page, "units");
            page_heading(page, "never on");
            page_heading(page, "share");
        }
        any = true;
        page_row(page);
        page_row_heading(page, facts.name);
        page_number(page, (double)units, 0);
        page_number(page, (double)off, 0);
        page_number(page, (double)off / (double)units, 3);
    }
    if (any)
        page_table_end(page);
}

static void show(struct page *page, const struct graph *graph, struct collection *collection)
{
    static const char *const heading[] = {"tensor", "shape",    "weights", "mean",      "deviation",
                                          "zeros",  "gradient", "mean",    "deviation", "zeros"};
    char samples[TEXT_NUMBER_MAX];
    for (size_t i = 0; i < collection->gradients; i++)
        collection->gradient[i] /= (double)collection->samples;
    page_element(page, "p", "The gradient is that of the mean loss over %s of the training data.",
                 text_counted(samples, collection->samples, "sample"));
    page_table(page, "tensors", "Weights and gradients, with the share of zeros");
    page_row(page);
    for (size_t i = 0; i < sizeof heading / sizeof *heading; i++)
        page_heading(page, heading[i]);
    for (size_t i = 0; i < graph_parameter_count(graph); i++)
        if (!graph_parameter(graph, i)->state)
            add_tensor(page, graph, graph_parameter(graph, i), collection);
    page_table_end(page);
    add_rectifiers(page, graph, collection);
}

int run_page_tensors(struct page *page, struct page_run *run)
{
    page_section(page, "tensors", "Weights and gradients");
    if (run->missing) {
        page_element(page, "p", "This needs the data set: %s.", run->missing);
        return TRAINER_OK;
    }
    struct session *session = run->trained.opened.session;
    const struct graph *graph = session_graph(session);
    struct collection collection;
    int rc = TRAINER_OK;
    if (!make_room(&collection, graph))
        rc = error_memory("a report", collection.gradients * sizeof(double));
    if (rc == TRAINER_OK)
        rc = sample_walk(
            &(struct sample_walk){session, SPLIT_TRAIN, WALK_TRAIN, SAMPLES, collect, &collection});
    if (rc == TRAINER_OK)
        show(page, graph, &collection);
    free_room(&collection, graph);
    return rc;
}
