/*
 * test_layer_average_pool.c - the mean of each window, padding counted, sizes.
 */
#include "support/pool.h"
#include "support/suite.h"

START_TEST(windows_of_two_by_two)
{
    const double y[] = {3.25, 1.5, -1.5, 6.5};
    const double dx[] = {0.25, 0.25, 0.5, 0.5, 0.25, 0.25, 0.5, 0.5,
                         0.75, 0.75, 1,   1,   0.75, 0.75, 1,   1};
    pool_check_windows("AveragePool", y, dx);
}
END_TEST

START_TEST(windows_that_overlap_and_reach_into_the_padding)
{
    const double y[] = {1.4444444444444444,  1.7222222222222223, 1.1111111111111112,
                        2.9444444444444446,  0.1111111111111111, 3.6666666666666665,
                        -0.6666666666666666, 2.7777777777777777};
    pool_check_padding("AveragePool", y);
}
END_TEST

START_TEST(sizes_are_rounded_down)
{
    pool_check_sizes("AveragePool", 3.5);
}
END_TEST

START_TEST(what_does_not_fit_is_refused)
{
    pool_check_refusals("AveragePool");
}
END_TEST

int main(void)
{
    return suite_main(
        "layer average pool", SUITE_IN_PROCESS, 1,
        (const TTest *[]){windows_of_two_by_two, windows_that_overlap_and_reach_into_the_padding,
                          sizes_are_rounded_down, what_does_not_fit_is_refused, NULL});
}
