/*
 * test_layer_average_pool.c - the mean of each window, padding counted, sizes.
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
                    "model: {layers: [{name: y, type: AveragePool, input: x}, "
                    "{name: o, type: Mul, input: [y, k]}]}\n");
    const double y[] = {3.25, 1.5, -1.5, 6.5};
    const double dx[] = {0.25, 0.25, 0.5, 0.5, 0.25, 0.25, 0.5, 0.5,
                         0.75, 0.75, 1,   1,   0.75, 0.75, 1,   1};
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
        "model: {layers: [{name: y, type: AveragePool, kernel: 3, stride: [1, 2], padding: 1}, "
        "{name: o, type: Mul, input: [y, y]}]}\n");
    const double y[] = {1.4444444444444444,  1.7222222222222223, 1.1111111111111112,
                        2.9444444444444446,  0.1111111111111111, 3.6666666666666665,
                        -0.6666666666666666, 2.7777777777777777};
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
                                         "model: {layers: [{name: y, type: AveragePool}]}\n");
    struct shape out = graph_layer_facts(network.graph, 0).out;
    ck_assert_int_eq(out.rank, 3);
    ck_assert(out.dim[0] == 1 && out.dim[1] == 1 && out.dim[2] == 2);
    ck_assert_double_eq(network_value(&network, "y", 0), 3.5);
    ck_assert_double_eq(network_edge(&network, "y", 0, 4), 0);
    ck_assert_double_eq(network_edge(&network, "y", 0, 14), 0);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [" PICTURE "]}}\n"
                        "model: {layers: [{name: y, type: AveragePool, kernel: 5}]}\n"),
        "test.yaml:2:18: AveragePool 'y': a kernel of 5x5 pixels is larger than its "
        "padded input of 4x4");
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [" PICTURE "]}}\n"
                        "model: {layers: [{name: y, type: AveragePool, kernel: 3, padding: 2}]}\n"),
        "test.yaml:2:18: AveragePool 'y': padding of 2x2 is more than half a kernel of 3x3");
    ck_assert_str_eq(network_refusal("data: {type: inline, inputs: {x: [[1, 2]]}}\n"
                                     "model: {layers: [{name: y, type: AveragePool}]}\n"),
                     "test.yaml:2:18: AveragePool 'y': input 'x' has shape (2), not (channels, "
                     "height, width); add Reshape before");
}
END_TEST

int main(void)
{
    return suite_main(
        "layer average pool", SUITE_IN_PROCESS, 1,
        (const TTest *[]){windows_of_two_by_two, windows_that_overlap_and_reach_into_the_padding,
                          sizes_are_rounded_down, what_does_not_fit_is_refused, NULL});
}
