/*
 * softplus - a smooth max(x, 0).
 *
 *     y = log(1 + exp(beta x)) / beta          dx = dy / (1 + exp(-beta x))
 *
 *     - {name: softplus1, type: Softplus, beta: 1}
 *
 * Computed as max(x, 0) + log(1 + exp(-|beta x|)) / beta, which never overflows and needs none of
 * the threshold that PyTorch has.
 */
#include "kernels/map.h"
#include "layer.h"

struct softplus {
    double beta;
};

static const struct option softplus_options[] = {
    {"beta", OPTION_NUMBER, offsetof(struct softplus, beta), .standard = "1", .minimum = 1e-6,
     .maximum = 1e6, .help = "how sharp the bend is"},
    {0},
};

static inline vector softplus_of(vector x, vector beta)
{
    vector bend = vector_log1p(vector_exp(-vector_absolute(beta * x))) / beta;
    return vector_choose(x > 0, x, vector_splat(0)) + bend;
}

static void softplus_forward(const struct layer *layer, const struct pass *pass)
{
    const struct softplus *softplus = layer->private;
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    map(count, layer->in[0].x + begin, (real)softplus->beta, layer->out.x + begin, softplus_of);
}

static inline vector softplus_slope(vector x, vector beta)
{
    return vector_sigmoid(beta * x);
}

static void softplus_backward(const struct layer *layer, const struct pass *pass)
{
    const struct softplus *softplus = layer->private;
    const struct input *in = &layer->in[0];
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    if (in->g)
        map_gradient(count, in->x + begin, (real)softplus->beta, layer->out.g + begin,
                     in->accumulate, in->g + begin, softplus_slope);
}

const struct layer_kind NAME(layer_softplus) = {
    .base = {.title = "Softplus",
             .help = "a smooth max(x, 0): log(1 + exp(beta x)) / beta",
             .options = softplus_options,
             .private_size = sizeof(struct softplus)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_RECTIFIER | LAYER_IN_PLACE,
    .shape = layer_shape_as_input,
    .forward = softplus_forward,
    .backward = softplus_backward,
};
