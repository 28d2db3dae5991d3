/*
 * convolve.c - strips of a padded picture, tiles over its pixels, tiles over a window's elements.
 */
#include "convolve.h"
#include "divide.h"
#include "gemm_pack.h"
#include "vector_run.h"

enum {
    STRIP_BYTES = 64 * 1024, /* of a padded strip: with what is computed of it, a cache's part */
    VECTORS = 3,             /* of pixels in a tile */
    LINES_MOST = 8,          /* rows of the window in a tile of dw, each behind a pointer */
#if defined __AVX512F__
    FILTERS = 8, /* of a tile: FILTERS * VECTORS sums */
    SUMS = 24,   /* of a tile of dw */
#else
    FILTERS = 4,
    SUMS = 12,
#endif
};

enum { ELEMENTS = 3, WIDE = 2 }; /* the most of a row of the window, and of vectors, in one of dw */

bool convolve_fits(const struct window *window)
{
    const struct window_axis *y = &window->y, *x = &window->x;
    return y->stride == 1 && x->stride == 1 && x->dilation == 1 && y->padding < window_reach(y) &&
           x->padding < window_reach(x);
}

struct convolution convolve_of(const struct window *window, size_t channels, size_t filters)
{
    return (struct convolution){.channels = channels,
                                .filters = filters,
                                .in_rows = window->y.in,
                                .in_columns = window->x.in,
                                .rows = window->y.out,
                                .columns = window->x.out,
                                .height = window->y.size,
                                .width = window->x.size,
                                .down = window->y.dilation,
                                .top = window->y.padding,
                                .left = window->x.padding};
}

struct convolution convolve_back(const struct convolution *forward)
{
    struct convolution back = *forward;
    back.channels = forward->filters;
    back.filters = forward->channels;
    back.in_rows = forward->rows;
    back.in_columns = forward->columns;
    back.rows = forward->in_rows;
    back.columns = forward->in_columns;
    back.top = forward->down * (forward->height - 1) - forward->top;
    back.left = forward->width - 1 - forward->left;
    back.back = !forward->back;
    return back;
}

/* --- strips ----------------------------------------------------------------------------------- */

/* Rows [first, first + rows) of y, and the padded rows of x under them. */
struct strip {
    size_t first, rows;
    size_t row;   /* reals of a padded row */
    size_t lines; /* padded rows of a channel */
    real *x;      /* (C, lines, row), and LANES * VECTORS zeros */
};

static size_t padded_row(const struct convolution *conv)
{
    return conv->columns + conv->width - 1;
}

/* Rows of x that some rows of y read. */
static size_t lines_under(const struct convolution *conv, size_t rows)
{
    return rows + conv->down * (conv->height - 1);
}

static size_t strip_reals(const struct convolution *conv, size_t rows)
{
    return conv->channels * lines_under(conv, rows) * padded_row(conv) + LANES * VECTORS;
}

static size_t strip_rows(const struct convolution *conv)
{
    size_t rows = conv->rows;
    while (rows > 1 && strip_reals(conv, rows) > STRIP_BYTES / sizeof(real))
        rows = (rows + 1) / 2;
    return rows;
}

/* to[0..count) = 0, in whole vectors: what follows is written later. */
static inline void clear_ahead(size_t count, real *to)
{
    for (size_t i = 0; i < count; i += LANES)
        vector_store(to + i, (vector){0});
}

/* to[0..count) = from[0..count), in whole vectors as long as neither end lies beyond `room` reals:
 * what follows in `to` is written later. */
static inline void copy_ahead(size_t count, size_t room, const real *from, real *to)
{
    for (size_t i = 0; i < count; i += LANES)
        if (i + LANES <= room)
            vector_store(to + i, vector_load(from + i));
        else
            run_copy(count - i < LANES ? count - i : LANES, from + i, to + i);
}

/* Rows [first, first + lines) of a channel of x, counted with the zeros above it. Up to LANES reals
 * behind them are written too. */
static void pad_rows(const struct convolution *conv, const real *channel, const real *end,
                     size_t first, size_t lines, real *to)
{
    const size_t row = padded_row(conv), count = min(conv->in_columns, row - conv->left);
    const size_t right = row - conv->left - count;
    for (size_t at = first; at < first + lines; at++, to += row) {
        if (at < conv->top || at - conv->top >= conv->in_rows) {
            clear_ahead(row, to);
            continue;
        }
        clear_ahead(conv->left, to);
        const real *from = channel + (at - conv->top) * conv->in_columns;
        copy_ahead(count, (size_t)(end - from), from, to + conv->left);
        clear_ahead(right, to + conv->left + count);
    }
}

