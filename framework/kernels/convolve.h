/*
 * convolve.h - convolutions of one sample without a matrix of windows, for windows that move pixel
 * by pixel.
 *
 *     y[f][oy][ox] = s + sum over c, i, j of w[f][c][i][j] x[c][oy - top + i down][ox - left + j]
 *
 * x is 0 outside the picture. s is the bias, or 0. Every element of y is one chain of multiply_add
 * in the order of c, i, j; every element of dw is one in the order of y's pixels. Nothing depends
 * on strips, tiles or the instruction set, but for how multiply_add rounds.
 *
 * The gradient of x is a convolution itself, of dy by the window rotated by 180 degrees, with
 * filters and channels in each other's place: see convolve_back. Its chains go through y's filters,
 * then i, j from the first to the last.
 *
 * How: some rows of x, with the zeros around them, are copied to where one cache holds them. A
 * filter's pixels are then computed in that picture's own order, row after row in one run, those
 * over the zeros at a row's end too: what lies under a window element is the same run of pixels,
 * moved. A tile is a few filters and a few vectors of pixels, all sums in registers. For dw a tile
 * is a few elements of the window and a few vectors of filters.
 *
 * Dimensions: C channels, F filters, H x W pixels of x, OH x OW of y, h x w of the window.
 */
#ifndef TRAINER_CONVOLVE_H
#define TRAINER_CONVOLVE_H

#include "window.h"

struct convolution {
    size_t channels, filters;
    size_t in_rows, in_columns; /* H, W */
    size_t rows, columns;       /* OH, OW */
    size_t height, width;       /* h, w */
    size_t down;                /* pixel rows from one row of the window to the next */
    size_t top, left;           /* rows and columns of zeros before the picture */
    bool back;                  /* of dy: w[c][f][h - 1 - i][w - 1 - j] stands for w[f][c][i][j] */
};

#define convolve_fits    NAME(convolve_fits)
#define convolve_of      NAME(convolve_of)
#define convolve_back    NAME(convolve_back)
#define convolve_bytes   NAME(convolve_bytes)
#define convolve_run     NAME(convolve_run)
#define convolve_row     NAME(convolve_row)
#define convolve_weights NAME(convolve_weights)

/* Whether these functions compute what the window says: strides of 1, elements side by side, and no
 * more padding than the window covers. */
bool convolve_fits(const struct window *window);

struct convolution convolve_of(const struct window *window, size_t channels, size_t filters);

/* The convolution whose x is dy and whose y is dx. */
struct convolution convolve_back(const struct convolution *forward);

/* Bytes of scratch that one thread needs, 64-byte aligned. */
size_t convolve_bytes(const struct convolution *conv);

/* y (F, OH, OW) of x (C, H, W) by w (F, C, h, w), of a convolution back (C, F, h, w); bias (F) or
 * NULL. With `add` y's sums are added to what it has. */
void convolve_run(const struct convolution *conv, const real *x, const real *w, const real *bias,
                  bool add, real *y, void *scratch);

/* dw (C h w, row) += the sum over pixels of x dy, for x (C, H, W) and dy (F, OH, OW). Columns of dw
 * from F to row = convolve_row(conv) have no meaning. */
size_t convolve_row(const struct convolution *conv);
void convolve_weights(const struct convolution *conv, const real *x, const real *dy, real *dw,
                      void *scratch);

#endif
