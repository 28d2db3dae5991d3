/*
 * pool.c - see pool.h: networks of one pool, over a picture of 4x4.
 */
#include "pool.h"
#include "network.h"
#include "suite.h"
#include <stdio.h>

#define PICTURE  "[[1, 5, 2, 0], [3, 4, 2, 2], [-1, -2, 7, 6], [-3, 0, 6, 7]]"
#define DISTINCT "[[1, 5, 2, 0.5], [3, 4, 2.5, 1.5], [-1, -2, 7, 6], [-3, 0, 6.5, 7.5]]"

enum { YAML_SIZE = 1024 };

/* The network of a pool `y` with more options, and more layers behind it, over inputs. */
static const char *yaml_of(char *yaml, const char *inputs, const char *type, const char *more)
{
    snprintf(yaml, YAML_SIZE,
             "data: {type: inline, inputs: {%s}}\nmodel: {layers: [{name: y, type: %s%s]}\n",
             inputs, type, more);
    return yaml;
}

void pool_check_windows(const char *type, const double *y, const double *dx)
{
    char yaml[YAML_SIZE];
    struct network network =
        network_run(yaml_of(yaml, "x: [" PICTURE "], k: [[[[1, 2], [3, 4]]]]", type,
                            ", input: x}, {name: o, type: Mul, input: [y, k]}"));
    network_check_values(&network, "y", y, 4);
    network_check_edges(&network, "y", 0, dx, 16);
    network_check_teams(&network);
    network_close(&network);
}

void pool_check_padding(const char *type, const double *y)
{
    char yaml[YAML_SIZE];
    struct network network = network_run(yaml_of(yaml, "x: [" DISTINCT "]", type,
                                                 ", kernel: 3, stride: [1, 2], padding: 1}, "
                                                 "{name: o, type: Mul, input: [y, y]}"));
    for (size_t i = 0; i < 8; i++)
        ck_assert_double_eq_tol(network_value(&network, "y", i), y[i], 1e-14);
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}

void pool_check_sizes(const char *type, double first)
{
    char yaml[YAML_SIZE];
    struct network network = network_run(
        yaml_of(yaml, "x: [[[1, 2, 3, 4, 50], [5, 6, 7, 8, 50], [9, 9, 9, 9, 9]]]", type, "}"));
    struct shape out = graph_layer_facts(network.graph, 0).out;
    ck_assert_int_eq(out.rank, 3);
    ck_assert(out.dim[0] == 1 && out.dim[1] == 1 && out.dim[2] == 2);
    ck_assert_double_eq(network_value(&network, "y", 0), first);
    ck_assert_double_eq(network_edge(&network, "y", 0, 4), 0);
    ck_assert_double_eq(network_edge(&network, "y", 0, 14), 0);
    network_check_gradients(&network);
    network_close(&network);
}

void pool_check_refusals(const char *type)
{
    static const struct {
        const char *inputs, *more, *message;
    } refusal[] = {
        {"x: [" PICTURE "]", ", kernel: 5}",
         "a kernel of 5x5 pixels is larger than its padded input of 4x4"},
        {"x: [" PICTURE "]", ", kernel: 3, padding: 2}",
         "padding of 2x2 is more than half a kernel of 3x3"},
        {"x: [[1, 2]]", "}",
         "input 'x' has shape (2), not (channels, height, width); add Reshape before"},
    };
    for (size_t i = 0; i < sizeof refusal / sizeof *refusal; i++) {
        char yaml[YAML_SIZE], message[YAML_SIZE];
        snprintf(message, sizeof message, "test.yaml:2:18: %s 'y': %s", type, refusal[i].message);
        ck_assert_str_eq(network_refusal(yaml_of(yaml, refusal[i].inputs, type, refusal[i].more)),
                         message);
    }
}
