/*
 * random_words.h - many 32-bit numbers of a stream, for masks of whole values.
 */
#ifndef TRAINER_RANDOM_WORDS_H
#define TRAINER_RANDOM_WORDS_H

#include "base/random.h"
#include "engine/real.h"

/* How many come at once: those of 16 blocks. */
enum { RANDOM_GROUP = 64 };

#define random_words NAME(random_words)

/* The words of blocks [16 group, 16 group + 16) of random_block into words[RANDOM_GROUP]: words 0
 * and 1 of each block, then words 2 and 3 of each. The same on every engine. */
void random_words(const struct random_stream *stream, uint64_t group, uint32_t *words);

#endif
