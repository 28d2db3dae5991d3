/*
 * test_layer_silu.c - x times its sigmoid; Swish is the same.
 */
#include "support/activation.h"
#include "support/network.h"
#include "support/suite.h"
#include <math.h>

static const struct activation_point points[] = {
    {0.0, 0.0, 0.5},
    {1.0, 0.7310585786300049, 0.9276705118714867},
    {-2.0, -0.2384058440442351, -0.09078424878489547},
    {0.5, 0.3112296656009273, 0.7399611873026518},
    {-0.25, -0.10945587477855048, 0.37628997842980233},
    {3.0, 2.8577223804673, 1.0881041060151695},
    {-7.0, -0.006377358360804518, -0.005460497066452141},
    {(double)NAN, 0, 0},
};

static const struct activation_point swish[] = {
    {1, 0.7310585786300049, 0.9276705118714867},
    {(double)NAN, 0, 0},
};

START_TEST(values_and_gradients_follow_the_formula)
{
    activation_check("type: SiLU", points);
    activation_check("type: Swish", swish);
}
END_TEST

static long double exact_silu(long double x)
{
    return x / (1 + expl(-x));
}

START_TEST(every_engine_is_accurate_and_finite_at_far_ends)
{
    activation_check_accuracy("type: SiLU", exact_silu, -80, 80, 0);
}
END_TEST

int main(void)
{
    return suite_main("layer silu", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){values_and_gradients_follow_the_formula,
                                        every_engine_is_accurate_and_finite_at_far_ends, NULL});
}
