/*
 * sparse.c - the products that skip zeros.
 *
 * Both walk the lists of the rows, block by block of columns. Forward sums rows of w in
 * registers: a row of y is loaded, all terms of the block are added, and it is stored. Backward
 * has a row of dy in registers and adds it, times each number of the row, to the rows of dw of
 * the block, which are in the cache. The loops are made for each number of vectors that a row
 * takes; longer rows are taken VECTORS_MAX vectors at a time.
 */
#include "sparse.h"
#include "vector.h"
#include <stdbool.h>
#include <string.h>

enum {
    VECTORS_MAX = 8,
    PAIR_VECTORS = 4, /* shorter rows are summed two at a time: there are not more registers */
    AHEAD = 4,        /* rows between asking for a list and reading it */
    CACHE_LINE = 64,
    NEAR_BYTES = 48 << 10, /* of w in one walk over the rows: little more than the nearest cache */
};

/* The row of data that is row i of the batch. */
static size_t data_row(const struct sparse_batch *batch, size_t i)
{
    return batch->index ? batch->index[i] : batch->first + i;
}

/* Elements of a row, on average. */
static size_t mean_count(const struct sparse *data)
{
    return data->rows > 0 ? data->start[data->rows * data->blocks] / data->rows : 0;
}

static size_t aligned_stride(size_t n)
{
    return (n + LANES - 1) / LANES * LANES;
}

/* Whether rows of n are copied so that each begins at a vector's address. */
static bool is_copied(size_t n)
{
    return n % LANES != 0 && n <= VECTORS_MAX * LANES;
}

/* Forward's aligned copy of w, or backward's sums of a block. */
size_t sparse_own_bytes(const struct sparse *data, size_t n)
{
    size_t sums = data->width * VECTORS_MAX * sizeof(vector);
    size_t copy = is_copied(n) ? data->columns * aligned_stride(n) * sizeof(real) : 0;
    return copy > sums ? copy : sums;
}

/* A vector that straddles two cache lines takes twice as long to load. Where rows are read often
 * enough, `reads` times in all, that costs more than a copy. Gives the rows to be read and their
 * stride. */
static const real *align_rows(size_t rows, size_t n, const real *from, size_t reads, void *own,
                              size_t *stride)
{
    *stride = n;
    if (!is_copied(n) || reads < 4 * rows)
        return from;
    *stride = aligned_stride(n);
    real *to = own;
    size_t whole = *stride - LANES;
    lanes last = lanes_first(n - whole);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < whole; j += LANES)
            vector_store(to + i * *stride + j, vector_load(from + i * n + j));
        vector_store(to + i * *stride + whole, vector_load_part(from + i * n + whole, last));
    }
    return to;
}

/* Asks for the lists of a row, which lies anywhere in a large data set. */
static void fetch_row(const struct sparse *data, size_t row)
{
    const uint32_t *start = data->start + row * data->blocks;
    for (size_t e = start[0]; e < start[data->blocks]; e += CACHE_LINE) {
        __builtin_prefetch(data->column + e);
        __builtin_prefetch(data->column + e + CACHE_LINE / 2);
        __builtin_prefetch(data->level + e);
    }
}

/* Asks for what comes some rows later, in the starts and then in the lists. */
static void fetch_ahead(const struct sparse_batch *batch, size_t i, size_t end)
{
    const struct sparse *data = batch->data;
    if (i + 2 * AHEAD < end)
        __builtin_prefetch(data->start + data_row(batch, i + 2 * AHEAD) * data->blocks);
    if (i + AHEAD < end)
        fetch_row(data, data_row(batch, i + AHEAD));
}

/* --- forward ---------------------------------------------------------------------------------- */

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

static inline __attribute__((always_inline)) void load_row(const real *row, int vectors, lanes last,
                                                           vector *sum)
{
    UNROLLED
    for (int v = 0; v < vectors - 1; v++)
        sum[v] = vector_load(row + v * LANES);
    sum[vectors - 1] = vector_load_part(row + (vectors - 1) * LANES, last);
}

