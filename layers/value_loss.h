/*
 * value_loss.h - what losses of values share: their shapes, and a prediction that is their input.
 *
 * The private struct of such a kind begins with a struct value_loss. R rows, U targets a sample.
 */
#ifndef TRAINER_VALUE_LOSS_H
#define TRAINER_VALUE_LOSS_H

#include "layer.h"
#include <string.h>

struct value_loss {
    struct tensor *prediction; /* (R, U) */
};

/* Refuses targets of another size than the input. */
static inline int value_loss_shape(struct layer *layer)
{
    struct value_loss *loss = layer->private;
    const struct input *said = &layer->in[0], *target = &layer->in[1];
    char given[SHAPE_TEXT_MAX], wanted[SHAPE_TEXT_MAX];
    if (layer->inputs > 1 && shape_size(target->shape) != shape_size(said->shape))
        return layer_error(layer, "targets '%s' have shape %s, '%s' has shape %s", target->name,
                           shape_text(target->shape, given), said->name,
                           shape_text(said->shape, wanted));
    layer->out.shape = shape_scalar();
    layer->rowwise = true;
    loss->prediction = layer_values(layer, "prediction", said->shape);
    layer->prediction = loss->prediction;
    layer->task = TASK_VALUES;
    return loss->prediction ? TRAINER_OK : TRAINER_FAILED;
}

static inline void value_loss_predict(const struct layer *layer, const struct pass *pass)
{
    const struct value_loss *loss = layer->private;
    size_t width = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    memcpy(loss->prediction->x + begin * width, layer->in[0].x + begin * width,
           (end - begin) * width * sizeof(real));
}

#endif
