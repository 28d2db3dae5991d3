/*
 * vector.h - the widest vectors of the instruction set that a variant is compiled for.
 *
 * Arithmetic on `vector` is written with the compiler's operators (vector extensions); this file
 * has the few things that these lack: FMA, loads and stores of part of a vector, choice,
 * interleaving.
 *
 *     instruction set   bytes   lanes of float, double
 *     AVX-512           64      16, 8
 *     AVX, AVX2         32       8, 4
 *     others            16       4, 2
 */
#ifndef TRAINER_VECTOR_H
#define TRAINER_VECTOR_H

#include "engine/real.h"
#include <stdbool.h>
#include <string.h>

#if defined __AVX512F__
#include <immintrin.h>
#define VECTOR_BYTES 64
#elif defined __AVX__
#include <immintrin.h>
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

#if REAL_IS_SINGLE
#define LANES (VECTOR_BYTES / 4)
#else
#define LANES (VECTOR_BYTES / 8)
#endif

/* Before a loop of few rounds whose number the compiler knows: it becomes straight code, so that
 * arrays that it indexes can live in registers. */
#if defined __clang__
#define UNROLLED _Pragma("clang loop unroll(full)")
#else
#define UNROLLED _Pragma("GCC unroll 32")
#endif

/* Integers as wide as real: for its bits, and for what comparing vectors gives. */
#if REAL_IS_SINGLE
typedef uint32_t real_bits;
typedef int32_t real_mask;
#else
typedef uint64_t real_bits;
typedef int64_t real_mask;
#endif

typedef real vector __attribute__((vector_size(VECTOR_BYTES)));
typedef real_bits bits __attribute__((vector_size(VECTOR_BYTES)));
typedef real_mask mask __attribute__((vector_size(VECTOR_BYTES))); /* -1: yes, 0: no */
typedef real vector_anywhere
    __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

static inline vector vector_splat(real value)
{
    return value - (vector){0};
}

/* x[0..LANES), at any address of a real. */
static inline vector vector_load(const real *x)
{
    return *(const vector_anywhere *)x;
}

static inline void vector_store(real *x, vector value)
{
    *(vector_anywhere *)x = value;
}

/* The first lanes of a vector: a mask where the instruction set has masked loads, else a count. */
#if defined __AVX512F__ && REAL_IS_SINGLE
typedef __mmask16 lanes;
#elif defined __AVX512F__
typedef __mmask8 lanes;
#elif defined __AVX__
typedef __m256i lanes;
#else
typedef size_t lanes;
#endif

/* The first `count` lanes; all where count is LANES or more. */
static inline lanes lanes_first(size_t count)
{
#if defined __AVX512F__
    return (lanes)(count >= LANES ? ~0u : (1u << count) - 1);
#elif defined __AVX__
    mask index;
    for (size_t i = 0; i < LANES; i++)
        index[i] = (real_mask)i;
    return (lanes)(index < (real_mask)(count < LANES ? count : LANES));
#else
    return count < LANES ? count : LANES;
#endif
}

/* Those lanes of x[0..LANES), zeros in the others; memory of the others is not touched. */
static inline vector vector_load_part(const real *x, lanes part)
{
#if defined __AVX512F__ && REAL_IS_SINGLE
    return _mm512_maskz_loadu_ps(part, x);
#elif defined __AVX512F__
    return _mm512_maskz_loadu_pd(part, x);
#elif defined __AVX__ && REAL_IS_SINGLE
    return _mm256_maskload_ps(x, part);
#elif defined __AVX__
    return _mm256_maskload_pd(x, part);
#else
    vector value = {0};
    memcpy(&value, x, part * sizeof(real));
    return value;
#endif
}

static inline void vector_store_part(real *x, lanes part, vector value)
{
#if defined __AVX512F__ && REAL_IS_SINGLE
    _mm512_mask_storeu_ps(x, part, value);
#elif defined __AVX512F__
    _mm512_mask_storeu_pd(x, part, value);
#elif defined __AVX__ && REAL_IS_SINGLE
    _mm256_maskstore_ps(x, part, value);
#elif defined __AVX__
    _mm256_maskstore_pd(x, part, value);
#else
    memcpy(x, &value, part * sizeof(real));
#endif
}

/* multiply_add of each lane: the same bits as real.h's. */
static inline vector vector_multiply_add(vector a, vector b, vector c)
{
#if !defined __FMA__
    return a * b + c;
#elif defined __AVX512F__ && REAL_IS_SINGLE
    return _mm512_fmadd_ps(a, b, c);
#elif defined __AVX512F__
    return _mm512_fmadd_pd(a, b, c);
#elif REAL_IS_SINGLE
    return _mm256_fmadd_ps(a, b, c);
#else
    return _mm256_fmadd_pd(a, b, c);
#endif
}

/* a0 b0 a1 b1 ... up to half of each; and the same of the other halves. */
static inline vector vector_interleave_low(vector a, vector b)
{
#if LANES == 16
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#elif LANES == 8
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#elif LANES == 4
    return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#else
    return __builtin_shufflevector(a, b, 0, 2);
#endif
}

static inline vector vector_interleave_high(vector a, vector b)
{
#if LANES == 16
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                   31);
#elif LANES == 8
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#elif LANES == 4
    return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#else
    return __builtin_shufflevector(a, b, 1, 3);
#endif
}

/* a0 a2 ... b0 b2 ..., and a1 a3 ... b1 b3 ...: what interleaving undoes. */
static inline vector vector_evens(vector a, vector b)
{
#if LANES == 16
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
#elif LANES == 8
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
#elif LANES == 4
    return __builtin_shufflevector(a, b, 0, 2, 4, 6);
#else
    return __builtin_shufflevector(a, b, 0, 2);
#endif
}

static inline vector vector_odds(vector a, vector b)
{
#if LANES == 16
    return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
#elif LANES == 8
    return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
#elif LANES == 4
    return __builtin_shufflevector(a, b, 1, 3, 5, 7);
#else
    return __builtin_shufflevector(a, b, 1, 3);
#endif
}

/* Lane by lane: where it says yes, `yes`, else `no`. */
static inline vector vector_choose(mask where, vector yes, vector no)
{
    return (vector)((where & (mask)yes) | (~where & (mask)no));
}

/* Adds to `seen`, zeros at first, what vector_is_zero shows: x * 0 is NaN where x is not finite,
 * else a zero. */
static inline vector vector_see(vector x, vector seen)
{
    return vector_multiply_add(x, (vector){0}, seen);
}

/* Whether all lanes are zeros. */
static inline bool vector_is_zero(vector x)
{
#if defined __AVX512F__ && REAL_IS_SINGLE
    return _mm512_cmp_ps_mask(x, (vector){0}, _CMP_NEQ_UQ) == 0;
#elif defined __AVX512F__
    return _mm512_cmp_pd_mask(x, (vector){0}, _CMP_NEQ_UQ) == 0;
#elif defined __AVX__ && REAL_IS_SINGLE
    return _mm256_movemask_ps((vector)(x != 0)) == 0;
#elif defined __AVX__
    return _mm256_movemask_pd((vector)(x != 0)) == 0;
#else
    bool zero = true;
    for (int lane = 0; lane < LANES; lane++)
        zero = zero && x[lane] == 0;
    return zero;
#endif
}

/* The greater of each lane; b where either is NaN. */
static inline vector vector_max(vector a, vector b)
{
    return vector_choose(a > b, a, b);
}

#endif
