/*
 * elu - keeps what is positive, and bends the rest towards -alpha.
 *
 *     y = x for x > 0, else alpha (exp x - 1)          dx = dy where x > 0, else dy (y + alpha)
 *
 *     - {name: elu1, type: ELU, alpha: 1}
 */
#include "kernels/map.h"
#include "layer.h"
#include "pattern.h"

struct elu {
    double alpha;
};

static const struct option elu_options[] = {
    {"alpha", OPTION_NUMBER, offsetof(struct elu, alpha), .standard = "1", .minimum = 0,
     .maximum = 1e6, .help = "negative numbers tend to -alpha"},
    {0},
};

static inline vector elu_of(vector x, vector alpha)
{
    mask positive = x > 0;
    vector low = vector_expm1(vector_choose(positive, vector_splat(0), x));
    return vector_choose(positive, x, alpha * low);
}

static void elu_forward(const struct layer *layer, const struct pass *pass)
{
    const struct elu *elu = layer->private;
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    map(count, layer->in[0].x + begin, (real)elu->alpha, layer->out.x + begin, elu_of);
}

static inline vector elu_slope(vector y, vector alpha)
{
    return vector_choose(y > 0, vector_splat(1), y + alpha);
}

static void elu_backward(const struct layer *layer, const struct pass *pass)
{
    const struct elu *elu = layer->private;
    const struct input *in = &layer->in[0];
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    if (in->g)
        map_gradient(count, layer->out.x + begin, (real)elu->alpha, layer->out.g + begin,
                     in->accumulate, in->g + begin, elu_slope);
}

/* With an alpha of 1 the slope has no jump, but its own slope has. */
static uint64_t elu_pattern(const struct layer *layer, const struct pass *pass)
{
    return pattern_of_signs(pass->rows * input_size(layer, 0), layer->out.x);
}

const struct layer_kind NAME(layer_elu) = {
    .base = {.title = "ELU",
             .help = "x where positive, else alpha (exp x - 1)",
             .options = elu_options,
             .private_size = sizeof(struct elu)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_RECTIFIER | LAYER_IN_PLACE,
    .shape = layer_shape_as_input,
    .forward = elu_forward,
    .backward = elu_backward,
    .pattern = elu_pattern,
};
