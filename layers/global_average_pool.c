/*
 * global_average_pool - the mean of each channel.
 *
 *     y_c = sum over h, w of x_chw / (H W)          dx_chw = dy_c / (H W)
 *
 *     - {name: pooled, type: GlobalAveragePool}
 *
 * (C, H, W) -> (C); a value of rank 2 is one channel.
 */
#include "channels.h"
#include "kernels/reduce.h"
#include "kernels/store.h"

static int global_average_pool_shape(struct layer *layer)
{
    struct picture picture;
    int rc = picture_of_input(layer, &picture);
    if (rc)
        return rc;
    layer->out.shape = shape_vector(picture.channels);
    layer->rowwise = true;
    return TRAINER_OK;
}

static void global_average_pool_forward(const struct layer *layer, const struct pass *pass)
{
    size_t begin, count;
    size_t area = input_size(layer, 0) / shape_size(layer->out.shape);
    pass_elements(layer, pass, &begin, &count);
    for (size_t i = begin; i < begin + count; i++)
        layer->out.x[i] = reduce_sum(area, layer->in[0].x + i * area) / (real)area;
}

static void global_average_pool_backward(const struct layer *layer, const struct pass *pass)
{
    const struct input *in = &layer->in[0];
    size_t area = input_size(layer, 0) / shape_size(layer->out.shape), begin, count;
    pass_elements(layer, pass, &begin, &count);
    for (size_t i = begin; in->g && i < begin + count; i++) {
        real d = layer->out.g[i] / (real)area;
        for (size_t j = 0; j < area; j++)
            store_gradient(&in->g[i * area + j], in->accumulate, d);
    }
}

static double global_average_pool_flops(const struct layer *layer)
{
    return (double)input_size(layer, 0);
}

const struct layer_kind NAME(layer_global_average_pool) = {
    .base = {.title = "GlobalAveragePool",
             .aliases = "GlobalAveragePooling",
             .help = "the mean of each channel"},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_PASSES,
    .shape = global_average_pool_shape,
    .forward = global_average_pool_forward,
    .backward = global_average_pool_backward,
    .flops = global_average_pool_flops,
};
