/*
 * window.c - pictures as columns under a window, and columns added to pictures.
 */
#include "window.h"
#include "vector_run.h"
#include <stddef.h>

/* Output pixels [from, to) of one output row, and the input row that lies under it. */
struct piece {
    const struct window_axis *x;
    size_t k;          /* element of the window along x */
    size_t begin, end; /* outputs of the row that lie inside, see window_inside */
    size_t from, to;
};

static inline size_t clamp(size_t value, size_t low, size_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* columns[0 .. to - from) of an input row; NULL: a row of padding. */
static void take_piece(const struct piece *piece, const real *x, real *columns)
{
    const size_t stride = piece->x->stride, count = piece->to - piece->from;
    if (!x) {
        for (size_t o = 0; o < count; o++)
            columns[o] = 0;
        return;
    }
    size_t begin = clamp(piece->begin, piece->from, piece->to) - piece->from;
    size_t end = clamp(piece->end, piece->from, piece->to) - piece->from;
    if (begin > end)
        begin = end;
    for (size_t o = 0; o < begin; o++)
        columns[o] = 0;
    /* The first input that is read; before it there may be none. */
    const real *in =
        x + ((piece->from + begin) * stride + piece->k * piece->x->dilation - piece->x->padding);
    if (stride == 1)
        run_copy(end - begin, in, columns + begin);
    else
        for (size_t o = begin; o < end; o++)
            columns[o] = in[(o - begin) * stride];
    for (size_t o = end; o < count; o++)
        columns[o] = 0;
}

static void add_piece(const struct piece *piece, const real *columns, real *x)
{
    const size_t stride = piece->x->stride;
    size_t begin = clamp(piece->begin, piece->from, piece->to);
    size_t end = clamp(piece->end, piece->from, piece->to);
    if (!x || begin >= end)
        return;
    real *in = x + (begin * stride + piece->k * piece->x->dilation - piece->x->padding);
    columns += begin - piece->from;
    if (stride == 1)
        run_add(end - begin, columns, in);
    for (size_t o = 0; stride > 1 && o < end - begin; o++)
        in[o * stride] += columns[o];
}

/* Offset of the input row under output row `out` at window element k; SIZE_MAX: padding. */
static size_t input_row(const struct window *window, size_t k, size_t out)
{
    size_t at = out * window->y.stride + k * window->y.dilation;
    if (at < window->y.padding || at - window->y.padding >= window->y.in)
        return SIZE_MAX;
    return (at - window->y.padding) * window->x.in;
}

void window_columns(const struct window *window, size_t channels, const real *x, size_t first,
                    size_t last, size_t row, real *columns)
{
    const size_t width = window->x.out, area = window->y.in * window->x.in;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < window->y.size; i++)
            for (size_t j = 0; j < window->x.size; j++, columns += row) {
                struct piece piece = {.x = &window->x, .k = j};
                window_inside(&window->x, j, &piece.begin, &piece.end);
                for (size_t p = first, next; p < last; p = next) {
                    size_t start = p / width * width, in = input_row(window, i, p / width);
                    next = start + width < last ? start + width : last;
                    piece.from = p - start;
                    piece.to = next - start;
                    take_piece(&piece, in == SIZE_MAX ? NULL : x + c * area + in,
                               columns + (p - first));
                }
            }
}

void window_add(const struct window *window, size_t channels, const real *columns, size_t first,
                size_t last, size_t row, real *x)
{
    const size_t width = window->x.out, area = window->y.in * window->x.in;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < window->y.size; i++)
            for (size_t j = 0; j < window->x.size; j++, columns += row) {
                struct piece piece = {.x = &window->x, .k = j};
                window_inside(&window->x, j, &piece.begin, &piece.end);
                for (size_t p = first, next; p < last; p = next) {
                    size_t start = p / width * width, in = input_row(window, i, p / width);
                    next = start + width < last ? start + width : last;
                    piece.from = p - start;
                    piece.to = next - start;
                    add_piece(&piece, columns + (p - first),
                              in == SIZE_MAX ? NULL : x + c * area + in);
                }
            }
}
