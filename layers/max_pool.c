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
#include "kernels/store.h"
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

/* Whether the second of two wins: it is larger, or NaN. Without a branch, so that loops of it
 * become vectors. */
static inline bool second_wins(real first, real second)
{
    return (second > first) | (second != second);
}

static inline real larger(real first, real second)
{
    return second_wins(first, second) ? second : first;
}

/* The usual pool of 2x2 pixels, stride 2: y (OH, OW) of the channel x (H, W). */
static void forward_halves(const struct window *window, const real *restrict x, real *restrict y)
{
    for (size_t oy = 0; oy < window->y.out; oy++, y += window->x.out) {
        const real *a = x + 2 * oy * window->x.in, *b = a + window->x.in;
        for (size_t ox = 0; ox < window->x.out; ox++)
            y[ox] = larger(larger(a[2 * ox], a[2 * ox + 1]), larger(b[2 * ox], b[2 * ox + 1]));
    }
}

/* The same of the gradient: each pixel of dx under a window gets dy or 0. */
static inline void backward_halves(const struct window *window, const real *restrict x,
                                   const real *restrict dy, bool accumulate, real *restrict dx)
{
    const size_t in = window->x.in;
    for (size_t oy = 0; oy < window->y.out; oy++, dy += window->x.out) {
        const real *a = x + 2 * oy * in;
        real *da = dx + 2 * oy * in;
        for (size_t ox = 0; ox < window->x.out; ox++) {
            real p = a[2 * ox], q = a[2 * ox + 1], r = a[in + 2 * ox], s = a[in + 2 * ox + 1];
            bool right = second_wins(p, q), low_right = second_wins(r, s);
            bool below = second_wins(right ? q : p, low_right ? s : r);
            real top = below ? 0 : dy[ox], low = below ? dy[ox] : 0;
            store_gradient(&da[2 * ox], accumulate, right ? 0 : top);
            store_gradient(&da[2 * ox + 1], accumulate, right ? top : 0);
            store_gradient(&da[in + 2 * ox], accumulate, low_right ? 0 : low);
            store_gradient(&da[in + 2 * ox + 1], accumulate, low_right ? low : 0);
        }
    }
}

static bool halves(const struct window *window)
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
        if (halves(window)) {
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
        if (!input->accumulate && !(halves(window) && whole))
            memset(dx, 0, in * sizeof *dx);
        if (halves(window)) {
            if (input->accumulate || !whole)
                backward_halves(window, x, dy, true, dx);
            else
                backward_halves(window, x, dy, false, dx);
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
