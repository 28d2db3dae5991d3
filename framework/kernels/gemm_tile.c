/*
 * gemm_tile.c - one function for each size of tile, all made from the same few lines.
 *
 * multiply() is written for any size. Each TILE below makes it a function in which the loops over
 * rows and vectors are unrolled and the sums live in registers. A is read an element at a time and
 * copied to all lanes. It comes in rows (a_column is 1: X as it lies in memory) or in columns
 * (a_row is 1: packed, or X').
 *
 * Where B is far, its rows are asked for a few terms before they are loaded, and what a later tile
 * reads of A a little with each term: many requests at once would hold up the loads of B.
 */
#include "gemm_tile.h"
#include "tuning.h"
#include "vector_row.h"

enum layout { IN_ROWS, IN_COLUMNS, FAR_IN_ROWS, FAR_IN_COLUMNS };

enum { VECTORS_MAX = 4, ROWS_MAX = 12, SUMS_MAX = 24, LINE = 64, TERMS_AHEAD = 4 };

/* What the sums start with. */
static inline __attribute__((always_inline)) void start(const struct tile *tile, int rows,
                                                        int vectors, lanes last, vector *sum)
{
    vector row[VECTORS_MAX];
    if (tile->resume) {
        UNROLLED
        for (int i = 0; i < rows; i++)
            row_load(tile->c + (size_t)i * tile->c_row, vectors, last, PART, sum + i * vectors);
    }
    if (tile->bias) {
        row_load(tile->bias, vectors, last, PART, row);
        UNROLLED
        for (int s = 0; s < rows * vectors; s++)
            sum[s] += row[s % vectors];
    }
}

/* Asks for the memory that the next tile will write, which lies on as many pages as it has rows. */
static inline __attribute__((always_inline)) void fetch(const struct tile *tile, int rows,
                                                        int vectors)
{
    if (!tile->next_c)
        return;
    UNROLLED
    for (int s = 0; s < rows * vectors; s++)
        __builtin_prefetch(tile->next_c + (size_t)(s / vectors) * tile->c_row + s % vectors * LANES,
                           1);
}

static inline __attribute__((always_inline)) void store(const struct tile *tile, int rows,
                                                        int vectors, lanes last, const vector *sum)
{
    UNROLLED
    for (int i = 0; i < rows; i++)
        row_store(tile->c + (size_t)i * tile->c_row, vectors, last, sum + i * vectors);
}

/* sum = c - rate * sum; whether all is finite. All of c is read before any is written: a row's last
 * vector, stored in part, would hold up the load of the row behind it. */
static inline __attribute__((always_inline)) bool descend(const struct tile *tile, int rows,
                                                          int vectors, lanes last, vector *sum)
{
    vector rate = vector_splat(tile->rate), c[VECTORS_MAX], seen[VECTORS_MAX] = {0};
    UNROLLED
    for (int i = 0; i < rows; i++) {
        row_load(tile->c + (size_t)i * tile->c_row, vectors, last, PART, c);
        row_step(c, vectors, rate, sum + i * vectors, seen);
    }
    return row_is_finite(seen, vectors);
}

/* The terms [from, to) of each sum. */
static inline __attribute__((always_inline)) void add(const struct tile *tile, int rows,
                                                      int vectors, enum layout layout,
                                                      enum ending ending, lanes last, size_t from,
                                                      size_t to, vector *sum)
{
    const bool in_rows = layout == IN_ROWS || layout == FAR_IN_ROWS;
    const bool far = layout == FAR_IN_ROWS || layout == FAR_IN_COLUMNS;
    const size_t a_row = in_rows ? tile->a_row : 1;
    const size_t a_column = in_rows ? 1 : tile->a_column;
    const size_t b_row = tile->b_row;
    const real *a = tile->a + from * a_column, *b = tile->b + from * b_row;
    const real *ahead = tile->ahead;
    vector row[VECTORS_MAX];
    TUNING_TERMS_TOGETHER
    for (size_t p = from; p < to; p++) {
        if (far) {
            UNROLLED
            for (int v = 0; v < vectors; v += LINE / VECTOR_BYTES)
                __builtin_prefetch(b + TERMS_AHEAD * b_row + v * LANES);
            __builtin_prefetch(ahead);
            ahead += tile->ahead_step;
        }
        row_load(b, vectors, last, ending, row);
        UNROLLED
        for (int i = 0; i < rows; i++) {
            vector element = vector_splat(a[(size_t)i * a_row]);
            UNROLLED
            for (int v = 0; v < vectors; v++)
                sum[i * vectors + v] = vector_multiply_add(element, row[v], sum[i * vectors + v]);
        }
        a += a_column;
        b += b_row;
    }
}

/* A masked load takes a place that a multiply-add could have, so that only the last rows of b, with
 * nothing behind them to read, are loaded in part. */
