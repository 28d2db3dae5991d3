/*
 * command_graph.c - `trainer graph CONFIG [--svg]`: a computational graph with the numbers on it.
 *
 *     node           value  gradient
 *     apple            100       2.2
 *     number             2       110
 *     mul1 = Mul       200       1.1
 *       <- apple       100       2.2
 *       <- number        2       110
 *
 * One forward and one backward pass in double over all training samples. A line of a node has its
 * value and the gradient of the result with respect to it; the lines below have what each edge
 * into it carries forward and back, and its parameters. A node's gradient is the sum over the
 * edges that leave it. Where there are tensors, gradients stand below values, and edges have their
 * gradient alone.
 */
#include "base/error.h"
#include "base/file.h"
#include "command.h"
#include "display/table.h"
#include "drawing/diagram.h"
#include "output_path.h"
#include "print_session.h"
#include "system/other_program.h"

#include <stdio.h>
#include <string.h>

struct graph_flags {
    bool dot, svg;
    const char *output;
};

static const struct argument_option graph_options[] = {
    {"--svg", ARGUMENT_FLAG, .offset = offsetof(struct graph_flags, svg),
     .help = "draw it: values above the arrows, gradients below; of a network, shapes"},
    {"--output", ARGUMENT_TEXT, .value = "FILE.svg", .offset = offsetof(struct graph_flags, output),
     .help = "where --svg is written, instead of to standard output"},
    {"--dot", ARGUMENT_FLAG, .offset = offsetof(struct graph_flags, dot),
     .help = "print it for Graphviz: trainer graph CONFIG --dot | dot -Tsvg > graph.svg"},
    {0},
};

enum {
    SHOWN_MAX = 8, /* the most rows and columns of a tensor that is printed */
    ROWS_MAX = 64, /* the most samples that are computed */
};

/* Some values of the graph: (rows, shape), or (shape) of a parameter, whose rows are 0. All
 * pointers NULL: there are none. */
struct values {
    const struct engine *engine;
    const void *x;        /* the engine's numbers */
    const int32_t *label; /* or classes */
    size_t rows;
    struct shape shape;
};

/* The shape as it is printed: a single row is left out, so that scalars of one sample are scalars.
 */
static struct shape full_shape(const struct values *values)
{
    struct shape full = values->shape;
    if (values->rows > 1 && full.rank < SHAPE_RANK_MAX) {
        memmove(full.dim + 1, full.dim, (size_t)full.rank * sizeof full.dim[0]);
        full.dim[0] = values->rows;
        full.rank++;
    }
    return full;
}

static double value_at(const struct values *values, size_t index)
{
    return values->label ? values->label[index] : values->engine->get(values->x, index);
}

/* The widest of count numbers as they are printed. */
static int widest(const struct values *values, size_t count)
{
    int width = 0;
    for (size_t i = 0; i < count; i++) {
        int own = snprintf(NULL, 0, "%.10g", value_at(values, i));
        width = own > width ? own : width;
    }
    return width;
}

/* Appends "[1, 2]", each number at least `width` wide. */
static void add_numbers(struct text *text, const struct values *values, size_t first, size_t count,
                        int width)
{
    text_print(text, "[");
    for (size_t i = 0; i < count; i++)
        text_print(text, "%s%*.10g", i > 0 ? ", " : "", width, value_at(values, first + i));
    text_print(text, "]");
}

/* Appends "220", "[1, 2]" or "[[1, 2],\n [3, 4]]"; of large tensors the shape; "-" where there are
 * none. */
static void add_values(struct text *text, const struct values *values)
{
    struct shape shape = full_shape(values);
    char words[SHAPE_TEXT_MAX];
    bool small = shape.rank <= 2;
    for (int i = 0; i < shape.rank; i++)
        small = small && shape.dim[i] <= SHOWN_MAX;
    if (!values->x && !values->label) {
        text_print(text, "-");
    } else if (!small) {
        text_print(text, "%s", shape_text(shape, words));
    } else if (shape.rank == 0) {
        text_print(text, "%.10g", value_at(values, 0));
    } else if (shape.rank == 1) {
        add_numbers(text, values, 0, shape.dim[0], 0);
    } else {
        int width = widest(values, shape.dim[0] * shape.dim[1]);
        for (size_t i = 0; i < shape.dim[0]; i++) {
            text_print(text, "%s", i > 0 ? ",\n " : "[");
            add_numbers(text, values, i * shape.dim[1], shape.dim[1], width);
        }
        text_print(text, "]");
    }
}

/* What is walked: a graph after its two passes. */
struct view {
    struct graph *graph;
    const struct batch *batch;
    size_t rows;
    bool scalars; /* every value is a single number */
};

static struct values values_of(const struct view *view, const void *x, struct shape shape)
{
    return (struct values){graph_engine(view->graph), x, NULL, view->rows, shape};
}

