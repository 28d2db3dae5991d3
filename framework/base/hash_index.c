/*
 * hash_index.c - numbers found by 64-bit keys.
 */
#include "hash_index.h"
#include "error.h"

enum { PLACES_LEAST = 16 };

int hash_index_open(struct hash_index *index, struct arena *arena, size_t most)
{
    size_t size = PLACES_LEAST;
    while (size < 2 * most)
        size *= 2;
    index->key = arena_array(arena, size, sizeof *index->key);
    index->value = arena_array(arena, size, sizeof *index->value);
    index->mask = size - 1;
    return index->key && index->value ? TRAINER_OK : TRAINER_FAILED;
}

/* The place of a key, or the free place where it would be added. */
static size_t place(const struct hash_index *index, uint64_t key)
{
    size_t at = (size_t)(key ^ key >> 32) & index->mask;
    while (index->value[at] && index->key[at] != key)
        at = (at + 1) & index->mask;
    return at;
}

size_t hash_index_find(const struct hash_index *index, uint64_t key)
{
    return index->value[place(index, key)] - 1;
}

void hash_index_add(struct hash_index *index, uint64_t key, size_t value)
{
    size_t at = place(index, key);
    index->key[at] = key;
    index->value[at] = value + 1;
}
