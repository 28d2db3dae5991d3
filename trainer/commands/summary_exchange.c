/*
 * summary_exchange.c - see summary_exchange.h.
 *
 *     2 ranks, each 118 GFLOP/s, sending 1.4 GB/s, 25 us an exchange:
 *       layer    rows     shared  exchanged
 *       affine1  512 kB  12.8 MB  rows
 *     a step: 340 ms of work and 120 ms of exchange, 17 MB sent; one process: 680 ms
 */
#include "summary_exchange.h"
#include "base/error.h"
#include "base/number.h"
#include "display/format.h"
#include "display/table.h"
#include "engine/engine.h"

#include <stdio.h>

/* What a step is to these ranks. */
struct estimate {
    size_t rows;
    struct link link;
    double speed; /* operations a second of one rank */
    /* A step: seconds of a rank's own work and of its exchanges, bytes that it sends; seconds of
     * one process with as many threads. */
    double work, exchange, bytes, alone;
};

/* What is measured, as rank 0's config has it. */
struct wanted {
    char kernels[16];
    int threads;
};

/* All ranks call. */
static int measure(struct ranks *ranks, struct wanted *wanted, struct link *link, double *speed)
{
    const struct engine *engine = NULL;
    ranks_send(ranks, 0, wanted, sizeof *wanted);
    int rc = ranks_agree(ranks, engine_find(&engine, PRECISION_SINGLE, wanted->kernels));
    return rc ? rc : graph_measure_speed(engine, wanted->threads, ranks, link, speed);
}

int summary_exchange_follow(struct ranks *ranks)
{
    struct wanted wanted;
    struct link link;
    double speed;
    int rc = ranks_agree(ranks, TRAINER_OK);
    return rc ? rc : measure(ranks, &wanted, &link, &speed);
}

/* Decides what the ranks share, as they will when they train. */
static int make_estimate(struct session *session, struct summary_ranks *ranks,
                         struct estimate *estimate)
{
    struct graph *graph = session_graph(session);
    struct session_facts facts = session_facts(session);
    struct wanted wanted = {.threads = facts.threads};
    struct link link;
    snprintf(wanted.kernels, sizeof wanted.kernels, "%s", graph_engine(graph)->isa);
    ranks->met = true;
    int rc = ranks_agree(ranks->ranks, TRAINER_OK);
    if (rc == TRAINER_OK)
        rc = measure(ranks->ranks, &wanted, &link, &estimate->speed);
    if (rc)
        return rc;
    estimate->rows = (size_t)facts.batch_size;
    graph_share_gradients(graph, estimate->rows, ranks->ranks, &link, estimate->speed);
    struct step_cost cost = graph_step_cost(graph, estimate->rows, ranks->ranks->count);
    estimate->work = cost.flops / estimate->speed;
    estimate->exchange = cost.exchanges * link.latency + cost.bytes / link.bandwidth;
    estimate->link = link;
    estimate->bytes = cost.bytes;
    estimate->alone = graph_step_cost(graph, estimate->rows, 1).flops / estimate->speed;
    return TRAINER_OK;
}

static const char *exchanged(const struct layer_exchange *layer)
{
    static const char *const words[] = {[SHARING_NONE] = "rows",
                                        [SHARING_WEIGHTS] = "rows and weights",
                                        [SHARING_SLICES] = "slices"};
    return words[layer->sharing];
}

/* "1.25 ms" into text[NUMBER_SIZE + 4]. */
static const char *milliseconds(char *text, double seconds)
{
    char number[NUMBER_SIZE];
    snprintf(text, NUMBER_SIZE + 4, "%s ms", number_text(1e3 * seconds, 3, number));
    return text;
}

static int add_table(const struct graph *graph, const struct estimate *estimate, struct text *text)
{
    static const char *const headings[] = {"layer", "rows", "shared", "exchanged"};
    struct table table;
    table_start(&table, "lrrl", headings);
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        struct layer_exchange layer = graph_layer_exchange(graph, i, estimate->rows);
        char bytes[TEXT_NUMBER_MAX];
        if (layer.row_bytes + layer.shared_bytes == 0)
            continue;
        table_cell(&table, "%s", graph_layer_facts(graph, i).name);
        table_cell(&table, "%s", text_bytes(bytes, layer.row_bytes));
        table_cell(&table, "%s",
                   layer.shared_bytes > 0 ? text_bytes(bytes, layer.shared_bytes) : "");
        table_cell(&table, "%s", exchanged(&layer));
    }
    return table_finish(&table, 2, text);
}

int summary_exchange_add(struct session *session, struct summary_ranks *ranks, struct text *text)
{
    struct estimate estimate;
    char a[NUMBER_SIZE + 4], b[NUMBER_SIZE + 4], c[NUMBER_SIZE + 4], bytes[TEXT_NUMBER_MAX];
    if (!ranks->ranks)
        return TRAINER_OK;
    int rc = make_estimate(session, ranks, &estimate);
    if (rc)
        return rc;
    text_print(text, "\n%d ranks, each %s GFLOP/s, sending %s/s, %s us an exchange:\n",
               ranks->ranks->count, number_text(1e-9 * estimate.speed, 3, a),
               text_bytes(bytes, estimate.link.bandwidth),
               number_text(1e6 * estimate.link.latency, 2, b));
    rc = add_table(session_graph(session), &estimate, text);
    text_print(text, "a step: about %s of work and %s of exchange, %s sent; one process: %s\n",
               milliseconds(a, estimate.work), milliseconds(b, estimate.exchange),
               text_bytes(bytes, estimate.bytes), milliseconds(c, estimate.alone));
    return rc;
}

/* ---- JSON ---- */

static void add_layers(const struct graph *graph, const struct estimate *estimate,
                       struct json *json)
{
    json_open(json, "layers", '[');
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        struct layer_exchange layer = graph_layer_exchange(graph, i, estimate->rows);
        if (layer.row_bytes + layer.shared_bytes == 0)
            continue;
        json_open(json, NULL, '{');
        json_string(json, "name", graph_layer_facts(graph, i).name);
        json_number(json, "row_bytes", layer.row_bytes);
        json_number(json, "shared_bytes", layer.shared_bytes);
        json_string(json, "exchanged", exchanged(&layer));
        json_close(json, '}');
    }
    json_close(json, ']');
}

int summary_exchange_json(struct session *session, struct summary_ranks *ranks, struct json *json)
{
    struct estimate estimate;
    if (!ranks->ranks)
        return TRAINER_OK;
    int rc = make_estimate(session, ranks, &estimate);
    if (rc)
        return rc;
    json_open(json, "exchange", '{');
    json_count(json, "ranks", (uint64_t)ranks->ranks->count);
    json_number(json, "latency_seconds", estimate.link.latency);
    json_number(json, "bytes_per_second", estimate.link.bandwidth);
    json_number(json, "flops_per_second", estimate.speed);
    add_layers(session_graph(session), &estimate, json);
    json_number(json, "step_bytes_sent", estimate.bytes);
    json_number(json, "step_work_seconds", estimate.work);
    json_number(json, "step_exchange_seconds", estimate.exchange);
    json_number(json, "step_alone_seconds", estimate.alone);
    json_close(json, '}');
    return TRAINER_OK;
}
