/*
 * command_summary.c - `trainer summary CONFIG`: layers, shapes, parameters, cost and memory of a
 * run, known before anything is trained or loaded.
 */
#include "base/error.h"
#include "command.h"
#include "display/format.h"
#include "display/json.h"
#include "display/table.h"
#include "print_session.h"
#include "summary.h"
#include "summary_exchange.h"
#include "system/launcher.h"

struct summary_flags {
    bool json;
    struct launcher_wishes wishes;
};

/* What the summary is made of. */
struct request {
    bool json;
    struct summary_ranks *ranks;
};

static const struct argument_option summary_options[] = {
    {"--json", ARGUMENT_FLAG, .offset = offsetof(struct summary_flags, json),
     .help = "print it for programs"},
    {"--exchange", ARGUMENT_CHOICE, .offset = offsetof(struct summary_flags, wishes.sharing),
     .value = "WHAT", .choices = "auto,rows,weights", .standard = "auto",
     .help = "trainer-mpi: rows, or shares of gradients too; auto: as is faster"},
    {"--stall", ARGUMENT_NUMBER, .offset = offsetof(struct summary_flags, wishes.stall),
     .value = "SECONDS", .standard = "30",
     .help = "trainer-mpi: a rank that is silent for so long ends all; 0: never"},
    {0},
};

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
    static const char *const headings[] = {"layer",      "type",  "output",
                                           "parameters", "FLOPs", "bytes"};
    struct table table;
    table_start(&table, "lllrrr", headings);
    for (size_t i = 0; i < graph_layer_count(graph); i++)
        add_layer(&table, graph, i);
    add_totals(&table, graph);
    int rc = table_finish(&table, 0, text);
    text_print(text, "(FLOPs and bytes are those of one sample's forward pass)\n");
    return rc;
}

static int add_memory(const struct session *session, const struct graph *graph, struct text *text)
{
    struct graph_memory memory = graph_memory(graph);
    struct session_facts facts = session_facts(session);
    struct {
        const char *name;
        size_t bytes;
    } part[] = {
        {"parameters", memory.parameters},
        {"gradients", memory.gradients},
        {"values", memory.values},
        {"scratch", memory.scratch},
        {"optimizer", facts.optimizer_bytes},
        {"data", facts.data_bytes},
        {"together", memory.parameters + memory.gradients + memory.values + memory.scratch +
                         facts.optimizer_bytes + facts.data_bytes},
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
    text_print(text, "\n%s to train, %s to test; batches of %lld",
               text_counted(train, data->count[SPLIT_TRAIN], "sample"),
               text_count(test, data->count[SPLIT_TEST]), (long long)facts.batch_size);
    if (facts.steps_per_epoch > 0)
        text_print(text, ", %s an epoch", text_counted(steps, facts.steps_per_epoch, "step"));
    text_print(text, "\n");
    text_print(text, "%d thread%s (%s), %s kernels\n", facts.threads, facts.threads == 1 ? "" : "s",
               facts.threads_why, graph_engine(graph)->isa);
}

/* Biases that train for nothing. */
static void add_lost_biases(const struct graph *graph, struct text *text)
{
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        const char *by = graph_removes_bias(graph, i);
        if (by)
            text_print(text, "\nthe bias of '%s' has no effect: '%s' takes it out (bias: false)\n",
                       graph_layer_facts(graph, i).name, by);
    }
}

int summary_add(struct session *session, struct text *text)
{
    const struct graph *graph = session_graph(session);
    int rc = add_layers(graph, text);
    if (rc == TRAINER_OK) {
        add_facts(session, graph, text);
        rc = add_memory(session, graph, text);
        add_lost_biases(graph, text);
    }
    return rc;
}

/* ---- JSON ---- */

