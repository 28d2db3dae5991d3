/*
 * random_words.c - Philox, a vector of blocks at a time.
 *
 * A word of a block is the low half of a 64-bit lane; what is in the high half does not matter: the
 * product of low halves is one instruction.
 */
#include "random_words.h"
#include "vector.h"

enum { BLOCKS = RANDOM_GROUP / 4, WIDE = VECTOR_BYTES / 8 /* blocks of a vector */ };

typedef uint64_t wide __attribute__((vector_size(VECTOR_BYTES)));

/* The products of the low halves of each lane. */
static inline wide multiply_low(wide a, wide b)
{
#if defined __AVX512F__
    return (wide)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif defined __AVX2__
    return (wide)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined __SSE2__
    return (wide)__builtin_ia32_pmuludq128((int __attribute__((vector_size(16))))a,
                                           (int __attribute__((vector_size(16))))b);
#else
    return (a & 0xFFFFFFFFu) * (b & 0xFFFFFFFFu);
#endif
}

static inline wide splat(uint64_t value)
{
    return value - (wide){0};
}

/* Blocks [block, block + WIDE): words 0 and 1 of each to first, words 2 and 3 to second. */
static inline void take_blocks(const struct random_stream *stream, uint64_t block, wide *first,
                               wide *second)
{
    wide a, c = splat(stream->counter[0]), d = splat(stream->counter[1]);
    for (int i = 0; i < WIDE; i++)
        a[i] = block + (uint64_t)i;
    wide b = a >> 32;
    uint32_t key0 = stream->key[0], key1 = stream->key[1];
    UNROLLED
    for (int round = 0; round < 10; round++) {
        wide product0 = multiply_low(a, splat(0xD2511F53u));
        wide product1 = multiply_low(c, splat(0xCD9E8D57u));
        a = (product1 >> 32) ^ b ^ splat(key0);
        b = product1;
        c = (product0 >> 32) ^ d ^ splat(key1);
        d = product0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    *first = (a & 0xFFFFFFFFu) | b << 32;
    *second = (c & 0xFFFFFFFFu) | d << 32;
}

void random_words(const struct random_stream *stream, uint64_t group, uint32_t *words)
{
    for (int i = 0; i < BLOCKS; i += WIDE) {
        wide first, second;
        take_blocks(stream, group * BLOCKS + (uint64_t)i, &first, &second);
        memcpy(words + 2 * i, &first, sizeof first);
        memcpy(words + 2 * (BLOCKS + i), &second, sizeof second);
    }
}
