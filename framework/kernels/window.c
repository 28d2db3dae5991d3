/*
 * window.c - pictures as columns under a window, and columns added to pictures.
 */
#include "window.h"
#include "vector_run.h"
#include <stddef.h>
#include <stdint.h>

static const size_t PADDING = SIZE_MAX;

/* Output pixels [from, to) of one output row, and the input row that lies under it. */
struct piece {
    const struct window_axis *x;
    size_t k;          /* element of the window along x */
    size_t begin, end; /* outputs of the row that lie inside, see window_inside */
    size_t from, to;
    size_t columns; /* where they stand in the columns */
    size_t in;      /* where the input row stands in the picture, or PADDING */
};

static inline size_t clamp(size_t value, size_t low, size_t high)
{
    return value < low ? low : value > high ? high : value;
}

static void take_piece(const struct piece *piece, const real *x, real *columns)
{
    const size_t stride = piece->x->stride, count = piece->to - piece->from;
    columns += piece->columns;
    if (piece->in == PADDING) {
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
        x + piece->in +
        ((piece->from + begin) * stride + piece->k * piece->x->dilation - piece->x->padding);
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
    if (piece->in == PADDING || begin >= end)
        return;
    real *in = x + piece->in + (begin * stride + piece->k * piece->x->dilation - piece->x->padding);
    columns += piece->columns + (begin - piece->from);
    if (stride == 1)
        run_add(end - begin, columns, in);
    for (size_t o = 0; stride > 1 && o < end - begin; o++)
        in[o * stride] += columns[o];
}

/* Offset of the input row under output row `out` at window element k, or PADDING. */
static size_t input_row(const struct window *window, size_t k, size_t out)
{
    size_t at = out * window->y.stride + k * window->y.dilation;
    if (at < window->y.padding || at - window->y.padding >= window->y.in)
        return PADDING;
    return (at - window->y.padding) * window->x.in;
}

/* Moves every piece between the picture and the columns of output pixels [first, last), row numbers
 * in each column. */
static inline void move_pieces(const struct window *window, size_t channels, size_t first,
                               size_t last, size_t row, const real *from, real *to,
                               void (*move)(const struct piece *piece, const real *from, real *to))
{
    const size_t width = window->x.out, area = window->y.in * window->x.in;
    struct piece piece = {.x = &window->x};
    for (size_t c = 0, column = 0; c < channels; c++)
        for (size_t i = 0; i < window->y.size; i++)
            for (piece.k = 0; piece.k < window->x.size; piece.k++, column += row) {
                window_inside(&window->x, piece.k, &piece.begin, &piece.end);
                for (size_t p = first, next; p < last; p = next) {
                    size_t start = p / width * width, in = input_row(window, i, p / width);
                    next = start + width < last ? start + width : last;
                    piece.from = p - start;
                    piece.to = next - start;
                    piece.columns = column + (p - first);
                    piece.in = in == PADDING ? PADDING : c * area + in;
                    move(&piece, from, to);
                }
            }
}

void window_columns(const struct window *window, size_t channels, const real *x, size_t first,
                    size_t last, size_t row, real *columns)
{
    move_pieces(window, channels, first, last, row, x, columns, take_piece);
}

void window_add(const struct window *window, size_t channels, const real *columns, size_t first,
                size_t last, size_t row, real *x)
{
    move_pieces(window, channels, first, last, row, columns, x, add_piece);
}
