/*
 * batch_norm - each channel is shifted to mean 0 and scaled to variance 1, then by what is learnt.
 *
 *     training:    m, v = mean and variance of a channel over rows and pixels, n of them
 *                  running_mean = (1 - momentum) running_mean + momentum m
 *                  running_var = (1 - momentum) running_var + momentum v n / (n - 1)
 *     evaluation:  m, v = running_mean, running_var
 *     u = (x - m) s, s = 1 / sqrt(v + epsilon);  y = gamma u + beta
 *     dbeta = sum of dy, dgamma = sum of dy u
 *     dx = gamma s (dy - dbeta / n - u dgamma / n)          in evaluation: gamma s dy
 *
 *     - {name: norm1, type: BatchNorm}
 *     - {name: norm1, type: BatchNorm, momentum: 0.1, epsilon: 1e-5, affine: false}
 *
 * Channels are the first dimension of a value of rank 3, the elements of a vector; a value of rank
 * 2 is one channel. momentum is the share of the NEW batch, as in PyTorch (Keras's 0.99 is 0.01
 * here; from 0.5 on a warning says so). The variance is that of the differences, in a second pass:
 * E[x^2] - E[x]^2 would lose it where the mean is large. running_mean starts at 0, running_var at
 * 1; one number a channel has no variance and changes neither. They change behind a good step only
 * (commit). With `frozen: true` they are used in training too, and stay.
 *
 * Sums are those of at most 16 slices of the batch, then added in pairs: bits depend on shapes
 * alone.
 *
 * Dimensions: R rows, C channels, P pixels, n = R P.
 */
#include "channels.h"
#include "kernels/elementwise.h"
#include "kernels/reduce.h"
#include "kernels/store.h"
#include <math.h>
#include <string.h>

struct batch_norm {
    double momentum, epsilon;
    bool affine;
    size_t channels, pixels;
    struct tensor *gamma, *beta;               /* (C); NULL without affine */
    struct tensor *running_mean, *running_var; /* (C) */
    struct tensor *mean, *variance;            /* (C): of the last batch */
};

static const struct option batch_norm_options[] = {
    {"momentum", OPTION_NUMBER, offsetof(struct batch_norm, momentum), .standard = "0.1",
     .minimum = 0, .maximum = 1, .help = "share of the new batch in the running statistics"},
    {"epsilon", OPTION_NUMBER, offsetof(struct batch_norm, epsilon), .standard = "1e-5",
     .minimum = 0, .above_minimum = true, .maximum = 1, .help = "added to the variance"},
    {"affine", OPTION_BOOLEAN, offsetof(struct batch_norm, affine), .standard = "true",
     .help = "learn a factor gamma and a term beta for each channel"},
    {0},
};

enum { SLICES = 16 };

static int batch_norm_shape(struct layer *layer)
{
    struct batch_norm *norm = layer->private;
    struct picture picture;
    layer->out.shape = layer->in[0].shape;
    norm->channels = input_size(layer, 0);
    norm->pixels = 1;
    if (picture_of(layer->in[0].shape, &picture)) {
        norm->channels = picture.channels;
        norm->pixels = picture_area(picture);
    }
    if (norm->momentum >= 0.5)
        layer_warn(layer, "momentum %g is the share of the new batch; Keras's 0.99 is 0.01 here",
                   norm->momentum);
    if (norm->pixels == 1 && !layer->frozen)
        layer_needs_rows(layer, 2);
    struct shape shape = shape_vector(norm->channels);
    norm->running_mean = layer_state(layer, "running_mean", shape, 0);
    norm->running_var = layer_state(layer, "running_var", shape, 1);
    norm->mean = layer_memory(layer, "mean", shape);
    norm->variance = layer_memory(layer, "variance", shape);
    if (!norm->running_mean || !norm->running_var || !norm->mean || !norm->variance)
        return TRAINER_FAILED;
    layer_scratch(layer, 2 * SLICES * norm->channels * sizeof(real),
                  2 * norm->channels * sizeof(real));
    if (!norm->affine)
        return TRAINER_OK;
    norm->gamma = layer_parameter(layer, "gamma", shape, NULL, 1, 1);
    norm->beta = layer_parameter(layer, "beta", shape, NULL, 1, 1);
    if (!norm->gamma || !norm->beta)
        return TRAINER_FAILED;
    norm->gamma->first = 1;
    return TRAINER_OK;
}

/* Whether this pass takes the batch's statistics. */
static bool takes_batch(const struct layer *layer, const struct pass *pass)
{
    return pass->mode == MODE_TRAIN && !layer->frozen;
}

static size_t slices_of(const struct pass *pass)
{
    return pass->rows < SLICES ? pass->rows : SLICES;
}