static inline __attribute__((always_inline)) bool multiply(const struct tile *tile, int rows,
                                                           int vectors, enum layout layout)
{
    const lanes last = lanes_first(tile->last);
    vector sum[SUMS_MAX] = {0};
    start(tile, rows, vectors, last, sum);
    fetch(tile, rows, vectors);
    add(tile, rows, vectors, layout, WHOLE, last, 0, tile->whole, sum);
    add(tile, rows, vectors, layout, PART, last, tile->whole, tile->depth, sum);
    bool finite = !tile->descend || descend(tile, rows, vectors, last, sum);
    store(tile, rows, vectors, last, sum);
    return finite;
}

static inline __attribute__((always_inline)) bool multiply_any(const struct tile *tile, int rows,
                                                               int vectors)
{
    const bool in_rows = tile->a_column == 1;
    if (tile->far)
        return in_rows ? multiply(tile, rows, vectors, FAR_IN_ROWS)
                       : multiply(tile, rows, vectors, FAR_IN_COLUMNS);
    return in_rows ? multiply(tile, rows, vectors, IN_ROWS)
                   : multiply(tile, rows, vectors, IN_COLUMNS);
}

/* Any number of rows, one after the other; each is read before the one above it is written. */
static inline __attribute__((always_inline)) bool multiply_rows(const struct tile *tile,
                                                                int vectors)
{
    struct tile row = *tile;
    const lanes last = lanes_first(row.last);
    vector rate = vector_splat(row.rate), c[VECTORS_MAX], seen[VECTORS_MAX] = {0};
    row_load(row.c, vectors, last, PART, c);
    for (size_t i = 0; i < tile->rows; i++) {
        real *to = row.c;
        vector sum[VECTORS_MAX] = {0};
        start(&row, 1, vectors, last, sum);
        add(&row, 1, vectors, IN_COLUMNS, PART, last, 0, row.depth, sum);
        if (row.descend)
            row_step(c, vectors, rate, sum, seen);
        row.a += row.a_row;
        row.c += i + 1 < tile->rows ? row.c_row : 0;
        row_load(row.c, vectors, last, PART, c);
        row_store(to, vectors, last, sum);
    }
    return row_is_finite(seen, vectors);
}

typedef bool tile_function(const struct tile *tile);

/* tile_ROWS_VECTORS: multiply() of that size, for any layout. */
#define TILE(rows, vectors)                                                                        \
    static bool tile_##rows##_##vectors(const struct tile *tile)                                   \
    {                                                                                              \
        return multiply_any(tile, rows, vectors);                                                  \
    }

/* rows_VECTORS: multiply_rows() of that width. */
#define ROWS(vectors)                                                                              \
    static bool rows_##vectors(const struct tile *tile)                                            \
    {                                                                                              \
        return multiply_rows(tile, vectors);                                                       \
    }

// clang-format off
ROWS(1) ROWS(2)
#if defined __AVX512F__
ROWS(3) ROWS(4)
#endif
TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1)
TILE(1, 2) TILE(2, 2) TILE(3, 2) TILE(4, 2) TILE(5, 2) TILE(6, 2)
#if defined __AVX512F__
TILE(7, 1) TILE(8, 1) TILE(9, 1) TILE(10, 1) TILE(11, 1) TILE(12, 1)
TILE(7, 2) TILE(8, 2) TILE(9, 2) TILE(10, 2) TILE(11, 2) TILE(12, 2)
TILE(1, 3) TILE(2, 3) TILE(3, 3) TILE(4, 3) TILE(5, 3) TILE(6, 3) TILE(7, 3) TILE(8, 3)
TILE(1, 4) TILE(2, 4) TILE(3, 4) TILE(4, 4) TILE(5, 4) TILE(6, 4)
#endif

/* tiles[vectors][rows]; with 0 rows, for any number of them. */
static tile_function *const tiles[VECTORS_MAX + 1][ROWS_MAX + 1] = {
    [1] = {rows_1, tile_1_1, tile_2_1, tile_3_1, tile_4_1, tile_5_1, tile_6_1,
#if defined __AVX512F__
           tile_7_1, tile_8_1, tile_9_1, tile_10_1, tile_11_1, tile_12_1,
#endif
    },
    [2] = {rows_2, tile_1_2, tile_2_2, tile_3_2, tile_4_2, tile_5_2, tile_6_2,
#if defined __AVX512F__
           tile_7_2, tile_8_2, tile_9_2, tile_10_2, tile_11_2, tile_12_2,
    },
    [3] = {rows_3, tile_1_3, tile_2_3, tile_3_3, tile_4_3, tile_5_3, tile_6_3, tile_7_3, tile_8_3},
    [4] = {rows_4, tile_1_4, tile_2_4, tile_3_4, tile_4_4, tile_5_4, tile_6_4,
#endif
    },
};
// clang-format on

bool gemm_tile(const struct tile *tile)
{
    return tiles[tile->vectors][tile->row_by_row ? 0 : tile->rows](tile);
}

size_t gemm_tile_rows(size_t vectors)
{
    size_t rows = vectors <= VECTORS_MAX ? ROWS_MAX : 0;
    while (rows > 0 && !tiles[vectors][rows])
        rows--;
    return rows;
}