static struct strip make_strip(const struct convolution *conv, const real *x, size_t first,
                               real *to)
{
    struct strip strip = {.first = first,
                          .rows = min(strip_rows(conv), conv->rows - first),
                          .row = padded_row(conv),
                          .x = to};
    const size_t picture = conv->in_rows * conv->in_columns;
    strip.lines = lines_under(conv, strip.rows);
    for (size_t c = 0; c < conv->channels; c++, to += strip.lines * strip.row)
        pad_rows(conv, x + c * picture, x + conv->channels * picture, first, strip.lines, to);
    clear_ahead(LANES * VECTORS, to);
    return strip;
}

/* --- y ---------------------------------------------------------------------------------------- */

/* Pixels of a strip from its first to its last in padded rows, in whole vectors. */
static size_t run_vectors(const struct convolution *conv, size_t rows)
{
    return divide_up((rows - 1) * padded_row(conv) + conv->columns, LANES);
}

/* Bytes of a strip of x, then of a band of y or of dy's rows, each on a cache line of its own. */
static size_t line_bytes(size_t reals)
{
    return divide_up(reals * sizeof(real), 64) * 64;
}

size_t convolve_bytes(const struct convolution *conv)
{
    size_t rows = strip_rows(conv);
    size_t band = FILTERS * run_vectors(conv, rows) * LANES;
    size_t transposed = rows * conv->columns * convolve_row(conv) + LANES;
    return line_bytes(strip_reals(conv, rows)) + line_bytes(band > transposed ? band : transposed);
}

static real *behind_strip(const struct convolution *conv, void *scratch)
{
    return (real *)((char *)scratch + line_bytes(strip_reals(conv, strip_rows(conv))));
}

/* Some filters, whose pixels stand in a run of their own each. */
struct band {
    const real *w; /* of the first filter and channel */
    size_t filter; /* reals of w from filter to filter */
    size_t channel;
    const real *bias; /* or NULL */
    real *to;
    size_t to_row;
};

/* Pixels [at, at + vectors * LANES) of a band: to[f * to_row]. */
static inline __attribute__((always_inline)) void run_tile(const struct convolution *conv,
                                                           const struct strip *strip,
                                                           const struct band *band, size_t at,
                                                           int filters, int vectors)
{
    vector sum[FILTERS * VECTORS], x[VECTORS];
    UNROLLED
    for (int s = 0; s < filters * vectors; s++)
        sum[s] = vector_splat(band->bias ? band->bias[s / vectors] : 0);
    const ptrdiff_t step = conv->back ? -1 : 1, down = step * (ptrdiff_t)(conv->down * strip->row);
    const size_t filter = band->filter, skip = band->channel - conv->height * conv->width;
    const real *channel = strip->x + at, *w = band->w;
    if (conv->back)
        channel += (conv->height - 1) * conv->down * strip->row + conv->width - 1;
    for (size_t c = 0; c < conv->channels; c++, channel += strip->lines * strip->row, w += skip) {
        const real *line = channel;
        for (size_t i = 0; i < conv->height; i++, line += down) {
            const real *under = line;
            for (size_t j = 0; j < conv->width; j++, under += step, w++) {
                UNROLLED
                for (int v = 0; v < vectors; v++)
                    x[v] = vector_load(under + v * LANES);
                UNROLLED
                for (int f = 0; f < filters; f++) {
                    vector weight = vector_splat(w[(size_t)f * filter]);
                    UNROLLED
                    for (int v = 0; v < vectors; v++)
                        sum[f * vectors + v] =
                            vector_multiply_add(weight, x[v], sum[f * vectors + v]);
                }
            }
        }
    }
    UNROLLED
    for (int s = 0; s < filters * vectors; s++)
        vector_store(band->to + (size_t)(s / vectors) * band->to_row + at + s % vectors * LANES,
                     sum[s]);
}

/* All tiles of a band of so many filters. */
static inline __attribute__((always_inline)) void run_band(const struct convolution *conv,
                                                           const struct strip *strip,
                                                           const struct band *band, int filters)
{
    size_t v = 0, all = band->to_row / LANES;
    for (; v + 3 <= all; v += 3)
        run_tile(conv, strip, band, v * LANES, filters, 3);
    if (all - v == 2)
        run_tile(conv, strip, band, v * LANES, filters, 2);
    if (all - v == 1)
        run_tile(conv, strip, band, v * LANES, filters, 1);
}

