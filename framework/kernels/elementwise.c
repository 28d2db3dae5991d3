/*
 * elementwise.c - exp, log, sigmoid, softmax and column sums, a vector at a time.
 *
 *     exp(x) = 2^n exp(r)            n = x / log 2 to the nearest integer, |r| <= log(2) / 2
 *     exp(r) = 1 + r + r^2 q(r)      q fitted for the smallest relative error
 *     log(x) = e log 2 + log(1 + f)  x = 2^e (1 + f), 1 + f between sqrt(1/2) and sqrt(2)
 *     log(1 + f) = 2 atanh(s)        s = f / (2 + f), by the odd series of Sun's fdlibm
 *
 * log 2 is split in two, the first part so short that its product with n or e is exact. Integers
 * move between the exponent and the mantissa of a number as bits: converting would be undefined
 * for NaN.
 */
#include "elementwise.h"
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
#endif

enum {
    EXP_TERMS = sizeof exp_term / sizeof exp_term[0],
    LOG_TERMS = sizeof log_term / sizeof log_term[0],
};

/* term[0] + term[1] x + ... + term[count - 1] x^(count - 1) */
static inline vector polynomial(vector x, const real *term, int count)
{
    vector sum = vector_splat(term[count - 1]);
    for (int i = count - 2; i >= 0; i--)
        sum = vector_multiply_add(sum, x, vector_splat(term[i]));
    return sum;
}

static vector vector_exp(vector x)
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

static vector vector_log(vector x)
{
    mask subnormal = x < tiny;
    vector scaled = vector_choose(subnormal, x * tiny_scale, x);
    vector one = vector_splat(1), shift = vector_splat(mantissa_one);
    bits moved = (bits)scaled - sqrt_half_bits + (bits)one;
    bits fraction = (moved << (8 * (int)sizeof(real) - MANTISSA_BITS)) >>
                    (8 * (int)sizeof(real) - MANTISSA_BITS);
    vector e = (vector)((moved >> MANTISSA_BITS) | (bits)shift) - (mantissa_one + EXPONENT_BIAS);
    e -= vector_choose(subnormal, vector_splat(TINY_SHIFT), vector_splat(0));

    vector f = (vector)(fraction + sqrt_half_bits) - 1;
    vector s = f / (f + 2), z = s * s, half_square = f * f * (real)0.5;
    vector series = z * polynomial(z, log_term, LOG_TERMS);
    vector low = vector_multiply_add(s, half_square + series, e * log_2_low);
    vector y = (low - half_square) + f + e * log_2_high;

    real infinity = (real)__builtin_inf(), nan = (real)__builtin_nan("");
    y = vector_choose(x == 0, vector_splat(-infinity), y);
    y = vector_choose(x >= 0, y, vector_splat(nan));
    return vector_choose(x == infinity, x, y);
}

/* With the smaller of exp(x) and exp(-x), which never overflows. */
static vector vector_sigmoid(vector x)
{
    mask positive = x > 0;
    vector e = vector_exp(vector_choose(positive, -x, x));
    return vector_choose(positive, vector_splat(1), e) / (1 + e);
}

/* y = function of x, the tail in part of a vector. */
static inline void map(size_t count, const real *x, real *y, vector (*function)(vector))
{
    size_t whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        vector_store(y + i, function(vector_load(x + i)));
    if (whole < count) {
        lanes rest = lanes_first(count - whole);
        vector_store_part(y + whole, rest, function(vector_load_part(x + whole, rest)));
    }
}

void elementwise_exp(size_t count, const real *x, real *y)
{
    map(count, x, y, vector_exp);
}

void elementwise_log(size_t count, const real *x, real *y)
{
    map(count, x, y, vector_log);
}

void elementwise_sigmoid(size_t count, const real *x, real *y)
{
    map(count, x, y, vector_sigmoid);
}

static inline real lanes_max(vector value)
{
    real lane[LANES];
    vector_store(lane, value);
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            lane[i] = lane[i] > lane[i + half] ? lane[i] : lane[i + half];
    return lane[0];
}

static inline real lanes_sum(vector value)
{
    real lane[LANES];
    vector_store(lane, value);
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            lane[i] += lane[i + half];
    return lane[0];
}

/* Lanes beyond `rest` set to `value`. */
static inline vector pad(vector x, mask inside, real value)
{
    return vector_choose(inside, x, vector_splat(value));
}

/* Softmax of one row; its last `rest` columns, 1 to LANES, are part of a vector. */
static inline void softmax_row(size_t whole, lanes rest, mask inside, const real *x, real *y,
                               real *max, real *sum)
{
    const real infinity = (real)__builtin_inf();
    vector top = pad(vector_load_part(x + whole, rest), inside, -infinity);
    for (size_t j = 0; j < whole; j += LANES)
        top = vector_max(vector_load(x + j), top);
    *max = lanes_max(top);

    vector total = {0};
    for (size_t j = 0; j < whole; j += LANES) {
        vector e = vector_exp(vector_load(x + j) - *max);
        vector_store(y + j, e);
        total += e;
    }
    vector e = vector_exp(vector_load_part(x + whole, rest) - *max);
    *sum = lanes_sum(total + pad(e, inside, 0));
    vector_store_part(y + whole, rest, e / *sum);
    for (size_t j = 0; j < whole; j += LANES)
        vector_store(y + j, vector_load(y + j) / *sum);
}

void elementwise_softmax(size_t rows, size_t width, const real *x, real *y, real *log_sum)
{
    size_t whole = width > 0 ? (width - 1) / LANES * LANES : 0;
    lanes rest = lanes_first(width - whole);
    mask index;
    for (size_t i = 0; i < LANES; i++)
        index[i] = (real_mask)i;
    mask inside = index < (real_mask)(width - whole);

    enum { BLOCK = 64 };
    real max[BLOCK], sum[BLOCK];
    for (size_t begin = 0; begin < rows; begin += BLOCK) {
        size_t count = rows - begin < BLOCK ? rows - begin : BLOCK;
        for (size_t i = 0; i < count; i++)
            softmax_row(whole, rest, inside, x + (begin + i) * width, y + (begin + i) * width,
                        &max[i], &sum[i]);
        if (!log_sum)
            continue;
        elementwise_log(count, sum, log_sum + begin);
        for (size_t i = 0; i < count; i++)
            log_sum[begin + i] += max[i];
    }
}

/* `vectors` vectors of columns side by side, so that one addition need not wait for the other. */
static inline void sum_columns(size_t rows, size_t stride, const real *x, int vectors, real *sum)
{
    vector total[4] = {0};
    for (size_t i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++)
            total[v] += vector_load(x + i * stride + v * LANES);
    for (int v = 0; v < vectors; v++)
        vector_store(sum + v * LANES, total[v]);
}

void column_sums(size_t rows, size_t stride, const real *x, size_t begin, size_t end, real *sum)
{
    size_t j = begin;
    for (; j + 4 * LANES <= end; j += 4 * LANES)
        sum_columns(rows, stride, x + j, 4, sum + j);
    for (; j + LANES <= end; j += LANES)
        sum_columns(rows, stride, x + j, 1, sum + j);
    if (j == end)
        return;
    lanes rest = lanes_first(end - j);
    vector total = {0};
    for (size_t i = 0; i < rows; i++)
        total += vector_load_part(x + i * stride + j, rest);
    vector_store_part(sum + j, rest, total);
}
