/*
 * test_layer_relu.c - the book's numbers, the gradient's mask, NaN.
 */
#include "support/network.h"
#include "support/suite.h"
#include <math.h>

START_TEST(keeps_what_is_positive)
{
    struct network network = network_run("data: {type: inline, inputs: {x: [[1, -0.5], [-2, 3]]}}\n"
                                         "model: {layers: [{name: relu1, type: ReLU}]}\n");
    const double y[] = {1, 0, 0, 3}, dx[] = {1, 0, 0, 1};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq(network_value(&network, "relu1", i), y[i]);
        ck_assert_double_eq(network_edge(&network, "relu1", 0, i), dx[i]);
    }
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(the_gradient_at_zero_is_zero)
{
    struct network network = network_run("data: {type: inline, inputs: {x: [[0, 1]]}}\n"
                                         "model: {layers: [{name: relu1, type: ReLU}]}\n");
    ck_assert_double_eq(network_value(&network, "relu1", 0), 0);
    ck_assert_double_eq(network_edge(&network, "relu1", 0, 0), 0);
    network_close(&network);
}
END_TEST

START_TEST(nan_passes_through)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[1, 2]]}}\n"
        "model: {layers: [{name: a, type: Affine, units: 1}, {name: r, type: ReLU}]}\n");
    network_set(&network, "a", "weight", 0, (double)NAN);
    network_pass(&network, 1);
    ck_assert(isnan(network_value(&network, "r", 0)));
    network_close(&network);
}
END_TEST

START_TEST(a_value_used_twice_gets_both_gradients)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[1, -0.5, 2], [-2, 3, 0.25]]}}\n"
                    "model: {layers: [{name: r, type: ReLU}, {name: q, type: ReLU, input: x}, "
                    "{name: s, type: Mul, input: [r, q]}]}\n");
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(two_inputs_are_refused)
{
    ck_assert_str_eq(network_refusal("data: {type: inline, inputs: {a: 1, b: 2}}\n"
                                     "model: {layers: [{name: r, type: ReLU, input: [a, b]}]}\n"),
                     "test.yaml:2:47: ReLU 'r' takes 1 input, not 2");
}
END_TEST

int main(void)
{
    return suite_main("layer relu", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){keeps_what_is_positive, the_gradient_at_zero_is_zero,
                                        nan_passes_through, a_value_used_twice_gets_both_gradients,
                                        two_inputs_are_refused, NULL});
}
