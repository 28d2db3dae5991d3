/*
 * leaky_relu - keeps what is positive, and a small share of what is not.
 *
 *     y = x for x > 0, else slope x          dx = dy where x > 0, else slope dy
 *
 *     - {name: leaky1, type: LeakyReLU, slope: 0.01}
 *
 * The gradient at 0 is slope, as PyTorch has it. With slope 0 it is ReLU.
 */
#include "kernels/map.h"
#include "layer.h"
#include "pattern.h"

struct leaky_relu {
    double slope;
};

static const struct option leaky_relu_options[] = {
    {"slope", OPTION_NUMBER, offsetof(struct leaky_relu, slope), .standard = "0.01", .minimum = 0,
     .maximum = 1, .help = "what negative numbers are multiplied by"},
    {0},
};

static inline vector leaky_of(vector x, vector slope)
{
    return vector_choose(x > 0, x, slope * x);
}

static void leaky_relu_forward(const struct layer *layer, const struct pass *pass)
{
    const struct leaky_relu *leaky = layer->private;
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    map(count, layer->in[0].x + begin, (real)leaky->slope, layer->out.x + begin, leaky_of);
}

/* y > 0 just where x > 0. */
static inline vector leaky_slope(vector y, vector slope)
{
    return vector_choose(y > 0, vector_splat(1), slope);
}

static void leaky_relu_backward(const struct layer *layer, const struct pass *pass)
{
    const struct leaky_relu *leaky = layer->private;
    const struct input *in = &layer->in[0];
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    if (in->g)
        map_gradient(count, layer->out.x + begin, (real)leaky->slope, layer->out.g + begin,
                     in->accumulate, in->g + begin, leaky_slope);
}

static uint64_t leaky_relu_pattern(const struct layer *layer, const struct pass *pass)
{
    return pattern_of_signs(pass->rows * input_size(layer, 0), layer->out.x);
}

const struct layer_kind NAME(layer_leaky_relu) = {
    .base = {.title = "LeakyReLU",
             .aliases = "LeakyRectifier",
             .help = "max(x, 0) + slope min(x, 0)",
             .options = leaky_relu_options,
             .private_size = sizeof(struct leaky_relu)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_RECTIFIER | LAYER_IN_PLACE,
    .shape = layer_shape_as_input,
    .forward = leaky_relu_forward,
    .backward = leaky_relu_backward,
    .pattern = leaky_relu_pattern,
};
