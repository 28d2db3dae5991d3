/*
 * flatten - the same numbers as one vector.
 *
 *     (C, H, W) -> (C H W), in the order of memory
 *
 *     - {name: flat, type: Flatten}
 *
 * Affine flattens its input by itself; this says so where a reader would ask.
 */
#include "layer.h"

static int flatten_shape(struct layer *layer)
{
    layer->out.shape = shape_vector(input_size(layer, 0));
    layer->rowwise = true;
    return TRAINER_OK;
}

const struct layer_kind NAME(layer_flatten) = {
    .base = {.title = "Flatten", .help = "the same numbers as one vector"},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_VIEW | LAYER_PASSES,
    .shape = flatten_shape,
};
