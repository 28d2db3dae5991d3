/*
 * sparse_data.h - a sparse matrix as lists of its non-zeros, by rows and transposed (by groups).
 *
 * Columns are taken in groups of four. A row is the list of its groups that are not all zeros; one
 * such list holds a whole data set and serves all batches. The products of a batch go by groups
 * (sparse.h), so a batch is transposed, into a list for each group:
 *
 *     row 0: (group 2, 0 7 9 0) (group 3, 1 0 0 0)      group 2: (row 0, 0 7 9 0) (row 1, 5 5 5 5)
 *     row 1: (group 2, 5 5 5 5)                         group 3: (row 0, 1 0 0 0)
 *
 * What is not zero mostly stands together, so that four columns at once cost little more than one.
 * Lists have bytes; what number a byte is, a table says.
 */
#ifndef TRAINER_SPARSE_DATA_H
#define TRAINER_SPARSE_DATA_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
    SPARSE_COLUMNS_MAX = 65536,
    SPARSE_BYTES = 256,
    SPARSE_GROUP = 4,   /* columns: the bytes of 32 bits, as they lie in memory */
    SPARSE_PIECE = 128, /* rows transposed together, at most */
};

/* A matrix by rows. */
struct sparse {
    size_t rows, columns;  /* columns <= SPARSE_COLUMNS_MAX */
    const uint32_t *start; /* (rows + 1): row i has the elements start[i] up to start[i + 1] */
    const uint16_t *group; /* (elements): ascending in a row */
    const uint32_t *bytes; /* (elements): of its columns */
};

/* Some rows of one: those at index[i], or first + i. */
struct sparse_rows {
    const struct sparse *data;
    const uint32_t *index; /* NULL: rows follow one another */
    size_t first;
};

/* A group of a row that is not all zeros. */
struct sparse_entry {
    uint8_t byte[SPARSE_GROUP];
    uint32_t row; /* less the first one of its piece */
};

/* A batch, transposed: the entries of a group, piece by piece. Each thread transposes its rows in
 * pieces. A piece's lists are found at its first row. */
struct sparse_batch {
    size_t columns;
    const void *value;          /* (SPARSE_BYTES) reals: the number of each byte; 0 of 0 */
    size_t stride;              /* at least the rows of the largest batch: sparse_stride */
    uint32_t *next;             /* (stride): the row behind the piece */
    uint16_t *count;            /* (stride, groups): entries of its lists */
    struct sparse_entry *entry; /* (groups, stride) */
};

static inline size_t sparse_groups(size_t columns)
{
    return (columns + SPARSE_GROUP - 1) / SPARSE_GROUP;
}

/* Room for `rows` from one group's lists to the next one's: an odd number of cache lines. With a
 * power of two the first lines of all lists would share a few sets of the cache. */
static inline size_t sparse_stride(size_t rows)
{
    const size_t line = 64 / sizeof(struct sparse_entry);
    return ((rows + line - 1) / line | 1) * line;
}

/* Turns the rows [first, end), which are one piece. */
static inline void sparse_transpose_piece(const struct sparse_batch *batch,
                                          const struct sparse_rows *rows, size_t first, size_t end)
{
    const struct sparse *data = rows->data;
    const uint16_t *group = data->group;
    const uint32_t *bytes = data->bytes;
    const size_t groups = sparse_groups(batch->columns), stride = batch->stride;
    uint16_t *count = batch->count + first * groups;
    struct sparse_entry *entries = batch->entry + first;
    memset(count, 0, groups * sizeof *count);
    for (size_t i = first; i < end; i++) {
        size_t row = rows->index ? rows->index[i] : rows->first + i;
        for (size_t e = data->start[row], last = data->start[row + 1]; e < last; e++) {
            struct sparse_entry entry = {.row = (uint32_t)(i - first)};
            memcpy(entry.byte, &bytes[e], sizeof entry.byte);
            entries[group[e] * stride + count[group[e]]++] = entry;
        }
    }
}

/* Turns the rows [begin, end) of a batch. */
static inline void sparse_transpose(const struct sparse_batch *batch,
                                    const struct sparse_rows *rows, size_t begin, size_t end)
{
    for (size_t first = begin, next; first < end; first = next) {
        next = end - first < SPARSE_PIECE ? end : first + SPARSE_PIECE;
        batch->next[first] = (uint32_t)next;
        sparse_transpose_piece(batch, rows, first, next);
    }
}

/* Asks for the list of a row, which may lie anywhere in a large data set. */
static inline void sparse_fetch(const struct sparse *sparse, size_t row)
{
    enum { LINE = 64 };
    const size_t begin = sparse->start[row], end = sparse->start[row + 1];
    for (size_t e = begin; e < end; e += LINE / sizeof *sparse->bytes)
        __builtin_prefetch(sparse->bytes + e);
    for (size_t e = begin; e < end; e += LINE / sizeof *sparse->group)
        __builtin_prefetch(sparse->group + e);
}

/* The bytes of group g of a row of `columns`, zeros behind the last one. */
static inline uint32_t sparse_bytes(size_t columns, const uint8_t *row, size_t g)
{
    uint32_t bytes = 0;
    const size_t begin = g * SPARSE_GROUP;
    if (columns - begin >= SPARSE_GROUP)
        memcpy(&bytes, row + begin, SPARSE_GROUP);
    else
        memcpy(&bytes, row + begin, columns - begin);
    return bytes;
}

/* How many groups of a row are not all zeros. */
static inline size_t sparse_count(size_t columns, const uint8_t *row)
{
    size_t count = 0;
    for (size_t g = 0; g < sparse_groups(columns); g++)
        count += sparse_bytes(columns, row, g) != 0;
    return count;
}

/* Lists the groups of a row that are not all zeros, `count` in all, for which there is room and for
 * no more. Each is written and counted if it is not zero: faster than a branch that nobody can
 * predict. */
static inline void sparse_list(size_t columns, const uint8_t *row, size_t count, uint16_t *group,
                               uint32_t *bytes)
{
    for (size_t g = 0, listed = 0; listed < count; g++) {
        group[listed] = (uint16_t)g;
        bytes[listed] = sparse_bytes(columns, row, g);
        listed += bytes[listed] != 0;
    }
}

#endif
