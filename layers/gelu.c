/*
 * gelu - x times the share of a standard normal distribution below x.
 *
 *     none:  y = x F(x), F(x) = (1 + erf(x / sqrt 2)) / 2
 *            dx = dy (F(x) + x f(x)), f(x) = exp(-x^2 / 2) / sqrt(2 pi)
 *     tanh:  y = x s, s = (1 + tanh u) / 2 = 1 / (1 + exp(-2 u))
 *            dx = dy (s + 2 x s (1 - s) u')
 *            u = sqrt(2 / pi) (x + 0.044715 x^3), u' = sqrt(2 / pi) (1 + 3 * 0.044715 x^2)
 *
 *     - {name: gelu1, type: GELU}
 *     - {name: gelu1, type: GELU, approximate: tanh}
 *
 * Exact unless asked for, as in PyTorch.
 */
#include "kernels/map.h"
#include "layer.h"

struct gelu {
    int approximate; /* enum approximate */
};

enum approximate { APPROXIMATE_NONE, APPROXIMATE_TANH };

static const struct option gelu_options[] = {
    {"approximate", OPTION_CHOICE, offsetof(struct gelu, approximate), .standard = "none",
     .choices = "none,tanh", .help = "the exact function, or its approximation by tanh"},
    {0},
};

static const real twice_root = (real)1.5957691216057308; /* 2 sqrt(2 / pi) */
static const real cubic = (real)0.044715;

static inline vector exact_of(vector x, vector unused)
{
    (void)unused;
    return x * vector_normal(x, NULL);
}

static inline vector exact_slope(vector x, vector unused)
{
    vector density, below = vector_normal(x, &density);
    (void)unused;
    return below + x * density;
}

/* 2 u */
static inline vector twice_u(vector x)
{
    return twice_root * (x + cubic * (x * x * x));
}

static inline vector approximate_of(vector x, vector unused)
{
    (void)unused;
    return x * vector_sigmoid(twice_u(x));
}

static inline vector approximate_slope(vector x, vector unused)
{
    vector s = vector_sigmoid(twice_u(x));
    (void)unused;
    return s + x * s * (1 - s) * (twice_root * (1 + 3 * cubic * (x * x)));
}

static void gelu_forward(const struct layer *layer, const struct pass *pass)
{
    const struct gelu *gelu = layer->private;
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    if (gelu->approximate == APPROXIMATE_TANH)
        map(count, layer->in[0].x + begin, 0, layer->out.x + begin, approximate_of);
    else
        map(count, layer->in[0].x + begin, 0, layer->out.x + begin, exact_of);
}

static void gelu_backward(const struct layer *layer, const struct pass *pass)
{
    const struct gelu *gelu = layer->private;
    const struct input *in = &layer->in[0];
    size_t begin, count;
    pass_elements(layer, pass, &begin, &count);
    if (in->g && gelu->approximate == APPROXIMATE_TANH)
        map_gradient(count, in->x + begin, 0, layer->out.g + begin, in->accumulate, in->g + begin,
                     approximate_slope);
    else if (in->g)
        map_gradient(count, in->x + begin, 0, layer->out.g + begin, in->accumulate, in->g + begin,
                     exact_slope);
}

const struct layer_kind NAME(layer_gelu) = {
    .base = {.title = "GELU",
             .help = "x times the share of a normal distribution below x",
             .options = gelu_options,
             .private_size = sizeof(struct gelu)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_RECTIFIER | LAYER_IN_PLACE,
    .shape = layer_shape_as_input,
    .forward = gelu_forward,
    .backward = gelu_backward,
};
