/*
 * tanh - squeezes any number into (-1, 1).
 *
 *     y = tanh x          dx = dy (1 - y^2)
 *
 *     - {name: tanh1, type: Tanh}
 */
#include "kernels/map.h"
#include "layer.h"

static inline vector tanh_of(vector x, vector unused)
{
    (void)unused;
    return vector_tanh(x);
}

static void tanh_forward(const struct layer *layer, const struct pass *pass)
{
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    map(count, layer->in[0].x + begin, 0, layer->out.x + begin, tanh_of);
}

static inline vector tanh_slope(vector y, vector unused)
{
    (void)unused;
    return 1 - y * y;
}

static void tanh_backward(const struct layer *layer, const struct pass *pass)
{
    const struct input *in = &layer->in[0];
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    if (in->g)
        map_gradient(count, layer->out.x + begin, 0, layer->out.g + begin, in->accumulate,
                     in->g + begin, tanh_slope);
}

const struct layer_kind NAME(layer_tanh) = {
    .base = {.title = "Tanh",
             .aliases = "HyperbolicTangent",
             .help = "squeezes into (-1, 1): tanh x"},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_IN_PLACE,
    .shape = layer_shape_as_input,
    .forward = tanh_forward,
    .backward = tanh_backward,
};
