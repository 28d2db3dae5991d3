/*
 * gemm_tile.c - one function for each size of tile, all made from the same few lines.
 *
 * multiply() is written for any size. Each TILE below makes it a function in which the loops over
 * rows and vectors are unrolled and the sums live in registers. A is read an element at a time and
 * copied to all lanes. It comes in rows (a_column is 1: X as it lies in memory) or in columns
 * (a_row is 1: packed, or X').
 *
 * Where B is not in the nearest cache, its rows are asked for a few terms before they are loaded,
 * and what a later tile reads of A a little with each term: many requests at once would hold up the
 * loads of B. With AVX-512 that saves 1 to 4 % of a wide layer's step where B is packed, and a
 * third of the time where 8 rows read it in place.
 */
#include "gemm_tile.h"
#include "parts.h"

enum layout { IN_ROWS, IN_COLUMNS, FAR_IN_ROWS, FAR_IN_COLUMNS };

/* How a vector is loaded: all its lanes, or those of the last vector. */
enum ending { WHOLE, PART };

enum { VECTORS_MAX = GEMM_TILE_VECTORS, ROWS_MAX = 12, SUMS_MAX = 24, LINE = 64, TERMS_AHEAD = 4 };

static inline vector load(const real *x, lanes last, enum ending ending)
{
    return ending == WHOLE ? vector_load(x) : vector_load_part(x, last);
}

/* A row of B or C; of its last vector what `ending` says. */
static inline __attribute__((always_inline)) void
load_row(const real *from, int vectors, lanes last, enum ending ending, vector *row)
{
    UNROLLED
    for (int v = 0; v < vectors; v++)
        row[v] = load(from + v * LANES, last, v == vectors - 1 ? ending : WHOLE);
}

/* The part of C under sum s of a tile: sums are counted along its rows. */
static inline __attribute__((always_inline)) vector load_c(const struct tile *tile, int s,
                                                           int vectors, lanes last)
{
    const real *c = tile->c + (size_t)(s / vectors) * tile->c_row + s % vectors * LANES;
    return load(c, last, s % vectors == vectors - 1 ? PART : WHOLE);
}

