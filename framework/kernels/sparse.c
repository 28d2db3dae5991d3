/*
 * sparse.c - Y = bias + X W, of an X that is mostly zeros.
 *
 * Walks the lists of the rows, some blocks of columns at a time, and sums rows of w in registers: a
 * row of y is loaded, all terms of the blocks are added, and it is stored.
 */
#include "sparse_walk.h"

enum {
    PAIR_VECTORS = 4, /* shorter rows are summed two at a time: there are not more registers */
    NEAR_BYTES = 100 << 10, /* of w in one walk over the rows: the nearest cache or two */
};

/* Elements of a row, on average. */
static size_t mean_count(const struct sparse *data)
{
    return data->rows > 0 ? data->start[data->rows * data->blocks] / data->rows : 0;
}

/* Gives the rows of w to be read, `reads` times in all, and their stride: a copy, if w is not
 * aligned and is read often enough. */
static const real *align_rows(size_t rows, size_t n, const real *from, size_t reads, void *own,
                              size_t *stride)
{
    *stride = n;
    if (!is_copied(n) || reads < 4 * rows)
        return from;
    *stride = aligned_stride(n);
    copy_rows(rows, n, from, own);
    return own;
}

/* y = bias + x w for some rows, in the blocks [from, to), and some vectors of the result. */
struct forward {
    const struct sparse_batch *batch;
    const real *w; /* (columns, stride), from the first column that is summed */
    size_t stride;
    const real *bias; /* likewise, or NULL */
    real *y;          /* likewise, (rows, n) */
    size_t n;
    size_t from, to, begin, end;
    lanes last; /* of the last vector */
};

/* The list of one row in some blocks, and its sums. */
struct list {
    const uint16_t *column;
    const uint8_t *level;
    size_t count;
};

static inline __attribute__((always_inline)) struct list
start_row(const struct forward *forward, size_t i, int vectors, vector *sum)
{
    const struct sparse *data = forward->batch->data;
    const uint32_t *start = data->start + data_row(forward->batch, i) * data->blocks;
    size_t first = start[forward->from];
    const real *from = forward->from > 0 ? forward->y + i * forward->n : forward->bias;
    if (from)
        load_row(from, vectors, forward->last, sum);
    return (struct list){data->column + first, data->level + first, start[forward->to] - first};
}

static inline __attribute__((always_inline)) void
add_term(const struct forward *forward, const struct list *list, size_t e, int vectors, vector *sum)
{
    add_row(vector_splat(forward->batch->value[list->level[e]]),
            forward->w + list->column[e] * forward->stride, vectors, forward->last, sum);
}

/* Rows i and i + 1, or i alone: two make twice as many sums that need not wait for one another. */
static inline __attribute__((always_inline)) void sum_rows(const struct forward *forward, size_t i,
                                                           int rows, int vectors)
{
    vector sum[2][VECTORS_MAX] = {0};
    struct list list[2];
    UNROLLED
    for (int l = 0; l < rows; l++)
        list[l] = start_row(forward, i + (size_t)l, vectors, sum[l]);
    size_t shorter = list[0].count;
    if (rows == 2 && list[1].count < shorter)
        shorter = list[1].count;
    for (size_t e = 0; e < shorter; e++) {
        UNROLLED
        for (int l = 0; l < rows; l++)
            add_term(forward, &list[l], e, vectors, sum[l]);
    }
    UNROLLED
    for (int l = 0; l < rows; l++) {
        for (size_t e = shorter; e < list[l].count; e++)
            add_term(forward, &list[l], e, vectors, sum[l]);
        store_row(forward->y + (i + (size_t)l) * forward->n, vectors, forward->last, sum[l]);
    }
}

static inline __attribute__((always_inline)) void walk_forward(const struct forward *forward,
                                                               int vectors)
{
    const struct forward own = *forward;
    size_t i = own.begin;
    for (; vectors <= PAIR_VECTORS && i + 2 <= own.end; i += 2)
        sum_rows(&own, i, 2, vectors);
    for (; i < own.end; i++)
        sum_rows(&own, i, 1, vectors);
}

/* --- for each number of vectors --------------------------------------------------------------- */

#define FORWARD(vectors)                                                                           \
    static void forward_##vectors(const struct forward *forward)                                   \
    {                                                                                              \
        walk_forward(forward, vectors);                                                            \
    }

// clang-format off
FORWARD(1) FORWARD(2) FORWARD(3) FORWARD(4) FORWARD(5) FORWARD(6) FORWARD(7) FORWARD(8)

static void (*const forwards[])(const struct forward *) = {
    NULL, forward_1, forward_2, forward_3, forward_4, forward_5, forward_6, forward_7, forward_8};
// clang-format on

size_t sparse_forward_bytes(const struct sparse *data, size_t n)
{
    return is_copied(n) ? data->columns * aligned_stride(n) * sizeof(real) : 0;
}

void sparse_forward(const struct sparse_batch *batch, size_t n, const real *w, const real *bias,
                    real *y, void *own, const struct worker *worker)
{
    const struct sparse *data = batch->data;
    struct forward forward = {.batch = batch, .n = n};
    team_range(worker, batch->rows, 1, &forward.begin, &forward.end);
    size_t reads = mean_count(data) * (forward.end - forward.begin);
    w = align_rows(data->columns, n, w, reads, own, &forward.stride);
    /* As many blocks at once as leave their rows of w in the cache, for they are read by every row
     * of the batch; where one block is too much already, all at once. */
    size_t block_bytes = data->width * forward.stride * sizeof(real);
    size_t step = block_bytes <= NEAR_BYTES ? NEAR_BYTES / block_bytes : data->blocks;
    for (size_t b = 0; b < data->blocks; b += step)
        for (size_t j = 0; j < n; j += VECTORS_MAX * LANES) {
            size_t vectors = next_vectors(n, j, &forward.last);
            forward.from = b;
            forward.to = b + step < data->blocks ? b + step : data->blocks;
            forward.w = w + j;
            forward.bias = bias ? bias + j : NULL;
            forward.y = y + j;
            forwards[vectors](&forward);
        }
}
