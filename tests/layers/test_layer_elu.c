/*
 * test_layer_elu.c - bends towards -alpha below 0.
 */
#include "support/activation.h"
#include "support/network.h"
#include "support/suite.h"
#include <math.h>

static const struct activation_point points[] = {
    {0.0, 0.0, 1.0},
    {1.0, 1.0, 1.0},
    {-2.0, -0.8646647167633873, 0.1353352832366127},
    {0.5, 0.5, 1.0},
    {-0.25, -0.22119921692859512, 0.7788007830714049},
    {3.0, 3.0, 1.0},
    {-7.0, -0.9990881180344455, 0.0009118819655545162},
    {(double)NAN, 0, 0},
};

static const struct activation_point deep[] = {
    {0.0, 0.0, 1.5},
    {1.0, 1.0, 1.0},
    {-2.0, -1.296997075145081, 0.20300292485491905},
    {0.5, 0.5, 1.0},
    {-0.25, -0.3317988253928927, 1.1682011746071073},
    {3.0, 3.0, 1.0},
    {-7.0, -1.4986321770516682, 0.0013678229483317743},
    {(double)NAN, 0, 0},
};

START_TEST(values_and_gradients_follow_the_formula)
{
    activation_check("type: ELU", points);
    activation_check("type: ELU, alpha: 1.5", deep);
}
END_TEST

static long double exact_elu(long double x)
{
    return x > 0 ? x : expm1l(x);
}

START_TEST(every_engine_is_accurate_and_finite_at_far_ends)
{
    activation_check_accuracy("type: ELU", exact_elu, -30, 30, 0);
}
END_TEST

START_TEST(an_alpha_out_of_range_is_refused)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [[1], [2]]}}\n"
                        "model: {layers: [{name: y, type: ELU, alpha: -1}]}\n"),
        "test.yaml:2:46: 'alpha' in ELU 'y' must be a number from 0 to 1000000, not -1");
}
END_TEST

int main(void)
{
    return suite_main("layer elu", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){values_and_gradients_follow_the_formula,
                                        every_engine_is_accurate_and_finite_at_far_ends,
                                        an_alpha_out_of_range_is_refused, NULL});
}
