/*
 * softmax - numbers become shares of 1.
 *
 *     y_j = exp(x_j) / sum_k exp(x_k)          dx_j = y_j (dy_j - sum_k dy_k y_k)
 *
 *     - {name: shares, type: Softmax}
 *
 * Over the last dimension of a sample. The largest number is taken off before exp: large numbers
 * neither overflow nor give NaN. For a network that is to learn classes take SoftmaxWithLoss.
 *
 * Dimensions: R rows (all dimensions of the batch but the last), C numbers that share 1.
 */
#include "kernels/elementwise.h"
#include "kernels/reduce.h"
#include "kernels/store.h"
#include "layer.h"

/* C: the last dimension of a sample; a scalar's is 1. */
static size_t last_dimension(const struct layer *layer)
{
    struct shape shape = layer->out.shape;
    return shape.rank > 0 ? shape.dim[shape.rank - 1] : 1;
}

static int softmax_shape(struct layer *layer)
{
    layer_shape_as_input(layer);
    if (last_dimension(layer) < 2)
        return layer_error(layer,
                           "input '%s' has one number to share 1 among; its last dimension "
                           "must be 2 or more",
                           layer->in[0].name);
    return TRAINER_OK;
}

static void softmax_forward(const struct layer *layer, const struct pass *pass)
{
    size_t width = last_dimension(layer), begin, count;
    pass_elements(layer, pass, &begin, &count);
    elementwise_softmax(count / width, width, layer->in[0].x + begin, layer->out.x + begin, NULL);
}

static void softmax_backward(const struct layer *layer, const struct pass *pass)
{
    const struct input *in = &layer->in[0];
    size_t width = last_dimension(layer), begin, count;
    pass_elements(layer, pass, &begin, &count);
    for (size_t i = begin; in->g && i < begin + count; i += width) {
        const real *y = layer->out.x + i, *dy = layer->out.g + i; /* (C) */
        real mean = reduce_dot(width, y, 0, dy);
        for (size_t j = 0; j < width; j++)
            store_gradient(&in->g[i + j], in->accumulate, y[j] * (dy[j] - mean));
    }
}

static double softmax_flops(const struct layer *layer)
{
    return 5.0 * (double)input_size(layer, 0);
}

const struct layer_kind NAME(layer_softmax) = {
    .base = {.title = "Softmax",
             .help = "shares of 1: exp(x) / sum of exp(x), over the last dimension"},
    .min_inputs = 1,
    .max_inputs = 1,
    .shape = softmax_shape,
    .forward = softmax_forward,
    .backward = softmax_backward,
    .flops = softmax_flops,
};
