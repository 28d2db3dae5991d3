/*
 * softmax_with_loss - softmax, and the cross entropy of what it says with the labels.
 *
 *     y_j = exp(x_j) / sum_k exp(x_k)
 *     loss = sum_j t_j (log sum_k exp(x_k) - x_j)       one loss a sample; t is one-hot
 *     dx_j = dloss (y_j sum(t) - t_j)                   dloss is 1 / batch for the mean
 *
 *     - {name: loss, type: SoftmaxWithLoss}          # reads the layer before, and labels
 *     - {name: loss, type: SoftmaxWithLoss, input: [affine2, labels]}
 *
 * Labels are class numbers (int32, one a sample) or rows of targets, one-hot or soft. The largest
 * score is taken off before exp, and the loss comes from scores and not from log(y): large scores
 * neither overflow nor give NaN.
 *
 * Dimensions: R rows, C classes.
 */
#include "kernels/elementwise.h"
#include "kernels/store.h"
#include "layer.h"

struct softmax_with_loss {
    struct tensor *probability; /* (R, C) */
    struct tensor *log_sum;     /* (R): log sum_k exp(x_k) */
};

/* Refuses targets that do not go with the scores. */
static int check_target(const struct layer *layer)
{
    const struct input *scores = &layer->in[0], *target = &layer->in[1];
    size_t classes = shape_size(scores->shape);
    char given[SHAPE_TEXT_MAX], wanted[SHAPE_TEXT_MAX];
    shape_text(scores->shape, wanted);
    shape_text(target->shape, given);
    if (target->element == ELEMENT_REAL && !shape_equal(target->shape, scores->shape))
        return layer_error(layer, "targets '%s' have shape %s, scores '%s' have shape %s",
                           target->name, given, scores->name, wanted);
    if (target->element == ELEMENT_INT32 && shape_size(target->shape) != 1)
        return layer_error(layer, "labels '%s' have shape %s; one class number a sample is needed",
                           target->name, given);
    if (target->element == ELEMENT_INT32 && target->classes > classes)
        return layer_error(
            layer, "labels '%s' have %zu classes, but '%s' gives scores of shape %s for %zu",
            target->name, target->classes, scores->name, wanted, classes);
    return TRAINER_OK;
}

static int softmax_shape(struct layer *layer)
{
    struct softmax_with_loss *softmax = layer->private;
    const struct input *scores = &layer->in[0];
    int rc = layer->inputs > 1 ? check_target(layer) : TRAINER_OK;
    if (rc)
        return rc;
    layer->out.shape = shape_scalar();
    layer->rowwise = true;
    softmax->probability = layer_values(layer, "probability", scores->shape);
    softmax->log_sum = layer_values(layer, "log_sum", shape_scalar());
    layer->prediction = softmax->probability;
    layer->task = TASK_CLASS;
    return softmax->probability && softmax->log_sum ? TRAINER_OK : TRAINER_FAILED;
}

/* The loss of one row by its targets t (C). */
static real target_loss(size_t classes, const real *x, const real *t, real log_sum)
{
    real loss = 0;
    for (size_t j = 0; j < classes; j++)
        loss += t[j] * (log_sum - x[j]);
    return loss;
}

static void softmax_predict(const struct layer *layer, const struct pass *pass)
{
    const struct softmax_with_loss *softmax = layer->private;
    size_t classes = input_size(layer, 0), begin, end;
    const real *x = layer->in[0].x;              /* (R, C) */
    real *probability = softmax->probability->x; /* (R, C) */
    real *log_sum = softmax->log_sum->x;         /* (R) */
    pass_rows(pass, &begin, &end);
    elementwise_softmax(end - begin, classes, x + begin * classes, probability + begin * classes,
                        log_sum + begin);
}

static void softmax_forward(const struct layer *layer, const struct pass *pass)
{
    const struct softmax_with_loss *softmax = layer->private;
    const struct input *target = &layer->in[1];
    size_t classes = input_size(layer, 0), begin, end;
    const real *x = layer->in[0].x;            /* (R, C) */
    const real *log_sum = softmax->log_sum->x; /* (R) */
    softmax_predict(layer, pass);
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++)
        layer->out.x[r] =
            target->element == ELEMENT_INT32
                ? log_sum[r] - x[r * classes + (size_t)target->label[r]]
                : target_loss(classes, x + r * classes, target->x + r * classes, log_sum[r]);
}

/* dx (C) of one row by its label. */
static void label_gradient(size_t classes, const real *y, size_t label, real dloss, bool accumulate,
                           real *dx)
{
    for (size_t j = 0; j < classes; j++)
        store_gradient(&dx[j], accumulate, dloss * (y[j] - (j == label ? 1 : 0)));
}

/* dx (C) of one row by its targets t (C). */
static void target_gradient(size_t classes, const real *y, const real *t, real dloss,
                            bool accumulate, real *dx)
{
    real sum = 0;
    for (size_t j = 0; j < classes; j++)
        sum += t[j];
    for (size_t j = 0; j < classes; j++)
        store_gradient(&dx[j], accumulate, dloss * (y[j] * sum - t[j]));
}

/* dt_j = dloss (log sum_k exp(x_k) - x_j), where the targets' own gradient is wanted. */
static void gradient_of_targets(const struct layer *layer, size_t row, real log_sum)
{
    const struct input *target = &layer->in[1];
    size_t classes = input_size(layer, 0);
    const real *x = layer->in[0].x + row * classes;
    real *dt = target->g + row * classes;
    for (size_t j = 0; j < classes; j++)
        store_gradient(&dt[j], target->accumulate, layer->out.g[row] * (log_sum - x[j]));
}

static void softmax_backward(const struct layer *layer, const struct pass *pass)
{
    const struct softmax_with_loss *softmax = layer->private;
    const struct input *scores = &layer->in[0], *target = &layer->in[1];
    size_t classes = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++) {
        const real *y = softmax->probability->x + r * classes;
        real dloss = layer->out.g[r];
        if (scores->g && target->element == ELEMENT_INT32)
            label_gradient(classes, y, (size_t)target->label[r], dloss, scores->accumulate,
                           scores->g + r * classes);
        else if (scores->g)
            target_gradient(classes, y, target->x + r * classes, dloss, scores->accumulate,
                            scores->g + r * classes);
        if (target->g)
            gradient_of_targets(layer, r, softmax->log_sum->x[r]);
    }
}

static double softmax_flops(const struct layer *layer)
{
    return 5.0 * (double)input_size(layer, 0);
}

const struct layer_kind NAME(layer_softmax_with_loss) = {
    .base = {.title = "SoftmaxWithLoss",
             .aliases = "SoftmaxCrossEntropy,CrossEntropy",
             .help = "softmax and its cross entropy with the labels",
             .private_size = sizeof(struct softmax_with_loss)},
    .min_inputs = 2,
    .max_inputs = 2,
    .flags = LAYER_LOSS,
    .target = 1,
    .tasks = TASK_CLASS,
    .shape = softmax_shape,
    .forward = softmax_forward,
    .predict = softmax_predict,
    .backward = softmax_backward,
    .flops = softmax_flops,
};
