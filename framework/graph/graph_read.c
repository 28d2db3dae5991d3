/*
 * graph_read.c - the model section: layers by kind, with names and options.
 *
 *     model:
 *       layers:
 *         - {name: affine1, type: Affine, units: 50}
 *         - {type: ReLU}                         # named relu1
 */
#include "graph_internal.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What every layer may be told, whatever its kind. */
struct common {
    const char *name;
    struct option_names input;
    bool frozen, decay;
    double rate_factor;
};

const struct option graph_layer_options[] = {
    {"name", OPTION_TEXT, offsetof(struct common, name), .help = "how other layers name it"},
    {"input", OPTION_NAMES, offsetof(struct common, input),
     .help = "the layers or data columns it reads; default: the layer before"},
    {"frozen", OPTION_BOOLEAN, offsetof(struct common, frozen), .standard = "false",
     .help = "keep its parameters as they are"},
    {"rate_factor", OPTION_NUMBER, offsetof(struct common, rate_factor), .standard = "1",
     .minimum = 0, .maximum = 1e6, .help = "times the learning rate, for its parameters"},
    {"decay", OPTION_BOOLEAN, offsetof(struct common, decay), .standard = "true",
     .help = "whether weight decay and l1 are for its weights"},
    {0},
};

static const char *const common_keys[] = {"name",        "type",  "input", "frozen",
                                          "rate_factor", "decay", NULL};

const char *graph_owner(struct graph *graph, const struct layer_plan *plan)
{
    return arena_print(&graph->arena, "%s '%s'", plan->layer.kind->base.title, plan->layer.name);
}

int graph_find_column(const struct graph *graph, const char *name)
{
    for (int i = 0; i < graph->dataset->columns; i++)
        if (strcmp(graph->dataset->column[i].name, name) == 0)
            return i;
    return -1;
}

/* In a run's file a name is part of the paths of its tensors, whose readers have bounds. */
enum { NAME_MOST = 255 };

