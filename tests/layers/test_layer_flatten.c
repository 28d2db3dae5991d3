/*
 * test_layer_flatten.c - another shape of the same memory.
 */
#include "support/network.h"
#include "support/suite.h"

START_TEST(numbers_stay_in_their_order)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], "
                    "k: [[1, 2, 3, 4], [5, 6, 7, 8]]}}\n"
                    "model: {layers: [{name: y, type: Flatten, input: x}, "
                    "{name: o, type: Mul, input: [y, k]}]}\n");
    struct layer_facts facts = graph_layer_facts(network.graph, 0);
    ck_assert_int_eq(facts.out.rank, 1);
    ck_assert_uint_eq(facts.out.dim[0], 4);
    ck_assert_ptr_eq(facts.x, graph_edge_facts(network.graph, 0, 0).x);
    for (size_t i = 0; i < 8; i++) {
        ck_assert_double_eq(network_value(&network, "y", i), (double)i + 1);
        ck_assert_double_eq(network_edge(&network, "y", 0, i), (double)i + 1);
    }
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(two_inputs_are_refused)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {a: 1, b: 2}}\n"
                        "model: {layers: [{name: r, type: Flatten, input: [a, b]}]}\n"),
        "test.yaml:2:50: Flatten 'r' takes 1 input, not 2");
}
END_TEST

int main(void)
{
    return suite_main("layer flatten", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){numbers_stay_in_their_order, two_inputs_are_refused, NULL});
}
