/*
 * average_pool - the mean of each window.
 *
 *     y = sum over the window of x / (h w)
 *     dx = sum over the windows that x lies in of dy / (h w)
 *     OH = floor((H + 2 p - h) / s) + 1, OW likewise; pixels outside the picture are zeros, and
 *     count
 *
 *     - {name: pool1, type: AveragePool}                       # 2x2 pixels, stride 2
 *     - {name: pool1, type: AveragePool, kernel: 3, stride: 2, padding: 1}
 *
 * (C, H, W) -> (C, OH, OW); a value of rank 2 is one channel.
 */
#include "sliding.h"
#include <string.h>

struct average_pool {
    struct sliding sliding;
    struct window window;
};

static const struct option average_pool_options[] = {SLIDING_POOL_OPTIONS, {0}};

static int average_pool_shape(struct layer *layer)
{
    struct average_pool *pool = layer->private;
    return sliding_pool(layer, &pool->sliding, &pool->window);
}

/* y[o] += x[input of o at window element k] over the outputs of a row that lie inside. */
static void add_row(const struct window_axis *axis, size_t k, const real *x, real *y)
{
    size_t begin, end;
    window_inside(axis, k, &begin, &end);
    for (size_t o = begin; o < end; o++)
        y[o] += x[o * axis->stride + k - axis->padding];
}

/* The sums of all windows of the channel x (H, W) into y (OH, OW). */
static void sum_windows(const struct window *window, const real *x, real *y)
{
    memset(y, 0, window->y.out * window->x.out * sizeof *y);
    for (size_t i = 0; i < window->y.size; i++) {
        size_t begin, end;
        window_inside(&window->y, i, &begin, &end);
        for (size_t oy = begin; oy < end; oy++)
            for (size_t j = 0; j < window->x.size; j++)
                add_row(&window->x, j,
                        x + (oy * window->y.stride + i - window->y.padding) * window->x.in,
                        y + oy * window->x.out);
    }
}

static void average_pool_forward(const struct layer *layer, const struct pass *pass)
{
    const struct average_pool *pool = layer->private;
    const struct window *window = &pool->window;
    const real share = 1 / (real)(window->y.size * window->x.size);
    size_t in = window->y.in * window->x.in, out = window->y.out * window->x.out, begin, count;
    pass_elements(layer, pass, &begin, &count);
    for (size_t c = begin / out; c < (begin + count) / out; c++) {
        real *y = layer->out.x + c * out;
        sum_windows(window, layer->in[0].x + c * in, y);
        for (size_t p = 0; p < out; p++)
            y[p] *= share;
    }
}

/* dx[input of o at window element k] += share dy[o] */
static void spread_row(const struct window_axis *axis, size_t k, real share, const real *dy,
                       real *dx)
{
    size_t begin, end;
    window_inside(axis, k, &begin, &end);
    for (size_t o = begin; o < end; o++)
        dx[o * axis->stride + k - axis->padding] += share * dy[o];
}

static void average_pool_backward(const struct layer *layer, const struct pass *pass)
{
    const struct average_pool *pool = layer->private;
    const struct window *window = &pool->window;
    const struct input *input = &layer->in[0];
    const real share = 1 / (real)(window->y.size * window->x.size);
    size_t in = window->y.in * window->x.in, out = window->y.out * window->x.out, begin, count;
    pass_elements(layer, pass, &begin, &count);
    for (size_t c = begin / out; input->g && c < (begin + count) / out; c++) {
        const real *dy = layer->out.g + c * out;
        real *dx = input->g + c * in;
        if (!input->accumulate)
            memset(dx, 0, in * sizeof *dx);
        for (size_t i = 0; i < window->y.size; i++) {
            size_t first, last;
            window_inside(&window->y, i, &first, &last);
            for (size_t oy = first; oy < last; oy++)
                for (size_t j = 0; j < window->x.size; j++)
                    spread_row(&window->x, j, share, dy + oy * window->x.out,
                               dx + (oy * window->y.stride + i - window->y.padding) * window->x.in);
        }
    }
}

static double average_pool_flops(const struct layer *layer)
{
    const struct average_pool *pool = layer->private;
    return (double)shape_size(layer->out.shape) *
           (double)(pool->window.y.size * pool->window.x.size);
}

const struct layer_kind NAME(layer_average_pool) = {
    .base = {.title = "AveragePool",
             .aliases = "AveragePooling,AveragePool2D,MeanPool",
             .help = "the mean of each window",
             .options = average_pool_options,
             .private_size = sizeof(struct average_pool)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_PASSES,
    .shape = average_pool_shape,
    .forward = average_pool_forward,
    .backward = average_pool_backward,
    .flops = average_pool_flops,
};
