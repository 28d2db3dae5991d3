/*
 * run_page_network.c - the layers as a graph and as a table, with the numbers of `trainer summary`.
 *
 * Layers stand in the order in which they are computed, one below the other; an edge that does not
 * come from the layer above runs at the side. Without the data shapes are not known: then the page
 * lists the layers of the config.
 */
#include "base/error.h"
#include "base/html.h"
#include "display/format.h"
#include "run_page_sections.h"

#include <stdio.h>
#include <string.h>

enum {
    BOX_WIDTH = 420,
    BOX_HEIGHT = 40,
    PITCH = 64,
    LEFT = 10,
    LANES = 6,
    LANE = 16,
    NAME_SHOWN = 24
};

static double top_of(size_t box)
{
    return 8 + PITCH * (double)box;
}

/* The box that a layer's input comes from: data columns that are read come first. */
struct boxes {
    const char **name;
    size_t columns, count;
};

static size_t find_box(const struct boxes *boxes, const char *name)
{
    size_t i = boxes->count;
    while (i-- > 0 && strcmp(boxes->name[i], name) != 0)
        continue;
    return i;
}

static void add_edge(struct text *svg, size_t from, size_t to)
{
    double start = top_of(from) + BOX_HEIGHT, end = top_of(to), x = LEFT + BOX_WIDTH / 2.0;
    if (from + 1 == to) {
        text_print(svg, "<path d=\"M%.0f %.0fV%.0f\"", x, start, end - 2);
    } else {
        double side = LEFT + BOX_WIDTH + LANE * (1 + (double)(from % LANES));
        text_print(svg, "<path d=\"M%d %.0fH%.0fV%.0fH%d\"", LEFT + BOX_WIDTH,
                   top_of(from) + BOX_HEIGHT / 2.0, side, end + BOX_HEIGHT / 2.0,
                   LEFT + BOX_WIDTH + 2);
    }
    text_string(svg, " fill=\"none\" stroke=\"currentColor\" marker-end=\"url(#arrow)\"/>\n");
}

static void add_box(struct text *svg, size_t box, const char *name, const char *facts, bool data)
{
    double y = top_of(box);
    text_print(svg,
               "<rect x=\"%d\" y=\"%.0f\" width=\"%d\" height=\"%d\" rx=\"%d\" class=\"box\"/>\n"
               "<text x=\"%d\" y=\"%.0f\" font-weight=\"bold\">",
               LEFT, y, BOX_WIDTH, BOX_HEIGHT, data ? 18 : 4, LEFT + 12, y + 17);
    html_text_cut(svg, name, NAME_SHOWN);
    text_print(svg, "</text>\n<text x=\"%d\" y=\"%.0f\">", LEFT + 12, y + 33);
    html_text_cut(svg, facts, 60);
    text_string(svg, "</text>\n");
}

/* Notes the data columns that layers read, then the layers. */
static int list_boxes(struct boxes *boxes, struct arena *arena, const struct graph *graph)
{
    size_t layers = graph_layer_count(graph);
    boxes->name = arena_array(arena, layers + DATASET_COLUMNS_MAX, sizeof *boxes->name);
    if (!boxes->name)
        return TRAINER_FAILED;
    for (size_t i = 0; i < layers; i++)
        boxes->name[boxes->count++] = graph_layer_facts(graph, i).name;
    for (size_t i = 0; i < layers; i++)
        for (int input = 0; input < graph_layer_facts(graph, i).inputs; input++) {
            const char *from = graph_edge_facts(graph, i, input).from;
            if (find_box(boxes, from) == SIZE_MAX && boxes->columns < DATASET_COLUMNS_MAX) {
                memmove(boxes->name + 1, boxes->name, boxes->count * sizeof *boxes->name);
                boxes->name[0] = from;
                boxes->columns++;
                boxes->count++;
            }
        }
    return TRAINER_OK;
}

static void add_layer_box(struct text *svg, const struct boxes *boxes, const struct graph *graph,
                          size_t layer)
{
    struct layer_facts facts = graph_layer_facts(graph, layer);
    char shape[SHAPE_TEXT_MAX], count[TEXT_NUMBER_MAX], words[256];
    snprintf(words, sizeof words, "%s  %s", facts.title, shape_text(facts.out, shape));
    if (facts.parameters > 0)
        text_append(words, sizeof words, "  %s parameters%s", text_count(count, facts.parameters),
                    facts.frozen ? ", frozen" : "");
    size_t box = boxes->columns + layer;
    for (int input = 0; input < facts.inputs; input++) {
        size_t from = find_box(boxes, graph_edge_facts(graph, layer, input).from);
        if (from != SIZE_MAX)
            add_edge(svg, from, box);
    }
    add_box(svg, box, facts.name, words, false);
}

