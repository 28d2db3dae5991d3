/*
 * vector_math.h - exp, log and what is made of them, a vector at a time.
 *
 *     exp(x) = 2^n exp(r)            n = x / log 2 to the nearest integer, |r| <= log(2) / 2
 *     exp(r) = 1 + r + r^2 q(r)      q fitted for the smallest relative error
 *     expm1(x) = 2^n expm1(r) + (2^n - 1)
 *     log(x) = e log 2 + log(1 + f)  x = 2^e (1 + f), 1 + f between sqrt(1/2) and sqrt(2)
 *     log(1 + f) = 2 atanh(s)        s = f / (2 + f), by the odd series of Sun's fdlibm
 *     tanh(x) = -t / (t + 2)         t = expm1(-2 x), x >= 0
 *     P(X < -z sqrt(2)) = exp(-z^2) c(t) / (2 + 4 z)      X normal, z >= 0, t = (z - 4) / (z + 4);
 *                                    c fitted: (1 + 2 z) exp(z^2) erfc(z) is nearly constant
 *
 * log 2 is split in two, the first part so short that its product with n or e is exact. Integers
 * move between the exponent and the mantissa of a number as bits: converting would be undefined
 * for NaN. NaN stays NaN in all of them.
 */
#ifndef TRAINER_VECTOR_MATH_H
#define TRAINER_VECTOR_MATH_H

#include "vector.h"

#if REAL_IS_SINGLE
enum { MANTISSA_BITS = 23, EXPONENT_BIAS = 127, TINY_SHIFT = 25 };
static const real exp_highest = 89.0f, exp_lowest = -105.0f; /* beyond: infinity, 0 */
static const real one_over_log_2 = 1.44269504f;
static const real log_2_high = 0.693359375f, log_2_low = -2.12194440e-4f;
static const real integer_shift = 0x1.8p23f; /* added to a small number, it rounds to an integer */
static const real mantissa_one = 0x1p23f;
static const real tiny = 0x1p-126f, tiny_scale = 0x1p25f;
static const real_bits sqrt_half_bits = 0x3f3504f3;
static const real exp_term[] = {0.499999885817f, 0.166665183422f, 0.041669535341f,
                                0.00836893051373f, 0.00137513563872f};
static const real log_term[] = {0.66666662693f, 0.40000972152f, 0.28498786688f, 0.24279078841f};
static const real normal_term[] = {
    1.232995117f,      -0.1396211164f,    0.01537976973f,   0.06809701248f,  -0.1010409526f,
    0.0937335087f,     -0.0663189937f,    0.03716340921f,   -0.01623048925f, 0.005044031828f,
    -0.0007090462731f, -0.0002178550546f, 0.0001141793191f, -9.407571981e-6f};
#else
enum { MANTISSA_BITS = 52, EXPONENT_BIAS = 1023, TINY_SHIFT = 54 };
static const real exp_highest = 710.0, exp_lowest = -746.0;
static const real one_over_log_2 = 1.4426950408889634;
static const real log_2_high = 6.93147180369123816490e-01, log_2_low = 1.90821492927058770002e-10;
static const real integer_shift = 0x1.8p52;
static const real mantissa_one = 0x1p52;
static const real tiny = 0x1p-1022, tiny_scale = 0x1p54;
static const real_bits sqrt_half_bits = 0x3fe6a09e667f3bcd;
static const real exp_term[] = {0.5000000000000012752424,     0.1666666666666648206421,
                                0.04166666666651608334541,    0.00833333333345162306562,
                                0.001388888894674780052399,   0.0001984126959682309672341,
                                0.00002480149026903066055002, 0.000002755750743756255875406,
                                2.763115485562374123489e-7,   2.50246333221987488503e-8};
static const real log_term[] = {6.666666666666735130e-01, 3.999999999940941908e-01,
                                2.857142874366239149e-01, 2.222219843214978396e-01,
                                1.818357216161805012e-01, 1.531383769920937332e-01,
                                1.479819860511658591e-01};
static const real normal_term[] = {
    1.232995118625552543,     -0.1396211168405624874,     0.01537965210261016195,
    0.06809705425468620783,   -0.1010390660358529367,     0.09373283499865172095,
    -0.06633036582050367062,  0.0371675155318431963,      -0.01619773397992425837,
    0.005031970032548695012,  -0.00075777371418388841,    -0.00019925700412184814,
    0.0001506231178516206954, -0.00002439811794207995095, -0.00001122514035444965691,
    5.707239573693257427e-6,  2.980596055322768856e-7,    -8.218020654813044798e-7,
    7.111912428010423483e-8,  1.068344292674458649e-7,    -1.635738398212476799e-8,
    -1.254482540385551874e-8, 1.571215363831906372e-9,    9.655408225482863737e-10};
#endif

enum {
    EXP_TERMS = sizeof exp_term / sizeof exp_term[0],
    LOG_TERMS = sizeof log_term / sizeof log_term[0],
    NORMAL_TERMS = sizeof normal_term / sizeof normal_term[0],
};

