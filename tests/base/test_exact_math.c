/* test_exact_math.c - the functions against libm's in long double, and their values bit by bit. */
#include "base/exact_math.h"
#include "base/random.h"
#include "support/suite.h"
#include <check.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS = 20000 };

static struct random_stream stream(uint64_t number)
{
    return random_stream(7, RANDOM_GRADCHECK, number, 0);
}

/* |value - truth| in units of the last place of a double near truth */
static double ulps(double value, long double truth)
{
    int exponent;
    (void)frexp((double)truth, &exponent);
    if (exponent < DBL_MIN_EXP)
        exponent = DBL_MIN_EXP;
    return (double)fabsl(((long double)value - truth) / ldexpl(1, exponent - DBL_MANT_DIG));
}

struct function {
    const char *name;
    double (*own)(double);
    long double (*truth)(long double);
};

static const struct function log_pair = {"log", exact_log, logl};
static const struct function exp_pair = {"exp", exact_exp, expl};
static const struct function sin_pair = {"sin", exact_sin, sinl};
static const struct function cos_pair = {"cos", exact_cos, cosl};

static void check_near(const struct function *f, double x)
{
    double value = f->own(x);
    double error = ulps(value, f->truth((long double)x));
    if (!(error <= 2)) /* Check's own assertions take longer than the function */
        ck_abort_msg("%s(%a) = %a is %g ulp off", f->name, x, value, error);
}

/* A number in [low, high) */
static double between(const struct random_stream *s, uint64_t i, double low, double high)
{
    return low + (high - low) * random_uniform(s, i);
}

START_TEST(log_is_within_2_ulp)
{
    struct random_stream s = stream(1);
    for (uint64_t i = 0; i < ARGUMENTS; i++) {
        check_near(&log_pair, between(&s, i, 0.5, 2)); /* where the result is near 0 */
        check_near(&log_pair, 1 + between(&s, i, -1, 1) * exact_exp(between(&s, i + 1, -36, 0)));
        check_near(&log_pair,
                   ldexp(between(&s, i, 1, 2), (int)random_below(&s, i + 2, 2046) - 1022));
    }
    check_near(&log_pair, DBL_MAX);
    check_near(&log_pair, DBL_MIN);
    check_near(&log_pair, DBL_TRUE_MIN);
}
END_TEST

START_TEST(exp_is_within_2_ulp)
{
    struct random_stream s = stream(2);
    for (uint64_t i = 0; i < ARGUMENTS; i++) {
        check_near(&exp_pair, between(&s, i, -1, 1));
        check_near(&exp_pair, between(&s, i, -745, 709.7));
        check_near(&exp_pair, between(&s, i, -1, 1) * 1e-9);
    }
}
END_TEST

START_TEST(sine_and_cosine_are_within_2_ulp)
{
    struct random_stream s = stream(3);
    for (uint64_t i = 0; i < ARGUMENTS; i++) {
        double small = between(&s, i, -4, 4), large = between(&s, i, -1e5, 1e5);
        check_near(&sin_pair, small);
        check_near(&cos_pair, small);
        check_near(&sin_pair, large);
        check_near(&cos_pair, large);
    }
}
END_TEST

/* There the result is far smaller than the argument's last place, and the reduction must be exact.
 * long double has too few bits to judge by; the truth is from 80 decimal digits. */
START_TEST(sine_is_right_next_to_multiples_of_pi)
{
    double pi = 0x1.921fb54442d18p+1;
    ck_assert(exact_sin(pi) == 0x1.1a62633145c07p-53);
    ck_assert(exact_cos(pi / 2) == 0x1.1a62633145c07p-54);
    ck_assert(ulps(exact_sin(0x1.6c6cbc45dc8dep+6), -0x1.6d61b58c99c43p-60L) <= 2); /* 29 pi */
}
END_TEST

START_TEST(special_values_are_exact)
{
    ck_assert(exact_log(1) == 0);
    ck_assert(exact_exp(0) == 1);
    ck_assert(exact_sin(0) == 0);
    ck_assert(exact_cos(0) == 1);
    ck_assert(exact_exp(1000) == HUGE_VAL);
    ck_assert(exact_exp(HUGE_VAL) == HUGE_VAL);
    ck_assert(exact_exp(-1000) == 0);
    ck_assert(exact_exp(-HUGE_VAL) == 0);
    ck_assert(isnan(exact_exp(nan(""))));
}
END_TEST

/* The sum of all result bits is the same whatever compiler, flags and processor. */
START_TEST(the_bits_are_the_same_everywhere)
{
    static const struct function *const functions[] = {&log_pair, &exp_pair, &sin_pair, &cos_pair};
    struct random_stream s = stream(4);
    uint64_t sum = 0;
    for (uint64_t i = 0; i < ARGUMENTS; i++) {
        double x = between(&s, i, 0, 700);
        for (size_t f = 0; f < sizeof functions / sizeof *functions; f++) {
            double value = functions[f]->own(x);
            uint64_t bits;
            memcpy(&bits, &value, sizeof bits);
            sum = (sum ^ bits) * 0x100000001B3u;
        }
    }
    ck_assert_msg(sum == 0xEDAC3DBE5CF50A05u, "sum of bits 0x%016llX", (unsigned long long)sum);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exact_math");
    TCase *values = tcase_create("values");
    tcase_add_test(values, log_is_within_2_ulp);
    tcase_add_test(values, exp_is_within_2_ulp);
    tcase_add_test(values, sine_and_cosine_are_within_2_ulp);
    tcase_add_test(values, sine_is_right_next_to_multiples_of_pi);
    tcase_add_test(values, special_values_are_exact);
    tcase_add_test(values, the_bits_are_the_same_everywhere);
    suite_add_tcase(suite, values);

    return suite_run(suite, SUITE_FORKED);
}
