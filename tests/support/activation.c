/*
 * activation.c - see activation.h: networks of one layer, on points of the test's choice.
 */
#include "activation.h"
#include "data/batch.h"
#include "kernels.h"
#include "network.h"
#include "suite.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Appends the numbers of a list, "1, -2, 3". */
static void print_numbers(char *text, size_t size, size_t count, const double *x)
{
    for (size_t i = 0, used = 0; i < count; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%.17g", i ? ", " : "", x[i]);
}

/* A network that multiplies the layer's values by factors: the gradients that reach it. */
static struct network open_points(const char *layer, size_t count, const double *x,
                                  const double *factor)
{
    char inputs[1024], factors[1024], yaml[4096];
    print_numbers(inputs, sizeof inputs, count, x);
    print_numbers(factors, sizeof factors, count, factor);
    snprintf(yaml, sizeof yaml,
             "data: {type: inline, inputs: {x: [[%s]], k: [[%s]]}}\n"
             "model: {layers: [{name: y, %s, input: x}, {name: o, type: Mul, input: [y, k]}]}\n",
             inputs, factors, layer);
    return network_run(yaml);
}

static void check_labels(const char *layer)
{
    char yaml[1024];
    snprintf(yaml, sizeof yaml,
             "data: {type: inline, inputs: {x: [[1], [2]]}, labels: [0, 1]}\n"
             "model: {layers: [{name: y, %s, input: labels}]}\n",
             layer);
    ck_assert_ptr_nonnull(strstr(network_refusal(yaml), "'y': input 'labels' holds class labels"));
}

void activation_check(const char *layer, const struct activation_point *points)
{
    double x[32], factor[32];
    size_t count = 0;
    for (; !isnan(points[count].x); count++) {
        x[count] = points[count].x;
        factor[count] = (double)count * 2 - 3;
    }
    struct network network = open_points(layer, count, x, factor);
    for (int mode = 0; mode < 2; mode++) {
        network_pass_mode(&network, 1, mode == 0);
        for (size_t i = 0; i < count; i++) {
            double y = network_value(&network, "y", i), dx = network_edge(&network, "y", 0, i);
            ck_assert_msg(fabs(y - points[i].y) <= 1e-12, "%s at %g: %.17g, not %.17g", layer, x[i],
                          y, points[i].y);
            ck_assert_msg(fabs(dx - factor[i] * points[i].slope) <= 1e-11,
                          "%s at %g: slope %.17g, not %.17g", layer, x[i], dx / factor[i],
                          points[i].slope);
        }
        network_check_teams(&network);
    }
    network_close(&network);
    check_labels(layer);
}

/* The distance in units of the last place of the engine's numbers. */
static double distance(const struct engine *engine, double found, long double wanted)
{
    bool single = engine->precision == PRECISION_SINGLE;
    int digits = single ? FLT_MANT_DIG : DBL_MANT_DIG, lowest = single ? FLT_MIN_EXP : DBL_MIN_EXP;
    int exponent;
    frexpl(wanted, &exponent);
    exponent = exponent < lowest ? lowest : exponent;
    return (double)(fabsl((long double)found - wanted) / ldexpl(1, exponent - digits));
}

enum { POINTS = 20011 };

/* The network of one layer on that engine, for POINTS samples of one number. */
static struct graph *build_on(const struct engine *engine, const struct network *network)
{
    struct graph *graph;
    struct graph_options options = {
        .engine = engine, .rows = POINTS, .threads = 1, .data_gradients = true};
    int rc = graph_build(&graph, network->config, node_get(config_root(network->config), "model"),
                         NULL, session_dataset(network->session), &options);
    ck_assert_int_eq(rc, TRAINER_OK);
    return graph;
}

static void check_points(const struct engine *engine, struct graph *graph, const char *layer,
                         long double (*exact)(long double), double from, double to, double absolute)
{
    struct batch_column *x = &graph_batch(graph)->column[0];
    struct graph_pass pass = {.training = true, .rows = POINTS, .worker = WORKER_ALONE};
    for (size_t i = 0; i < POINTS; i++)
        engine->set(x->x, i, from + (to - from) * (double)i / (POINTS - 1));
    graph_forward(graph, &pass);
    for (size_t i = 0; i < POINTS; i++) {
        double at = engine->get(x->x, i), found = engine->get(graph_layer_facts(graph, 0).x, i);
        long double wanted = exact((long double)at);
        ck_assert_msg(distance(engine, found, wanted) <= 4 ||
                          fabs(found - (double)wanted) <= absolute,
                      "%s at %.9g on %s: %.17g, not %.17g: %g ulp", layer, at, engine->isa, found,
                      (double)wanted, distance(engine, found, wanted));
    }
}

static void check_ends(const struct engine *engine, struct graph *graph, const char *layer)
{
    struct batch_column *x = &graph_batch(graph)->column[0];
    struct graph_pass pass = {.training = true, .rows = 4, .worker = WORKER_ALONE};
    const double ends[] = {-1e4, 1e4, -90, 90};
    for (size_t i = 0; i < 4; i++)
        engine->set(x->x, i, ends[i]);
    graph_forward(graph, &pass);
    graph_backward(graph, &pass);
    for (size_t i = 0; i < 4; i++)
        ck_assert_msg(isfinite(engine->get(graph_layer_facts(graph, 0).x, i)) &&
                          isfinite(engine->get(x->g, i)),
                      "%s is not finite at %g on %s", layer, ends[i], engine->isa);
}

void activation_check_accuracy(const char *layer, long double (*exact)(long double), double from,
                               double to, double absolute)
{
    char yaml[512];
    snprintf(yaml, sizeof yaml,
             "data: {type: inline, inputs: {x: [0.5, 1]}}\nmodel: {layers: [{name: y, %s}]}\n",
             layer);
    struct network network = network_run(yaml);
    for (size_t i = 0; i < engine_count; i++) {
        const struct engine *engine = kernels_engine((int)i);
        if (!engine)
            continue;
        struct graph *graph = build_on(engine, &network);
        check_points(engine, graph, layer, exact, from, to, absolute);
        check_points(engine, graph, layer, exact, -1, 1, absolute);
        check_ends(engine, graph, layer);
        graph_free(graph);
    }
    network_close(&network);
}