static void add_layer_object(struct json *json, const struct graph *graph, size_t index)
{
    struct layer_facts facts = graph_layer_facts(graph, index);
    json_open(json, NULL, '{');
    json_string(json, "name", facts.name);
    json_string(json, "type", facts.title);
    json_open(json, "output", '[');
    for (int i = 0; i < facts.out.rank; i++)
        json_count(json, NULL, facts.out.dim[i]);
    json_close(json, ']');
    json_count(json, "parameters", facts.parameters);
    json_boolean(json, "frozen", facts.frozen);
    json_number(json, "flops_per_sample", facts.flops);
    json_count(json, "bytes_per_sample", shape_size(facts.out) * graph_engine(graph)->real_size);
    json_close(json, '}');
}

static void add_memory_object(struct json *json, const struct session *session,
                              const struct graph *graph)
{
    struct graph_memory memory = graph_memory(graph);
    json_open(json, "memory_bytes", '{');
    json_count(json, "parameters", memory.parameters);
    json_count(json, "gradients", memory.gradients);
    json_count(json, "values", memory.values);
    json_count(json, "scratch", memory.scratch);
    json_count(json, "optimizer", session_facts(session).optimizer_bytes);
    json_count(json, "data", session_facts(session).data_bytes);
    json_close(json, '}');
}

static int add_object(struct text *text, struct session *session, struct summary_ranks *ranks)
{
    const struct graph *graph = session_graph(session);
    struct session_facts facts = session_facts(session);
    const size_t *samples = session_dataset(session)->count;
    struct json json = {.text = text};
    json_open(&json, NULL, '{');
    json_string(&json, "name", facts.name);
    json_open(&json, "layers", '[');
    for (size_t i = 0; i < graph_layer_count(graph); i++)
        add_layer_object(&json, graph, i);
    json_close(&json, ']');
    json_open(&json, "samples", '{');
    json_count(&json, "train", samples[SPLIT_TRAIN]);
    json_count(&json, "validation", samples[SPLIT_VALIDATION]);
    json_count(&json, "test", samples[SPLIT_TEST]);
    json_close(&json, '}');
    json_count(&json, "batch_size", (uint64_t)facts.batch_size);
    json_count(&json, "steps_per_epoch", facts.steps_per_epoch);
    json_count(&json, "threads", (uint64_t)facts.threads);
    json_string(&json, "kernels", graph_engine(graph)->isa);
    add_memory_object(&json, session, graph);
    int rc = summary_exchange_json(session, ranks, &json);
    json_close(&json, '}');
    return rc;
}

static int fill(struct session *session, const void *beside, struct text *text)
{
    const struct request *request = beside;
    if (request->json)
        return add_object(text, session, request->ranks);
    int rc = summary_add(session, text);
    return rc ? rc : summary_exchange_add(session, request->ranks, text);
}

/* Several processes measure what they would exchange, and the first one prints. */
static int run_summary(const struct arguments *arguments)
{
    const struct summary_flags *flags = arguments->private;
    struct summary_ranks ranks = {0};
    const struct request request = {.json = flags->json, .ranks = &ranks};
    int rc = launcher_mpi ? launcher_join("summary", &flags->wishes, &ranks.ranks) : TRAINER_OK;
    if (rc)
        return rc;
    if (!ranks_lead(ranks.ranks))
        return summary_exchange_follow(ranks.ranks);
    rc = print_session(arguments, &(struct session_options){.purpose = SESSION_DESCRIBE}, &request,
                       fill);
    return ranks.met ? rc : ranks_agree(ranks.ranks, rc);
}

const struct command command_summary = {
    .name = "summary",
    .also = ",show,info,describe,inspect,print,stats,",
    .group = GROUP_CONFIG,
    .rank = 1,
    .example = "trainer summary configs/two_layer.yaml",
    .words = "CONFIG [key=value ...]",
    .summary = "Print layers, shapes, parameters, cost and memory of a run",
    .help =
        "FLOPs are of one sample's forward pass; bytes are those of each layer's output.\n"
        "Under mpirun trainer-mpi also tells what ranks exchange in a step, and what it costs.\n",
    .options = summary_options,
    .private_size = sizeof(struct summary_flags),
    .words_min = 1,
    .words_max = 1,
    .settings = true,
    .joins = true,
    .run = run_summary,
};
