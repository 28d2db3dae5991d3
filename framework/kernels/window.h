/*
 * window.h - windows that slide over a picture, for convolutions and pools; the pixels under them
 * as a matrix, and back.
 *
 *     output pixel (oy, ox), window element (i, j) <-> input pixel
 *     iy = oy stride - padding + i dilation, ix likewise; outside the picture it counts as 0
 *
 * Dimensions: C channels, H x W input pixels, h x w window elements, P = OH x OW output pixels.
 */
#ifndef TRAINER_WINDOW_H
#define TRAINER_WINDOW_H

#include "engine/real.h"
#include <stdbool.h>
#include <stddef.h>

/* One direction of a window: vertical or horizontal. */
struct window_axis {
    size_t size, stride, padding, dilation;
    size_t in, out; /* pixels */
};

struct window {
    struct window_axis y, x;
};

#define window_columns NAME(window_columns)
#define window_add     NAME(window_add)

/* What a window covers, in pixels. */
static inline size_t window_reach(const struct window_axis *axis)
{
    return axis->dilation * (axis->size - 1) + 1;
}

/* Output positions, from all but `out`; 0 where the window is larger than its padded input. */
static inline size_t window_out(const struct window_axis *axis)
{
    size_t padded = axis->in + 2 * axis->padding, reach = window_reach(axis);
    return padded < reach ? 0 : (padded - reach) / axis->stride + 1;
}

/* The outputs [*begin, *end) out of [0, out) whose input at window element k is no padding. */
static inline void window_inside(const struct window_axis *axis, size_t k, size_t *begin,
                                 size_t *end)
{
    size_t at = k * axis->dilation, low = axis->padding > at ? axis->padding - at : 0;
    size_t high = axis->in + axis->padding; /* at + out stride < high */
    *begin = (low + axis->stride - 1) / axis->stride;
    *end = high > at ? (high - at - 1) / axis->stride + 1 : 0;
    *end = *end < axis->out ? *end : axis->out;
    *begin = *begin < *end ? *begin : *end;
}

/* columns[((c h + i) w + j) * row + p - first] = x[c][iy][ix] for output pixels first <= p < last.
 * x (C, H, W), columns (C h w, row). */
void window_columns(const struct window *window, size_t channels, const real *x, size_t first,
                    size_t last, size_t row, real *columns);

/* The way back: x[c][iy][ix] += columns[...], in the order of c, i, j for each pixel. */
void window_add(const struct window *window, size_t channels, const real *columns, size_t first,
                size_t last, size_t row, real *x);

#endif
