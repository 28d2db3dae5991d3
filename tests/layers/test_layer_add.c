/*
 * test_layer_add.c - sums of equal shapes and scalars, their gradients, shapes that do not fit.
 */
#include "support/network.h"
#include "support/suite.h"

START_TEST(adds_any_number_of_inputs_element_by_element)
{
    struct network network =
        network_run("data: {type: inline, inputs: {a: [[1, 2]], b: [[10, 20]], c: [[100, 200]]}}\n"
                    "model: {layers: [{name: s, type: Add, input: [a, b, c]}]}\n");
    ck_assert_double_eq(network_value(&network, "s", 0), 111);
    ck_assert_double_eq(network_value(&network, "s", 1), 222);
    for (int input = 0; input < 3; input++)
        ck_assert_double_eq(network_edge(&network, "s", input, 1), 1);
    network_close(&network);
}
END_TEST

START_TEST(a_scalar_goes_with_any_shape_and_its_gradient_is_summed)
{
    struct network network =
        network_run("data: {type: inline, inputs: {a: [[1, 2, 3], [4, 5, 6]], b: [10, 20]}}\n"
                    "model: {layers: [{name: s, type: Add, input: [a, b]}]}\n");
    ck_assert_double_eq(network_value(&network, "s", 2), 13);
    ck_assert_double_eq(network_value(&network, "s", 3), 24);
    ck_assert_double_eq(network_edge(&network, "s", 1, 0), 3);
    ck_assert_double_eq(network_edge(&network, "s", 1, 1), 3);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(a_value_used_twice_gets_both_gradients)
{
    struct network network = network_run("data: {type: inline, inputs: {a: [[1, 2], [3, 4]]}}\n"
                                         "model: {layers: [{name: s, type: Add, input: [a, a]}, "
                                         "{name: t, type: Add, input: [s, a, s]}]}\n");
    ck_assert_double_eq(network_value(&network, "t", 3), 20);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(shapes_that_differ_are_refused_with_both)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {a: [[1, 2]], b: [[1, 2, 3]]}}\n"
                        "model:\n  layers:\n    - {name: s, type: Add, input: [a, b]}\n"),
        "test.yaml:4:7: Add 's': input 'a' has shape (2) and input 'b' has shape (3); they must be "
        "equal, or one a scalar");
}
END_TEST

START_TEST(one_input_is_refused)
{
    ck_assert_str_eq(network_refusal("data: {type: inline, inputs: {a: 1}}\n"
                                     "model: {layers: [{name: s, type: Add, input: a}]}\n"),
                     "test.yaml:2:46: Add 's' takes 2 or more inputs, not 1");
}
END_TEST

int main(void)
{
    return suite_main("layer add", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){adds_any_number_of_inputs_element_by_element,
                                        a_scalar_goes_with_any_shape_and_its_gradient_is_summed,
                                        a_value_used_twice_gets_both_gradients,
                                        shapes_that_differ_are_refused_with_both,
                                        one_input_is_refused, NULL});
}
