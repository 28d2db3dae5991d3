/*
 * window.c - pictures as columns under a window, and columns added to pictures.
 */
#include "window.h"
#include "vector.h"
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

/* Rows of pictures are short: copied and added in place of calls. */
static inline void copy_row(size_t count, const real *from, real *to)
{
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        vector_store(to + i, vector_load(from + i));
    if (i < count) {
        lanes rest = lanes_first(count - i);
        vector_store_part(to + i, rest, vector_load_part(from + i, rest));
    }
}

static inline void add_row(size_t count, const real *from, real *to)
{
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        vector_store(to + i, vector_load(to + i) + vector_load(from + i));
    if (i < count) {
        lanes rest = lanes_first(count - i);
        vector sum = vector_load_part(to + i, rest) + vector_load_part(from + i, rest);
        vector_store_part(to + i, rest, sum);
    }
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
        copy_row(end - begin, in, columns + begin);
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
        add_row(end - begin, columns, in);
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

/* Whether output and input rows are equally long and neither skips pixels: then what lies under one
 * window element are the input's pixels moved by one distance, whole strips at once, but for those
 * that moved from one row to the next. */
static bool is_shift(const struct window *window)
{
    return window->x.stride == 1 && window->y.stride == 1 && window->x.out == window->x.in;
}

/* One window element (i, j) of a shift, and output pixels [first, last). */
struct shift {
    ptrdiff_t distance; /* from an output pixel to the input pixel under it, both counted in rows */
    size_t begin, end;  /* outputs whose input lies in the picture's rows, within [first, last) */
    size_t left, right; /* outputs of a row that lie inside: [left, right) */
};

static struct shift make_shift(const struct window *window, size_t i, size_t j, size_t first,
                               size_t last)
{
    const size_t width = window->x.in;
    struct shift shift;
    size_t top, bottom;
    window_inside(&window->y, i, &top, &bottom);
    window_inside(&window->x, j, &shift.left, &shift.right);
    shift.distance =
        ((ptrdiff_t)(i * window->y.dilation) - (ptrdiff_t)window->y.padding) * (ptrdiff_t)width +
        (ptrdiff_t)(j * window->x.dilation) - (ptrdiff_t)window->x.padding;
    bool any = top < bottom && shift.left < shift.right;
    shift.begin = any ? clamp(top * width + shift.left, first, last) : first;
    shift.end = any ? clamp((bottom - 1) * width + shift.right, shift.begin, last) : first;
    return shift;
}

/* Zeros in the outputs of [begin, end) that lie outside of their row. */
static void clear_outside(const struct shift *shift, size_t width, size_t first, real *columns)
{
    for (size_t row = shift->begin / width * width; row < shift->end; row += width) {
        for (size_t o = row; o < row + shift->left; o++)
            if (o >= shift->begin && o < shift->end)
                columns[o - first] = 0;
        for (size_t o = row + shift->right; o < row + width; o++)
            if (o >= shift->begin && o < shift->end)
                columns[o - first] = 0;
    }
}

/* Zeros before and behind what a shift covers. */
static void clear_around(const struct shift *shift, size_t first, size_t last, real *columns)
{
    for (size_t o = first; o < shift->begin; o++)
        columns[o - first] = 0;
    for (size_t o = shift->end; o < last; o++)
        columns[o - first] = 0;
}

static void shift_columns(const struct window *window, size_t channels, const real *x, size_t first,
                          size_t last, size_t row, real *columns)
{
    const size_t area = window->y.in * window->x.in;
    for (size_t i = 0; i < window->y.size; i++)
        for (size_t j = 0; j < window->x.size; j++) {
            struct shift shift = make_shift(window, i, j, first, last);
            for (size_t c = 0; c < channels; c++) {
                real *to = columns + ((c * window->y.size + i) * window->x.size + j) * row;
                clear_around(&shift, first, last, to);
                copy_row(shift.end - shift.begin,
                         x + c * area + ((ptrdiff_t)shift.begin + shift.distance),
                         to + (shift.begin - first));
                clear_outside(&shift, window->x.in, first, to);
            }
        }
}

static void shift_add(const struct window *window, size_t channels, real *columns, size_t first,
                      size_t last, size_t row, real *x)
{
    const size_t area = window->y.in * window->x.in;
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < window->y.size; i++)
            for (size_t j = 0; j < window->x.size; j++, columns += row) {
                struct shift shift = make_shift(window, i, j, first, last);
                clear_outside(&shift, window->x.in, first, columns);
                add_row(shift.end - shift.begin, columns + (shift.begin - first),
                        x + c * area + ((ptrdiff_t)shift.begin + shift.distance));
            }
}

void window_columns(const struct window *window, size_t channels, const real *x, size_t first,
                    size_t last, size_t row, real *columns)
{
    if (is_shift(window)) {
        shift_columns(window, channels, x, first, last, row, columns);
        return;
    }
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

void window_add(const struct window *window, size_t channels, real *columns, size_t first,
                size_t last, size_t row, real *x)
{
    if (is_shift(window)) {
        shift_add(window, channels, columns, first, last, row, x);
        return;
    }
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
