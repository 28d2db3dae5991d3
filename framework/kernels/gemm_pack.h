/*
 * gemm_pack.h - copies a part of A or B into panels, in the order in which tiles read them.
 *
 *     panels of A, `width` rows of it each:    to[panel][p * row + i] = a[panel * width + i][p]
 *     panels of B, `width` columns each:       to[panel][p * row + j] = b[p][panel * width + j]
 *
 * Both are the same task, with the columns of B in the place of the rows of A; in the struct they
 * are called lines. What the last panel lacks up to a whole vector is filled with zeros.
 */
#ifndef TRAINER_GEMM_PACK_H
#define TRAINER_GEMM_PACK_H

#include "vector.h"

struct packing {
    size_t lines, depth;
    const real *from;            /* from[i * from_line + p * from_term], i < lines, p < depth */
    size_t from_line, from_term; /* one of them is 1 */
    real *to;
    size_t width; /* lines of a panel, but for the last one */
    size_t row;   /* elements from p to p + 1 in a panel, at least gemm_pack_row(width) */
    size_t panel; /* elements from panel to panel, at least depth * row + LANES in the last one */
};

/* The distance of a packed panel's rows: without gaps where one vector holds a row, as the next row
 * overwrites what the vector has too much. */
static inline size_t gemm_pack_row(size_t width)
{
    return width <= LANES ? width : (width + LANES - 1) / LANES * LANES;
}

#define gemm_pack      NAME(gemm_pack)
#define gemm_transpose NAME(gemm_transpose)

void gemm_pack(const struct packing *packing);

/* to[j * to_row + i] = from[i * from_row + j], i < rows, j < columns; nothing else is written. */
void gemm_transpose(size_t rows, size_t columns, const real *from, size_t from_row, real *to,
                    size_t to_row);

#endif
