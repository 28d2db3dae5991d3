/*
 * test_layer_softplus.c - the smooth max(x, 0), sharper with a larger beta.
 */
#include "support/activation.h"
#include "support/network.h"
#include "support/suite.h"
#include <math.h>

static const struct activation_point points[] = {
    {0.0, 0.6931471805599453, 0.5},
    {1.0, 1.3132616875182228, 0.7310585786300049},
    {-2.0, 0.1269280110429725, 0.11920292202211755},
    {0.5, 0.9740769841801067, 0.6224593312018546},
    {-0.25, 0.5759394198788436, 0.43782349911420193},
    {3.0, 3.048587351573742, 0.9525741268224334},
    {-7.0, 0.0009114664537742447, 0.0009110511944006454},
    {(double)NAN, 0, 0},
};

static const struct activation_point sharp[] = {
    {0.0, 0.2772588722239781, 0.5},
    {1.0, 1.03155589371702, 0.9241418199787566},
    {-2.0, 0.0026861393956472274, 0.0066928509242848554},
    {0.5, 0.6007716325381491, 0.7772998611746911},
    {-0.25, 0.17148027131060745, 0.34864513533394575},
    {3.0, 3.000221172590144, 0.9994472213630764},
    {-7.0, 1.0043996496873594e-08, 2.5109990926928157e-08},
    {(double)NAN, 0, 0},
};

START_TEST(values_and_gradients_follow_the_formula)
{
    activation_check("type: Softplus", points);
    activation_check("type: Softplus, beta: 2.5", sharp);
}
END_TEST

static long double exact_softplus(long double x)
{
    return log1pl(expl(x));
}

static long double exact_sharp(long double x)
{
    return log1pl(expl(2 * x)) / 2;
}

START_TEST(every_engine_is_accurate_and_finite_at_far_ends)
{
    activation_check_accuracy("type: Softplus", exact_softplus, -85, 85, 0);
    activation_check_accuracy("type: Softplus, beta: 2", exact_sharp, -40, 40, 0);
}
END_TEST

START_TEST(a_beta_out_of_range_is_refused)
{
    ck_assert_str_eq(
        network_refusal("data: {type: inline, inputs: {x: [[1], [2]]}}\n"
                        "model: {layers: [{name: y, type: Softplus, beta: 0}]}\n"),
        "test.yaml:2:50: 'beta' in Softplus 'y' must be a number from 1e-06 to 1000000, not 0");
}
END_TEST

int main(void)
{
    return suite_main("layer softplus", SUITE_IN_PROCESS, 1,
                      (const TTest *[]){values_and_gradients_follow_the_formula,
                                        every_engine_is_accurate_and_finite_at_far_ends,
                                        a_beta_out_of_range_is_refused, NULL});
}
