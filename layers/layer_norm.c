/*
 * layer_norm - each sample is shifted to mean 0 and scaled to variance 1, then by what is learnt.
 *
 *     m = mean of x, v = mean of (x - m)^2          over all elements of a sample
 *     n = (x - m) s, s = 1 / sqrt(v + epsilon)
 *     y = gamma n + beta                            gamma, beta of the sample's shape
 *     dn = dy gamma
 *     dx = s (dn - mean of dn - n mean of dn n)
 *     dgamma = sum over rows of dy n, dbeta = sum over rows of dy
 *
 *     - {name: norm1, type: LayerNorm}
 *     - {name: norm1, type: LayerNorm, epsilon: 1e-5, affine: false}
 *
 * The variance is that of the differences, in a second pass: E[x^2] - E[x]^2 would lose it where
 * the mean is large. Both modes are the same.
 *
 * Dimensions: R rows, W elements of a sample.
 */
#include "kernels/elementwise.h"
#include "kernels/reduce.h"
#include "kernels/store.h"
#include "layer.h"
#include <math.h>

struct layer_norm {
    double epsilon;
    bool affine;
    struct tensor *gamma, *beta;   /* (W); NULL without affine */
    struct tensor *mean, *inverse; /* (R): m and s */
};

static const struct option layer_norm_options[] = {
    {"epsilon", OPTION_NUMBER, offsetof(struct layer_norm, epsilon), .standard = "1e-5",
     .minimum = 0, .above_minimum = true, .maximum = 1, .help = "added to the variance"},
    {"affine", OPTION_BOOLEAN, offsetof(struct layer_norm, affine), .standard = "true",
     .help = "learn a factor gamma and a term beta for each element"},
    {0},
};

static int layer_norm_shape(struct layer *layer)
{
    struct layer_norm *norm = layer->private;
    size_t width = input_size(layer, 0);
    if (width < 2)
        return layer_error(layer, "input '%s' has one element a sample; a mean over it is itself",
                           layer->in[0].name);
    layer_shape_as_input(layer);
    norm->mean = layer_values(layer, "mean", shape_scalar());
    norm->inverse = layer_values(layer, "inverse", shape_scalar());
    if (!norm->mean || !norm->inverse)
        return TRAINER_FAILED;
    if (!norm->affine)
        return TRAINER_OK;
    norm->gamma = layer_parameter(layer, "gamma", layer->out.shape, NULL, width, width);
    norm->beta = layer_parameter(layer, "beta", layer->out.shape, NULL, width, width);
    if (!norm->gamma || !norm->beta)
        return TRAINER_FAILED;
    norm->gamma->first = 1;
    layer_scratch(layer, 0, width * sizeof(real));
    return TRAINER_OK;
}

static void layer_norm_forward(const struct layer *layer, const struct pass *pass)
{
    const struct layer_norm *norm = layer->private;
    const real *gamma = norm->gamma ? norm->gamma->x : NULL, *beta = gamma ? norm->beta->x : NULL;
    size_t width = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++) {
        const real *x = layer->in[0].x + r * width;
        real *y = layer->out.x + r * width;
        real mean = reduce_sum(width, x) / (real)width;
        real variance = reduce_squares(width, x, mean) / (real)width;
        real inverse = 1 / (real)sqrt((double)(variance + (real)norm->epsilon));
        norm->mean->x[r] = mean;
        norm->inverse->x[r] = inverse;
        for (size_t j = 0; j < width; j++) {
            real n = (x[j] - mean) * inverse;
            y[j] = gamma ? gamma[j] * n + beta[j] : n;
        }
    }
}

/* dx of one row. */
static void row_gradient(size_t width, const real *x, const real *dn, real mean, real inverse,
                         const struct input *in, real *dx)
{
    real dn_mean = reduce_sum(width, dn) / (real)width;
    real dn_n_mean = reduce_dot(width, x, mean, dn) * inverse / (real)width;
    for (size_t j = 0; j < width; j++)
        store_gradient(&dx[j], in->accumulate,
                       inverse * (dn[j] - dn_mean - (x[j] - mean) * inverse * dn_n_mean));
}

static void layer_norm_backward(const struct layer *layer, const struct pass *pass)
{
    const struct layer_norm *norm = layer->private;
    const struct input *in = &layer->in[0];
    size_t width = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; in->g && r < end; r++) {
        const real *dy = layer->out.g + r * width, *dn = dy;
        real *own = pass->own;
        for (size_t j = 0; norm->gamma && j < width; j++)
            own[j] = dy[j] * norm->gamma->x[j];
        if (norm->gamma)
            dn = own;
        row_gradient(width, in->x + r * width, dn, norm->mean->x[r], norm->inverse->x[r], in,
                     in->g + r * width);
    }
}

static void layer_norm_parameters(const struct layer *layer, const struct pass *pass)
{
    const struct layer_norm *norm = layer->private;
    size_t width = input_size(layer, 0), begin, end;
    if (!norm->gamma || !norm->gamma->g)
        return;
    team_range(&pass->worker, width, 16, &begin, &end);
    column_sums(pass->rows, width, layer->out.g, begin, end, norm->beta->g);
    for (size_t j = begin; j < end; j++)
        norm->gamma->g[j] = 0;
    for (size_t r = 0; r < pass->rows; r++) {
        const real *x = layer->in[0].x + r * width, *dy = layer->out.g + r * width;
        real mean = norm->mean->x[r], inverse = norm->inverse->x[r];
        for (size_t j = begin; j < end; j++)
            norm->gamma->g[j] += dy[j] * ((x[j] - mean) * inverse);
    }
}

static double layer_norm_flops(const struct layer *layer)
{
    return 8.0 * (double)input_size(layer, 0);
}

const struct layer_kind NAME(layer_layer_norm) = {
    .base = {.title = "LayerNorm",
             .aliases = "LayerNormalization",
             .help = "each sample to mean 0 and variance 1, then gamma x + beta",
             .options = layer_norm_options,
             .private_size = sizeof(struct layer_norm)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_PASSES,
    .shape = layer_norm_shape,
    .forward = layer_norm_forward,
    .backward = layer_norm_backward,
    .parameters = layer_norm_parameters,
    .flops = layer_norm_flops,
};
