/*
 * test_layer_max_pool.c - the largest of each window, the first of equals, NaN, sizes.
 */
#include "support/network.h"
#include "support/suite.h"
#include <math.h>

#define PICTURE  "[[1, 5, 2, 0], [3, 4, 2, 2], [-1, -2, 7, 6], [-3, 0, 6, 7]]"
#define DISTINCT "[[1, 5, 2, 0.5], [3, 4, 2.5, 1.5], [-1, -2, 7, 6], [-3, 0, 6.5, 7.5]]"

START_TEST(windows_of_two_by_two)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [" PICTURE "], k: [[[[1, 2], [3, 4]]]]}}\n"
                    "model: {layers: [{name: y, type: MaxPool, input: x}, "
                    "{name: o, type: Mul, input: [y, k]}]}\n");
    const double y[] = {5, 2, 0, 7};
    const double dx[] = {0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 3, 0, 0};
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq(network_value(&network, "y", i), y[i]);
    for (size_t i = 0; i < 16; i++)
        ck_assert_double_eq(network_edge(&network, "y", 0, i), dx[i]);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(windows_that_overlap_and_reach_into_the_padding)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [" DISTINCT "]}}\n"
        "model: {layers: [{name: y, type: MaxPool, kernel: 3, stride: [1, 2], padding: 1}, "
        "{name: o, type: Mul, input: [y, y]}]}\n");
    const double y[] = {5.0, 5.0, 5.0, 7.0, 4.0, 7.5, 0.0, 7.5};
    for (size_t i = 0; i < 8; i++)
        ck_assert_double_eq_tol(network_value(&network, "y", i), y[i], 1e-14);
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

/* 3x5 pixels, windows of 2x2: the last row and column belong to none. */
START_TEST(sizes_are_rounded_down)
{
    struct network network = network_run("data: {type: inline, inputs: {x: [[[1, 2, 3, 4, 50], [5, "
                                         "6, 7, 8, 50], [9, 9, 9, 9, 9]]]}}\n"
                                         "model: {layers: [{name: y, type: MaxPool}]}\n");
    struct shape out = graph_layer_facts(network.graph, 0).out;
    ck_assert_int_eq(out.rank, 3);
    ck_assert(out.dim[0] == 1 && out.dim[1] == 1 && out.dim[2] == 2);
    ck_assert_double_eq(network_value(&network, "y", 0), 6);
    ck_assert_double_eq(network_edge(&network, "y", 0, 4), 0);
    ck_assert_double_eq(network_edge(&network, "y", 0, 14), 0);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

/* 2 2 / 2 2: the first gets it all; the same of windows that overlap. */
START_TEST(the_first_of_equals_wins)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[[2, 2], [2, 2]]]}}\n"
                    "model: {layers: [{name: y, type: MaxPool, input: x}, "
                    "{name: z, type: MaxPool, input: x, kernel: 2, stride: 1}, "
                    "{name: o, type: Add, input: [y, z]}]}\n");
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq(network_edge(&network, "y", 0, i), i == 0);
        ck_assert_double_eq(network_edge(&network, "z", 0, i), i == 0);
    }
    network_close(&network);
}
END_TEST

START_TEST(nan_wins)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[[1, 2, 3, 4], [5, 6, 7, 8]]]}}\n"
        "model: {layers: [{name: a, type: Affine, units: 8}, {name: p, type: Reshape, "
        "shape: [2, 4]}, {name: y, type: MaxPool}, {name: z, type: MaxPool, input: p, kernel: "
        "[2, 3], stride: 1}, {name: l, type: Flatten, input: z}, {name: f, type: Flatten, "
        "input: y}, {name: o, type: Add, input: [l, f]}]}\n");
    for (size_t i = 0; i < 8; i++) {
        network_set(&network, "a", "bias", i, (double)NAN);
        network_pass(&network, 1);
        ck_assert(isnan(network_value(&network, "y", i % 4 / 2)));
        ck_assert(isnan(network_value(&network, "z", i % 4 == 3)));
        network_set(&network, "a", "bias", i, 0);
    }
    network_close(&network);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    ck_assert_str_eq(network_refusal("data: {type: inline, inputs: {x: [" PICTURE "]}}\n"
                                     "model: {layers: [{name: y, type: MaxPool, kernel: 5}]}\n"),
                     "test.yaml:2:18: MaxPool 'y': a kernel of 5x5 pixels is larger than its "
                     "padded input of 4x4");
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [" PICTURE "]}}\n"
                        "model: {layers: [{name: y, type: MaxPool, kernel: 3, padding: 2}]}\n"),
        "test.yaml:2:18: MaxPool 'y': padding of 2x2 is more than half a kernel of 3x3");
    ck_assert_str_eq(network_refusal("data: {type: inline, inputs: {x: [[1, 2]]}}\n"
                                     "model: {layers: [{name: y, type: MaxPool}]}\n"),
                     "test.yaml:2:18: MaxPool 'y': input 'x' has shape (2), not (channels, "
                     "height, width); add Reshape before");
}
END_TEST

int main(void)
{
    return suite_main("layer max pool", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){windows_of_two_by_two,
                                        windows_that_overlap_and_reach_into_the_padding,
                                        sizes_are_rounded_down, the_first_of_equals_wins, nan_wins,
                                        what_does_not_fit_is_refused, NULL});
}
