/*
 * add - the sum of its inputs, element by element.
 *
 *     y = a + b + ...          da = dy, db = dy, ...
 *
 *     - {name: sum1, type: Add, input: [affine2, relu1]}
 *
 * Inputs have one shape; an input of one element is added to every element, and its gradient is
 * the sum of dy over the sample.
 */
#include "kernels/store.h"
#include "layer.h"

static int add_shape(struct layer *layer)
{
    layer->rowwise = true;
    return layer_shape_from_all(layer);
}

static void add_forward(const struct layer *layer, const struct pass *pass)
{
    real *y = layer->out.x; /* (rows, shape) */
    size_t width = shape_size(layer->out.shape), begin, end;
    pass_rows(pass, &begin, &end);
    for (int i = 0; i < layer->inputs; i++) {
        const real *x = layer->in[i].x; /* (rows, shape) or (rows, 1) */
        size_t stride = input_size(layer, i), step = stride == width;
        for (size_t r = begin; r < end; r++)
            for (size_t j = 0; j < width; j++) {
                real value = x[r * stride + j * step];
                y[r * width + j] = i == 0 ? value : y[r * width + j] + value;
            }
    }
}

/* dx of one row, from dy (width): as it is, or its sum where the input has one element. */
static void add_row_gradient(size_t width, size_t stride, const real *dy, bool accumulate, real *dx)
{
    real sum = 0;
    for (size_t j = 0; stride != width && j < width; j++)
        sum += dy[j];
    for (size_t j = 0; j < stride; j++)
        store_gradient(&dx[j], accumulate, stride == width ? dy[j] : sum);
}

static void add_backward(const struct layer *layer, const struct pass *pass)
{
    size_t width = shape_size(layer->out.shape), begin, end;
    pass_rows(pass, &begin, &end);
    for (int i = 0; i < layer->inputs; i++) {
        const struct input *in = &layer->in[i];
        size_t stride = input_size(layer, i);
        for (size_t r = begin; in->g && r < end; r++)
            add_row_gradient(width, stride, layer->out.g + r * width, in->accumulate,
                             in->g + r * stride);
    }
}

const struct layer_kind NAME(layer_add) = {
    .base = {.title = "Add", .aliases = "Sum,Plus", .help = "the sum of its inputs"},
    .min_inputs = 2,
    .max_inputs = 64,
    .flags = LAYER_PASSES,
    .shape = add_shape,
    .forward = add_forward,
    .backward = add_backward,
};
