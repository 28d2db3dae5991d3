/*
 * test_layer_leaky_relu.c - what is negative is multiplied by the slope, and so is its gradient.
 */
#include "support/activation.h"
#include "support/network.h"
#include "support/suite.h"
#include <math.h>

static const struct activation_point points[] = {
    {0.0, 0.0, 0.01},       {1.0, 1.0, 1.0}, {-2.0, -0.02, 0.01}, {0.5, 0.5, 1.0},
    {-0.25, -0.0025, 0.01}, {3.0, 3.0, 1.0}, {-7.0, -0.07, 0.01}, {(double)NAN, 0, 0},
};

static const struct activation_point steep[] = {
    {0.0, 0.0, 0.2},
    {1.0, 1.0, 1.0},
    {-2.0, -0.4, 0.2},
    {0.5, 0.5, 1.0},
    {-0.25, -0.05, 0.2},
    {3.0, 3.0, 1.0},
    {-7.0, -1.4000000000000001, 0.2},
    {(double)NAN, 0, 0},
};

static const struct activation_point flat[] = {
    {0.0, 0.0, 0.0},   {1.0, 1.0, 1.0}, {-2.0, 0.0, 0.0}, {0.5, 0.5, 1.0},
    {-0.25, 0.0, 0.0}, {3.0, 3.0, 1.0}, {-7.0, 0.0, 0.0}, {(double)NAN, 0, 0},
};

START_TEST(values_and_gradients_follow_the_formula)
{
    activation_check("type: LeakyReLU", points);
    activation_check("type: LeakyReLU, slope: 0.2", steep);
    activation_check("type: LeakyReLU, slope: 0", flat);
}
END_TEST

static long double exact_leaky(long double x)
{
    return x > 0 ? x : 0.5L * x;
}

START_TEST(every_engine_is_accurate_and_finite_at_far_ends)
{
    activation_check_accuracy("type: LeakyReLU, slope: 0.5", exact_leaky, -100, 100, 0);
}
END_TEST

START_TEST(a_slope_out_of_range_is_refused)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [[1], [2]]}}\n"
                        "model: {layers: [{name: y, type: LeakyReLU, slope: -1}]}\n"),
        "test.yaml:2:52: 'slope' in LeakyReLU 'y' must be a number from 0 to 1, not -1");
}
END_TEST

int main(void)
{
    return suite_main("layer leaky relu", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){values_and_gradients_follow_the_formula,
                                        every_engine_is_accurate_and_finite_at_far_ends,
                                        a_slope_out_of_range_is_refused, NULL});
}