/* term[0] + term[1] x + ... + term[count - 1] x^(count - 1) */
static inline vector polynomial(vector x, const real *term, int count)
{
    vector sum = vector_splat(term[count - 1]);
    for (int i = count - 2; i >= 0; i--)
        sum = vector_multiply_add(sum, x, vector_splat(term[i]));
    return sum;
}

static inline vector vector_exp(vector x)
{
    x = vector_choose(x > exp_highest, vector_splat(exp_highest), x);
    x = vector_choose(x < exp_lowest, vector_splat(exp_lowest), x);
    vector shifted = x * one_over_log_2 + integer_shift, n = shifted - integer_shift;
    vector r = vector_multiply_add(-n, vector_splat(log_2_high), x);
    r = vector_multiply_add(-n, vector_splat(log_2_low), r);
    vector q = polynomial(r, exp_term, EXP_TERMS);
    vector y = vector_multiply_add(r * r, q, r) + 1;

    /* 2^n in two halves, as it may lie outside the range of exponents while y 2^n does not. */
    vector zero = vector_splat(integer_shift);
    bits exponent = (bits)shifted - (bits)zero + 2 * EXPONENT_BIAS;
    bits half = exponent >> 1;
    return y * (vector)(half << MANTISSA_BITS) * (vector)((exponent - half) << MANTISSA_BITS);
}

/* e log 2 + log(1 + f), sqrt(1/2) <= 1 + f <= sqrt(2). */
static inline vector log_of_parts(vector e, vector f)
{
    vector s = f / (f + 2), z = s * s, half_square = f * f * (real)0.5;
    vector series = z * polynomial(z, log_term, LOG_TERMS);
    vector low = vector_multiply_add(s, half_square + series, e * log_2_low);
    return (low - half_square) + f + e * log_2_high;
}

static inline vector vector_log(vector x)
{
    mask subnormal = x < tiny;
    vector scaled = vector_choose(subnormal, x * tiny_scale, x);
    vector one = vector_splat(1), shift = vector_splat(mantissa_one);
    bits moved = (bits)scaled - sqrt_half_bits + (bits)one;
    bits fraction = (moved << (8 * (int)sizeof(real) - MANTISSA_BITS)) >>
                    (8 * (int)sizeof(real) - MANTISSA_BITS);
    vector e = (vector)((moved >> MANTISSA_BITS) | (bits)shift) - (mantissa_one + EXPONENT_BIAS);
    e -= vector_choose(subnormal, vector_splat(TINY_SHIFT), vector_splat(0));

    vector y = log_of_parts(e, (vector)(fraction + sqrt_half_bits) - 1);

    real infinity = (real)__builtin_inf(), nan = (real)__builtin_nan("");
    y = vector_choose(x == 0, vector_splat(-infinity), y);
    y = vector_choose(x >= 0, y, vector_splat(nan));
    return vector_choose(x == infinity, x, y);
}

/* log(1 + x) for 0 <= x <= 1: 1 + x itself would lose the last bits of a small x. */
static inline vector vector_log1p(vector x)
{
    mask large = x > (real)0.41421356;
    vector f = vector_choose(large, (x - 1) * (real)0.5, x);
    return log_of_parts(vector_choose(large, vector_splat(1), vector_splat(0)), f);
}

/* exp(x) - 1 for x <= 0. Below -80 it is -1. */
static inline vector vector_expm1(vector x)
{
    x = vector_choose(x < -80, vector_splat(-80), x);
    vector shifted = x * one_over_log_2 + integer_shift, n = shifted - integer_shift;
    vector r = vector_multiply_add(-n, vector_splat(log_2_high), x);
    r = vector_multiply_add(-n, vector_splat(log_2_low), r);
    vector p = vector_multiply_add(r * r, polynomial(r, exp_term, EXP_TERMS), r);
    bits exponent = (bits)shifted - (bits)vector_splat(integer_shift) + EXPONENT_BIAS;
    vector scale = (vector)(exponent << MANTISSA_BITS);
    return vector_multiply_add(scale, p, scale - 1);
}

static inline vector vector_absolute(vector x)
{
    return vector_choose(x < 0, -x, x);
}

static inline vector vector_tanh(vector x)
{
    vector t = vector_expm1(-2 * vector_absolute(x)), y = -t / (t + 2);
    return vector_choose(x < 0, -y, vector_choose(x == 0, x, y));
}

/* The share of a standard normal distribution below x; *density, unless NULL, the density at x. */
static inline vector vector_normal(vector x, vector *density)
{
    vector z = vector_absolute(x) * (real)0.70710678118654752;
    z = vector_choose(z > 100, vector_splat(100), z);
    vector e = vector_exp(-z * z), c = polynomial((z - 4) / (z + 4), normal_term, NORMAL_TERMS);
    vector tail = e * c / (z * 4 + 2);
    if (density)
        *density = e * (real)0.39894228040143268;
    return vector_choose(x < 0, tail, 1 - tail);
}

/* With the smaller of exp(x) and exp(-x), which never overflows. */
static inline vector vector_sigmoid(vector x)
{
    mask positive = x > 0;
    vector e = vector_exp(vector_choose(positive, -x, x));
    return vector_choose(positive, vector_splat(1), e) / (1 + e);
}

#endif
