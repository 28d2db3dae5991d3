/*
 * test_layer_reshape.c - another shape of the same memory.
 */
#include "support/network.h"
#include "support/suite.h"
#include <stdio.h>

START_TEST(numbers_stay_in_their_order)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[1, 2, 3, 4, 5, 6]], "
                    "k: [[[[1, 2, 3]], [[4, 5, 6]]]]}}\n"
                    "model: {layers: [{name: y, type: Reshape, input: x, shape: [-1, 1, 3]}, "
                    "{name: o, type: Mul, input: [y, k]}]}\n");
    struct layer_facts facts = graph_layer_facts(network.graph, 0);
    ck_assert_int_eq(facts.out.rank, 3);
    ck_assert(facts.out.dim[0] == 2 && facts.out.dim[1] == 1 && facts.out.dim[2] == 3);
    ck_assert_ptr_eq(facts.x, graph_edge_facts(network.graph, 0, 0).x);
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq(network_edge(&network, "y", 0, i), (double)i + 1);
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(shapes_of_another_size_are_refused)
{
    static const char *const shapes[] = {"[2, 2]", "[4, -1]", "[-1, -1]"};
    static const char *const messages[] = {
        "input 'x' has shape (6) of 6 numbers; shape (2, 2) has 4",
        "input 'x' has shape (6) of 6 numbers; shape (4, 1) has 4",
        "only one dimension of 'shape' may be -1"};
    for (size_t i = 0; i < 3; i++) {
        char yaml[256], wanted[256];
        snprintf(yaml, sizeof yaml,
                 "data: {type: inline, inputs: {x: [[1, 2, 3, 4, 5, 6]]}}\n"
                 "model: {layers: [{name: y, type: Reshape, shape: %s}]}\n",
                 shapes[i]);
        snprintf(wanted, sizeof wanted, "test.yaml:2:18: Reshape 'y': %s", messages[i]);
        ck_assert_str_eq(network_refusal(yaml), wanted);
    }
}
END_TEST

int main(void)
{
    return suite_main(
        "layer reshape", SUITE_IN_PROCESS, 1,
        (const TTest *[]){numbers_stay_in_their_order, shapes_of_another_size_are_refused, NULL});
}
