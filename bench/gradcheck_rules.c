/*
 * gradcheck_rules.c - this project's gradient check beside the two rules in common use.
 *
 *     ours     float64, Richardson's extrapolation, |a - n| <= 1e-9 + 1e-6 max(|a|, |n|), no kinks
 *     Caffe    float32, step 1e-2, |a - n| <= 1e-3 max(1, |a|, |n|)
 *     torch    float64, step 1e-6, |a - n| <= 1e-5 + 1e-3 |n|
 *
 * All three look at the same elements of the same network at the same weights: the config's own
 * first ones, as the two rules know no others; ours makes them larger where they hide errors.
 *
 *     bench_gradcheck_rules                 the table: all edits of tests/mutants, right gradients
 *     bench_gradcheck_rules NETWORK.yaml    one word for each rule: wrong or right
 *
 * The table builds the broken sources, as tests/check_mutants.sh does.
 */
#include "base/error.h"
#include "gradcheck/gradcheck_internal.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 4, ELEMENTS_MAX = 2000 };

/* One of the two rules: plain central differences. */
struct rule {
    const char *name;
    enum precision precision;
    double step, absolute, relative,
        scaled; /* |a - n| <= absolute + relative |n| + scaled max(1, |a|, |n|) */
};

static const struct rule rules[] = {
    {"caffe", PRECISION_SINGLE, 1e-2, 0, 0, 1e-3},
    {"torch", PRECISION_DOUBLE, 1e-6, 1e-5, 1e-3, 0},
};

enum { RULES = sizeof rules / sizeof *rules };

/* A network of a rule's precision after forward and backward at its first weights. */
struct network {
    struct graph *graph;
    const struct engine *engine;
    struct graph_pass pass;
    void *projection;
    size_t outputs;
};

static int open_network(struct network *network, struct session *session, enum precision precision)
{
    *network = (struct network){0};
    int rc = engine_find(&network->engine, precision, "auto");
    size_t samples = session->dataset->count[SPLIT_TRAIN];
    struct graph_options options = {.engine = network->engine,
                                    .rows = samples < SAMPLES ? samples : SAMPLES,
                                    .threads = 1,
                                    .seed = (uint64_t)session->seed,
                                    .data_gradients = true};
    if (rc == TRAINER_OK)
        rc = graph_build(&network->graph, session->config,
                         node_get(config_root(session->config), "model"), NULL, session->dataset,
                         &options);
    if (rc)
        return rc;
    struct graph *graph = network->graph;
    struct layer_facts out = graph_layer_facts(graph, graph_layer_count(graph) - 1);
    network->outputs = options.rows * shape_size(out.out);
    network->projection =
        block_allocate("a projection", network->outputs * network->engine->real_size);
    if (!network->projection)
        return TRAINER_FAILED;
    for (size_t i = 0; i < network->outputs; i++)
        network->engine->set(network->projection, i, sin((double)i + 1));
    network->pass = (struct graph_pass){.training = true,
                                        .seed = options.seed,
                                        .rows = options.rows,
                                        .output_gradient = network->projection,
                                        .worker = WORKER_ALONE};
    batch_take(graph_batch(graph), SPLIT_TRAIN, NULL, 0, options.rows, &network->pass.worker);
    graph_forward(graph, &network->pass);
    graph_backward(graph, &network->pass);
    return TRAINER_OK;
}

static void close_network(struct network *network)
{
    graph_free(network->graph);
    free(network->projection);
}

static double objective(struct network *network)
{
    struct graph *graph = network->graph;
    const struct engine *engine = network->engine;
    graph_forward(graph, &network->pass);
    if (graph_has_loss(graph))
        return graph_loss(graph, network->pass.rows);
    struct layer_facts out = graph_layer_facts(graph, graph_layer_count(graph) - 1);
    double sum = 0;
    for (size_t i = 0; i < network->outputs; i++)
        sum += engine->get(network->projection, i) * engine->get(out.x, i);
    return sum;
}

/* Whether the rule calls an element of a tensor right. */
static bool right(struct network *network, const struct rule *rule, void *x, const void *g,
                  size_t index)
{
    const struct engine *engine = network->engine;
    double kept = engine->get(x, index), a = engine->get(g, index);
    engine->set(x, index, kept + rule->step);
    double above = objective(network);
    engine->set(x, index, kept - rule->step);
    double below = objective(network);
    engine->set(x, index, kept);
    double n = (above - below) / (2 * rule->step);
    return fabs(a - n) <= rule->absolute + rule->relative * fabs(n) +
                              rule->scaled * fmax(1, fmax(fabs(a), fabs(n)));
}

/* Elements that a rule calls wrong, of a tensor; of a large one it looks at some, as ours does. */
static size_t count_wrong(struct network *network, const struct rule *rule, void *x, const void *g,
                          size_t count)
{
    size_t wrong = 0, stride = count > ELEMENTS_MAX ? count / (ELEMENTS_MAX / 20) : 1;
    for (size_t i = 0; x && g && i < count; i += stride)
        wrong += !right(network, rule, x, g, i);
    return wrong;
}

static int apply_rule(struct session *session, const struct rule *rule, size_t *wrong)
{
    struct network network;
    int rc = open_network(&network, session, rule->precision);
    *wrong = 0;
    for (size_t i = 0; rc == TRAINER_OK && i < graph_parameter_count(network.graph); i++) {
        const struct parameter *p = graph_parameter(network.graph, i);
        *wrong += count_wrong(&network, rule, p->x, p->g, p->count);
    }
    const struct batch *batch = rc == TRAINER_OK ? graph_batch(network.graph) : NULL;
    for (int c = 0; batch && c < batch->columns; c++)
        *wrong += count_wrong(&network, rule, batch->column[c].x, batch->column[c].g,
                              batch->rows * batch->column[c].width);
    close_network(&network);
    return rc;
}

static int apply_ours(struct session *session, enum gradcheck_verdict *verdict)
{
    struct gradcheck_report *report;
    int rc = gradcheck_run(&report, session, &(struct gradcheck_options){.samples = SAMPLES});
    if (rc == TRAINER_OK) {
        *verdict = report->verdict;
        gradcheck_free(report);
    }
    return rc;
}

/* Prints what ours, Caffe's and torch's rule say of the network. */
static int judge(const char *path)
{
    struct config *config = NULL;
    struct session *session = NULL;
    enum gradcheck_verdict ours = GRADCHECK_RIGHT;
    size_t wrong[RULES] = {0};
    int rc = config_read(&config, path, NULL, 0);
    if (rc == TRAINER_OK)
        rc = session_open(&session, config,
                          &(struct session_options){.purpose = SESSION_VIEW, .rows = SAMPLES});
    if (rc == TRAINER_OK)
        rc = apply_ours(session, &ours);
    for (int i = 0; i < RULES && rc == TRAINER_OK; i++)
        rc = apply_rule(session, &rules[i], &wrong[i]);
    if (rc == TRAINER_OK)
        printf("%s %s %s\n", ours == GRADCHECK_WRONG ? "wrong" : "right",
               wrong[0] > 0 ? "wrong" : "right", wrong[1] > 0 ? "wrong" : "right");
    else
        fprintf(stderr, "%s: %s\n", path, error_text());
    session_close(session);
    config_free(config);
    return rc;
}

int main(int argc, char **argv)
{
    if (argc == 2)
        return judge(argv[1]) == TRAINER_OK ? EXIT_SUCCESS : EXIT_FAILURE;
    char command[2048];
    snprintf(command, sizeof command, "sh bench/gradcheck_rules.sh '%s'", argv[0]);
    return system(command) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
