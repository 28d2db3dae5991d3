/*
 * test_layer_softmax.c - shares of 1 over the last dimension, large numbers, one number refused.
 */
#include "support/network.h"
#include "support/suite.h"
#include <math.h>

START_TEST(values_and_gradients_follow_the_formula)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[1, 2, 3]], k: [[3, 5, 7]]}}\n"
                    "model: {layers: [{name: y, type: Softmax, input: x}, "
                    "{name: out, type: Mul, input: [y, k]}]}\n");
    const double y[] = {0.09003057317038046, 0.24472847105479767, 0.6652409557748219};
    const double dx[] = {-0.28363418721962436, -0.2815407149392604, 0.5651749021588842};
    for (int mode = 0; mode < 2; mode++) {
        network_pass_mode(&network, 1, mode == 0);
        for (size_t i = 0; i < 3; i++) {
            ck_assert_double_eq_tol(network_value(&network, "y", i), y[i], 1e-15);
            ck_assert_double_eq_tol(network_edge(&network, "y", 0, i), dx[i], 1e-14);
        }
    }
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

/* (2, 2, 3): four rows of three. */
START_TEST(shares_are_over_the_last_dimension)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[[[1, 2, 3], [0, 0, 0]], [[5, -5, 0], [2, 2, 2]]]], "
        "k: [[[[1, 2, 3], [5, 6, 7]], [[8, -9, 10], [1, 0, 2]]]]}}\n"
        "model: {layers: [{name: y, type: Softmax, input: x}, "
        "{name: out, type: Mul, input: [y, k]}]}\n");
    for (size_t row = 0; row < 4; row++) {
        double sum = 0;
        for (size_t j = 0; j < 3; j++)
            sum += network_value(&network, "y", 3 * row + j);
        ck_assert_double_eq_tol(sum, 1, 1e-15);
    }
    ck_assert_double_eq_tol(network_value(&network, "y", 3), 1.0 / 3, 1e-15);
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(far_ends_neither_overflow_nor_give_nan)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[1e4, -1e4, 0], [-1e4, -1e4, -1e4]]}}\n"
                    "model: {layers: [{name: y, type: Softmax}]}\n");
    ck_assert_double_eq(network_value(&network, "y", 0), 1);
    ck_assert_double_eq(network_value(&network, "y", 1), 0);
    ck_assert_double_eq_tol(network_value(&network, "y", 3), 1.0 / 3, 1e-15);
    for (size_t i = 0; i < 6; i++)
        ck_assert(isfinite(network_edge(&network, "y", 0, i)));
    network_close(&network);
}
END_TEST

START_TEST(one_number_is_refused)
{
    ck_assert_str_eq(network_refusal("data: {type: inline, inputs: {x: [[1], [2]]}}\n"
                                     "model: {layers: [{name: y, type: Softmax}]}\n"),
                     "test.yaml:2:18: Softmax 'y': input 'x' has one number to share 1 among; its "
                     "last dimension must be 2 or more");
}
END_TEST

int main(void)
{
    return suite_main("layer softmax", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){values_and_gradients_follow_the_formula,
                                        shares_are_over_the_last_dimension,
                                        far_ends_neither_overflow_nor_give_nan,
                                        one_number_is_refused, NULL});
}
