/*
 * sigmoid - squeezes any number into (0, 1).
 *
 *     y = 1 / (1 + exp(-x))          dx = dy y (1 - y)
 *
 *     - {name: sigmoid1, type: Sigmoid}
 */
#include "kernels/elementwise.h"
#include "kernels/store.h"
#include "kernels/vector.h"
#include "layer.h"

static void sigmoid_forward(const struct layer *layer, const struct pass *pass)
{
    size_t width = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    elementwise_sigmoid((end - begin) * width, layer->in[0].x + begin * width,
                        layer->out.x + begin * width);
}

/* In vectors by hand: dx may be dy, and then the compiler makes none of the plain loop. */
static void sigmoid_backward(const struct layer *layer, const struct pass *pass)
{
    const real *y = layer->out.x, *dy = layer->out.g; /* (rows, shape) */
    real *dx = layer->in[0].g;
    size_t width = input_size(layer, 0), begin, end;
    bool accumulate = layer->in[0].accumulate;
    if (!dx)
        return;
    pass_rows(pass, &begin, &end);
    size_t i = begin * width;
    for (; i + LANES <= end * width; i += LANES) {
        vector s = vector_load(y + i);
        vector d = vector_load(dy + i) * s * (1 - s);
        vector_store(dx + i, accumulate ? vector_load(dx + i) + d : d);
    }
    for (; i < end * width; i++)
        store_gradient(&dx[i], accumulate, dy[i] * y[i] * (1 - y[i]));
}

const struct layer_kind NAME(layer_sigmoid) = {
    .base = {.title = "Sigmoid",
             .aliases = "Logistic",
             .help = "squeezes into (0, 1): 1 / (1 + exp(-x))"},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_IN_PLACE,
    .shape = layer_shape_as_input,
    .forward = sigmoid_forward,
    .backward = sigmoid_backward,
};
