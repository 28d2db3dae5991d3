/*
 * random.c - Philox4x32-10 and what is made of its bits.
 *
 *     counter = (block low, block high, major, minor), key = mix(seed, purpose, high bits)
 *     ten rounds: two 32x32 -> 64 bit products, their halves crossed over and xored with the key
 *
 * Invariants: no state, no rounding that differs between processors. Two streams of one seed and
 * purpose whose major and minor fit 32 bits never share a block.
 */
#include "random.h"
#include "exact_math.h"
#include "hash.h"
#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { PHILOX_ROUNDS = 10, LANES = 4 /* blocks at a time */, PIECE = 64 /* numbers */ };

/* A bijection of 64 bits that spreads every input bit over all output bits (SplitMix64's). */
static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

struct random_stream random_stream(uint64_t seed, enum random_purpose purpose, uint64_t major,
                                   uint64_t minor)
{
    uint64_t high = (major >> 32 << 32) | minor >> 32;
    uint64_t key = mix(mix(mix(high) + (uint64_t)purpose) + seed);
    return (struct random_stream){
        .key = {(uint32_t)key, (uint32_t)(key >> 32)},
        .counter = {(uint32_t)major, (uint32_t)minor},
    };
}

/* One round of `count` blocks: the compiler makes vectors of several, and of one no loop. */
static inline __attribute__((always_inline)) void take_round(uint32_t words[][LANES], int count,
                                                             uint32_t key0, uint32_t key1)
{
    uint32_t *a = words[0], *b = words[1], *c = words[2], *d = words[3];
    for (int i = 0; i < count; i++) {
        uint64_t product0 = (uint64_t)0xD2511F53u * a[i];
        uint64_t product1 = (uint64_t)0xCD9E8D57u * c[i];
        a[i] = (uint32_t)(product1 >> 32) ^ b[i] ^ key0;
        b[i] = (uint32_t)product1;
        c[i] = (uint32_t)(product0 >> 32) ^ d[i] ^ key1;
        d[i] = (uint32_t)product0;
    }
}

/* Blocks [block, block + count): word w of block i becomes words[w][i]. */
static inline __attribute__((always_inline)) void
take_blocks(const struct random_stream *stream, uint64_t block, int count, uint32_t words[][LANES])
{
    uint32_t key0 = stream->key[0], key1 = stream->key[1];
    for (int i = 0; i < count; i++) {
        words[0][i] = (uint32_t)(block + (uint64_t)i);
        words[1][i] = (uint32_t)((block + (uint64_t)i) >> 32);
        words[2][i] = stream->counter[0];
        words[3][i] = stream->counter[1];
    }
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        take_round(words, count, key0, key1);
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

void random_block(const struct random_stream *stream, uint64_t block, uint32_t words[4])
{
    uint32_t taken[4][LANES];
    take_blocks(stream, block, 1, taken);
    for (int w = 0; w < 4; w++)
        words[w] = taken[w][0];
}

/* Bits of block i in `words`, its first or its second half. */
static uint64_t half_block(uint32_t words[][LANES], int i, int half)
{
    return words[2 * half][i] | (uint64_t)words[2 * half + 1][i] << 32;
}

uint64_t random_bits(const struct random_stream *stream, uint64_t index)
{
    uint32_t words[4][LANES];
    take_blocks(stream, index / 2, 1, words);
    return half_block(words, 0, (int)(index % 2));
}

void random_bits_each(const struct random_stream *stream, uint64_t first, size_t count,
                      uint64_t *bits)
{
    uint32_t words[4][LANES];
    size_t i = 0;
    if (first % 2 != 0 && count > 0)
        bits[i++] = random_bits(stream, first);
    for (; i + 2 * LANES <= count; i += 2 * LANES) {
        take_blocks(stream, (first + i) / 2, LANES, words);
        for (int k = 0; k < 2 * LANES; k++)
            bits[i + (size_t)k] = half_block(words, k / 2, k % 2);
    }
    for (; i < count; i++)
        bits[i] = random_bits(stream, first + i);
}

double random_uniform(const struct random_stream *stream, uint64_t index)
{
    return (double)(random_bits(stream, index) >> 11) * 0x1p-53;
}

/* The high 64 bits of a * b. */
static uint64_t multiply_high(uint64_t a, uint64_t b)
{
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
    uint64_t carry = (uint32_t)middle + a0 * b1;
    return a1 * b1 + (middle >> 32) + (carry >> 32);
}

uint64_t random_below(const struct random_stream *stream, uint64_t index, uint64_t n)
{
    assert(n >= 1);
    return multiply_high(random_bits(stream, index), n);
}

void random_below_each(const struct random_stream *stream, uint64_t first, size_t count, uint32_t n,
                       uint32_t *x)
{
    uint64_t bits[PIECE];
    assert(n >= 1);
    for (size_t begin = 0, piece; begin < count; begin += piece) {
        piece = count - begin < PIECE ? count - begin : PIECE;
        random_bits_each(stream, first + begin, piece, bits);
        for (size_t i = 0; i < piece; i++)
            x[begin + i] = (uint32_t)multiply_high(bits[i], n);
    }
}

/* sum of c[i] x^i for i = 0..7 */
static double polynomial7(const double c[8], double x)
{
    double sum = c[7];
    for (int i = 6; i >= 0; i--)
        sum = sum * x + c[i];
    return sum;
}

/* One interval of AS 241: the quotient of two polynomials of degree 7. */
struct quotient {
    double above[8], below[8];
};

static double quotient_at(const struct quotient *q, double x)
{
    return polynomial7(q->above, x) / polynomial7(q->below, x);
}

/* |p - 1/2| <= 0.425, in 0.425^2 - (p - 1/2)^2 */
static const struct quotient central = {
    {3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3,
     1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
     3.3430575583588128105e+4, 2.5090809287301226727e+3},
    {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
     2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4,
     5.2264952788528545610e+3},
};

/* sqrt(-log(tail)) <= 5, in that - 1.6 */
static const struct quotient middle_tail = {
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9},
};

