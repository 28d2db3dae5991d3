/*
 * max_pool - the largest pixel of each window.
 *
 *     y = max over the window of x          dx = dy at the first of the largest, 0 elsewhere
 *     OH = floor((H + 2 p - h) / s) + 1, OW likewise; pixels outside the picture count for nothing
 *
 *     - {name: pool1, type: MaxPool}                           # 2x2 pixels, stride 2
 *     - {name: pool1, type: MaxPool, kernel: 3, stride: 2, padding: 1}
 *
 * (C, H, W) -> (C, OH, OW); a value of rank 2 is one channel. NaN wins, so that it is seen where it
 * arises.
 */
#include "kernels/vector.h"
#include "pattern.h"
#include "sliding.h"
#include <string.h>

struct max_pool {
    struct sliding sliding;
    struct window window;
};

static const struct option max_pool_options[] = {SLIDING_POOL_OPTIONS, {0}};

static int max_pool_shape(struct layer *layer)
{
    struct max_pool *pool = layer->private;
    return sliding_pool(layer, &pool->sliding, &pool->window);
}

/* The inputs [*begin, *end) under output `out`. */
static inline void inputs_of(const struct window_axis *axis, size_t out, size_t *begin, size_t *end)
{
    size_t at = out * axis->stride, last = at + axis->size - axis->padding;
    *begin = at > axis->padding ? at - axis->padding : 0;
    *end = last < axis->in ? last : axis->in;
}

/* Where the largest pixel of a window is in the channel x (H, W), the first of equals. */
static inline size_t winner(const struct window *window, const real *x, size_t oy, size_t ox)
{
    size_t top, bottom, left, right;
    inputs_of(&window->y, oy, &top, &bottom);
    inputs_of(&window->x, ox, &left, &right);
    size_t best = top * window->x.in + left;
    for (size_t i = top; i < bottom; i++)
        for (size_t j = left; j < right; j++) {
            size_t at = i * window->x.in + j;
            if (x[at] > x[best] || (x[at] != x[at] && x[best] == x[best]))
                best = at;
        }
    return best;
}

/* Where the second of two wins: it is larger, or NaN. */
static inline mask second_wins(vector first, vector second)
{
    return (mask)(second > first) | (mask)(second != second);
}

/* Some outputs of a row of the usual pool of 2x2 pixels, stride 2, and the pixels under them. */
struct halves {
    lanes outputs, low, high;                /* of a vector: outputs; of their pixels in a row */
    vector left, right, low_left, low_right; /* the four pixels of each window */
    mask right_wins, low_right_wins;
    vector top, bottom; /* the larger of two pixels side by side */
};

/* Of at most `count` outputs; x: the first one's upper left pixel, `row` pixels a row. */
static inline struct halves take_halves(const real *x, size_t row, size_t count)
{
    size_t pixels = 2 * count;
    struct halves of = {.outputs = lanes_first(count),
                        .low = lanes_first(pixels),
                        .high = lanes_first(pixels > LANES ? pixels - LANES : 0)};
    vector a = vector_load_part(x, of.low), b = vector_load_part(x + LANES, of.high);
    of.left = vector_evens(a, b);
    of.right = vector_odds(a, b);
    a = vector_load_part(x + row, of.low);
    b = vector_load_part(x + row + LANES, of.high);
    of.low_left = vector_evens(a, b);
    of.low_right = vector_odds(a, b);
    of.right_wins = second_wins(of.left, of.right);
    of.low_right_wins = second_wins(of.low_left, of.low_right);
    of.top = vector_choose(of.right_wins, of.right, of.left);
    of.bottom = vector_choose(of.low_right_wins, of.low_right, of.low_left);
    return of;
}

/* y (OH, OW) of the channel x (H, W). */
static void forward_halves(const struct window *window, const real *x, real *y)
{
    const size_t row = window->x.in, out = window->x.out;
    for (size_t oy = 0; oy < window->y.out; oy++, y += out)
        for (size_t ox = 0; ox < out; ox += LANES) {
            struct halves of = take_halves(x + 2 * (oy * row + ox), row, out - ox);
            vector_store_part(y + ox, of.outputs,
                              vector_choose(second_wins(of.top, of.bottom), of.bottom, of.top));
        }
}

/* Pixels side by side get theirs, in turns; with `add` in addition. */
static inline void put_pair(const struct halves *of, vector left, vector right, bool add, real *dx)
{
    vector low = vector_interleave_low(left, right), high = vector_interleave_high(left, right);
    if (add) {
        low += vector_load_part(dx, of->low);
        high += vector_load_part(dx + LANES, of->high);
    }
    vector_store_part(dx, of->low, low);
    vector_store_part(dx + LANES, of->high, high);
}

