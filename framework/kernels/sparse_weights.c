/*
 * sparse_weights.c - dW = X' dY, of an X that is mostly zeros.
 *
 * The lists of a batch are by rows, but a row of dW sums over a column. So some blocks of columns
 * at a time are turned into a list for each column, and each list is summed in registers:
 *
 *     turn     for rows i, for elements (c, level) of row i: append (i, level) to the list of c
 *     gather   for columns c, for (i, level) of its list:    sum += value[level] * dy[i]
 *
 * The lists, and the rows of dY that they name, stay in the nearest caches: a turn is of at most
 * COLUMNS columns and of as many rows as that leaves room for. Sums go on from one run of rows to
 * the next through dW.
 *
 * Or the step W <- W - rate dW is taken at once: then dW is not stored, and a row of W whose column
 * is empty in the whole batch is not visited, as its gradient is zero.
 */
#include "sparse_walk.h"
#include <string.h>

enum {
    COLUMNS = 270,         /* of one turn, if blocks are not wider */
    ROWS_MAX = 256,        /* of one turn: their numbers are bytes */
    NEAR_BYTES = 32 << 10, /* of dY in one turn: the nearest cache */
};

/* One turn: the lists of the columns [first, first + columns) in the rows [row, row + rows). */
struct turn {
    const struct sparse_batch *batch;
    size_t from, to; /* blocks */
    size_t first, columns;
    size_t row, rows;
    uint32_t *count; /* (columns) */
    uint16_t *visit; /* (visits): the columns to sum, less `first` */
    size_t visits;
    uint16_t *entry; /* (columns, stride): row - turn.row in the high byte, level in the low */
    size_t stride;   /* list_stride(rows of a turn) */
};

/* The sums of a turn's columns, and some vectors of the result. */
struct gather {
    const struct turn *turn;
    const real *dy; /* (rows, stride) of the turn, from the first column that is summed */
    size_t stride;
    real *dw; /* likewise, (columns, n) */
    size_t n;
    bool resume;  /* the sums go on from what dw has */
    bool descend; /* dw is w, and takes the step */
    real rate;
    lanes last; /* of the last vector */
};

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Blocks of one turn. */
static size_t blocks_at_once(const struct sparse *data)
{
    return data->width < COLUMNS ? COLUMNS / data->width : 1;
}

static size_t columns_at_once(const struct sparse *data)
{
    return min(blocks_at_once(data) * data->width, data->columns);
}