static void run_passes(const struct view *view)
{
    struct worker alone = WORKER_ALONE;
    batch_take(view->batch, SPLIT_TRAIN, NULL, 0, view->rows, &alone);
    struct graph_pass pass = {.training = true, .rows = view->rows, .worker = alone};
    graph_forward(view->graph, &pass);
    graph_backward(view->graph, &pass);
}

/* ---- the table ---- */

/* Adds a cell with the values. */
static void add_cell(struct table *table, const struct values *values)
{
    struct text text = {0};
    add_values(&text, values);
    table_cell(table, "%s", text_get(&text));
    table->cell.failed |= text.failed;
    text_free(&text);
}

/* Adds one row of a table of tensors. */
static void add_row(struct table *table, const char *label, const char *what,
                    const struct values *values)
{
    table_cell(table, "%s", label);
    table_cell(table, "%s", what);
    add_cell(table, values);
}

/* Adds a node or an edge: side by side where all are scalars, else below each other. */
static void add_tensor(struct table *table, const struct view *view, const char *label,
                       const struct values *x, const struct values *g)
{
    if (view->scalars) {
        table_cell(table, "%s", label);
        add_cell(table, x);
        add_cell(table, g);
        return;
    }
    add_row(table, label, "value", x);
    if (g->x)
        add_row(table, "", "gradient", g);
}

static void add_column(struct table *table, const struct view *view,
                       const struct batch_column *column)
{
    struct values x = values_of(view, column->x, column->column->shape);
    struct values g = values_of(view, column->g, column->column->shape);
    x.label = column->label;
    add_tensor(table, view, column->column->name, &x, &g);
}

/* Adds an edge. What a tensor's edge carries forward stands at the node that it comes from. */
static void add_edge(struct table *table, const struct view *view, const struct edge_facts *edge)
{
    struct values x = values_of(view, edge->x, edge->shape);
    struct values g = values_of(view, edge->g, edge->shape);
    char label[256];
    snprintf(label, sizeof label, "  <- %s", edge->from);
    if (view->scalars) {
        add_tensor(table, view, label, &x, &g);
    } else if (edge->label) {
        table_cell(table, "%s", label);
        table_cell(table, "labels");
        table_cell(table, "%s", "");
    } else {
        add_row(table, label, "gradient", &g);
    }
}

static void add_parameters(struct table *table, const struct view *view, const char *layer)
{
    for (size_t i = 0; i < graph_parameter_count(view->graph); i++) {
        const struct parameter *parameter = graph_parameter(view->graph, i);
        if (strcmp(parameter->layer, layer) == 0) {
            char label[256];
            snprintf(label, sizeof label, "  %s", parameter->name);
            struct values x = values_of(view, parameter->x, parameter->shape);
            struct values g = values_of(view, parameter->g, parameter->shape);
            x.rows = g.rows = 0;
            add_tensor(table, view, label, &x, &g);
        }
    }
}

static void add_layer(struct table *table, const struct view *view, size_t index)
{
    struct layer_facts facts = graph_layer_facts(view->graph, index);
    struct values x = values_of(view, facts.x, facts.out);
    struct values g = values_of(view, facts.g, facts.out);
    char label[256];
    snprintf(label, sizeof label, "%s = %s", facts.name, facts.title);
    add_tensor(table, view, label, &x, &g);
    for (int i = 0; i < facts.inputs; i++) {
        struct edge_facts edge = graph_edge_facts(view->graph, index, i);
        add_edge(table, view, &edge);
    }
    add_parameters(table, view, facts.name);
}

/* Whether every value is a single number. */
static bool all_scalars(const struct view *view)
{
    bool scalars = view->rows == 1 && graph_parameter_count(view->graph) == 0;
    for (int i = 0; i < view->batch->columns; i++)
        scalars = scalars && view->batch->column[i].column->shape.rank == 0;
    return scalars;
}

static int print_table(const struct view *view, struct text *text)
{
    static const char *const headings[] = {"node", "value", "gradient"};
    struct table table;
    table_start(&table, view->scalars ? "lrr" : "lll", view->scalars ? headings : NULL);
    for (int i = 0; i < view->batch->columns; i++)
        add_column(&table, view, &view->batch->column[i]);
    for (size_t i = 0; i < graph_layer_count(view->graph); i++)
        add_layer(&table, view, i);
    return table_finish(&table, 0, text);
}

/* ---- Graphviz ---- */

/* Appends a name or numbers as Graphviz reads them in an HTML-like label. */
static void add_html(struct text *text, const char *plain)
{
    static const char *const escape[256] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\n'] = "<br/>"};
    for (; *plain; plain++) {
        const char *escaped = escape[(unsigned char)*plain];
        if (escaped)
            text_print(text, "%s", escaped);
        else
            text_add(text, plain, 1);
    }
}

