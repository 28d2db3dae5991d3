/*
 * loss_weights.h - what the losses of classes share: weights of classes and of samples, and labels
 * that are smoothed.
 *
 *     loss of a sample = weight of the sample * weight of its true class * its smoothed loss
 *
 * The weighted losses are divided by the batch's size and not by the weights' sum, so that what a
 * sample counts does not depend on its neighbours: Keras's way, not PyTorch's. They hold in
 * evaluation too. A third input holds the weights of samples, one number each.
 */
#ifndef TRAINER_LOSS_WEIGHTS_H
#define TRAINER_LOSS_WEIGHTS_H

#include "kernels/store.h"
#include "layer.h"

/* Of the weighted losses' sum, for the help. */
#define LOSS_WEIGHTS_MEAN "the sum is divided by the batch's size (Keras's way)"

struct loss_weights {
    double smoothing;             /* label_smoothing */
    struct option_numbers listed; /* class_weights */
    const double *of_class;       /* (classes); NULL: all are 1 */
};

/* Refuses weights of samples that are not one number each; finds those of `classes` classes. */
static inline int loss_weights_shape(const struct layer *layer, size_t classes,
                                     struct loss_weights *weights)
{
    char given[SHAPE_TEXT_MAX];
    if (layer->inputs > 2 && shape_size(layer->in[2].shape) != 1)
        return layer_error(layer, "weights '%s' have shape %s; one number a sample is needed",
                           layer->in[2].name, shape_text(layer->in[2].shape, given));
    if (layer->inputs < 2)
        return TRAINER_OK;
    return layer_class_weights(layer, &weights->listed, classes, &weights->of_class);
}

/* The weight of the class that row r is of; 1 where targets are no classes. */
static inline real loss_class_weight(const struct layer *layer, const struct loss_weights *weights,
                                     size_t r)
{
    const struct input *target = &layer->in[1];
    bool classes = weights->of_class && target->element == ELEMENT_INT32;
    return classes ? (real)weights->of_class[target->label[r]] : 1;
}

/* The same times the weight of the sample. */
static inline real loss_weight(const struct layer *layer, const struct loss_weights *weights,
                               size_t r)
{
    real of_class = loss_class_weight(layer, weights, r);
    return layer->inputs > 2 ? layer->in[2].x[r] * of_class : of_class;
}

/* Whether somebody wants the gradients of the samples' weights, and that of row r: `loss` is the
 * row's, weighted by its class alone. */
static inline bool loss_weight_wanted(const struct layer *layer)
{
    return layer->inputs > 2 && layer->in[2].g;
}

static inline void loss_weight_gradient(const struct layer *layer, size_t r, real loss)
{
    store_gradient(&layer->in[2].g[r], layer->in[2].accumulate, layer->out.g[r] * loss);
}

#endif
