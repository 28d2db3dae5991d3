/*
 * test_layer_tanh.c - values of tanh, dy (1 - y^2), accuracy.
 */
#include "support/activation.h"
#include "support/network.h"
#include "support/suite.h"
#include <math.h>

static const struct activation_point points[] = {
    {0.0, 0.0, 1.0},
    {1.0, 0.7615941559557649, 0.41997434161402614},
    {-2.0, -0.9640275800758169, 0.07065082485316443},
    {0.5, 0.46211715726000974, 0.7864477329659274},
    {-0.25, -0.24491866240370913, 0.940014848806378},
    {3.0, 0.9950547536867305, 0.009866037165440211},
    {-7.0, -0.9999983369439447, 3.3261093448366807e-06},
    {(double)NAN, 0, 0},
};

START_TEST(values_and_gradients_follow_the_formula)
{
    activation_check("type: Tanh", points);
}
END_TEST

START_TEST(every_engine_is_accurate_and_finite_at_far_ends)
{
    activation_check_accuracy("type: Tanh", tanhl, -12, 12, 0);
}
END_TEST

int main(void)
{
    return suite_main("layer tanh", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){values_and_gradients_follow_the_formula,
                                        every_engine_is_accurate_and_finite_at_far_ends, NULL});
}