static bool valid_name(const char *name)
{
    if (!isalpha((unsigned char)name[0]) && name[0] != '_')
        return false;
    for (const char *c = name + 1; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-')
            return false;
    return true;
}

/* How many layers before `index` are of the same kind; counts from 1 in default names. */
static int number_of_kind(const struct graph *graph, size_t index)
{
    int number = 1;
    for (size_t i = 0; i < index; i++)
        if (graph->node[i]->layer.kind == graph->node[index]->layer.kind)
            number++;
    return number;
}

/* Names the layer and refuses a name that is malformed or taken. */
static int name_layer(struct graph *graph, size_t index, const char *given,
                      const struct registry_entry *entry)
{
    struct layer_plan *plan = graph->node[index];
    const struct node *at = node_get(plan->at, "name");
    const struct position *place = at ? &at->at : &plan->at->at;
    const char *name = given;
    if (!name)
        name = arena_print(&graph->arena, "%s%d", entry->name, number_of_kind(graph, index));
    if (!name)
        return TRAINER_FAILED;
    plan->layer.name = name;
    if (!valid_name(name))
        return config_error(place,
                            "layer name '%s' must be a letter or '_', then letters, digits, '_' "
                            "or '-'",
                            name);
    if (strlen(name) > NAME_MOST)
        return config_error(place, "a layer name of %zu characters; expected at most %d",
                            strlen(name), NAME_MOST);
    for (size_t i = 0; i < index; i++)
        if (graph->node[i]->layer.name && strcmp(graph->node[i]->layer.name, name) == 0)
            return config_error(place, "two layers are named '%s'; the other stands at line %d",
                                name, graph->node[i]->at->at.line);
    if (graph_find_column(graph, name) >= 0)
        return config_error(place, "layer '%s' has the name of a data column", name);
    return TRAINER_OK;
}

/* The entry that `type:` names; NULL after saying what is wrong with it. */
static const struct registry_entry *find_kind(const struct node *at)
{
    const struct node *type = node_get(at, "type");
    char text[2048];
    if (at->kind != NODE_MAP)
        config_error(&at->at, "a layer must be a mapping such as {type: Affine, units: 50}");
    else if (!type)
        config_error(&at->at, "missing key 'type' in a layer of model.layers");
    else if (type->kind != NODE_SCALAR)
        config_error(&type->at, "'type' of a layer must be a word");
    else if (!registry_find(FAMILY_LAYER, type->text))
        config_error(&type->at, "%s",
                     registry_unknown(FAMILY_LAYER, type->text, text, sizeof text));
    else
        return registry_find(FAMILY_LAYER, type->text);
    return NULL;
}

/* Reads the options that all layers share, under the owner "Affine 'affine1'". */
static int read_common(struct graph *graph, size_t index, const struct registry_entry *entry,
                       struct options_context *context)
{
    struct layer_plan *plan = graph->node[index];
    struct common common = {0};
    const struct node *name = node_get(plan->at, "name");
    const char *given = name && name->kind == NODE_SCALAR ? name->text : NULL;
    int rc = name_layer(graph, index, given, entry);
    if (rc == TRAINER_FAILED)
        return rc;
    struct node *known = node_new_text(graph->config, context->resolved, "name", plan->layer.name);
    context->owner = graph_owner(graph, plan);
    if ((context->resolved && !known) || !context->owner)
        return TRAINER_FAILED;
    struct options_context common_context = *context;
    common_context.resolved = NULL;
    common_context.partial = true;
    if (options_read(&common_context, graph_layer_options, plan->at, &common))
        rc = TRAINER_INVALID;
    plan->input = common.input;
    plan->frozen = plan->layer.frozen = common.frozen;
    plan->rate_factor = common.rate_factor;
    plan->decay = common.decay;
    return rc;
}

/* Writes what all layers may be told into the resolved layer, where it was given. */
static int resolve_common(struct graph *graph, const struct layer_plan *plan, struct node *resolved)
{
    static const char *const keys[] = {"input", "frozen", "rate_factor", "decay"};
    for (size_t i = 0; resolved && i < sizeof keys / sizeof *keys; i++) {
        const struct node *given = node_get(plan->at, keys[i]);
        if (given && !node_copy(graph->config, given, resolved, keys[i]))
            return TRAINER_FAILED;
    }
    return TRAINER_OK;
}

static int read_layer(struct graph *graph, size_t index, const struct node *at,
                      struct node *resolved_list)
{
    struct layer_plan *plan = graph->node[index];
    plan->at = at;
    plan->graph = graph;
    plan->layer.plan = plan;
    plan->layer.rows = graph->options.rows;
    const struct registry_entry *entry = find_kind(at);
    if (!entry)
        return TRAINER_INVALID;
    plan->layer.kind =
        (const struct layer_kind *)registry_kind(entry, graph->options.engine->variant);
    plan->loss = plan->layer.kind->flags & LAYER_LOSS;
    struct options_context context = {.config = graph->config,
                                      .variant = graph->options.engine->variant};
    if (resolved_list) {
        context.resolved = node_new(graph->config, NODE_MAP, resolved_list, NULL, NULL);
        if (!context.resolved)
            return TRAINER_FAILED;
    }
    plan->resolved = context.resolved;
    int rc = read_common(graph, index, entry, &context);
    if (rc == TRAINER_FAILED)
        return rc;
    struct kind_choice choice = {0};
    context.known = common_keys;
    int kind_rc = options_read_kind(&context, FAMILY_LAYER, at, &choice);
    if (kind_rc)
        return kind_rc;
    plan->layer.private = choice.private;
    int resolve_rc = resolve_common(graph, plan, context.resolved);
    return resolve_rc ? resolve_rc : rc;
}

int graph_read_layers(struct graph *graph, const struct node *model, struct node *resolved)
{
    const struct node *list = node_get(model, "layers");
    if (!list || list->kind != NODE_LIST || list->count == 0)
        return config_error(list    ? &list->at
                            : model ? &model->at
                                    : NULL,
                            "model.layers must be a list of at least one layer");
    struct node *resolved_list = NULL;
    if (resolved && !(resolved_list = node_new(graph->config, NODE_LIST, resolved, "layers", NULL)))
        return TRAINER_FAILED;
    graph->node = arena_array(&graph->arena, list->count, sizeof *graph->node);
    if (!graph->node)
        return TRAINER_FAILED;
    int rc = TRAINER_OK;
    for (const struct node *at = list->first; at && rc != TRAINER_FAILED; at = at->next) {
        struct layer_plan *plan = arena_allocate(&graph->arena, sizeof *plan);
        if (!plan)
            return TRAINER_FAILED;
        graph->node[graph->count] = plan;
        int one = read_layer(graph, graph->count, at, resolved_list);
        graph->count += one != TRAINER_FAILED;
        rc = one ? one : rc;
    }
    return rc;
}
