/*
 * random.h - counter-based random numbers (Philox4x32-10, Salmon et al., "Parallel random numbers:
 * as easy as 1, 2, 3", SC'11).
 *
 * A number is a pure function of (seed, purpose, epoch, step, index). There is no state: nothing to
 * save for a resume, and no number depends on which thread asked for it, or when. All results are
 * the same on every processor: only integer operations, IEEE basic operations, and exact_math.h.
 */
#ifndef TRAINER_RANDOM_H
#define TRAINER_RANDOM_H

#include <stddef.h>
#include <stdint.h>

enum random_purpose {
    RANDOM_INITIAL_WEIGHTS = 1,
    RANDOM_SAMPLING,
    RANDOM_SHUFFLE,
    RANDOM_SPLIT,
    RANDOM_DRAWING, /* data sets that draw their samples */
    RANDOM_MASK,    /* layers such as Dropout */
    RANDOM_GRADCHECK,
    RANDOM_SWEEP,
};

/* One stream of numbers, indexed from 0. Plain data: copy it freely. */
struct random_stream {
    uint32_t key[2];
    uint32_t counter[2];
};

/* The stream of (seed, purpose, major, minor): major and minor are, say, epoch and step, or a
 * layer's hash and a step; both count in full 32 bits (higher bits are mixed in). */
struct random_stream random_stream(uint64_t seed, enum random_purpose purpose, uint64_t major,
                                   uint64_t minor);

/* Block `block` of a stream: the 128 bits of one Philox call, for many numbers fast. */
void random_block(const struct random_stream *stream, uint64_t block, uint32_t words[4]);

/* Number `index` of a stream (half of block index / 2): 64 uniform bits; uniform in [0, 1) with 53
 * bits; uniform below n without bias that matters (64-bit multiply-shift; n >= 1); standard normal
 * (inverse distribution function, Wichura's AS 241, relative error about 1e-16). */
uint64_t random_bits(const struct random_stream *stream, uint64_t index);
double random_uniform(const struct random_stream *stream, uint64_t index);
uint64_t random_below(const struct random_stream *stream, uint64_t index, uint64_t n);
double random_normal(const struct random_stream *stream, uint64_t index);

/* The same for index first + i, i < count, in a third of the time. n < 2^32. */
void random_bits_each(const struct random_stream *stream, uint64_t first, size_t count,
                      uint64_t *bits);
void random_below_each(const struct random_stream *stream, uint64_t first, size_t count, uint32_t n,
                       uint32_t *x);
void random_normals(const struct random_stream *stream, uint64_t first, size_t count, double *x);

/* order[0..n) = a permutation of 0..n-1 (Fisher-Yates over the stream). n < 2^32. */
void random_permutation(const struct random_stream *stream, size_t n, uint32_t *order);

/* FNV-1a of a string, to key streams by name. */
uint64_t random_hash(const char *text);

#endif
