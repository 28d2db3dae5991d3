/*
 * test_layer_affine.c - X W + b by hand, its three gradients, inputs of higher rank, refusals.
 */
#include "support/network.h"
#include "support/suite.h"
#include <string.h>

/* X [[1, 2], [3, 4]], W [[1, 2, 3], [4, 5, 6]], b [10, 20, 30]. */
static struct network by_hand(void)
{
    struct network network = network_run("data: {type: inline, inputs: {x: [[1, 2], [3, 4]]}}\n"
                                         "model: {layers: [{name: a, type: Affine, units: 3}]}\n");
    for (size_t i = 0; i < 6; i++)
        network_set(&network, "a", "weight", i, (double)i + 1);
    for (size_t i = 0; i < 3; i++)
        network_set(&network, "a", "bias", i, 10 * ((double)i + 1));
    network_pass(&network, 1);
    return network;
}

START_TEST(output_is_x_w_plus_b)
{
    struct network network = by_hand();
    const double y[] = {19, 32, 45, 29, 46, 63};
    network_check_values(&network, "a", y, 6);
    network_close(&network);
}
END_TEST

START_TEST(gradients_of_ones_are_sums_over_rows_and_columns)
{
    struct network network = by_hand();
    const double dw[] = {4, 4, 4, 6, 6, 6}, dx[] = {6, 15, 6, 15};
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq(network_gradient(&network, "a", "weight", i), dw[i]);
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq(network_gradient(&network, "a", "bias", i), 2);
    network_check_edges(&network, "a", 0, dx, 4);
    network_close(&network);
}
END_TEST

START_TEST(higher_ranks_are_flattened)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[[1, 2, 3], [4, 5, 6]], [[0, 1, 0], [2, 0, 1]]]}}\n"
        "model: {layers: [{type: Dense, units: 4, init: {type: normal, std: 1}}, {type: Sigmoid}, "
        "{type: linear, units: 3, bias: false, init: {type: uniform, min: -1, max: 1}}]}\n");
    ck_assert_uint_eq(graph_parameter(network.graph, 0)->shape.dim[0], 6);
    ck_assert_uint_eq(graph_parameter_count(network.graph), 3);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(a_value_used_twice_gets_both_gradients)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[1, 2], [0.5, -1]]}}\n"
        "model: {layers: [{name: a, type: Affine, units: 3, init: {type: normal, std: 1}}, "
        "{name: b, type: Affine, units: 3, init: {type: normal, std: 1}}, "
        "{name: c, type: Affine, units: 3, init: {type: normal, std: 1}, input: a}, "
        "{name: s, type: Mul, input: [a, b, c]}]}\n");
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(a_frozen_layer_has_no_gradient_and_passes_one_on)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[1, 2]]}}\n"
        "model: {layers: [{name: a, type: Affine, units: 2, init: {type: normal, std: 1}}, "
        "{name: b, type: Affine, units: 2, frozen: true, init: {type: normal, std: 1}}]}\n");
    ck_assert_uint_eq(graph_trained(network.graph).count, 16);
    ck_assert(graph_parameter(network.graph, 2)->frozen);
    ck_assert_ptr_null(graph_parameter(network.graph, 2)->g);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(the_same_bits_on_any_team)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[1, 2, 3], [0.1, 0.2, 0.3], [4, 5, 6], [7, 8, 9]]}}\n"
        "model: {layers: [{name: a, type: Affine, units: 37, init: {type: normal, std: 1}}, "
        "{name: b, type: Affine, units: 19, init: {type: normal, std: 1}}]}\n");
    struct graph_block block = graph_trained(network.graph);
    double kept[1024];
    ck_assert_uint_le(block.count, 1024);
    memcpy(kept, block.g, block.count * sizeof *kept);
    for (int threads = 2; threads <= 16; threads += 7) {
        network_pass(&network, threads);
        ck_assert_mem_eq(kept, block.g, block.count * sizeof *kept);
    }
    network_close(&network);
}
END_TEST

START_TEST(wrong_options_are_refused)
{
    ck_assert_str_eq(network_refusal("data: {type: inline, inputs: {x: [[1]]}}\n"
                                     "model:\n  layers:\n"
                                     "    - {type: Affine, unit: 3}\n"),
                     "test.yaml:4:22: unknown key 'unit' in Affine 'affine1'; did you mean "
                     "'units'?");
}
END_TEST

int main(void)
{
    return suite_main(
        "layer affine", SUITE_IN_PROCESS, 1,
        (const TTest *[]){output_is_x_w_plus_b, gradients_of_ones_are_sums_over_rows_and_columns,
                          higher_ranks_are_flattened, a_value_used_twice_gets_both_gradients,
                          a_frozen_layer_has_no_gradient_and_passes_one_on,
                          the_same_bits_on_any_team, wrong_options_are_refused, NULL});
}
