/*
 * test_layer_max_pool.c - the largest of each window, the first of equals, NaN, sizes.
 */
#include "support/network.h"
#include "support/pool.h"
#include "support/suite.h"
#include <math.h>

START_TEST(windows_of_two_by_two)
{
    const double y[] = {5, 2, 0, 7};
    const double dx[] = {0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 3, 0, 0};
    pool_check_windows("MaxPool", y, dx);
}
END_TEST

START_TEST(windows_that_overlap_and_reach_into_the_padding)
{
    const double y[] = {5.0, 5.0, 5.0, 7.0, 4.0, 7.5, 0.0, 7.5};
    pool_check_padding("MaxPool", y);
}
END_TEST

START_TEST(sizes_are_rounded_down)
{
    pool_check_sizes("MaxPool", 6);
}
END_TEST

/* 2 2 / 2 2: the first gets it all; the same of windows that overlap. */
START_TEST(the_first_of_equals_wins)
{
    struct network network =
        network_run("data: {type: inline, inputs: {x: [[[2, 2], [2, 2]]]}}\n"
                    "model: {layers: [{name: y, type: MaxPool, input: x}, "
                    "{name: z, type: MaxPool, input: x, kernel: 2, stride: 1}, "
                    "{name: o, type: Add, input: [y, z]}]}\n");
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq(network_edge(&network, "y", 0, i), i == 0);
        ck_assert_double_eq(network_edge(&network, "z", 0, i), i == 0);
    }
    network_close(&network);
}
END_TEST

START_TEST(nan_wins)
{
    struct network network = network_run(
        "data: {type: inline, inputs: {x: [[[1, 2, 3, 4], [5, 6, 7, 8]]]}}\n"
        "model: {layers: [{name: a, type: Affine, units: 8}, {name: p, type: Reshape, "
        "shape: [2, 4]}, {name: y, type: MaxPool}, {name: z, type: MaxPool, input: p, kernel: "
        "[2, 3], stride: 1}, {name: l, type: Flatten, input: z}, {name: f, type: Flatten, "
        "input: y}, {name: o, type: Add, input: [l, f]}]}\n");
    for (size_t i = 0; i < 8; i++) {
        network_set(&network, "a", "bias", i, (double)NAN);
        network_pass(&network, 1);
        ck_assert(isnan(network_value(&network, "y", i % 4 / 2)));
        ck_assert(isnan(network_value(&network, "z", i % 4 == 3)));
        network_set(&network, "a", "bias", i, 0);
    }
    network_close(&network);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    pool_check_refusals("MaxPool");
}
END_TEST

int main(void)
{
    return suite_main("layer max pool", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){windows_of_two_by_two,
                                        windows_that_overlap_and_reach_into_the_padding,
                                        sizes_are_rounded_down, the_first_of_equals_wins, nan_wins,
                                        what_does_not_fit_is_refused, NULL});
}
