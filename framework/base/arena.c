/*
 * arena.c - pieces cut from growing chunks, and aligned blocks.
 *
 * A chunk is at least twice the last one, up to CHUNK_MOST; a piece larger than that has a chunk of
 * its own size. Chunks come from calloc and no byte is handed out twice, so every piece is zero.
 */
#include "arena.h"
#include "error.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { CHUNK_FIRST = 4096, CHUNK_MOST = 1 << 20, CACHE_LINE = 64, HUGE_PAGE = 2 << 20 };

struct arena_chunk {
    struct arena_chunk *previous;
    size_t size, used; /* of bytes[] */
    alignas(max_align_t) unsigned char bytes[];
};

/* Rounds up to the alignment of any type. No object is larger than PTRDIFF_MAX, so it can't
 * wrap. */
static size_t round_piece(size_t size)
{
    size_t align = alignof(max_align_t);
    return size / align * align + (size % align ? align : 0);
}

static struct arena_chunk *add_chunk(struct arena *arena, size_t need)
{
    size_t size = arena->last ? arena->last->size : CHUNK_FIRST / 2;
    size = size < CHUNK_MOST / 2 ? 2 * size : CHUNK_MOST;
    size = size < need ? need : size;
    struct arena_chunk *chunk = calloc(1, sizeof *chunk + size);
    if (!chunk) {
        error_memory("the build", sizeof *chunk + size);
        return NULL;
    }
    chunk->size = size;
    chunk->previous = arena->last;
    arena->last = chunk;
    return chunk;
}

void *arena_allocate(struct arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX / 2) {
        error_memory("the build", size);
        return NULL;
    }
    size_t need = round_piece(size ? size : 1);
    struct arena_chunk *chunk = arena->last;
    if (!chunk || chunk->size - chunk->used < need)
        chunk = add_chunk(arena, need);
    if (!chunk)
        return NULL;
    void *piece = chunk->bytes + chunk->used;
    chunk->used += need;
    return piece;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        bytes = SIZE_MAX;
    return arena_allocate(arena, bytes);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_allocate(arena, length < SIZE_MAX ? length + 1 : length);
    if (copy && length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *arena_print(struct arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    char *text = NULL;
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        error_set(TRAINER_FAILED, "cannot format a text by '%s'", format);
    else
        text = arena_allocate(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

void arena_take(struct arena *arena, struct arena *more)
{
    struct arena_chunk **oldest = &more->last;
    while (*oldest)
        oldest = &(*oldest)->previous;
    *oldest = arena->last;
    arena->last = more->last;
    more->last = NULL;
}

void arena_free(struct arena *arena)
{
    while (arena->last) {
        struct arena_chunk *chunk = arena->last;
        arena->last = chunk->previous;
        free(chunk);
    }
}

/* alignment is a power of two. */
static size_t round_up(size_t bytes, size_t alignment)
{
    return (bytes + alignment - 1) & ~(alignment - 1);
}

size_t block_round(size_t bytes)
{
    return round_up(bytes, CACHE_LINE);
}

void *block_reserve(const char *what, size_t bytes)
{
    bool large = bytes >= 2 * (size_t)HUGE_PAGE;
    size_t alignment = large ? HUGE_PAGE : CACHE_LINE;
    void *block = NULL;
    if (bytes <= PTRDIFF_MAX / 2)
        block = aligned_alloc(alignment, round_up(bytes ? bytes : 1, alignment));
    if (!block) {
        error_memory(what, bytes);
        return NULL;
    }
    /* Samples are read in a random order: with small pages each is a miss of the page table's
     * cache. Where the kernel has no huge pages to give, nothing is lost. */
    if (large)
        madvise(block, round_up(bytes, alignment), MADV_HUGEPAGE);
    return block;
}

int block_resize(const char *what, void **block, size_t bytes)
{
    void *resized = bytes <= PTRDIFF_MAX / 2 ? realloc(*block, bytes ? bytes : 1) : NULL;
    if (!resized)
        return error_memory(what, bytes);
    uintptr_t from = round_up((uintptr_t)resized, HUGE_PAGE);
    uintptr_t behind = ((uintptr_t)resized + bytes) & ~((uintptr_t)HUGE_PAGE - 1);
    if (bytes >= 2 * (size_t)HUGE_PAGE && behind > from)
        madvise((char *)resized + (from - (uintptr_t)resized), behind - from, MADV_HUGEPAGE);
    *block = resized;
    return TRAINER_OK;
}

void *block_allocate(const char *what, size_t bytes)
{
    void *block = block_reserve(what, bytes);
    if (block)
        memset(block, 0, block_round(bytes));
    return block;
}
