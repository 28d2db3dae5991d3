/*
 * exact_math.c - log, exp, powers, sine and cosine in IEEE basic operations.
 *
 *     x = 2^k m, sqrt(1/2) <= m < sqrt(2):        log x = k log 2 + log m
 *     x = k log 2 + r, |r| <= log(2) / 2:         exp x = 2^k exp r
 *     x = k pi/2 + r, |r| <= pi/4:                sin x, cos x = +-sin r or +-cos r by k mod 4
 *
 * What remains is a short Taylor series whose first terms are added last, so that only their
 * rounding counts. Constants that are multiplied by k are split so that the product with the high
 * part is exact.
 * Invariants: no FMA, no table, no libm function that rounds (floor, frexp and ldexp are exact).
 */
#include "exact_math.h"
#include <math.h>

/* log 2, its first 32 bits apart. */
static const double log2_high = 0x1.62e42fee00000p-1;
static const double log2_low = 0x1.a39ef35793c76p-33;

/* c[0] + c[1] x + ... + c[count - 1] x^(count - 1) */
static double polynomial(const double *c, int count, double x)
{
    double sum = c[count - 1];
    for (int i = count - 2; i >= 0; i--)
        sum = sum * x + c[i];
    return sum;
}

/* log m = 2 atanh(s) with s = f / (2 + f), f = m - 1; written as f - (f^2/2 - s (f^2/2 + rest)),
 * whose first term is exact. */
double exact_log(double x)
{
    static const double c[] = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11,
                               2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21};
    int exponent;
    double m = frexp(x, &exponent);
    if (m < 0x1.6a09e667f3bcdp-1) { /* sqrt(1/2) */
        m *= 2;
        exponent--;
    }
    double k = exponent;
    double f = m - 1;
    double s = f / (2 + f);
    double z = s * s;
    double half_square = 0.5 * f * f;
    double rest = z * polynomial(c, sizeof c / sizeof *c, z);
    return k * log2_high - ((half_square - (s * (half_square + rest) + k * log2_low)) - f);
}

double exact_exp(double x)
{
    static const double c[] = {1.0 / 2,       1.0 / 6,        1.0 / 24,        1.0 / 120,
                               1.0 / 720,     1.0 / 5040,     1.0 / 40320,     1.0 / 362880,
                               1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800};
    if (x > 710)
        return HUGE_VAL;
    if (x < -746)
        return 0;
    if (isnan(x))
        return x;
    double k = floor(x * 0x1.71547652b82fep+0 + 0.5);
    double r = (x - k * log2_high) - k * log2_low;
    double rest = r * r * polynomial(c, sizeof c / sizeof *c, r);
    return ldexp(1 + (r + rest), (int)k);
}

/* A number as the sum of two: low is below half a unit in the last place of high, or nearly so. */
struct pair {
    double high, low;
};

/* a - b without any error (Knuth). */
static struct pair exact_difference(double a, double b)
{
    double high = a - b;
    double part = high - a;
    return (struct pair){high, (a - (high - part)) - (b + part)};
}

/* x - k pi/2 for the nearest k. The first three parts of pi/2 have 33 bits, k has 16 at most: their
 * products are exact, and what is left is right to 2^-100, however close x is to k pi/2. */
static struct pair reduce(double x, double *k)
{
    *k = floor(x * 0x1.45f306dc9c883p-1 + 0.5);
    double a = x - *k * 0x1.921fb54400000p+0;
    struct pair b = exact_difference(a, *k * 0x1.0b4611a600000p-34);
    struct pair c = exact_difference(b.high, *k * 0x1.3198a2e000000p-69);
    double low = (b.low + c.low) - *k * 0x1.b839a252049c1p-104;
    double high = c.high + low;
    return (struct pair){high, (c.high - high) + low};
}

/* sin(high + low), |high| <= pi/4 */
static double sine(struct pair r)
{
    static const double c[] = {
        -1.0 / 6,        1.0 / 120,        -1.0 / 5040,          1.0 / 362880,
        -1.0 / 39916800, 1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000};
    double z = r.high * r.high;
    double rest = z * r.high * polynomial(c, sizeof c / sizeof *c, z);
    return r.high + (rest + r.low * (1 - 0.5 * z));
}

/* cos(high + low), |high| <= pi/4 */
static double cosine(struct pair r)
{
    static const double c[] = {
        1.0 / 24,        -1.0 / 720,         1.0 / 40320,         -1.0 / 3628800,
        1.0 / 479001600, -1.0 / 87178291200, 1.0 / 20922789888000};
    double z = r.high * r.high;
    double half_square = 0.5 * z;
    double first = 1 - half_square;
    double rest = z * z * polynomial(c, sizeof c / sizeof *c, z) - r.high * r.low;
    return first + (((1 - first) - half_square) + rest);
}

/* sin(x + quarters pi/2) */
static double sine_turned(double x, int quarters)
{
    double k;
    struct pair r = reduce(x, &k);
    unsigned quadrant = (unsigned)((int)k + quarters) % 4;
    double size = quadrant % 2 ? cosine(r) : sine(r);
    return quadrant >= 2 ? -size : size;
}

double exact_sin(double x)
{
    return sine_turned(x, 0);
}

double exact_cos(double x)
{
    return sine_turned(x, 1);
}

double exact_power(double x, uint64_t n)
{
    double power = 1;
    for (; n > 0; n >>= 1) {
        if (n & 1)
            power *= x;
        x *= x;
    }
    return power;
}

double exact_pow(double x, double y)
{
    enum { WHOLE = 64 };
    if (y >= 0 && y <= WHOLE && floor(y) == y)
        return exact_power(x, (uint64_t)y);
    return x == 0 ? 0 : exact_exp(y * exact_log(x));
}