/* sqrt(-log(tail)) > 5, in that - 5 */
static const struct quotient far_tail = {
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15},
};

/* 52 bits and a half: p and 1 - p are exact and neither is 0. */
static double open_share(uint64_t bits)
{
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

static double central_normal(double p)
{
    double q = p - 0.5;
    return q * quotient_at(&central, 0.180625 - q * q);
}

/* Where |p - 1/2| > 0.425. */
static double tail_normal(double p)
{
    double r = sqrt(-exact_log(p < 0.5 ? p : 1 - p));
    double size = r <= 5 ? quotient_at(&middle_tail, r - 1.6) : quotient_at(&far_tail, r - 5);
    return p < 0.5 ? -size : size;
}

static bool is_tail(double p)
{
    return fabs(p - 0.5) > 0.425;
}

double random_normal(const struct random_stream *stream, uint64_t index)
{
    double p = open_share(random_bits(stream, index));
    return is_tail(p) ? tail_normal(p) : central_normal(p);
}

/* Loops without branches, which the compiler makes vectors of; the tails, one in seven, are done
 * again. */
void random_normals(const struct random_stream *stream, uint64_t first, size_t count, double *x)
{
    uint64_t bits[PIECE];
    double p[PIECE];
    for (size_t begin = 0, piece; begin < count; begin += piece) {
        piece = count - begin < PIECE ? count - begin : PIECE;
        random_bits_each(stream, first + begin, piece, bits);
        for (size_t i = 0; i < piece; i++)
            p[i] = open_share(bits[i]);
        for (size_t i = 0; i < piece; i++)
            x[begin + i] = central_normal(p[i]);
        for (size_t i = 0; i < piece; i++)
            if (is_tail(p[i]))
                x[begin + i] = tail_normal(p[i]);
    }
}

void random_permutation(const struct random_stream *stream, size_t n, uint32_t *order)
{
    assert(n <= UINT32_MAX);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    uint64_t bits[PIECE];
    for (size_t end = n, begin; end > 0; end = begin) {
        begin = end < PIECE ? 0 : end - PIECE;
        random_bits_each(stream, begin, end - begin, bits);
        for (size_t i = end; i-- > begin;) {
            size_t other = (size_t)multiply_high(bits[i - begin], i + 1);
            uint32_t swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
    }
}

uint64_t random_hash(const char *text)
{
    return hash_bytes(HASH_START, text, strlen(text));
}