/* sum (slices, count), column by column in pairs, into total (count). */
static void add_slices(size_t slices, size_t count, const real *sum, real *total)
{
    for (size_t c = 0; c < count; c++) {
        real part[SLICES];
        for (size_t s = 0; s < slices; s++)
            part[s] = sum[s * count + c];
        for (size_t left = slices; left > 1; left = (left + 1) / 2)
            for (size_t s = 0; s < left / 2; s++)
                part[s] += part[s + (left + 1) / 2];
        total[c] = part[0];
    }
}

/* What is summed over rows [begin, end) into sum (C), or (2, C). */
typedef void slice_sum(const struct layer *layer, size_t begin, size_t end, const real *own,
                       real *sum);

/* Sums of all rows: a thread has its slices, then each thread adds up all of them for itself. */
static void sum_rows(const struct layer *layer, const struct pass *pass, size_t count,
                     slice_sum *sum_slice, real *total)
{
    size_t slices = slices_of(pass), begin, end;
    real *sum = pass->shared; /* (slices, count) */
    team_barrier(&pass->worker);
    team_range(&pass->worker, slices, 1, &begin, &end);
    for (size_t s = begin; s < end; s++)
        sum_slice(layer, s * pass->rows / slices, (s + 1) * pass->rows / slices, pass->own,
                  sum + s * count);
    team_barrier(&pass->worker);
    add_slices(slices, count, sum, total);
}

static void sum_values(const struct layer *layer, size_t begin, size_t end, const real *own,
                       real *sum)
{
    const struct batch_norm *norm = layer->private;
    size_t channels = norm->channels, pixels = norm->pixels;
    const real *x = layer->in[0].x;
    (void)own;
    if (pixels == 1) {
        column_sums(end - begin, channels, x + begin * channels, 0, channels, sum);
        return;
    }
    memset(sum, 0, channels * sizeof *sum);
    for (size_t r = begin; r < end; r++)
        for (size_t c = 0; c < channels; c++)
            sum[c] += reduce_sum(pixels, x + (r * channels + c) * pixels);
}

/* Of (x - mean)^2; own: the means (C). */
static void sum_squares(const struct layer *layer, size_t begin, size_t end, const real *own,
                        real *sum)
{
    const struct batch_norm *norm = layer->private;
    size_t channels = norm->channels, pixels = norm->pixels;
    memset(sum, 0, channels * sizeof *sum);
    for (size_t r = begin; r < end; r++) {
        const real *x = layer->in[0].x + r * channels * pixels;
        for (size_t c = 0; c < channels; c++)
            sum[c] += pixels == 1 ? (x[c] - own[c]) * (x[c] - own[c])
                                  : reduce_squares(pixels, x + c * pixels, own[c]);
    }
}

/* 1 / sqrt(v + epsilon) */
static real inverse_of(const struct batch_norm *norm, real variance)
{
    return 1 / (real)sqrt((double)(variance + (real)norm->epsilon));
}

/* y = gamma u + beta of this thread's rows. */
static void normalise(const struct layer *layer, const struct pass *pass, const real *mean,
                      const real *variance)
{
    const struct batch_norm *norm = layer->private;
    size_t channels = norm->channels, pixels = norm->pixels, begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t c = 0; c < channels; c++) {
        real inverse = inverse_of(norm, variance[c]), m = mean[c];
        real gamma = norm->gamma ? norm->gamma->x[c] : 1, beta = norm->beta ? norm->beta->x[c] : 0;
        for (size_t r = begin; r < end; r++) {
            const real *x = layer->in[0].x + (r * channels + c) * pixels;
            real *y = layer->out.x + (r * channels + c) * pixels;
            for (size_t p = 0; p < pixels; p++)
                y[p] = gamma * ((x[p] - m) * inverse) + beta;
        }
    }
}

static void batch_norm_forward(const struct layer *layer, const struct pass *pass)
{
    const struct batch_norm *norm = layer->private;
    size_t channels = norm->channels;
    real n = (real)(pass->rows * norm->pixels), *own = pass->own;
    if (!takes_batch(layer, pass)) {
        normalise(layer, pass, norm->running_mean->x, norm->running_var->x);
        return;
    }
    sum_rows(layer, pass, channels, sum_values, own);
    for (size_t c = 0; c < channels; c++)
        own[c] /= n;
    sum_rows(layer, pass, channels, sum_squares, own + channels);
    for (size_t c = 0; c < channels; c++)
        own[channels + c] /= n;
    if (pass->worker.thread == 0) {
        memcpy(norm->mean->x, own, channels * sizeof *own);
        memcpy(norm->variance->x, own + channels, channels * sizeof *own);
    }
    normalise(layer, pass, own, own + channels);
}

