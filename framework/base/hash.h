/*
 * hash.h - FNV-1a, 64 bits: the same on every machine, for identities and tables; no cryptography.
 *
 *     uint64_t hash = hash_text(hash_text(HASH_START, "a"), "b");
 */
#ifndef TRAINER_HASH_H
#define TRAINER_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The hash of nothing. */
#define HASH_START UINT64_C(0xcbf29ce484222325)

/* Goes on from an earlier hash with bytes, or with a text and its final NUL, so that texts don't
 * run together. */
uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count);
uint64_t hash_text(uint64_t hash, const char *text);

#endif
