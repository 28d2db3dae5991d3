/*
 * network.c - see network.h.
 */
#include "network.h"
#include "base/error.h"
#include "data/batch.h"
#include "engine/engine.h"
#include "engine/team.h"
#include "suite.h"
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

/* What every test network needs besides data and model. */
static const char trainer_text[] = "\noptimizer: {type: sgd, learning_rate: 0.1}\n"
                                   "trainer: {threads: 16}\n";

static int open_text(struct network *network, const char *yaml)
{
    char text[1 << 16];
    ck_assert_int_lt(snprintf(text, sizeof text, "%s%s", yaml, trainer_text), (int)sizeof text);
    *network = (struct network){0};
    int rc = config_read_text(&network->config, "test.yaml", NULL, text, strlen(text), NULL, 0);
    if (rc == TRAINER_OK)
        rc = session_open(&network->session, network->config,
                          &(struct session_options){.purpose = SESSION_VIEW});
    return rc;
}

const char *network_refusal(const char *yaml)
{
    struct network network;
    ck_assert_int_eq(open_text(&network, yaml), TRAINER_INVALID);
    config_free(network.config);
    return error_text();
}

struct network network_run(const char *yaml)
{
    struct network network;
    int rc = open_text(&network, yaml);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    network.graph = session_graph(network.session);
    network.rows = session_dataset(network.session)->count[SPLIT_TRAIN];
    network_pass(&network, 1);
    return network;
}

void network_close(struct network *network)
{
    session_close(network->session);
    config_free(network->config);
}

static void pass_once(struct network *network, const struct worker *worker)
{
    struct graph_pass pass = {
        .training = network->training, .rows = network->rows, .worker = *worker};
    batch_take(graph_batch(network->graph), SPLIT_TRAIN, NULL, 0, network->rows, worker);
    team_barrier(worker);
    graph_forward(network->graph, &pass);
    graph_backward(network->graph, &pass);
}

void network_pass(struct network *network, int threads)
{
    network_pass_mode(network, threads, true);
}

void network_pass_mode(struct network *network, int threads, bool training)
{
    network->training = training;
    struct team *team;
    ck_assert_int_eq(team_create(&team, threads), TRAINER_OK);
#pragma omp parallel num_threads(threads)
    {
        struct worker worker = {.team = team, .thread = omp_get_thread_num(), .threads = threads};
        pass_once(network, &worker);
    }
    team_free(team);
}

static size_t find_layer(const struct network *network, const char *name)
{
    for (size_t i = 0; i < graph_layer_count(network->graph); i++)
        if (strcmp(graph_layer_facts(network->graph, i).name, name) == 0)
            return i;
    ck_abort_msg("no layer %s", name);
}

static const struct parameter *find_parameter(const struct network *network, const char *layer,
                                              const char *name)
{
    for (size_t i = 0; i < graph_parameter_count(network->graph); i++) {
        const struct parameter *p = graph_parameter(network->graph, i);
        if (strcmp(p->layer, layer) == 0 && strcmp(p->name, name) == 0)
            return p;
    }
    ck_abort_msg("no parameter %s/%s", layer, name);
}

double network_value(const struct network *network, const char *layer, size_t index)
{
    struct layer_facts facts = graph_layer_facts(network->graph, find_layer(network, layer));
    return graph_engine(network->graph)->get(facts.x, index);
}

double network_edge(const struct network *network, const char *layer, int input, size_t index)
{
    struct edge_facts edge = graph_edge_facts(network->graph, find_layer(network, layer), input);
    return graph_engine(network->graph)->get(edge.g, index);
}

void network_check_values(const struct network *network, const char *layer, const double *wanted,
                          size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_double_eq(network_value(network, layer, i), wanted[i]);
}

void network_check_edges(const struct network *network, const char *layer, int input,
                         const double *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_double_eq(network_edge(network, layer, input, i), wanted[i]);
}

