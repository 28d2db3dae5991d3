/*
 * test_graph.c - wiring by name, order, fan-out, refusals with exact text, frozen layers, memory,
 * the same bits on any team.
 */
#include "base/error.h"
#include "data/batch.h"
#include "data/data.h"
#include "engine/engine.h"
#include "engine/fused_step.h"
#include "support/network.h"
#include "support/suite.h"
#include <stdio.h>
#include <string.h>

#define DATA "data: {type: inline, inputs: {x: [[1, 2], [3, -4]]}, labels: [0, 1]}\n"

START_TEST(apples_and_oranges_cost_715)
{
    struct network network =
        network_run("data: {type: inline, inputs: {apple: 100, apple_number: 2, orange: 150, "
                    "orange_number: 3, tax: 1.1}}\n"
                    "model:\n  layers:\n"
                    "    - {name: price, type: Mul, input: [fruit, tax]}\n"
                    "    - {name: apples, type: Mul, input: [apple, apple_number]}\n"
                    "    - {name: fruit, type: Add, input: [apples, oranges]}\n"
                    "    - {name: oranges, type: Mul, input: [orange, orange_number]}\n"
                    "    - {name: total, type: Add, input: [price, zero]}\n"
                    "    - {name: zero, type: Mul, input: [apple, nothing]}\n"
                    "    - {name: nothing, type: Add, input: [tax, tax]}\n"
                    "    - {name: last, type: Add, input: [total, total]}\n");
    ck_assert_double_eq_tol(network_value(&network, "price", 0), 715, 1e-9);
    ck_assert_double_eq_tol(network_edge(&network, "apples", 0, 0), 2 * 2.2, 1e-9);
    ck_assert_double_eq_tol(network_edge(&network, "apples", 1, 0), 2 * 110, 1e-9);
    ck_assert_double_eq_tol(network_edge(&network, "oranges", 0, 0), 2 * 3.3, 1e-9);
    ck_assert_double_eq_tol(network_edge(&network, "oranges", 1, 0), 2 * 165, 1e-9);
    ck_assert_double_eq_tol(network_edge(&network, "price", 1, 0), 2 * 650, 1e-9);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(a_value_that_feeds_several_layers_gets_the_sum_of_their_gradients)
{
    struct network network = network_run(
        DATA "model:\n  layers:\n"
             "    - {name: stem, type: Affine, units: 3, init: {type: normal, std: 1}}\n"
             "    - {name: a, type: Sigmoid}\n"
             "    - {name: b, type: Affine, units: 3, input: stem, init: {type: normal, std: 1}}\n"
             "    - {name: c, type: Mul, input: [a, b, stem]}\n"
             "    - {name: d, type: Add, input: [c, stem, stem]}\n"
             "    - {name: loss, type: SoftmaxWithLoss}\n");
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(two_losses_are_summed)
{
    struct network network = network_run(
        DATA "model:\n  layers:\n"
             "    - {name: a, type: Affine, units: 3, init: {type: normal, std: 1}}\n"
             "    - {name: loss1, type: SoftmaxWithLoss, input: a}\n"
             "    - {name: b, type: Affine, units: 2, input: a, init: {type: normal, std: 1}}\n"
             "    - {name: loss2, type: SoftmaxWithLoss}\n");
    double sum = 0;
    for (size_t i = 0; i < 2; i++)
        sum += network_value(&network, "loss1", i) + network_value(&network, "loss2", i);
    ck_assert_double_eq_tol(graph_loss(network.graph, 2), sum / 2, 1e-15);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(default_names_are_kind_and_number)
{
    struct network network = network_run(DATA "model:\n  layers:\n"
                                              "    - {type: Affine, units: 3}\n"
                                              "    - {type: ReLU}\n"
                                              "    - {type: Dense, units: 2}\n"
                                              "    - {type: softmax-with-loss}\n");
    static const char *const names[] = {"affine1", "relu1", "affine2", "softmax_with_loss1"};
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(graph_layer_facts(network.graph, i).name, names[i]);
    network_close(&network);
}
END_TEST

/* Models that are refused, and the message; "..." stands for the rest of it. */
static const struct {
    const char *model, *message;
} refused[] = {
    {"model: {layers: []}\n", "test.yaml:2:17: model.layers must be a list of at least one layer"},
    {"model: {layers: [{type: Afine, units: 2}]}\n",
     "test.yaml:2:25: unknown layer 'Afine'; did you mean 'Affine'? known: Add, Affine, ..."},
    {"model: {layers: [{units: 2}]}\n",
     "test.yaml:2:18: missing key 'type' in a layer of model.layers"},
    {"model: {layers: [Affine]}\n",
     "test.yaml:2:18: a layer must be a mapping such as {type: Affine, units: 50}"},
    {"model:\n  layers:\n    - {name: a, type: ReLU}\n    - {name: a, type: ReLU}\n",
     "test.yaml:5:14: two layers are named 'a'; the other stands at line 4"},
    {"model: {layers: [{name: 1a, type: ReLU}]}\n",
     "test.yaml:2:25: layer name '1a' must be a letter or '_', then letters, digits, '_' or '-'"},
    {"model: {layers: [{name: x, type: ReLU}]}\n",
     "test.yaml:2:25: layer 'x' has the name of a data column"},
    {"model: {layers: [{name: first, type: ReLU}, {name: b, type: ReLU, input: frist}]}\n",
     "test.yaml:2:74: ReLU 'b' reads 'frist', which is no layer or data column; did you mean "
     "'first'?"},
    {"model: {layers: [{name: b, type: ReLU, input: picture}]}\n",
     "test.yaml:2:47: ReLU 'b' reads 'picture', which is no layer or data column"},
    {"model:\n  layers:\n    - {name: a, type: Add, input: [x, c]}\n"
     "    - {name: b, type: ReLU}\n    - {name: c, type: ReLU}\n",
     "test.yaml:4:7: the layers form a cycle: a -> b -> c -> a"},
    {"model:\n  layers:\n    - {name: a, type: ReLU}\n    - {name: b, type: ReLU, input: x}\n",
     "test.yaml:4:7: ReLU 'a' is not used: it leads to no output"},
    {"model:\n  layers:\n    - {name: loss, type: SoftmaxWithLoss}\n"
     "    - {name: b, type: ReLU, input: x}\n",
     "test.yaml:5:7: ReLU 'b' is not used: it leads to no loss"},
    {"model:\n  layers:\n    - {name: a, type: Affine, units: 3}\n"
     "    - {name: s, type: Add, input: [a, x]}\n",
     "test.yaml:5:7: Add 's': input 'a' has shape (3) and input 'x' has shape (2); they must be "
     "equal, or one a scalar"},
    {"model:\n  layers:\n    - {name: a, type: Affine, unts: 3}\n"
     "    - {name: b, type: ReLu, inputs: a, color: red}\n"
     "    - {name: c, type: Affine, units: 0}\n",
     "test.yaml:4:31: unknown key 'unts' in Affine 'a'; did you mean 'units'?\n"
     "test.yaml:5:29: unknown key 'inputs' in ReLU 'b'; did you mean 'input'?\n"
     "test.yaml:5:40: unknown key 'color' in ReLU 'b'; known: name, type, input, frozen, "
     "rate_factor, decay\n"
     "test.yaml:6:38: 'units' in Affine 'c' must be an integer from 1 to 16777216, not 0"},
    {"model: {layers: [{type: Affine, units: 16777216}, {type: Affine, units: 16777216}, "
     "{type: Affine, units: 16777216}]}\n",
     "the network needs 9.01e+06 GB; this machine has ..."},
};

START_TEST(a_wrong_model_is_refused_with_its_place)
{
    char yaml[2048];
    snprintf(yaml, sizeof yaml, "%s%s", DATA, refused[_i].model);
    const char *message = network_refusal(yaml), *expected = refused[_i].message;
    const char *rest = strstr(expected, "...");
    if (rest)
        ck_assert_msg(strncmp(message, expected, (size_t)(rest - expected)) == 0, "%s", message);
    else
        ck_assert_str_eq(message, expected);
}
END_TEST

START_TEST(passes_give_the_same_bits_on_any_team)
{
    struct network network =
        network_run(DATA "model:\n  layers:\n"
                         "    - {name: a, type: Affine, units: 33, init: {type: normal, std: 1}}\n"
                         "    - {name: b, type: Sigmoid}\n"
                         "    - {name: c, type: Affine, units: 33, init: {type: normal, std: 1}}\n"
                         "    - {name: d, type: Add, input: [c, b]}\n"
                         "    - {name: e, type: ReLU}\n"
                         "    - {name: f, type: Affine, units: 2, init: {type: normal, std: 1}}\n"
                         "    - {name: loss, type: SoftmaxWithLoss}\n");
    struct graph_block block = graph_trained(network.graph);
    double kept[4096];
    ck_assert_uint_le(block.count, 4096);
    memcpy(kept, block.g, block.count * sizeof *kept);
    static const int teams[] = {2, 3, 5, 8, 16};
    for (size_t i = 0; i < sizeof teams / sizeof *teams; i++) {
        network_pass(&network, teams[i]);
        ck_assert_mem_eq(kept, block.g, block.count * sizeof *kept);
    }
    network_close(&network);
}
END_TEST

/* Every trained element is some worker's, once; padding is nobody's. */
START_TEST(ranges_of_all_workers_have_every_element_once)
{
    struct network network = network_run(
        DATA "model:\n  layers:\n    - {name: a, type: Affine, units: 33}\n"
             "    - {name: b, type: Affine, units: 2}\n    - {name: l, type: SoftmaxWithLoss}\n");
    for (int threads = 1; threads <= 16; threads++) {
        size_t visited = 0, wanted = 0, begin, end;
        for (size_t i = 0; i < graph_parameter_count(network.graph); i++)
            wanted += graph_parameter(network.graph, i)->count;
        for (int thread = 0; thread < threads; thread++) {
            struct worker worker = {.thread = thread, .threads = threads};
            size_t parameter = 0;
            while (graph_next_range(network.graph, &worker, &parameter, &begin, &end))
                visited += end - begin;
        }
        ck_assert_uint_eq(visited, wanted);
    }
    network_close(&network);
}
END_TEST

/* Whether an element of the block is a weight of a layer, wide or narrow. */
static bool is_weight(const struct graph *graph, size_t element)
{
    bool found = false;
    for (size_t i = 0; i < graph_parameter_count(graph); i++) {
        const struct parameter *parameter = graph_parameter(graph, i);
        found = found || (strcmp(parameter->name, "weight") == 0 && element >= parameter->offset &&
                          element < parameter->offset + parameter->count);
    }
    return found;
}

/* Of the weights; all biases are left to the optimizer. */
START_TEST(a_step_taken_in_backward_is_the_gradient_times_the_rate)
{
    struct network network = network_run(
        DATA "model:\n  layers:\n    - {name: a, type: Affine, units: 130}\n"
             "    - {name: b, type: Affine, units: 2}\n    - {name: l, type: SoftmaxWithLoss}\n");
    const struct parameter *wide = graph_parameter(network.graph, 0);
    struct graph_block block = graph_trained(network.graph);
    double *x = block.x, *g = block.g, before[1024], gradient[1024];
    ck_assert_uint_le(block.count, 1024);
    ck_assert_uint_eq(wide->count, 2 * 130);
    memcpy(before, x, block.count * sizeof *x);
    memcpy(gradient, g, block.count * sizeof *g);
    struct fused_step fused = {.rate = 0.1, .finite = true};
    atomic_bool hold = true;
    struct graph_pass pass = {.training = true,
                              .rows = network.rows,
                              .worker = WORKER_ALONE,
                              .fused = &fused,
                              .hold = &hold};
    graph_backward(network.graph, &pass);
    ck_assert_mem_eq(x, before, block.count * sizeof *x);
    hold = false;
    graph_backward(network.graph, &pass);
    ck_assert(*wide->stepped && fused.finite);
    for (size_t i = 0; i < graph_parameter_count(network.graph); i++) {
        const struct parameter *parameter = graph_parameter(network.graph, i);
        ck_assert_int_eq(*parameter->stepped, is_weight(network.graph, parameter->offset));
    }
    for (size_t i = 0; i < block.count; i++) {
        double step = is_weight(network.graph, i) ? 0.1 * gradient[i] : 0;
        ck_assert_double_eq(x[i], before[i] - step);
    }
    network_close(&network);
}
END_TEST

/* The prediction of a network for inference, of the same weights, on a data set that has inputs
 * alone. */
static void ck_assert_same_prediction(struct network *network, const char *data)
{
    struct config *config;
    struct node *resolved;
    struct dataset *dataset;
    struct graph *graph;
    ck_assert_int_eq(config_read_text(&config, "test.yaml", NULL, data, strlen(data), NULL, 0), 0);
    resolved = node_new(config, NODE_MAP, NULL, NULL, NULL);
    ck_assert_int_eq(
        dataset_open(&dataset, config, node_get(config_root(config), "data"), resolved, 0, false),
        TRAINER_OK);
    const struct graph_options options = {.engine = graph_engine(network->graph),
                                          .rows = network->rows,
                                          .threads = 1,
                                          .values_only = true,
                                          .inference = true};
    int rc = graph_build(&graph, config, node_get(session_resolved(network->session), "model"),
                         NULL, dataset, &options);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    for (size_t i = 0; i < graph_parameter_count(graph); i++) {
        const struct parameter *to = graph_parameter(graph, i);
        memcpy(to->x, graph_parameter(network->graph, i)->x, to->count * sizeof(double));
    }
    const struct graph_pass pass = {.rows = network->rows, .worker = WORKER_ALONE};
    batch_take(graph_batch(graph), SPLIT_TRAIN, NULL, 0, network->rows, &pass.worker);
    graph_forward(graph, &pass);
    struct prediction said = graph_prediction(graph), expected = graph_prediction(network->graph);
    ck_assert_int_eq(said.task, expected.task);
    ck_assert_uint_eq(said.width, expected.width);
    ck_assert_ptr_null(said.label);
    ck_assert_ptr_null(said.target);
    ck_assert_mem_eq(said.x, expected.x, network->rows * said.width * sizeof(double));
    ck_assert(!graph_has_loss(graph));
    graph_free(graph);
    dataset_close(dataset);
    config_free(config);
}

START_TEST(a_network_for_inference_ends_at_its_prediction)
{
    static const char alone[] = "data: {type: inline, inputs: {x: [[1, 2], [3, -4]]}}\n";
    static const char *const losses[] = {
        "units: 3}\n    - {name: loss, type: SoftmaxWithLoss}\n",
        "units: 1}\n    - {name: loss, type: SigmoidWithLoss}\n",
        "units: 3}\n    - {name: loss, type: SoftmaxWithLoss, input: [a, labels]}\n",
    };
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++) {
        char yaml[1024];
        snprintf(
            yaml, sizeof yaml,
            "%smodel:\n  layers:\n    - {name: a, type: Affine, init: {type: normal, std: 1}, %s",
            DATA, losses[i]);
        struct network network = network_run(yaml);
        ck_assert(graph_has_loss(network.graph));
        ck_assert_same_prediction(&network, alone);
        network_close(&network);
    }
}
END_TEST

/* The same network as training has it: edges write into the gradients of what they read. */
static struct graph *build_for_training(const struct network *network)
{
    const struct graph_options options = {
        .engine = graph_engine(network->graph), .rows = network->rows, .threads = 1};
    struct graph *graph;
    int rc =
        graph_build(&graph, network->config, node_get(session_resolved(network->session), "model"),
                    NULL, session_dataset(network->session), &options);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    for (size_t i = 0; i < graph_parameter_count(graph); i++) {
        const struct parameter *to = graph_parameter(graph, i);
        memcpy(to->x, graph_parameter(network->graph, i)->x, to->count * sizeof(double));
    }
    return graph;
}

static const void *gradient_of(const struct graph *graph, const char *name)
{
    size_t i = 0;
    while (strcmp(graph_layer_facts(graph, i).name, name) != 0)
        i++;
    return graph_layer_facts(graph, i).g;
}

/* r reads b alone, behind a view; t is one of two that read a. */
START_TEST(gradients_of_sole_readers_are_made_in_place)
{
    struct network network =
        network_run(DATA "model:\n  layers:\n"
                         "    - {name: a, type: Affine, units: 3, init: {type: normal, std: 1}}\n"
                         "    - {name: t, type: Tanh}\n"
                         "    - {name: b, type: Affine, units: 3, init: {type: normal, std: 1}}\n"
                         "    - {name: v, type: Flatten}\n"
                         "    - {name: r, type: Tanh}\n"
                         "    - {name: m, type: Mul, input: [r, a]}\n"
                         "    - {name: loss, type: SoftmaxWithLoss}\n");
    struct graph *graph = build_for_training(&network);
    const struct graph_pass pass = {.rows = network.rows, .training = true, .worker = WORKER_ALONE};
    ck_assert_ptr_eq(gradient_of(graph, "r"), gradient_of(graph, "b"));
    ck_assert_ptr_ne(gradient_of(graph, "t"), gradient_of(graph, "a"));
    ck_assert_ptr_ne(gradient_of(network.graph, "r"), gradient_of(network.graph, "b"));
    batch_take(graph_batch(graph), SPLIT_TRAIN, NULL, 0, network.rows, &pass.worker);
    graph_forward(graph, &pass);
    graph_backward(graph, &pass);
    struct graph_block here = graph_trained(graph), there = graph_trained(network.graph);
    for (size_t i = 0; i < here.count; i++)
        ck_assert_double_eq_tol(((const double *)here.g)[i], ((const double *)there.g)[i], 1e-15);
    graph_free(graph);
    network_close(&network);
}
END_TEST

int main(void)
{
    const int count = sizeof refused / sizeof *refused;
    int wrong = suite_main("graph refusals", SUITE_IN_PROCESS, count,
                           (const TTest *[]){a_wrong_model_is_refused_with_its_place, NULL});
    return wrong | suite_main("graph", SUITE_IN_PROCESS, 1,
                              (const TTest *[]){
                                  apples_and_oranges_cost_715,
                                  a_value_that_feeds_several_layers_gets_the_sum_of_their_gradients,
                                  two_losses_are_summed, default_names_are_kind_and_number,
                                  passes_give_the_same_bits_on_any_team,
                                  ranges_of_all_workers_have_every_element_once,
                                  a_step_taken_in_backward_is_the_gradient_times_the_rate,
                                  a_network_for_inference_ends_at_its_prediction,
                                  gradients_of_sole_readers_are_made_in_place, NULL});
}
