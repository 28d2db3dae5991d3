/*
 * test_layer_concat.c - inputs side by side along an axis; shapes that differ off it refused.
 */
#include "support/network.h"
#include "support/suite.h"

#define DATA                                                                                       \
    "data: {type: inline, inputs: {a: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]], "                      \
    "b: [[[10, 20]], [[30, 40]]], c: [[[0.1], [0.2]], [[0.3], [0.4]]], "                           \
    "k: [[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]]}}\n"

START_TEST(axis_0_puts_one_behind_the_other)
{
    struct network network =
        network_run(DATA "model: {layers: [{name: y, type: Concat, input: [a, b]}, "
                         "{name: o, type: Mul, input: [y, k]}]}\n");
    const double y[] = {1, 2, 3, 4, 10, 20, 5, 6, 7, 8, 30, 40};
    const double da[] = {1, 2, 3, 4, 7, 8, 9, 10}, db[] = {5, 6, 11, 12};
    network_check_values(&network, "y", y, 12);
    network_check_edges(&network, "y", 0, da, 8);
    network_check_edges(&network, "y", 1, db, 4);
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(axis_1_puts_rows_side_by_side)
{
    struct network network =
        network_run(DATA "model: {layers: [{name: y, type: Concat, input: [a, c, a], axis: 1}, "
                         "{name: o, type: Mul, input: [y, y]}]}\n");
    const double y[] = {1, 2, 0.1, 1, 2, 3, 4, 0.2, 3, 4, 5, 6, 0.3, 5, 6, 7, 8, 0.4, 7, 8};
    network_check_values(&network, "y", y, 20);
    network_check_gradients(&network);
    network_check_teams(&network);
    network_close(&network);
}
END_TEST

START_TEST(shapes_that_differ_off_the_axis_are_refused)
{
    ck_assert_str_eq(
        network_refusal(DATA "model: {layers: [{name: y, type: Concat, input: [a, c]}]}\n"),
        "test.yaml:2:18: Concat 'y': input 'a' has shape (2, 2) and input 'c' has shape (2, 1); "
        "they may differ along axis 0 alone");
    ck_assert_str_eq(
        network_refusal(DATA
                        "model: {layers: [{name: y, type: Concat, input: [a, b], axis: 2}]}\n"),
        "test.yaml:2:18: Concat 'y': input 'a' has shape (2, 2) and no axis 2");
}
END_TEST

int main(void)
{
    return suite_main("layer concat", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){axis_0_puts_one_behind_the_other,
                                        axis_1_puts_rows_side_by_side,
                                        shapes_that_differ_off_the_axis_are_refused, NULL});
}