double network_parameter(const struct network *network, const char *layer, const char *name,
                         size_t index)
{
    return graph_engine(network->graph)->get(find_parameter(network, layer, name)->x, index);
}

double network_gradient(const struct network *network, const char *layer, const char *name,
                        size_t index)
{
    return graph_engine(network->graph)->get(find_parameter(network, layer, name)->g, index);
}

void network_set(struct network *network, const char *layer, const char *name, size_t index,
                 double value)
{
    graph_engine(network->graph)->set(find_parameter(network, layer, name)->x, index, value);
}

/* What backward differentiates, of the values that are in the batch now. */
static double objective(struct network *network)
{
    struct graph_pass pass = {
        .training = network->training, .rows = network->rows, .worker = WORKER_ALONE};
    graph_forward(network->graph, &pass);
    if (graph_has_loss(network->graph))
        return graph_loss(network->graph, network->rows);
    struct layer_facts last =
        graph_layer_facts(network->graph, graph_layer_count(network->graph) - 1);
    return graph_engine(network->graph)->sum(last.x, network->rows * shape_size(last.out));
}

static void check_array(struct network *network, const char *what, void *x, const void *g,
                        size_t count)
{
    const struct engine *engine = graph_engine(network->graph);
    const double step = 1e-5;
    for (size_t i = 0; i < count; i++) {
        double kept = engine->get(x, i), analytic = engine->get(g, i);
        engine->set(x, i, kept + step);
        double above = objective(network);
        engine->set(x, i, kept - step);
        double below = objective(network);
        engine->set(x, i, kept);
        double numeric = (above - below) / (2 * step);
        double bound = 1e-8 + 1e-6 * fmax(fabs(analytic), fabs(numeric));
        ck_assert_msg(fabs(analytic - numeric) <= bound, "%s[%zu]: backward %.12g, numeric %.12g",
                      what, i, analytic, numeric);
    }
}

void network_check_gradients(struct network *network)
{
    struct batch *batch = graph_batch(network->graph);
    for (size_t i = 0; i < graph_parameter_count(network->graph); i++) {
        const struct parameter *p = graph_parameter(network->graph, i);
        if (p->g)
            check_array(network, p->name, p->x, p->g, p->count);
    }
    for (int c = 0; c < batch->columns; c++)
        if (batch->column[c].g)
            check_array(network, batch->column[c].column->name, batch->column[c].x,
                        batch->column[c].g, network->rows * batch->column[c].width);
}

static uint64_t hash_numbers(uint64_t hash, const void *x, size_t count,
                             const struct engine *engine)
{
    const unsigned char *byte = x;
    for (size_t i = 0; i < count * engine->real_size; i++)
        hash = (hash ^ byte[i]) * 1099511628211u;
    return hash * 31 + count;
}

/* A hash of all values and gradients of the last pass. */
static uint64_t hash_pass(const struct network *network)
{
    const struct graph *graph = network->graph;
    const struct engine *engine = graph_engine(graph);
    struct graph_block block = graph_trained(graph);
    uint64_t hash = 0;
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        struct layer_facts facts = graph_layer_facts(graph, i);
        hash = hash_numbers(hash, facts.x, network->rows * shape_size(facts.out), engine);
        for (int j = 0; j < facts.inputs; j++) {
            struct edge_facts edge = graph_edge_facts(graph, i, j);
            if (edge.g)
                hash = hash_numbers(hash, edge.g, network->rows * shape_size(edge.shape), engine);
        }
    }
    return block.g ? hash_numbers(hash, block.g, block.count, engine) : hash;
}

void network_check_teams(struct network *network)
{
    static const int teams[] = {2, 3, 5, 8, 16};
    bool training = network->training;
    network_pass_mode(network, 1, training);
    uint64_t alone = hash_pass(network);
    for (size_t i = 0; i < sizeof teams / sizeof *teams; i++) {
        network_pass_mode(network, teams[i], training);
        ck_assert_msg(hash_pass(network) == alone, "%d threads give other bits than one", teams[i]);
    }
}
