/*
 * test_layer_mul.c - products, the book's apples, scalars, zeros, shapes that do not fit.
 */
#include "support/network.h"
#include "support/suite.h"

START_TEST(two_apples_at_100_with_tax_cost_220)
{
    struct network network =
        network_run("data: {type: inline, inputs: {apple: 100, number: 2, tax: 1.1}}\n"
                    "model: {layers: [{name: apples, type: Mul, input: [apple, number]}, "
                    "{name: price, type: Mul, input: [apples, tax]}]}\n");
    ck_assert_double_eq_tol(network_value(&network, "apples", 0), 200, 1e-12);
    ck_assert_double_eq_tol(network_value(&network, "price", 0), 220, 1e-12);
    ck_assert_double_eq_tol(network_edge(&network, "apples", 0, 0), 2.2, 1e-12);
    ck_assert_double_eq_tol(network_edge(&network, "apples", 1, 0), 110, 1e-12);
    ck_assert_double_eq_tol(network_edge(&network, "price", 0, 0), 1.1, 1e-12);
    ck_assert_double_eq_tol(network_edge(&network, "price", 1, 0), 200, 1e-12);
    network_close(&network);
}
END_TEST

START_TEST(a_zero_factor_leaves_the_other_gradients_right)
{
    struct network network =
        network_run("data: {type: inline, inputs: {a: [[0, 2]], b: [[5, 0]], c: [[7, 11]]}}\n"
                    "model: {layers: [{name: p, type: Mul, input: [a, b, c]}]}\n");
    ck_assert_double_eq(network_value(&network, "p", 0), 0);
    ck_assert_double_eq(network_edge(&network, "p", 0, 0), 35);
    ck_assert_double_eq(network_edge(&network, "p", 1, 0), 0);
    ck_assert_double_eq(network_edge(&network, "p", 1, 1), 22);
    network_close(&network);
}
END_TEST

START_TEST(a_scalar_multiplies_every_element)
{
    struct network network =
        network_run("data: {type: inline, inputs: {a: [[1, 2, 3], [4, 5, 6]], b: [10, 100]}}\n"
                    "model: {layers: [{name: p, type: Mul, input: [b, a, b]}]}\n");
    ck_assert_double_eq(network_value(&network, "p", 1), 200);
    ck_assert_double_eq(network_value(&network, "p", 3), 40000);
    ck_assert_double_eq(network_edge(&network, "p", 0, 0), 60);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(a_square_gets_both_gradients)
{
    struct network network = network_run("data: {type: inline, inputs: {a: [[3, -2]]}}\n"
                                         "model: {layers: [{name: p, type: Mul, input: [a, a]}, "
                                         "{name: q, type: Mul, input: [p, p]}]}\n");
    ck_assert_double_eq(network_value(&network, "q", 1), 16);
    network_check_gradients(&network);
    network_close(&network);
}
END_TEST

START_TEST(shapes_that_differ_are_refused_with_both)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {a: [[1, 2]], b: [[[1, 2]]]}}\n"
                        "model:\n  layers:\n    - {name: p, type: Mul, input: [a, b]}\n"),
        "test.yaml:4:7: Mul 'p': input 'a' has shape (2) and input 'b' has shape (1, 2); they must "
        "be equal, or one a scalar");
}
END_TEST

int main(void)
{
    return suite_main("layer mul", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){two_apples_at_100_with_tax_cost_220,
                                        a_zero_factor_leaves_the_other_gradients_right,
                                        a_scalar_multiplies_every_element,
                                        a_square_gets_both_gradients,
                                        shapes_that_differ_are_refused_with_both, NULL});
}
