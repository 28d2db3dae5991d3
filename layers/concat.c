/*
 * concat - its inputs side by side along one axis.
 *
 *     (a, H, W), (b, H, W), ... -> (a + b + ..., H, W)          dx: each its part of dy
 *
 *     - {name: both, type: Concat, input: [conv1, conv2], axis: 0}
 *
 * Axis 0 is the first dimension of a sample: channels, or the only one of a vector. Off that axis
 * all inputs have the same shape.
 *
 * A sample is `outer` blocks (the product of the dimensions before the axis); an input's block has
 * in[i].size / outer numbers.
 */
#include "kernels/store.h"
#include "layer.h"
#include <string.h>

struct concat {
    int64_t axis;
    size_t outer;
};

static const struct option concat_options[] = {
    {"axis", OPTION_INTEGER, offsetof(struct concat, axis), .standard = "0", .minimum = 0,
     .maximum = SHAPE_RANK_MAX - 1,
     .help = "the dimension of a sample along which they are joined"},
    {0},
};

/* Whether two shapes are the same but for their length along the axis. */
static bool fits(struct shape a, struct shape b, int axis)
{
    b.dim[axis] = a.dim[axis];
    return a.rank > axis && shape_equal(a, b);
}

static int concat_shape(struct layer *layer)
{
    struct concat *concat = layer->private;
    int axis = (int)concat->axis;
    struct shape shape = layer->in[0].shape;
    char first[SHAPE_TEXT_MAX], other[SHAPE_TEXT_MAX];
    if (axis >= shape.rank)
        return layer_error(layer, "input '%s' has shape %s and no axis %d", layer->in[0].name,
                           shape_text(shape, first), axis);
    for (int i = 1; i < layer->inputs; i++) {
        if (!fits(layer->in[i].shape, layer->in[0].shape, axis))
            return layer_error(layer,
                               "input '%s' has shape %s and input '%s' has shape %s; they may "
                               "differ along axis %d alone",
                               layer->in[0].name, shape_text(layer->in[0].shape, first),
                               layer->in[i].name, shape_text(layer->in[i].shape, other), axis);
        shape.dim[axis] += layer->in[i].shape.dim[axis];
    }
    concat->outer = 1;
    for (int d = 0; d < axis; d++)
        concat->outer *= shape.dim[d];
    layer->out.shape = shape;
    layer->rowwise = true;
    return TRAINER_OK;
}

static void concat_forward(const struct layer *layer, const struct pass *pass)
{
    const struct concat *concat = layer->private;
    size_t begin, end;
    pass_rows(pass, &begin, &end);
    real *y = layer->out.x + begin * shape_size(layer->out.shape);
    for (size_t block = begin * concat->outer; block < end * concat->outer; block++)
        for (int i = 0; i < layer->inputs; i++) {
            size_t size = input_size(layer, i) / concat->outer;
            memcpy(y, layer->in[i].x + block * size, size * sizeof *y);
            y += size;
        }
}

static void concat_backward(const struct layer *layer, const struct pass *pass)
{
    const struct concat *concat = layer->private;
    size_t begin, end;
    pass_rows(pass, &begin, &end);
    const real *dy = layer->out.g + begin * shape_size(layer->out.shape);
    for (size_t block = begin * concat->outer; block < end * concat->outer; block++)
        for (int i = 0; i < layer->inputs; i++) {
            const struct input *in = &layer->in[i];
            size_t size = input_size(layer, i) / concat->outer;
            for (size_t j = 0; in->g && j < size; j++)
                store_gradient(&in->g[block * size + j], in->accumulate, dy[j]);
            dy += size;
        }
}

const struct layer_kind NAME(layer_concat) = {
    .base = {.title = "Concat",
             .aliases = "Concatenate",
             .help = "its inputs side by side along one axis",
             .options = concat_options,
             .private_size = sizeof(struct concat)},
    .min_inputs = 2,
    .max_inputs = 64,
    .flags = LAYER_PASSES,
    .shape = concat_shape,
    .forward = concat_forward,
    .backward = concat_backward,
};