static inline __attribute__((always_inline)) void store_row(real *row, int vectors, lanes last,
                                                            const vector *sum)
{
    UNROLLED
    for (int v = 0; v < vectors - 1; v++)
        vector_store(row + v * LANES, sum[v]);
    vector_store_part(row + (vectors - 1) * LANES, last, sum[vectors - 1]);
}

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
    vector number = vector_splat(forward->batch->value[list->level[e]]);
    const real *row = forward->w + list->column[e] * forward->stride;
    UNROLLED
    for (int v = 0; v < vectors - 1; v++)
        sum[v] = vector_multiply_add(number, vector_load(row + v * LANES), sum[v]);
    sum[vectors - 1] = vector_multiply_add(
        number, vector_load_part(row + (vectors - 1) * LANES, forward->last), sum[vectors - 1]);
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
    for (; vectors <= PAIR_VECTORS && i + 2 <= own.end; i += 2) {
        if (own.from == 0) {
            fetch_ahead(own.batch, i, own.end);
            fetch_ahead(own.batch, i + 1, own.end);
        }
        sum_rows(&own, i, 2, vectors);
    }
    for (; i < own.end; i++) {
        if (own.from == 0)
            fetch_ahead(own.batch, i, own.end);
        sum_rows(&own, i, 1, vectors);
    }
}

/* --- backward --------------------------------------------------------------------------------- */

/* dw = x' dy for one block of columns, and some vectors of the result. */
struct backward {
    const struct sparse_batch *batch;
    const real *dy; /* (rows, n), from the first column that is summed */
    real *dw;       /* likewise, (columns, n) */
    size_t n, block;
    vector *sum; /* (width, vectors) */
    lanes last;  /* of the last vector */
};

static inline __attribute__((always_inline)) void walk_backward(const struct backward *backward,
                                                                int vectors)
{
    const struct backward own = *backward;
    const struct sparse *data = own.batch->data;
    size_t first = own.block * data->width;
    size_t columns = data->columns - first < data->width ? data->columns - first : data->width;
    const size_t stride = (size_t)vectors;
    memset(own.sum, 0, columns * stride * sizeof(vector));
    for (size_t i = 0; i < own.batch->rows; i++) {
        const uint32_t *start = data->start + data_row(own.batch, i) * data->blocks + own.block;
        vector row[VECTORS_MAX];
        load_row(own.dy + i * own.n, vectors, own.last, row);
        for (size_t e = start[0]; e < start[1]; e++) {
            vector number = vector_splat(own.batch->value[data->level[e]]);
            vector *sum = own.sum + (data->column[e] - first) * stride;
            UNROLLED
            for (int v = 0; v < vectors; v++)
                sum[v] = vector_multiply_add(number, row[v], sum[v]);
        }
    }
    for (size_t c = 0; c < columns; c++)
        store_row(own.dw + (first + c) * own.n, vectors, own.last, own.sum + c * stride);
}

/* --- both, for each number of vectors --------------------------------------------------------- */

#define WALKS(vectors)                                                                             \
    static void forward_##vectors(const struct forward *forward)                                   \
    {                                                                                              \
        walk_forward(forward, vectors);                                                            \
    }                                                                                              \
    static void backward_##vectors(const struct backward *backward)                                \
    {                                                                                              \
        walk_backward(backward, vectors);                                                          \
    }

// clang-format off
WALKS(1) WALKS(2) WALKS(3) WALKS(4) WALKS(5) WALKS(6) WALKS(7) WALKS(8)

static void (*const forwards[])(const struct forward *) = {
    NULL, forward_1, forward_2, forward_3, forward_4, forward_5, forward_6, forward_7, forward_8};
static void (*const backwards[])(const struct backward *) = {
    NULL, backward_1, backward_2, backward_3, backward_4, backward_5, backward_6, backward_7,
    backward_8};
// clang-format on

/* How many vectors come next of the n - j that are left, and the lanes of the last one. */
static size_t next_vectors(size_t n, size_t j, lanes *last)
{
    size_t columns = n - j < VECTORS_MAX * LANES ? n - j : VECTORS_MAX * LANES;
    size_t vectors = (columns + LANES - 1) / LANES;
    *last = lanes_first(columns - (vectors - 1) * LANES);
    return vectors;
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

void sparse_weights(const struct sparse_batch *batch, size_t n, const real *dy, real *dw, void *own,
                    const struct worker *worker)
{
    const struct sparse *data = batch->data;
    struct backward backward = {.batch = batch, .n = n, .sum = own};
    size_t begin, end;
    team_range(worker, data->blocks, 1, &begin, &end);
    for (size_t b = begin; b < end; b++)
        for (size_t j = 0; j < n; j += VECTORS_MAX * LANES) {
            size_t vectors = next_vectors(n, j, &backward.last);
            backward.block = b;
            backward.dy = dy + j;
            backward.dw = dw + j;
            backwards[vectors](&backward);
        }
}
