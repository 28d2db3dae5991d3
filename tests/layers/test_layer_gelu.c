/*
 * test_layer_gelu.c - exact unless tanh is asked for.
 */
#include "support/activation.h"
#include "support/network.h"
#include "support/suite.h"
#include <math.h>

static const struct activation_point points[] = {
    {0.0, 0.0, 0.5},
    {1.0, 0.8413447460685429, 1.0833154705876864},
    {-2.0, -0.04550026389635844, -0.0852318010781969},
    {0.5, 0.34573123063700656, 0.8674951246561629},
    {-0.25, -0.10032341857926907, 0.30462664511636395},
    {3.0, 2.99595030590511, 1.011945647204184},
    {-7.0, -8.958687807200846e-12, -6.266323031466633e-11},
    {(double)NAN, 0, 0},
};

static const struct activation_point approximate[] = {
    {0.0, 0.0, 0.5},
    {1.0, 0.8411919906082768, 1.0829640838457826},
    {-2.0, -0.04540230591222494, -0.08609925662361825},
    {0.5, 0.34571400982514394, 0.8673699035346424},
    {-0.25, -0.100324649298315, 0.30464590484893955},
    {3.0, 2.996362607918227, 1.0115841666309695},
    {-7.0, -2.3314683517128287e-15, -2.7842558190908897e-14},
    {(double)NAN, 0, 0},
};

START_TEST(values_and_gradients_follow_the_formula)
{
    activation_check("type: GELU", points);
    activation_check("type: GELU, approximate: tanh", approximate);
}
END_TEST

static long double exact_gelu(long double x)
{
    return x * erfcl(-x / sqrtl(2)) / 2;
}

static long double exact_tanh(long double x)
{
    long double u = sqrtl(2 / 3.14159265358979323846264338327950288L) * (x + 0.044715L * x * x * x);
    return x / (1 + expl(-2 * u));
}

START_TEST(every_engine_is_accurate_and_finite_at_far_ends)
{
    activation_check_accuracy("type: GELU", exact_gelu, -12, 12, 1e-7);
    activation_check_accuracy("type: GELU, approximate: tanh", exact_tanh, -5, 5, 1e-7);
}
END_TEST

START_TEST(another_approximation_is_refused)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [[1], [2]]}}\n"
                        "model: {layers: [{name: y, type: GELU, approximate: erf}]}\n"),
        "test.yaml:2:53: 'approximate' in GELU 'y' must be one of none, tanh, not 'erf'");
}
END_TEST

int main(void)
{
    return suite_main("layer gelu", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){values_and_gradients_follow_the_formula,
                                        every_engine_is_accurate_and_finite_at_far_ends,
                                        another_approximation_is_refused, NULL});
}
