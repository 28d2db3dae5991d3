/*
 * gemm_pack.c - a panel that already lies in order is copied; one that lies across is transposed in
 * the registers, a square of LANES by LANES at a time.
 */
#include "gemm_pack.h"
#include "divide.h"

enum { AHEAD = 2 }; /* rows, or squares, that are asked for before they are read */

/* Lines are neighbours in memory: row by row through all panels, as memory is fastest in order. */
static void copy(const struct packing *packing)
{
    size_t lines = packing->lines, width = packing->width;
    for (size_t p = 0; p < packing->depth; p++) {
        const real *from = packing->from + p * packing->from_term;
        real *to = packing->to + p * packing->row;
        for (size_t begin = 0; begin < lines; begin += width, to += packing->panel) {
            size_t end = lines - begin < width ? lines : begin + width;
            for (size_t i = begin; i < end; i += LANES) {
                __builtin_prefetch(from + i + AHEAD * packing->from_term);
                vector value = end - i < LANES ? vector_load_part(from + i, lanes_first(end - i))
                                               : vector_load(from + i);
                vector_store(to + i - begin, value);
            }
        }
    }
}

/* Transposes a square in log2(LANES) rounds: each interleaves row i with row i + LANES / 2. */
static inline __attribute__((always_inline)) void transpose(vector square[LANES])
{
    vector other[LANES];
    UNROLLED
    for (int round = 1; round < LANES; round *= 2) {
        UNROLLED
        for (int i = 0; i < LANES / 2; i++) {
            other[2 * i] = vector_interleave_low(square[i], square[i + LANES / 2]);
            other[2 * i + 1] = vector_interleave_high(square[i], square[i + LANES / 2]);
        }
        UNROLLED
        for (int i = 0; i < LANES; i++)
            square[i] = other[i];
    }
}

/* to[p * to_row + i] = from[i * from_line + p] of at most LANES by LANES, all in registers. Of less
 * than a square only the lanes `kept` of to's rows are written, zeros where there are no lines. */
static void transpose_square(size_t lines, size_t depth, const real *from, size_t from_line,
                             real *to, size_t to_row, lanes kept)
{
    vector square[LANES] = {{0}};
    if (lines == LANES && depth == LANES) {
        UNROLLED
        for (int i = 0; i < LANES; i++) {
            square[i] = vector_load(from + (size_t)i * from_line);
            __builtin_prefetch(from + (size_t)i * from_line + AHEAD * LANES);
        }
    } else {
        lanes part = lanes_first(depth);
        for (size_t i = 0; i < lines; i++)
            square[i] = vector_load_part(from + i * from_line, part);
    }
    transpose(square);
    if (lines == LANES && depth == LANES) {
        UNROLLED
        for (int p = 0; p < LANES; p++)
            vector_store(to + (size_t)p * to_row, square[p]);
    } else {
        for (size_t p = 0; p < depth; p++)
            vector_store_part(to + p * to_row, kept, square[p]);
    }
}

/* The terms of a line are neighbours in memory. Where `exact`, nothing is written beyond lines. */
static void turn(size_t lines, size_t depth, const real *from, size_t from_line, real *to,
                 size_t to_row, bool exact)
{
    for (size_t i = 0; i < lines; i += LANES)
        for (size_t p = 0; p < depth; p += LANES)
            transpose_square(min(LANES, lines - i), min(LANES, depth - p), from + i * from_line + p,
                             from_line, to + p * to_row + i, to_row,
                             lanes_first(exact ? lines - i : LANES));
}

void gemm_pack(const struct packing *packing)
{
    if (packing->from_line == 1) {
        copy(packing);
        return;
    }
    real *to = packing->to;
    size_t lines = packing->lines, width = packing->width;
    for (size_t begin = 0; begin < lines; begin += width, to += packing->panel)
        turn(min(width, lines - begin), packing->depth, packing->from + begin * packing->from_line,
             packing->from_line, to, packing->row, false);
}

void gemm_transpose(size_t rows, size_t columns, const real *from, size_t from_row, real *to,
                    size_t to_row)
{
    turn(rows, columns, from, from_row, to, to_row, true);
}
