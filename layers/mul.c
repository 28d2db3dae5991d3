/*
 * mul - the product of its inputs, element by element.
 *
 *     y = a b c ...          da = dy b c ..., and so on for each
 *
 *     - {name: price, type: Mul, input: [apples, tax]}
 *
 * Inputs have one shape; an input of one element multiplies every element, and its gradient is
 * summed over the sample. The product of the others is formed anew for each input, so that a zero
 * among them does no harm.
 */
#include "kernels/store.h"
#include "layer.h"

static int mul_shape(struct layer *layer)
{
    layer->rowwise = true;
    return layer_shape_from_all(layer);
}

/* The product over all inputs but `skip` (-1: over all) at element j of row r. */
static real mul_others(const struct layer *layer, int skip, size_t r, size_t j)
{
    size_t width = shape_size(layer->out.shape);
    real product = 1;
    for (int i = 0; i < layer->inputs; i++) {
        size_t stride = input_size(layer, i);
        if (i != skip)
            product *= layer->in[i].x[r * stride + (stride == width ? j : 0)];
    }
    return product;
}

static void mul_forward(const struct layer *layer, const struct pass *pass)
{
    size_t width = shape_size(layer->out.shape), begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++)
        for (size_t j = 0; j < width; j++)
            layer->out.x[r * width + j] = mul_others(layer, -1, r, j);
}

/* dx of input i in row r: an element each, or one sum where the input has one element. */
static void mul_row_gradient(const struct layer *layer, int i, size_t r)
{
    const struct input *in = &layer->in[i];
    size_t width = shape_size(layer->out.shape), stride = input_size(layer, i);
    const real *dy = layer->out.g + r * width; /* (width) */
    real *dx = in->g + r * stride, sum = 0;
    for (size_t j = 0; j < width; j++) {
        real d = dy[j] * mul_others(layer, i, r, j);
        sum = stride == width ? d : sum + d;
        if (stride == width || j == width - 1)
            store_gradient(&dx[stride == width ? j : 0], in->accumulate, sum);
    }
}

static void mul_backward(const struct layer *layer, const struct pass *pass)
{
    size_t begin, end;
    pass_rows(pass, &begin, &end);
    for (int i = 0; i < layer->inputs; i++)
        for (size_t r = begin; layer->in[i].g && r < end; r++)
            mul_row_gradient(layer, i, r);
}

static double mul_flops(const struct layer *layer)
{
    return (double)(layer->inputs - 1) * (double)shape_size(layer->out.shape);
}

const struct layer_kind NAME(layer_mul) = {
    .base = {.title = "Mul", .aliases = "Product,Multiply", .help = "the product of its inputs"},
    .min_inputs = 2,
    .max_inputs = 64,
    .shape = mul_shape,
    .forward = mul_forward,
    .backward = mul_backward,
    .flops = mul_flops,
};