/* Bands are FILTERS, 4, 2 or 1 filters. */
static size_t band_filters(size_t left)
{
    size_t filters = FILTERS;
    while (filters > left)
        filters /= 2;
    return filters;
}

static void run_filters(const struct convolution *conv, const struct strip *strip,
                        const struct band *band, size_t filters)
{
    if (filters == FILTERS)
        run_band(conv, strip, band, FILTERS);
    else if (filters == 4)
        run_band(conv, strip, band, 4);
    else if (filters == 2)
        run_band(conv, strip, band, 2);
    else
        run_band(conv, strip, band, 1);
}

/* The pixels of y out of those of its strip. */
static void take_rows(const struct convolution *conv, const struct strip *strip, const real *run,
                      bool add, real *y)
{
    const size_t columns = conv->columns;
    for (size_t left = strip->rows; left > 0; left--, run += strip->row, y += columns)
        if (add)
            run_add(columns, run, y);
        else
            copy_ahead(columns, left * columns, run, y);
}

void convolve_run(const struct convolution *conv, const real *x, const real *w, const real *bias,
                  bool add, real *y, void *scratch)
{
    const size_t area = conv->rows * conv->columns, window = conv->height * conv->width;
    struct band band = {.filter = conv->back ? window : conv->channels * window,
                        .channel = conv->back ? conv->filters * window : window,
                        .to = behind_strip(conv, scratch)};
    for (size_t first = 0; first < conv->rows;) {
        struct strip strip = make_strip(conv, x, first, scratch);
        band.to_row = run_vectors(conv, strip.rows) * LANES;
        for (size_t done = 0, filters; done < conv->filters; done += filters) {
            filters = band_filters(conv->filters - done);
            band.w = w + done * band.filter;
            band.bias = bias ? bias + done : NULL;
            run_filters(conv, &strip, &band, filters);
            for (size_t f = 0; f < filters; f++)
                take_rows(conv, &strip, band.to + f * band.to_row, add,
                          y + (done + f) * area + first * conv->columns);
        }
        first += strip.rows;
    }
}

/* --- dw --------------------------------------------------------------------------------------- */

size_t convolve_row(const struct convolution *conv)
{
    return divide_up(conv->filters, LANES) * LANES;
}

/* Some elements of some rows of the window, and some vectors of filters. */
struct piece {
    const struct convolution *conv;
    const struct strip *strip;
    const real *dy;                /* (pixels, row), transposed; from the piece's first filter on */
    const real *under[LINES_MOST]; /* of each row of the window: x under the strip's first pixel */
    real *to[LINES_MOST];          /* dw of each one's first element */
    size_t row;                    /* of dy and dw */
};

static inline __attribute__((always_inline)) void sum_piece(const struct piece *piece, int lines,
                                                            int elements, int vectors)
{
    vector sum[SUMS], dy[WIDE];
    const real *from = piece->dy, *under[LINES_MOST];
    UNROLLED
    for (int l = 0; l < lines; l++)
        under[l] = piece->under[l];
    UNROLLED
    for (int s = 0; s < lines * elements * vectors; s++)
        sum[s] = vector_load(piece->to[s / vectors / elements] +
                             (size_t)(s / vectors % elements) * piece->row + s % vectors * LANES);
    for (size_t y = 0; y < piece->strip->rows; y++) {
        for (size_t x = 0; x < piece->conv->columns; x++, from += piece->row) {
            UNROLLED
            for (int v = 0; v < vectors; v++)
                dy[v] = vector_load(from + v * LANES);
            UNROLLED
            for (int e = 0; e < lines * elements; e++) {
                vector element = vector_splat(under[e / elements][x + (size_t)(e % elements)]);
                UNROLLED
                for (int v = 0; v < vectors; v++)
                    sum[e * vectors + v] =
                        vector_multiply_add(element, dy[v], sum[e * vectors + v]);
            }
        }
        UNROLLED
        for (int l = 0; l < lines; l++)
            under[l] += piece->strip->row;
    }
    UNROLLED
    for (int s = 0; s < lines * elements * vectors; s++)
        vector_store(piece->to[s / vectors / elements] +
                         (size_t)(s / vectors % elements) * piece->row + s % vectors * LANES,
                     sum[s]);
}

typedef void piece_function(const struct piece *piece);

