/*
 * test_layer_sigmoid.c - values worked out by hand, dout y (1 - y), both far ends.
 */
#include "support/network.h"
#include "support/suite.h"
#include <math.h>

START_TEST(values_and_gradient_follow_the_formula)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[0, 1, -2]], k: [[3, 5, 7]]}}\n"
                    "model: {layers: [{name: y, type: Sigmoid, input: x}, "
                    "{name: out, type: Mul, input: [y, k]}]}\n");
    const double y[] = {0.5, 0.7310585786300049, 0.11920292202211755}, dout[] = {3, 5, 7};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq_tol(network_value(&network, "y", i), y[i], 1e-15);
        ck_assert_double_eq_tol(network_edge(&network, "y", 0, i), dout[i] * y[i] * (1 - y[i]),
                                1e-15);
    }
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(far_ends_neither_overflow_nor_give_nan)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[-1e4, 1e4, -745, 745]]}}\n"
                    "model: {layers: [{name: y, type: Sigmoid}]}\n");
    ck_assert_double_eq(network_value(&network, "y", 0), 0);
    ck_assert_double_eq(network_value(&network, "y", 1), 1);
    for (size_t i = 0; i < 4; i++) {
        ck_assert(isfinite(network_value(&network, "y", i)));
        ck_assert(isfinite(network_edge(&network, "y", 0, i)));
    }
    network_close(&network);
}
END_TEST

START_TEST(labels_are_refused_as_an_input)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [[1], [2]]}, labels: [0, 1]}\n"
                        "model: {layers: [{name: y, type: Sigmoid, input: labels}]}\n"),
        "test.yaml:2:18: Sigmoid 'y': input 'labels' holds class labels, not numbers");
}
END_TEST

int main(void)
{
    return suite_main("layer sigmoid", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){values_and_gradient_follow_the_formula,
                                        far_ends_neither_overflow_nor_give_nan,
                                        labels_are_refused_as_an_input, NULL});
}