/* What the sums start with. */
static inline __attribute__((always_inline)) void start(const struct tile *tile, int rows,
                                                        int vectors, lanes last, vector *sum)
{
    if (tile->resume) {
        UNROLLED
        for (int s = 0; s < rows * vectors; s++)
            sum[s] = load_c(tile, s, vectors, last);
    }
    if (tile->bias) {
        UNROLLED
        for (int s = 0; s < rows * vectors; s++)
            sum[s] += load(tile->bias + s % vectors * LANES, last,
                           s % vectors == vectors - 1 ? PART : WHOLE);
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

static inline __attribute__((always_inline)) void store_row(real *c, int vectors, lanes last,
                                                            const vector *sum)
{
    UNROLLED
    for (int v = 0; v < vectors - 1; v++)
        vector_store(c + v * LANES, sum[v]);
    vector_store_part(c + (vectors - 1) * LANES, last, sum[vectors - 1]);
}

static inline __attribute__((always_inline)) void store(const struct tile *tile, int rows,
                                                        int vectors, lanes last, const vector *sum)
{
    UNROLLED
    for (int i = 0; i < rows; i++)
        store_row(tile->c + (size_t)i * tile->c_row, vectors, last, sum + i * vectors);
}

static inline __attribute__((always_inline)) bool all_finite(const vector *seen, int vectors)
{
    vector all = {0};
    UNROLLED
    for (int v = 0; v < vectors; v++)
        all += seen[v];
    return vector_is_zero(all);
}

/* sum = c - rate * sum; whether all is finite. All of c is read before any is written: a row's last
 * vector, stored in part, would hold up the load of the row behind it. */
static inline __attribute__((always_inline)) bool descend(const struct tile *tile, int rows,
                                                          int vectors, lanes last, vector *sum)
{
    vector rate = vector_splat(tile->rate), seen[VECTORS_MAX] = {0};
    UNROLLED
    for (int s = 0; s < rows * vectors; s++) {
        sum[s] = load_c(tile, s, vectors, last) - rate * sum[s];
        seen[s % vectors] = vector_see(sum[s], seen[s % vectors]);
    }
    return all_finite(seen, vectors);
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
    for (size_t p = from; p < to; p++) {
        if (far) {
            UNROLLED
            for (int v = 0; v < vectors; v += LINE / VECTOR_BYTES)
                __builtin_prefetch(b + TERMS_AHEAD * b_row + v * LANES);
            __builtin_prefetch(ahead);
            ahead += tile->ahead_step;
        }
        load_row(b, vectors, last, ending, row);
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

typedef bool tile_function(const struct tile *tile);

/* tile_ROWS_VECTORS: multiply() of that size, for either layout. */
#define TILE(rows, vectors)                                                                        \
    static bool tile_##rows##_##vectors(const struct tile *tile)                                   \
    {                                                                                              \
        return multiply_any(tile, rows, vectors);                                                  \
    }

// clang-format off
TILE(1, 1) TILE(2, 1) TILE(3, 1) TILE(4, 1) TILE(5, 1) TILE(6, 1)
TILE(1, 2) TILE(2, 2) TILE(3, 2) TILE(4, 2) TILE(5, 2) TILE(6, 2)
#if defined __AVX512F__
TILE(7, 1) TILE(8, 1) TILE(9, 1) TILE(10, 1) TILE(11, 1) TILE(12, 1)
TILE(7, 2) TILE(8, 2) TILE(9, 2) TILE(10, 2) TILE(11, 2) TILE(12, 2)
TILE(1, 3) TILE(2, 3) TILE(3, 3) TILE(4, 3) TILE(5, 3) TILE(6, 3) TILE(7, 3) TILE(8, 3)
TILE(1, 4) TILE(2, 4) TILE(3, 4) TILE(4, 4) TILE(5, 4) TILE(6, 4)
#endif

/* tiles[vectors][rows] */
static tile_function *const tiles[VECTORS_MAX + 1][ROWS_MAX + 1] = {
    [1] = {NULL, tile_1_1, tile_2_1, tile_3_1, tile_4_1, tile_5_1, tile_6_1,
#if defined __AVX512F__
           tile_7_1, tile_8_1, tile_9_1, tile_10_1, tile_11_1, tile_12_1,
#endif
    },
    [2] = {NULL, tile_1_2, tile_2_2, tile_3_2, tile_4_2, tile_5_2, tile_6_2,
#if defined __AVX512F__
           tile_7_2, tile_8_2, tile_9_2, tile_10_2, tile_11_2, tile_12_2,
    },
    [3] = {NULL, tile_1_3, tile_2_3, tile_3_3, tile_4_3, tile_5_3, tile_6_3, tile_7_3, tile_8_3},
    [4] = {NULL, tile_1_4, tile_2_4, tile_3_4, tile_4_4, tile_5_4, tile_6_4,
#endif
    },
};
// clang-format on

bool gemm_tile(const struct tile *tile)
{
    return tiles[tile->vectors][tile->rows](tile);
}

size_t gemm_tile_rows(size_t vectors)
{
    size_t rows = vectors <= VECTORS_MAX ? ROWS_MAX : 0;
    while (rows > 0 && !tiles[vectors][rows])
        rows--;
    return rows;
}

/* --- few terms --- */

/* Row i of C, of which c has what stood there. */
static inline __attribute__((always_inline)) void
add_row(const struct tile *tile, size_t i, int vectors, lanes last, const vector *c, vector *sum)
{
    vector row[VECTORS_MAX];
    UNROLLED
    for (int v = 0; v < vectors; v++)
        sum[v] = tile->resume ? c[v] : (vector){0};
    for (size_t p = 0; p < tile->depth; p++) {
        vector element = vector_splat(tile->a[i + p * tile->a_column]);
        load_row(tile->b + p * tile->b_row, vectors, last, PART, row);
        UNROLLED
        for (int v = 0; v < vectors; v++)
            sum[v] = vector_multiply_add(element, row[v], sum[v]);
    }
}

/* Row by row; each is read before the one above it is written, as above. */
static inline __attribute__((always_inline)) bool multiply_rows(const struct tile *tile,
                                                                int vectors)
{
    const struct tile own = *tile;
    const lanes last = lanes_first(own.last);
    const vector rate = vector_splat(own.rate);
    vector c[VECTORS_MAX], sum[VECTORS_MAX], seen[VECTORS_MAX] = {0};
    load_row(own.c, vectors, last, PART, c);
    for (size_t i = 0; i < own.rows; i++) {
        add_row(&own, i, vectors, last, c, sum);
        if (own.descend) {
            UNROLLED
            for (int v = 0; v < vectors; v++) {
                sum[v] = c[v] - rate * sum[v];
                seen[v] = vector_see(sum[v], seen[v]);
            }
        }
        load_row(own.c + min(i + 1, own.rows - 1) * own.c_row, vectors, last, PART, c);
        store_row(own.c + i * own.c_row, vectors, last, sum);
    }
    return all_finite(seen, vectors);
}

bool gemm_tile_thin(const struct tile *tile)
{
    switch (tile->vectors) {
    case 1:
        return multiply_rows(tile, 1);
    case 2:
        return multiply_rows(tile, 2);
    case 3:
        return multiply_rows(tile, 3);
    default:
        return multiply_rows(tile, VECTORS_MAX);
    }
}
