/*
 * sigmoid - squeezes any number into (0, 1).
 *
 *     y = 1 / (1 + exp(-x))          dx = dy y (1 - y)
 *
 *     - {name: sigmoid1, type: Sigmoid}
 */
#include "kernels/elementwise.h"
#include "kernels/store.h"
#include "layer.h"

static void sigmoid_forward(const struct layer *layer, const struct pass *pass)
{
    size_t width = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    elementwise_sigmoid((end - begin) * width, layer->in[0].x + begin * width,
                        layer->out.x + begin * width);
}

static void sigmoid_backward(const struct layer *layer, const struct pass *pass)
{
    const real *y = layer->out.x, *dy = layer->out.g; /* (rows, shape) */
    real *dx = layer->in[0].g;
    size_t width = input_size(layer, 0), begin, end;
    bool accumulate = layer->in[0].accumulate;
    if (!dx)
        return;
    pass_rows(pass, &begin, &end);
    for (size_t i = begin * width; i < end * width; i++)
        store_gradient(&dx[i], accumulate, dy[i] * y[i] * (1 - y[i]));
}

const struct layer_kind NAME(layer_sigmoid) = {
    .base = {.title = "Sigmoid",
             .aliases = "Logistic",
             .help = "squeezes into (0, 1): 1 / (1 + exp(-x))"},
    .min_inputs = 1,
    .max_inputs = 1,
    .shape = layer_shape_as_input,
    .forward = sigmoid_forward,
    .backward = sigmoid_backward,
};
