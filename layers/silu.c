/*
 * silu - x times its sigmoid.
 *
 *     y = x s, s = 1 / (1 + exp(-x))          dx = dy (s + x s (1 - s))
 *
 *     - {name: silu1, type: SiLU}
 */
#include "kernels/map.h"
#include "layer.h"

static inline vector silu_of(vector x, vector unused)
{
    (void)unused;
    return x * vector_sigmoid(x);
}

static void silu_forward(const struct layer *layer, const struct pass *pass)
{
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    map(count, layer->in[0].x + begin, 0, layer->out.x + begin, silu_of);
}

static inline vector silu_slope(vector x, vector unused)
{
    vector s = vector_sigmoid(x);
    (void)unused;
    return s + x * s * (1 - s);
}

static void silu_backward(const struct layer *layer, const struct pass *pass)
{
    const struct input *in = &layer->in[0];
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    if (in->g)
        map_gradient(count, in->x + begin, 0, layer->out.g + begin, in->accumulate, in->g + begin,
                     silu_slope);
}

const struct layer_kind NAME(layer_silu) = {
    .base = {.title = "SiLU", .aliases = "Swish", .help = "x times its sigmoid"},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_RECTIFIER | LAYER_IN_PLACE,
    .shape = layer_shape_as_input,
    .forward = silu_forward,
    .backward = silu_backward,
};
