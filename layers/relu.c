/*
 * relu - keeps what is positive.
 *
 *     y = x for x > 0, else 0          dx = dy where y > 0, else 0
 *
 *     - {name: relu1, type: ReLU}
 *
 * The gradient at 0 is 0. NaN passes through, so that it is seen where it arises.
 */
#include "kernels/store.h"
#include "kernels/vector.h"
#include "layer.h"
#include "pattern.h"

static void relu_forward(const struct layer *layer, const struct pass *pass)
{
    const real *x = layer->in[0].x; /* (rows, shape) */
    real *y = layer->out.x;
    size_t width = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t i = begin * width; i < end * width; i++)
        y[i] = x[i] < 0 ? 0 : x[i];
}

/* In vectors by hand: dx may be dy, and then the compiler makes none of the plain loop. */
static void relu_backward(const struct layer *layer, const struct pass *pass)
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
        vector d = vector_choose(vector_load(y + i) > 0, vector_load(dy + i), (vector){0});
        vector_store(dx + i, accumulate ? vector_load(dx + i) + d : d);
    }
    for (; i < end * width; i++)
        store_gradient(&dx[i], accumulate, y[i] > 0 ? dy[i] : 0);
}

static uint64_t relu_pattern(const struct layer *layer, const struct pass *pass)
{
    return pattern_of_signs(pass->rows * input_size(layer, 0), layer->out.x);
}

const struct layer_kind NAME(layer_relu) = {
    .base = {.title = "ReLU", .aliases = "Rectifier", .help = "keeps what is positive: max(x, 0)"},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_RECTIFIER | LAYER_IN_PLACE,
    .shape = layer_shape_as_input,
    .forward = relu_forward,
    .backward = relu_backward,
    .pattern = relu_pattern,
};
