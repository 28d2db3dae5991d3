/*
 * test_layer_layer_norm.c - values and gradients by hand, epsilon, gamma and beta, a large mean.
 */
#include "support/network.h"
#include "support/suite.h"
#include <string.h>

/* Mean 3, variance 3.5. */
START_TEST(values_and_gradients_follow_the_formula)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[[1, 2], [3, 6]]], k: [[[3, 5], [7, -2]]]}}\n"
        "model: {layers: [{name: y, type: LayerNorm, input: x}, "
        "{name: o, type: Mul, input: [y, k]}]}\n");
    const double y[] = {-1.0690434404458735, -0.5345217202229368, 0.0, 1.6035651606688104};
    const double dx[] = {-1.4317508988243843, 0.28635277600581427, 2.0044564508360128,
                         -0.8590583280174428};
    const double dy[] = {3, 5, 7, -2};
    for (int mode = 0; mode < 2; mode++) {
        network_pass_mode(&network, 1, mode == 0);
        for (size_t i = 0; i < 4; i++) {
            ck_assert_double_eq_tol(network_value(&network, "y", i), y[i], 1e-14);
            ck_assert_double_eq_tol(network_edge(&network, "y", 0, i), dx[i], 1e-14);
            ck_assert_double_eq_tol(network_gradient(&network, "y", "gamma", i), dy[i] * y[i],
                                    1e-14);
            ck_assert_double_eq_tol(network_gradient(&network, "y", "beta", i), dy[i], 1e-14);
        }
    }
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(gamma_and_beta_scale_and_shift)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[1, 2, 3, 6], [0.5, -2, 1, 4]]}}\n"
                    "model: {layers: [{name: y, type: LayerNorm, epsilon: 0.5}, "
                    "{name: o, type: Mul, input: [y, y]}]}\n");
    for (size_t i = 0; i < 4; i++) {
        network_set(&network, "y", "gamma", i, 0.5 + (double)i);
        network_set(&network, "y", "beta", i, (double)i - 1);
    }
    network_pass(&network, 1);
    ck_assert_double_eq_tol(network_value(&network, "y", 0), 0.5 * (1 - 3) * 0.5 - 1, 1e-14);
    ck_assert_double_eq_tol(network_value(&network, "y", 3), 3.5 * (6 - 3) * 0.5 + 2, 1e-14);
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(a_large_mean_costs_no_digits_of_the_variance)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[1000000001, 1000000002, 1000000003, 1000000006]]}}\n"
        "model: {layers: [{name: y, type: LayerNorm, affine: false}]}\n");
    const double y[] = {-1.0690434404458735, -0.5345217202229368, 0.0, 1.6035651606688104};
    ck_assert_uint_eq(graph_parameter_count(network.graph), 0);
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq_tol(network_value(&network, "y", i), y[i], 1e-14);
    network_close(&network);
}
END_TEST

START_TEST(one_element_and_an_epsilon_of_0_are_refused)
{
    ck_assert_str_eq(network_refusal("data: {type: inline, inputs: {x: [[1], [2]]}}\n"
                                     "model: {layers: [{name: y, type: LayerNorm}]}\n"),
                     "test.yaml:2:18: LayerNorm 'y': input 'x' has one element a sample; a mean "
                     "over it is itself");
    ck_assert_ptr_nonnull(
        strstr(network_refusal("data: {type: inline, inputs: {x: [[1, 2]]}}\n"
                               "model: {layers: [{name: y, type: LayerNorm, epsilon: 0}]}\n"),
               "'epsilon' in LayerNorm 'y' must be"));
}
END_TEST

int main(void)
{
    return suite_main("layer layer norm", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){values_and_gradients_follow_the_formula,
                                        gamma_and_beta_scale_and_shift,
                                        a_large_mean_costs_no_digits_of_the_variance,
                                        one_element_and_an_epsilon_of_0_are_refused, NULL});
}