static int draw(struct text *svg, struct arena *arena, const struct graph *graph)
{
    struct boxes boxes = {0};
    int rc = list_boxes(&boxes, arena, graph);
    if (rc)
        return rc;
    int width = LEFT + BOX_WIDTH + LANE * (LANES + 2);
    double height = top_of(boxes.count);
    text_print(svg,
               "<svg viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\" role=\"img\" "
               "aria-label=\"The network\">\n<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" "
               "refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
               "<path d=\"M0 0L8 4L0 8z\" fill=\"currentColor\"/></marker></defs>\n",
               width, height, width, height);
    for (size_t i = 0; i < boxes.columns; i++)
        add_box(svg, i, boxes.name[i], "data", true);
    for (size_t i = 0; i < graph_layer_count(graph); i++)
        add_layer_box(svg, &boxes, graph, i);
    text_string(svg, "</svg>");
    return text_status(svg);
}

/* --- tables --- */

static void add_layers(struct page *page, const struct graph *graph)
{
    static const char *const heading[] = {"layer",      "type",         "output",
                                          "parameters", "FLOPs/sample", "bytes/sample"};
    double parameters = 0, flops = 0, bytes = 0;
    page_table(page, "layers", "Layers in the order in which they are computed");
    page_row(page);
    for (size_t i = 0; i < sizeof heading / sizeof *heading; i++)
        page_heading(page, heading[i]);
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        struct layer_facts facts = graph_layer_facts(graph, i);
        char shape[SHAPE_TEXT_MAX];
        double size = (double)(shape_size(facts.out) * graph_engine(graph)->real_size);
        page_row(page);
        page_row_heading(page, facts.name);
        page_cell(page, facts.title);
        page_cell(page, shape_text(facts.out, shape));
        page_number(page, (double)facts.parameters, 0);
        page_number(page, facts.flops, 0);
        page_number(page, size, 0);
        parameters += (double)facts.parameters;
        flops += facts.flops;
        bytes += size;
    }
    page_row(page);
    page_row_heading(page, "together");
    page_cell(page, "");
    page_cell(page, "");
    page_number(page, parameters, 0);
    page_number(page, flops, 0);
    page_number(page, bytes, 0);
    page_table_end(page);
}

/* What the config alone says of the layers. */
static void add_config_layers(struct page *page, const struct page_run *run)
{
    const char *yaml = run->record->view.facts.config_resolved;
    struct config *config = NULL;
    page_element(page, "p", "Shapes and costs need the data set, which can't be read: %s.",
                 run->missing);
    if (config_read_text(&config, "config", NULL, yaml, strlen(yaml), NULL, 0) != TRAINER_OK)
        return;
    const struct node *layers = node_get(node_get(config_root(config), "model"), "layers");
    page_table(page, "layers", "Layers of the config");
    page_row(page);
    page_heading(page, "layer");
    page_heading(page, "type");
    for (const struct node *layer = layers ? layers->first : NULL; layer; layer = layer->next) {
        const struct node *name = node_get(layer, "name"), *type = node_get(layer, "type");
        page_row(page);
        page_row_heading(page, name && name->text ? name->text : "");
        page_cell(page, type && type->text ? type->text : "");
    }
    page_table_end(page);
    config_free(config);
}

int run_page_network(struct page *page, struct page_run *run)
{
    struct text picture = {0}, words = {0};
    page_section(page, "network", "Network");
    if (run->missing) {
        add_config_layers(page, run);
        return TRAINER_OK;
    }
    const struct graph *graph = session_graph(run->trained.opened.session);
    size_t layers = graph_layer_count(graph);
    text_print(&words,
               "%zu layer%s, from the data at the top to what is trained for at the bottom.",
               layers, layers == 1 ? "" : "s");
    int rc = draw(&picture, &run->arena, graph);
    if (rc == TRAINER_OK)
        rc = text_status(&words);
    if (rc == TRAINER_OK) {
        page_figure(page, "network-graph", text_get(&words), text_get(&picture));
        page_figure_end(page);
        add_layers(page, graph);
        page_element(page, "p class=\"note\"",
                     "FLOPs are of one sample's forward pass, bytes those of a layer's output.");
    }
    text_free(&picture);
    text_free(&words);
    return rc;
}