/* piece_LINES_ELEMENTS_VECTORS: sum_piece() of that size. */
#define PIECE(lines, elements, vectors)                                                            \
    static void piece_##lines##_##elements##_##vectors(const struct piece *piece)                  \
    {                                                                                              \
        sum_piece(piece, lines, elements, vectors);                                                \
    }

// clang-format off
PIECE(1, 1, 1) PIECE(2, 1, 1) PIECE(4, 1, 1) PIECE(8, 1, 1)
PIECE(1, 2, 1) PIECE(2, 2, 1) PIECE(4, 2, 1)
PIECE(1, 3, 1) PIECE(2, 3, 1) PIECE(4, 3, 1)
PIECE(1, 1, 2) PIECE(2, 1, 2) PIECE(4, 1, 2)
PIECE(1, 2, 2) PIECE(2, 2, 2)
PIECE(1, 3, 2) PIECE(2, 3, 2)
#if defined __AVX512F__
PIECE(8, 2, 1) PIECE(8, 3, 1) PIECE(8, 1, 2) PIECE(4, 2, 2) PIECE(4, 3, 2)
#endif

/* pieces[vectors - 1][elements - 1][log2(lines)] */
static piece_function *const pieces[WIDE][ELEMENTS][4] = {
#if defined __AVX512F__
    {{piece_1_1_1, piece_2_1_1, piece_4_1_1, piece_8_1_1},
     {piece_1_2_1, piece_2_2_1, piece_4_2_1, piece_8_2_1},
     {piece_1_3_1, piece_2_3_1, piece_4_3_1, piece_8_3_1}},
    {{piece_1_1_2, piece_2_1_2, piece_4_1_2, piece_8_1_2},
     {piece_1_2_2, piece_2_2_2, piece_4_2_2},
     {piece_1_3_2, piece_2_3_2, piece_4_3_2}},
#else
    {{piece_1_1_1, piece_2_1_1, piece_4_1_1, piece_8_1_1},
     {piece_1_2_1, piece_2_2_1, piece_4_2_1},
     {piece_1_3_1, piece_2_3_1, piece_4_3_1}},
    {{piece_1_1_2, piece_2_1_2, piece_4_1_2},
     {piece_1_2_2, piece_2_2_2},
     {piece_1_3_2, piece_2_3_2}},
#endif
};
// clang-format on

/* The largest piece of at most so many rows of the window. */
static int choose_piece(piece_function *const *of, size_t lines)
{
    int log = 3;
    while (!of[log] || lines >> log == 0)
        log--;
    return log;
}

/* All rows of the window, of some elements and filters. */
static void sum_lines(struct piece *piece, piece_function *const *of, size_t element, real *dw)
{
    const struct convolution *conv = piece->conv;
    const struct strip *strip = piece->strip;
    size_t lines = conv->channels * conv->height;
    for (size_t line = 0, next; line < lines; line = next) {
        int log = choose_piece(of, lines - line);
        next = line + ((size_t)1 << log);
        for (size_t l = line; l < next; l++) {
            size_t down = l % conv->height * conv->down + l / conv->height * strip->lines;
            piece->under[l - line] = strip->x + down * strip->row + element;
            piece->to[l - line] = dw + (l * conv->width + element) * piece->row;
        }
        of[log](piece);
    }
}

void convolve_weights(const struct convolution *conv, const real *x, const real *dy, real *dw,
                      void *scratch)
{
    size_t area = conv->rows * conv->columns, row = convolve_row(conv);
    real *transposed = behind_strip(conv, scratch);
    for (size_t first = 0; first < conv->rows;) {
        struct strip strip = make_strip(conv, x, first, scratch);
        gemm_pack(&(struct packing){.lines = conv->filters,
                                    .depth = strip.rows * conv->columns,
                                    .from = dy + first * conv->columns,
                                    .from_line = area,
                                    .from_term = 1,
                                    .to = transposed,
                                    .width = row,
                                    .row = row});
        for (size_t f = 0; f < row; f += WIDE * LANES)
            for (size_t j = 0, width; j < conv->width; j += width) {
                struct piece piece = {
                    .conv = conv, .strip = &strip, .dy = transposed + f, .row = row};
                width = min(ELEMENTS, conv->width - j);
                size_t vectors = min(WIDE, (row - f) / LANES);
                sum_lines(&piece, pieces[vectors - 1][width - 1], j, dw + f);
            }
        first += strip.rows;
    }
}
