/*
 * sparse_data.h - a matrix that is mostly zeros, as lists of the elements that are not.
 *
 * The lists have no numbers of either precision: each element has a level, which is an index into a
 * table of at most 256 numbers. One-byte pixels are their own levels.
 */
#ifndef TRAINER_KERNELS_SPARSE_DATA_H
#define TRAINER_KERNELS_SPARSE_DATA_H

#include "../real.h"
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    SPARSE_COLUMNS_MAX = 65536,
    SPARSE_ROWS_MAX = 65536,
    SPARSE_LEVELS = 256,
    SPARSE_WIDTH_MAX = 256,
};

/* A matrix by rows, each row in blocks of columns: the products take one block after the other,
 * so that the rows of W that a block needs stay in the first-level cache. Row i has in block b
 * the elements start[i * blocks + b] up to the next start. */
struct sparse {
    size_t rows, columns;   /* columns <= SPARSE_COLUMNS_MAX */
    size_t blocks, width;   /* sparse_layout's: blocks * width >= columns; <= SPARSE_WIDTH_MAX */
    const uint32_t *start;  /* (rows * blocks + 1) */
    const uint16_t *column; /* (elements): ascending in a row */
    const uint8_t *level;   /* (elements): the number is value[level] */
};

/* Some rows of one, with the numbers. */
struct sparse_batch {
    const struct sparse *data;
    const uint32_t *index; /* (rows): rows of data; NULL: first, first + 1, ... */
    size_t first, rows;    /* rows <= SPARSE_ROWS_MAX */
    const real *value;     /* (SPARSE_LEVELS) */
};

/* Asks for the lists of a row, which may lie anywhere in a large data set. */
static inline void sparse_fetch(const struct sparse *sparse, size_t row)
{
    enum { LINE = 64 };
    const uint32_t *start = sparse->start + row * sparse->blocks;
    for (size_t e = start[0]; e < start[sparse->blocks]; e += LINE) {
        __builtin_prefetch(sparse->column + e);
        __builtin_prefetch(sparse->column + e + LINE / 2);
        __builtin_prefetch(sparse->level + e);
    }
}

/* Divides the columns into an even number of blocks of about 128, as even as can be, so that two
 * threads have as much to do; few columns are one block. */
static inline void sparse_layout(struct sparse *sparse)
{
    enum { COLUMNS_OF_TWO = 256 };
    size_t blocks = (sparse->columns + COLUMNS_OF_TWO / 2) / COLUMNS_OF_TWO * 2;
    blocks = blocks > 0 ? blocks : 1;
    sparse->width = (sparse->columns + blocks - 1) / blocks;
    sparse->width = sparse->width > 0 ? sparse->width : 1;
    sparse->blocks = (sparse->columns + sparse->width - 1) / sparse->width;
    sparse->blocks = sparse->blocks > 0 ? sparse->blocks : 1;
}

/* Where block b begins, or the last one ends. */
static inline size_t sparse_block(const struct sparse *sparse, size_t b)
{
    size_t column = b * sparse->width;
    return column < sparse->columns ? column : sparse->columns;
}

enum { SPARSE_GROUP = 8 };

/* Bytes [begin, columns) of a row, at most a group of them, the first one lowest; zeros behind. */
static inline uint64_t sparse_group(size_t columns, const uint8_t *bytes, size_t begin)
{
    uint64_t group = 0;
    if (columns - begin >= SPARSE_GROUP)
        memcpy(&group, bytes + begin, SPARSE_GROUP);
    else
        memcpy(&group, bytes + begin, columns - begin);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    group = __builtin_bswap64(group);
#endif
    return group;
}

/* 1 in each byte of a group that is not 0: adding 0x7f carries into its highest bit. */
static inline uint64_t sparse_marks(uint64_t group)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7fu;
    return (((group & low) + low) | group) >> 7 & 0x0101010101010101u;
}

/* How many bytes of one row of `columns` are not 0. Each of eight bytes counts up to 255. */
static inline size_t sparse_count(size_t columns, const uint8_t *bytes)
{
    enum { PIECE = 255 * SPARSE_GROUP };
    const uint64_t even = 0x00ff00ff00ff00ffu;
    size_t count = 0;
    for (size_t begin = 0; begin < columns; begin += PIECE) {
        size_t end = columns - begin < PIECE ? columns : begin + PIECE;
        uint64_t sums = 0;
        for (size_t c = begin; c < end; c += SPARSE_GROUP)
            sums += sparse_marks(sparse_group(columns, bytes, c));
        sums = (sums & even) + (sums >> 8 & even);
        count += sums * 0x0001000100010001u >> 48;
    }
    return count;
}

/* Lists the bytes [begin, end) of a row that are not 0 into column[] and level[], which have room
 * for as many and no more. Returns how many. Most groups are all zeros; in the others each byte is
 * written and counted if it is not 0, which is faster than a branch that nobody can predict. That
 * needs room for a whole group. */
static inline size_t sparse_list(size_t begin, size_t end, const uint8_t *bytes, size_t room,
                                 uint16_t *column, uint8_t *level)
{
    size_t count = 0;
    for (; begin < end; begin += SPARSE_GROUP) {
        uint64_t group = sparse_group(end, bytes, begin);
        if (group && room - count >= SPARSE_GROUP) {
            for (size_t i = 0; i < SPARSE_GROUP; i++, group >>= 8) {
                column[count] = (uint16_t)(begin + i);
                level[count] = (uint8_t)group;
                count += (group & 0xff) != 0;
            }
            continue;
        }
        for (uint64_t marks = sparse_marks(group); marks; marks &= marks - 1) {
            size_t c = begin + (size_t)__builtin_ctzll(marks) / 8;
            column[count] = (uint16_t)c;
            level[count++] = bytes[c];
        }
    }
    return count;
}

/* The same for a whole row, `count` elements of which the first is number `first` of all: where
 * each block starts goes into start[blocks]. */
static inline void sparse_list_row(const struct sparse *sparse, const uint8_t *bytes,
                                   uint32_t first, size_t count, uint32_t *start, uint16_t *column,
                                   uint8_t *level)
{
    size_t listed = 0;
    for (size_t b = 0; b < sparse->blocks; b++) {
        size_t begin = sparse_block(sparse, b), end = sparse_block(sparse, b + 1);
        start[b] = first + (uint32_t)listed;
        listed += sparse_list(begin, end, bytes, count - listed, column + listed, level + listed);
    }
}

#endif
