/*
 * gemm_tile.h - the innermost part of gemm: a tile of C that fits into the registers.
 *
 *     s = c[i][j] if resuming, else 0;  s = s + bias[j] if there is a bias
 *     s = multiply_add(a[i][p], b[p][j], s) for p = 0, 1, ... depth-1;  c[i][j] = s
 *     or c[i][j] = c[i][j] - rate * s, when descending
 *
 * A tile is a few rows high and 1 to 4 vectors wide: as many sums as the instruction set has
 * registers for, less those for a row of B and an element of A.
 */
#ifndef TRAINER_GEMM_TILE_H
#define TRAINER_GEMM_TILE_H

#include "vector.h"
#include <stdbool.h>

struct tile {
    size_t rows, vectors;   /* 1..gemm_tile_rows(vectors); 1..4 */
    bool row_by_row;        /* any number of rows, one by one: for sums of few terms */
    size_t last;            /* columns of the last vector, 1..LANES */
    size_t depth;           /* terms of each sum */
    const real *a;          /* (rows, depth): a[i * a_row + p * a_column] */
    size_t a_row, a_column; /* one of them is 1 */
    const real *b;          /* (depth, vectors * LANES): b[p * b_row + j] */
    size_t b_row;
    bool far;     /* b is not in the nearest cache, and asking ahead for it pays (tuning.h) */
    size_t whole; /* first rows of b that may be read a whole last vector wide, up to depth */
    real *c;      /* (rows, vectors * LANES), the last vector in part: c[i * c_row + j] */
    size_t c_row;
    const real *next_c; /* c of the tile after this one, to be fetched meanwhile; or NULL */
    const real *ahead;  /* if far: of A, what a later tile reads, to be fetched meanwhile */
    size_t ahead_step;  /* elements of it with each term */
    const real *bias;   /* (vectors * LANES), the last vector in part; or NULL */
    bool resume;
    bool descend;
    real rate;
};

#define gemm_tile      NAME(gemm_tile)
#define gemm_tile_rows NAME(gemm_tile_rows)

/* False where, descending, a number was written that is not finite. */
bool gemm_tile(const struct tile *tile);

/* The most rows of a tile of that many vectors; 0 where no tile is so wide. */
size_t gemm_tile_rows(size_t vectors);

#endif
