/*
 * arena.h - memory that lives and dies together.
 *
 * An arena hands out zeroed pieces of growing chunks and frees them all at once. It holds what the
 * build makes (config nodes, layers, tensors). Numbers live in one block each, from block_allocate.
 */
#ifndef TRAINER_ARENA_H
#define TRAINER_ARENA_H

#include <stddef.h>

struct arena {
    struct arena_chunk *last;
};

/* Zeroed memory, aligned for any type; NULL with a message when there is none. size may be 0. */
void *arena_allocate(struct arena *arena, size_t size);

/* count * size, checked for overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* A copy of text[0..length) with a final NUL. */
char *arena_copy(struct arena *arena, const char *text, size_t length);

/* printf into the arena. */
__attribute__((format(printf, 2, 3))) char *arena_print(struct arena *arena, const char *format,
                                                        ...);

/* Moves what `more` holds into the arena; `more` is empty then. */
void arena_take(struct arena *arena, struct arena *more);

/* Frees everything; the arena is empty and usable again. */
void arena_free(struct arena *arena);

/* A zeroed block, 64-byte aligned, for free(); NULL with a message naming what and the bytes. */
void *block_allocate(const char *what, size_t bytes);

/* The same with unspecified content, for a caller that writes all of it: the kernel hands pages out
 * where they are first written, and several threads that write share that work. */
void *block_reserve(const char *what, size_t bytes);

/* Makes a block from malloc or block_resize as large as that (NULL: a new one), for free(): what
 * was in it stays. After TRAINER_FAILED, with a message, it is as it was. */
int block_resize(const char *what, void **block, size_t bytes);

/* Rounded up to a cache line of 64 bytes. */
size_t block_round(size_t bytes);

#endif