static size_t whole_lines(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

static size_t count_bytes(const struct sparse *data)
{
    return whole_lines(columns_at_once(data) * sizeof(uint32_t));
}

static size_t visit_bytes(const struct sparse *data)
{
    return whole_lines(columns_at_once(data) * sizeof(uint16_t));
}

/* Elements from one list to the next: an odd number of cache lines. With a power of two the first
 * lines of all lists would share a few sets of the cache. */
static size_t list_stride(size_t rows)
{
    const size_t line = 64 / sizeof(uint16_t);
    return ((rows + line - 1) / line | 1) * line;
}

static size_t entry_bytes(const struct sparse *data)
{
    return whole_lines(columns_at_once(data) * list_stride(ROWS_MAX) * sizeof(uint16_t));
}

size_t sparse_weights_bytes(const struct sparse *data, size_t n)
{
    size_t copy = is_copied(n) ? ROWS_MAX * aligned_stride(n) * sizeof(real) : 0;
    return count_bytes(data) + visit_bytes(data) + entry_bytes(data) + copy;
}

/* Rows of one turn: alike, but for the last. */
static size_t rows_at_once(size_t rows, size_t n)
{
    size_t bytes = min(aligned_stride(n), VECTORS_MAX * LANES) * sizeof(real);
    size_t most = min(NEAR_BYTES / bytes, ROWS_MAX);
    size_t parts = (rows + most - 1) / most;
    return parts > 0 ? (rows + parts - 1) / parts : 1;
}

static void turn_lists(const struct turn *turn)
{
    const struct sparse *data = turn->batch->data;
    const uint16_t *column = data->column;
    const uint8_t *level = data->level;
    const size_t first = turn->first, stride = turn->stride;
    uint32_t *count = turn->count;
    uint16_t *entry = turn->entry;
    memset(count, 0, turn->columns * sizeof *count);
    for (size_t i = 0; i < turn->rows; i++) {
        const uint32_t *start = data->start + data_row(turn->batch, turn->row + i) * data->blocks;
        for (size_t e = start[turn->from], end = start[turn->to]; e < end; e++) {
            size_t c = column[e] - first;
            entry[c * stride + count[c]++] = (uint16_t)(i << 8 | level[e]);
        }
    }
}

/* w -= rate * sum for one row. What is not finite, `seen` shows by vector_is_zero. */
static inline __attribute__((always_inline)) void
descend_row(real *w, real rate, int vectors, lanes last, const vector *sum, vector *seen)
{
    vector x[VECTORS_MAX];
    load_row(w, vectors, last, x);
    UNROLLED
    for (int v = 0; v < vectors; v++) {
        x[v] -= rate * sum[v];
        *seen += x[v] - x[v];
    }
    store_row(w, vectors, last, x);
}

/* Whether all that was written is finite, when descending. */
static inline __attribute__((always_inline)) bool gather_columns(const struct gather *gather,
                                                                 int vectors)
{
    vector seen = {0};
    const struct gather own = *gather;
    const real *value = own.turn->batch->value;
    for (size_t v = 0; v < own.turn->visits; v++) {
        size_t c = own.turn->visit[v];
        const uint16_t *entry = own.turn->entry + c * own.turn->stride,
                       *end = entry + own.turn->count[c];
        real *dw = own.dw + c * own.n;
        vector sum[VECTORS_MAX] = {0};
        if (own.resume)
            load_row(dw, vectors, own.last, sum);
        for (; entry < end; entry++)
            add_row(vector_splat(value[*entry & 0xff]), own.dy + (*entry >> 8) * own.stride,
                    vectors, own.last, sum);
        if (own.descend)
            descend_row(dw, own.rate, vectors, own.last, sum, &seen);
        else
            store_row(dw, vectors, own.last, sum);
    }
    return vector_is_zero(seen);
}

/* --- for each number of vectors --------------------------------------------------------------- */

#define GATHER(vectors)                                                                            \
    static bool gather_##vectors(const struct gather *gather)                                      \
    {                                                                                              \
        return gather_columns(gather, vectors);                                                    \
    }

// clang-format off
GATHER(1) GATHER(2) GATHER(3) GATHER(4) GATHER(5) GATHER(6) GATHER(7) GATHER(8)

static bool (*const gathers[])(const struct gather *) = {
    NULL, gather_1, gather_2, gather_3, gather_4, gather_5, gather_6, gather_7, gather_8};
// clang-format on

/* --- the product ------------------------------------------------------------------------------ */

/* A product, and the scratch of this thread. */
struct weights {
    const struct sparse_batch *batch;
    size_t n;
    const real *dy;
    real *dw; /* w, when descending */
    bool descend;
    real rate;
    struct turn turn;
    real *copy; /* of the turn's rows of dy */
};

/* Chooses the columns to sum: those that have elements, or all. */
static void choose_columns(struct turn *turn, bool all)
{
    turn->visits = 0;
    for (size_t c = 0; c < turn->columns; c++) {
        turn->visit[turn->visits] = (uint16_t)c;
        turn->visits += all || turn->count[c] > 0;
    }
}

/* dW, or the step, of the blocks [from, to), columns [begin, end) of the result. Whether all that a
 * step has written is finite. */
static bool sum_blocks(struct weights *weights, size_t from, size_t to, size_t begin, size_t end)
{
    const struct sparse *data = weights->batch->data;
    size_t n = weights->n, step = rows_at_once(weights->batch->rows, n);
    bool copied = is_copied(n), finite = true;
    struct turn *turn = &weights->turn;
    struct gather gather = {.turn = turn,
                            .n = n,
                            .stride = copied ? aligned_stride(n) : n,
                            .descend = weights->descend,
                            .rate = weights->rate};
    turn->stride = list_stride(step);
    turn->from = from;
    turn->to = to;
    turn->first = sparse_block(data, from);
    turn->columns = sparse_block(data, to) - turn->first;
    for (turn->row = 0; turn->row < weights->batch->rows; turn->row += step) {
        const real *dy = weights->dy + turn->row * n;
        turn->rows = min(step, weights->batch->rows - turn->row);
        turn_lists(turn);
        choose_columns(turn, turn->row == 0 && !weights->descend);
        if (copied)
            copy_rows(turn->rows, n, dy, weights->copy);
        gather.resume = turn->row > 0;
        for (size_t j = begin; j < end; j += VECTORS_MAX * LANES) {
            size_t vectors = next_vectors(n, j, &gather.last);
            gather.dy = (copied ? weights->copy : dy) + j;
            gather.dw = weights->dw + turn->first * n + j;
            finite = gathers[vectors](&gather) && finite;
        }
    }
    return finite;
}

/* Work is shared out in units: a block, and as much of the result as is summed at once. A thread
 * that has whole blocks takes some together. */
static bool sum_all(struct weights *weights, void *own, const struct worker *worker)
{
    const struct sparse *data = weights->batch->data;
    const size_t width = VECTORS_MAX * LANES, parts = (weights->n + width - 1) / width;
    char *count = own, *visit = count + count_bytes(data), *entry = visit + visit_bytes(data);
    bool finite = true;
    weights->turn = (struct turn){.batch = weights->batch,
                                  .count = (uint32_t *)(void *)count,
                                  .visit = (uint16_t *)(void *)visit,
                                  .entry = (uint16_t *)(void *)entry};
    weights->copy = (real *)(void *)(entry + entry_bytes(data));
    size_t unit, end, most = blocks_at_once(data);
    team_range(worker, data->blocks * parts, 1, &unit, &end);
    while (unit < end) {
        size_t block = unit / parts, part = unit % parts;
        if (part > 0 || end - unit < parts) {
            size_t last = min(parts, part + end - unit), stop = min(last * width, weights->n);
            finite = sum_blocks(weights, block, block + 1, part * width, stop) && finite;
            unit += last - part;
        } else {
            size_t blocks = min(most, (end - unit) / parts);
            finite = sum_blocks(weights, block, block + blocks, 0, weights->n) && finite;
            unit += blocks * parts;
        }
    }
    return finite;
}

void sparse_weights(const struct sparse_batch *batch, size_t n, const real *dy, real *dw, void *own,
                    const struct worker *worker)
{
    struct weights weights = {.batch = batch, .n = n, .dy = dy, .dw = dw};
    sum_all(&weights, own, worker);
}

bool sparse_descends(size_t n, size_t rows)
{
    return rows_at_once(rows, n) >= rows;
}

bool sparse_descend(const struct sparse_batch *batch, size_t n, const real *dy, real rate, real *w,
                    void *own, const struct worker *worker)
{
    struct weights weights = {
        .batch = batch, .n = n, .dy = dy, .dw = w, .descend = true, .rate = rate};
    return sum_all(&weights, own, worker);
}
