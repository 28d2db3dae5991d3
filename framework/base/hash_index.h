/*
 * hash_index.h - numbers found by 64-bit keys: open addressing, at most half full.
 */
#ifndef TRAINER_HASH_INDEX_H
#define TRAINER_HASH_INDEX_H

#include "arena.h"
#include <stddef.h>
#include <stdint.h>

struct hash_index {
    uint64_t *key;
    size_t *value; /* plus 1; 0: free */
    size_t mask;
};

/* An index for up to `most` keys, in the arena. TRAINER_FAILED where memory ran out. */
int hash_index_open(struct hash_index *index, struct arena *arena, size_t most);

/* The number of a key; SIZE_MAX where it is not there. */
size_t hash_index_find(const struct hash_index *index, uint64_t key);

/* Adds a key, or gives it another number. */
void hash_index_add(struct hash_index *index, uint64_t key, size_t value);

#endif
