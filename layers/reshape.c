/*
 * reshape - the same numbers under another shape.
 *
 *     (784) -> (1, 28, 28), in the order of memory
 *
 *     - {name: picture, type: Reshape, shape: [1, 28, 28]}
 *
 * One dimension may be -1: it is what the others leave.
 */
#include "layer.h"

struct reshape {
    struct option_numbers shape;
};

static const struct option reshape_options[] = {
    {"shape", OPTION_NUMBERS, offsetof(struct reshape, shape), .required = true, .whole = true,
     .least = 1, .most = SHAPE_RANK_MAX, .minimum = -1, .maximum = 1 << 30,
     .help = "the new dimensions of a sample; one may be -1: what the others leave"},
    {0},
};

/* Reports a shape that does not hold what the input holds. */
static int refuse(const struct layer *layer, struct shape shape)
{
    char given[SHAPE_TEXT_MAX], wanted[SHAPE_TEXT_MAX];
    return layer_error(layer, "input '%s' has shape %s of %zu numbers; shape %s has %zu",
                       layer->in[0].name, shape_text(layer->in[0].shape, given),
                       input_size(layer, 0), shape_text(shape, wanted), shape_size(shape));
}

static int reshape_shape(struct layer *layer)
{
    const struct reshape *reshape = layer->private;
    struct shape shape = {.rank = (int)reshape->shape.count};
    size_t rest = SHAPE_RANK_MAX;
    for (size_t i = 0; i < reshape->shape.count; i++) {
        bool open = reshape->shape.value[i] < 0;
        if (open && rest < SHAPE_RANK_MAX)
            return layer_error(layer, "only one dimension of 'shape' may be -1");
        rest = open ? i : rest;
        shape.dim[i] = open ? 1 : (size_t)reshape->shape.value[i];
    }
    if (rest < SHAPE_RANK_MAX && shape_size(shape) > 0)
        shape.dim[rest] = input_size(layer, 0) / shape_size(shape);
    if (shape_size(shape) != input_size(layer, 0))
        return refuse(layer, shape);
    layer->out.shape = shape;
    layer->rowwise = true;
    return TRAINER_OK;
}

const struct layer_kind NAME(layer_reshape) = {
    .base = {.title = "Reshape",
             .help = "the same numbers under another shape",
             .options = reshape_options,
             .private_size = sizeof(struct reshape)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_VIEW | LAYER_PASSES,
    .shape = reshape_shape,
};