/* Appends a node's name in quotes. */
static void add_id(struct text *text, const char *name)
{
    text_print(text, "\"");
    for (; *name; name++)
        text_print(text, "%s%c", *name == '"' || *name == '\\' ? "\\" : "", *name);
    text_print(text, "\"");
}

/* Appends ` [label=<value, and below it in red the gradient>];`. */
static void add_edge_label(struct text *text, const struct view *view, const void *x, const void *g,
                           struct shape shape)
{
    struct text numbers = {0};
    struct values values = values_of(view, x, shape), gradients = values_of(view, g, shape);
    text_print(text, " [label=<");
    add_values(&numbers, &values);
    add_html(text, text_get(&numbers));
    if (g) {
        numbers.length = 0;
        add_values(&numbers, &gradients);
        text_print(text, "<br/><font color=\"red\">");
        add_html(text, text_get(&numbers));
        text_print(text, "</font>");
    }
    text_print(text, ">];\n");
    text->failed |= numbers.failed;
    text_free(&numbers);
}

static void add_dot_layer(struct text *text, const struct view *view, size_t index)
{
    struct layer_facts facts = graph_layer_facts(view->graph, index);
    text_print(text, "    ");
    add_id(text, facts.name);
    text_print(text, " [shape=circle, label=<");
    add_html(text, facts.title);
    text_print(text, "<br/>");
    add_html(text, facts.name);
    text_print(text, ">];\n");
    for (int i = 0; i < facts.inputs; i++) {
        struct edge_facts edge = graph_edge_facts(view->graph, index, i);
        text_print(text, "    ");
        add_id(text, edge.from);
        text_print(text, " -> ");
        add_id(text, facts.name);
        add_edge_label(text, view, edge.x, edge.g, edge.shape);
    }
}

/* Whether no layer takes this one's value: it is a result, drawn with an arrow that leaves it. */
static bool is_result(const struct graph *graph, const char *name)
{
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        for (int j = 0; j < graph_layer_facts(graph, i).inputs; j++)
            if (strcmp(graph_edge_facts(graph, i, j).from, name) == 0)
                return false;
    }
    return true;
}

static void print_dot(const struct view *view, struct text *text)
{
    text_print(text, "digraph network {\n    rankdir=LR;\n    node [shape=plain];\n");
    for (size_t i = 0; i < graph_layer_count(view->graph); i++) {
        struct layer_facts facts = graph_layer_facts(view->graph, i);
        add_dot_layer(text, view, i);
        if (is_result(view->graph, facts.name)) {
            text_print(text, "    \"result of %s\" [shape=point, width=0.02];\n    ", facts.name);
            add_id(text, facts.name);
            text_print(text, " -> \"result of %s\"", facts.name);
            add_edge_label(text, view, facts.x, facts.g, facts.out);
        }
    }
    text_print(text, "}\n");
}

/* ---- the picture ---- */

/* A node is a column, a layer, or the end of an arrow that leaves a result. All is in the arena. */
struct picture {
    struct arena arena;
    struct diagram diagram;
    struct diagram_node *node;
    struct diagram_arrow *arrow;
    const char **name; /* [diagram.nodes] */
};

static size_t find_node(const struct picture *picture, const char *name)
{
    size_t i = 0;
    while (i < picture->diagram.nodes && strcmp(picture->name[i], name) != 0)
        i++;
    return i;
}

/* What an arrow says: a number, or a shape. */
static const char *say(struct picture *picture, const struct view *view, const void *x,
                       struct shape shape)
{
    char words[SHAPE_TEXT_MAX];
    if (!view->scalars)
        return arena_print(&picture->arena, "%s",
                           shape.rank == 0 ? "scalar" : shape_text(shape, words));
    return x ? arena_print(&picture->arena, "%.10g", graph_engine(view->graph)->get(x, 0)) : NULL;
}

static void add_picture_node(struct picture *picture, const char *name, struct diagram_node node)
{
    picture->name[picture->diagram.nodes] = name;
    picture->node[picture->diagram.nodes++] = node;
}

static void add_picture_arrow(struct picture *picture, const struct view *view, const char *from,
                              size_t to, const void *x, const void *g, struct shape shape)
{
    struct diagram_arrow *arrow = &picture->arrow[picture->diagram.arrows++];
    *arrow =
        (struct diagram_arrow){find_node(picture, from), to, say(picture, view, x, shape), NULL};
    if (view->scalars && g)
        arrow->below = say(picture, view, g, shape);
}