/* dx of the same: each pixel under a window gets dy or 0. */
static void backward_halves(const struct window *window, const real *x, const real *dy, bool add,
                            real *dx)
{
    const size_t row = window->x.in, out = window->x.out;
    const vector none = {0};
    for (size_t oy = 0; oy < window->y.out; oy++, dy += out)
        for (size_t ox = 0; ox < out; ox += LANES) {
            const size_t at = 2 * (oy * row + ox);
            struct halves of = take_halves(x + at, row, out - ox);
            vector given = vector_load_part(dy + ox, of.outputs);
            mask below = second_wins(of.top, of.bottom);
            vector top = vector_choose(below, none, given);
            vector bottom = vector_choose(below, given, none);
            put_pair(&of, vector_choose(of.right_wins, none, top),
                     vector_choose(of.right_wins, top, none), add, dx + at);
            put_pair(&of, vector_choose(of.low_right_wins, none, bottom),
                     vector_choose(of.low_right_wins, bottom, none), add, dx + at + row);
        }
}

static bool is_halves(const struct window *window)
{
    return window->y.size == 2 && window->x.size == 2 && window->y.stride == 2 &&
           window->x.stride == 2 && window->y.padding == 0 && window->x.padding == 0;
}

static void max_pool_forward(const struct layer *layer, const struct pass *pass)
{
    const struct max_pool *pool = layer->private;
    const struct window *window = &pool->window;
    size_t in = window->y.in * window->x.in, out = window->y.out * window->x.out, begin, count;
    pass_elements(layer, pass, &begin, &count);
    for (size_t c = begin / out; c < (begin + count) / out; c++) {
        const real *x = layer->in[0].x + c * in; /* a channel of a sample (H, W) */
        real *y = layer->out.x + c * out;        /* (OH, OW) */
        if (is_halves(window)) {
            forward_halves(window, x, y);
            continue;
        }
        for (size_t oy = 0; oy < window->y.out; oy++)
            for (size_t ox = 0; ox < window->x.out; ox++)
                y[oy * window->x.out + ox] = x[winner(window, x, oy, ox)];
    }
}

static void max_pool_backward(const struct layer *layer, const struct pass *pass)
{
    const struct max_pool *pool = layer->private;
    const struct window *window = &pool->window;
    const struct input *input = &layer->in[0];
    size_t in = window->y.in * window->x.in, out = window->y.out * window->x.out, begin, count;
    pass_elements(layer, pass, &begin, &count);
    for (size_t c = begin / out; input->g && c < (begin + count) / out; c++) {
        const real *x = input->x + c * in, *dy = layer->out.g + c * out;
        real *dx = input->g + c * in;
        /* A last row or column that no window reaches stays 0. */
        bool whole = window->y.in == 2 * window->y.out && window->x.in == 2 * window->x.out;
        if (!input->accumulate && !(is_halves(window) && whole))
            memset(dx, 0, in * sizeof *dx);
        if (is_halves(window)) {
            backward_halves(window, x, dy, input->accumulate || !whole, dx);
            continue;
        }
        for (size_t oy = 0; oy < window->y.out; oy++)
            for (size_t ox = 0; ox < window->x.out; ox++)
                dx[winner(window, x, oy, ox)] += dy[oy * window->x.out + ox];
    }
}

static uint64_t max_pool_pattern(const struct layer *layer, const struct pass *pass)
{
    const struct max_pool *pool = layer->private;
    const struct window *window = &pool->window;
    size_t in = window->y.in * window->x.in, out = window->y.out * window->x.out;
    uint64_t hash = PATTERN_START;
    for (size_t c = 0; c < pass->rows * shape_size(layer->out.shape) / out; c++)
        for (size_t oy = 0; oy < window->y.out; oy++)
            for (size_t ox = 0; ox < window->x.out; ox++)
                hash = pattern_add(hash, winner(window, layer->in[0].x + c * in, oy, ox));
    return hash;
}

static double max_pool_flops(const struct layer *layer)
{
    const struct max_pool *pool = layer->private;
    return (double)shape_size(layer->out.shape) *
           (double)(pool->window.y.size * pool->window.x.size);
}

const struct layer_kind NAME(layer_max_pool) = {
    .base = {.title = "MaxPool",
             .aliases = "MaxPooling,MaxPool2D",
             .help = "the largest pixel of each window",
             .options = max_pool_options,
             .private_size = sizeof(struct max_pool)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_PASSES | LAYER_CHOOSES,
    .shape = max_pool_shape,
    .forward = max_pool_forward,
    .backward = max_pool_backward,
    .pattern = max_pool_pattern,
    .flops = max_pool_flops,
};