/* Statistics that the pass used (C). */
static void statistics(const struct layer *layer, const struct pass *pass, const real **mean,
                       const real **variance)
{
    const struct batch_norm *norm = layer->private;
    bool batch = takes_batch(layer, pass);
    *mean = batch ? norm->mean->x : norm->running_mean->x;
    *variance = batch ? norm->variance->x : norm->running_var->x;
}

/* Sums of dy, and of dy (x - mean), into sum (2, C); own: the means (C). */
static void sum_gradients(const struct layer *layer, size_t begin, size_t end, const real *own,
                          real *sum)
{
    const struct batch_norm *norm = layer->private;
    size_t channels = norm->channels, pixels = norm->pixels;
    memset(sum, 0, 2 * channels * sizeof *sum);
    for (size_t r = begin; r < end; r++) {
        const real *x = layer->in[0].x + r * channels * pixels;
        const real *dy = layer->out.g + r * channels * pixels;
        for (size_t c = 0; c < channels; c++) {
            sum[c] += pixels == 1 ? dy[c] : reduce_sum(pixels, dy + c * pixels);
            sum[channels + c] += pixels == 1
                                     ? (x[c] - own[c]) * dy[c]
                                     : reduce_dot(pixels, x + c * pixels, own[c], dy + c * pixels);
        }
    }
}

/* dx of this thread's rows; sum (2, C): of dy, and of dy (x - mean). */
static void backward_rows(const struct layer *layer, const struct pass *pass, const real *mean,
                          const real *variance, const real *sum)
{
    const struct batch_norm *norm = layer->private;
    const struct input *in = &layer->in[0];
    size_t channels = norm->channels, pixels = norm->pixels, begin, end;
    real n = (real)(pass->rows * pixels);
    pass_rows(pass, &begin, &end);
    for (size_t c = 0; c < channels; c++) {
        real inverse = inverse_of(norm, variance[c]), m = mean[c];
        real scale = (norm->gamma ? norm->gamma->x[c] : 1) * inverse;
        bool batch = takes_batch(layer, pass);
        real shift = batch ? sum[c] / n : 0;
        real slope = batch ? sum[channels + c] * inverse * inverse / n : 0;
        for (size_t r = begin; r < end; r++) {
            size_t at = (r * channels + c) * pixels;
            for (size_t p = at; p < at + pixels; p++)
                store_gradient(&in->g[p], in->accumulate,
                               scale * (layer->out.g[p] - shift - (in->x[p] - m) * slope));
        }
    }
}

static void batch_norm_backward(const struct layer *layer, const struct pass *pass)
{
    const struct batch_norm *norm = layer->private;
    size_t channels = norm->channels;
    const real *mean, *variance;
    real *sum = pass->own; /* (2, C); first the means, which the slices read */
    statistics(layer, pass, &mean, &variance);
    memcpy(sum, mean, channels * sizeof *sum);
    sum_rows(layer, pass, 2 * channels, sum_gradients, sum);
    if (pass->worker.thread == 0 && norm->gamma && norm->gamma->g)
        for (size_t c = 0; c < channels; c++) {
            norm->beta->g[c] = sum[c];
            norm->gamma->g[c] = sum[channels + c] * inverse_of(norm, variance[c]);
        }
    if (layer->in[0].g)
        backward_rows(layer, pass, mean, variance, sum);
}

/* Moves the running statistics towards the batch's. */
static void batch_norm_commit(const struct layer *layer, const struct pass *pass)
{
    const struct batch_norm *norm = layer->private;
    const real share = (real)norm->momentum, n = (real)(pass->rows * norm->pixels);
    size_t begin, end;
    if (!takes_batch(layer, pass) || n < 2)
        return;
    team_range(&pass->worker, norm->channels, 16, &begin, &end);
    for (size_t c = begin; c < end; c++) {
        real *mean = &norm->running_mean->x[c], *variance = &norm->running_var->x[c];
        *mean = (1 - share) * *mean + share * norm->mean->x[c];
        *variance = (1 - share) * *variance + share * (norm->variance->x[c] * (n / (n - 1)));
    }
}

static double batch_norm_flops(const struct layer *layer)
{
    return 7.0 * (double)input_size(layer, 0);
}

const struct layer_kind NAME(layer_batch_norm) = {
    .base = {.title = "BatchNorm",
             .aliases = "BatchNormalization,BatchNorm2D",
             .help = "each channel to mean 0 and variance 1 over the batch, then gamma x + beta",
             .options = batch_norm_options,
             .private_size = sizeof(struct batch_norm)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_TWO_MODES | LAYER_PASSES | LAYER_CENTERS,
    .shape = batch_norm_shape,
    .forward = batch_norm_forward,
    .backward = batch_norm_backward,
    .commit = batch_norm_commit,
    .flops = batch_norm_flops,
};
