/*
 * command_summary.c - `trainer summary CONFIG`: layers, shapes, parameters, cost and memory of a
 * run, known before anything is trained or loaded.
 */
#include "base/error.h"
#include "commands.h"
#include "print_session.h"
#include "summary.h"

static void add_layer(struct table *table, const struct graph *graph, size_t index)
{
    struct layer_facts facts = graph_layer_facts(graph, index);
    char shape[SHAPE_TEXT_MAX], parameters[TEXT_NUMBER_MAX], flops[TEXT_NUMBER_MAX];
    char bytes[TEXT_NUMBER_MAX];
    table_cell(table, "%s", facts.name);
    table_cell(table, "%s", facts.title);
    table_cell(table, "%s", shape_text(facts.out, shape));
    table_cell(table, "%s%s", text_count(parameters, facts.parameters),
               facts.frozen ? " frozen" : "");
    table_cell(table, "%s", text_count(flops, (uint64_t)facts.flops));
    table_cell(table, "%s",
               text_count(bytes, shape_size(facts.out) * graph_engine(graph)->real_size));
}

/* The bottom row: sums of the columns above. */
static void add_totals(struct table *table, const struct graph *graph)
{
    size_t parameters = 0, bytes = 0;
    double flops = 0;
    char text[TEXT_NUMBER_MAX];
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        struct layer_facts facts = graph_layer_facts(graph, i);
        parameters += facts.parameters;
        flops += facts.flops;
        bytes += shape_size(facts.out) * graph_engine(graph)->real_size;
    }
    table_cell(table, "total");
    table_cell(table, "%s", "");
    table_cell(table, "%s", "");
    table_cell(table, "%s", text_count(text, parameters));
    table_cell(table, "%s", text_count(text, (uint64_t)flops));
    table_cell(table, "%s", text_count(text, bytes));
}

static int add_layers(const struct graph *graph, struct text *text)
{
    static const char *const headings[] = {"layer",      "type",         "output",
                                           "parameters", "FLOPs/sample", "bytes/sample"};
    struct table table;
    table_start(&table, "lllrrr", headings);
    for (size_t i = 0; i < graph_layer_count(graph); i++)
        add_layer(&table, graph, i);
    add_totals(&table, graph);
    return table_finish(&table, 0, text);
}

static int add_memory(const struct session *session, const struct graph *graph, struct text *text)
{
    struct graph_memory memory = graph_memory(graph);
    size_t data = session_facts(session).data_bytes;
    struct {
        const char *name;
        size_t bytes;
    } part[] = {
        {"parameters", memory.parameters},
        {"gradients", memory.gradients},
        {"values", memory.values},
        {"scratch", memory.scratch},
        {"data", data},
        {"together", memory.parameters + memory.gradients + memory.values + memory.scratch + data},
    };
    struct table table;
    table_start(&table, "lr", NULL);
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        char bytes[TEXT_NUMBER_MAX];
        table_cell(&table, "%s", part[i].name);
        table_cell(&table, "%s", text_bytes(bytes, (double)part[i].bytes));
    }
    text_print(text, "\nmemory of the run:\n");
    return table_finish(&table, 2, text);
}

static void add_facts(const struct session *session, const struct graph *graph, struct text *text)
{
    struct session_facts facts = session_facts(session);
    const struct dataset *data = session_dataset(session);
    char train[TEXT_NUMBER_MAX], test[TEXT_NUMBER_MAX], steps[TEXT_NUMBER_MAX];
    text_print(text, "\n%s samples to train, %s to test; batches of %lld",
               text_count(train, data->count[SPLIT_TRAIN]),
               text_count(test, data->count[SPLIT_TEST]), (long long)facts.batch_size);
    if (facts.steps_per_epoch > 0)
        text_print(text, ", %s steps an epoch", text_count(steps, facts.steps_per_epoch));
    text_print(text, "\n");
    text_print(text, "%d thread%s (%s), %s kernels\n", facts.threads, facts.threads == 1 ? "" : "s",
               facts.threads_why, graph_engine(graph)->isa);
}

int summary_add(struct session *session, struct text *text)
{
    const struct graph *graph = session_graph(session);
    int rc = add_layers(graph, text);
    if (rc == TRAINER_OK) {
        add_facts(session, graph, text);
        rc = add_memory(session, graph, text);
    }
    return rc;
}

static int fill(struct session *session, const void *flags, struct text *text)
{
    (void)flags;
    return summary_add(session, text);
}

static int run_summary(const struct arguments *arguments)
{
    return print_session(arguments, &(struct session_options){.describe_only = true}, fill);
}

const struct command command_summary = {
    .name = "summary",
    .also = ",show,info,describe,inspect,print,stats,",
    .group = GROUP_CONFIG,
    .rank = 1,
    .example = "trainer summary configs/two_layer.yaml",
    .words = "CONFIG [key=value ...]",
    .summary = "Print layers, shapes, parameters, cost and memory of a run",
    .help = "FLOPs are of one sample's forward pass; bytes are those of each layer's output.\n",
    .words_min = 1,
    .words_max = 1,
    .settings = true,
    .run = run_summary,
};