/* A layer is a circle with its sign, its name below; of a network a box. */
static void add_picture_layer(struct picture *picture, const struct view *view, size_t index)
{
    struct layer_facts facts = graph_layer_facts(view->graph, index);
    size_t number = picture->diagram.nodes;
    const char *sign = strcmp(facts.title, "Mul") == 0   ? "×"
                       : strcmp(facts.title, "Add") == 0 ? "+"
                                                         : facts.title;
    enum diagram_shape shape = view->scalars ? DIAGRAM_CIRCLE : DIAGRAM_BOX;
    add_picture_node(picture, facts.name, (struct diagram_node){shape, sign, facts.name});
    for (int i = 0; i < facts.inputs; i++) {
        struct edge_facts edge = graph_edge_facts(view->graph, index, i);
        add_picture_arrow(picture, view, edge.from, number, edge.x, edge.g, edge.shape);
    }
    if (is_result(view->graph, facts.name)) {
        add_picture_node(picture, "", (struct diagram_node){.shape = DIAGRAM_END});
        add_picture_arrow(picture, view, facts.name, number + 1, facts.x, facts.g, facts.out);
    }
}

static int make_picture(struct picture *picture, const struct view *view)
{
    size_t columns = (size_t)view->batch->columns, layers = graph_layer_count(view->graph);
    size_t nodes = columns + 2 * layers, arrows = layers;
    for (size_t i = 0; i < layers; i++)
        arrows += (size_t)graph_layer_facts(view->graph, i).inputs;
    picture->node = arena_array(&picture->arena, nodes, sizeof *picture->node);
    picture->arrow = arena_array(&picture->arena, arrows, sizeof *picture->arrow);
    picture->name = arena_array(&picture->arena, nodes, sizeof *picture->name);
    if (!picture->node || !picture->arrow || !picture->name)
        return TRAINER_FAILED;
    for (size_t i = 0; i < columns; i++) {
        const char *name = view->batch->column[i].column->name;
        add_picture_node(picture, name, (struct diagram_node){DIAGRAM_PLAIN, name, NULL});
    }
    for (size_t i = 0; i < layers; i++)
        add_picture_layer(picture, view, i);
    picture->diagram.node = picture->node;
    picture->diagram.arrow = picture->arrow;
    return TRAINER_OK;
}

static int draw(const struct view *view, const char *title, const char *output, struct text *text)
{
    static const char *const dot[] = {"dot", "-Tplain", NULL};
    struct picture picture = {.diagram.title = title};
    struct text question = {0}, answer = {0};
    int rc = make_picture(&picture, view);
    if (rc == TRAINER_OK) {
        diagram_dot(&picture.diagram, &question);
        rc = text_status(&question);
    }
    if (rc == TRAINER_OK)
        rc = other_program_run(dot, "graphviz", &question, &answer);
    if (rc == TRAINER_OK)
        rc = diagram_svg(&picture.diagram, text_get(&answer), text);
    if (rc == TRAINER_OK && output) {
        rc = file_replace(output, text->data, text->length);
        text_free(text);
    }
    text_free(&question);
    text_free(&answer);
    arena_free(&picture.arena);
    return rc;
}

static int fill(struct session *session, const void *private, struct text *text)
{
    const struct graph_flags *flags = private;
    struct graph *graph = session_graph(session);
    struct view view = {.graph = graph, .batch = graph_batch(graph)};
    size_t samples = session_dataset(session)->count[SPLIT_TRAIN];
    view.rows = samples < view.batch->rows ? samples : view.batch->rows;
    view.scalars = all_scalars(&view);
    run_passes(&view);
    if (flags->svg)
        return draw(&view, session_facts(session).name, flags->output, text);
    if (!flags->dot)
        return print_table(&view, text);
    print_dot(&view, text);
    return TRAINER_OK;
}

static int run_graph(const struct arguments *arguments)
{
    const struct graph_flags *flags = arguments->private;
    struct session_options options = {.purpose = SESSION_VIEW, .rows = ROWS_MAX};
    if (flags->output && !flags->svg)
        return error_set(TRAINER_INVALID, "--output is where --svg is written; expected --svg too");
    int rc = output_check_picture(flags->output, OUTPUT_SVG);
    return rc ? rc : print_session(arguments, &options, flags, fill);
}

const struct command command_graph = {
    .name = "graph",
    .also = ",plot_model,dot,",
    .group = GROUP_CONFIG,
    .rank = 4,
    .example = "trainer graph configs/buy_apple.yaml",
    .words = "CONFIG [key=value ...]",
    .summary = "Print a graph's values forward and gradients backward",
    .help = "Each node is followed by the edges that enter it: what they carry forward, and the "
            "gradient\n"
            "that they carry back. Tensors up to 8 by 8 are printed, of larger ones the shape.\n",
    .options = graph_options,
    .private_size = sizeof(struct graph_flags),
    .words_min = 1,
    .words_max = 1,
    .settings = true,
    .run = run_graph,
};
