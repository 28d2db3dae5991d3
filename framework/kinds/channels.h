/*
 * channels.h - a value seen as channels of rows and columns, for layers that work on pictures.
 */
#ifndef TRAINER_CHANNELS_H
#define TRAINER_CHANNELS_H

#include "layer.h"

/* The dimensions of one sample: (C, H, W). */
struct picture {
    size_t channels, height, width;
};

static inline size_t picture_area(struct picture picture)
{
    return picture.height * picture.width;
}

/* A value of rank 3, or of rank 2 as one channel; false of any other. */
static inline bool picture_of(struct shape shape, struct picture *picture)
{
    if (shape.rank != 2 && shape.rank != 3)
        return false;
    *picture = (struct picture){.channels = shape.rank == 3 ? shape.dim[0] : 1,
                                .height = shape.dim[shape.rank - 2],
                                .width = shape.dim[shape.rank - 1]};
    return true;
}

static inline struct shape picture_shape(struct picture picture)
{
    return (struct shape){.rank = 3, .dim = {picture.channels, picture.height, picture.width}};
}

/* The layer's input as a picture; reports one that is none. */
static inline int picture_of_input(const struct layer *layer, struct picture *picture)
{
    char given[SHAPE_TEXT_MAX];
    if (picture_of(layer->in[0].shape, picture) && shape_size(layer->in[0].shape) > 0)
        return TRAINER_OK;
    return layer_error(layer,
                       "input '%s' has shape %s, not (channels, height, width); add Reshape before",
                       layer->in[0].name, shape_text(layer->in[0].shape, given));
}

#endif
