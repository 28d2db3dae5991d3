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
 *     - {type: SoftmaxWithLoss, label_smoothing: 0.1, class_weights: balanced}
 *
 * Smoothed by e, targets t become (1 - e) t + e / C. Weights of classes and samples are those of
 * loss_weights.h.
 *
 * Dimensions: R rows, C classes.
 */
#include "kernels/elementwise.h"
#include "loss_weights.h"

struct softmax_with_loss {
    struct loss_weights weights;
    struct tensor *probability; /* (R, C) */
    struct tensor *log_sum;     /* (R): log sum_k exp(x_k) */
};

static const struct option softmax_options[] = {
    {"label_smoothing", OPTION_NUMBER, offsetof(struct softmax_with_loss, weights.smoothing),
     .standard = "0", .minimum = 0, .maximum = 1,
     .help = "share of a target that is spread evenly over all classes"},
    {"class_weights", OPTION_NUMBERS, offsetof(struct softmax_with_loss, weights.listed),
     .minimum = 0, .above_minimum = true, .word = "balanced", .word_value = CLASS_WEIGHTS_BALANCED,
     .help = "factor of the loss of each class's samples; balanced: n / (classes "
             "n_c); " LOSS_WEIGHTS_MEAN},
    {0},
};

/* Refuses targets that do not go with the scores. */
static int check_target(const struct layer *layer)
{
    const struct softmax_with_loss *softmax = layer->private;
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
            layer,
            "labels '%s' have %zu classes, 0 to %zu, but '%s' gives scores of shape %s for %zu",
            target->name, target->classes, target->classes - 1, scores->name, wanted, classes);
    if (target->element == ELEMENT_REAL && softmax->weights.listed.count > 0)
        return layer_error(layer, "class_weights need labels that are classes");
    return TRAINER_OK;
}

static int softmax_shape(struct layer *layer)
{
    struct softmax_with_loss *softmax = layer->private;
    const struct input *scores = &layer->in[0];
    int rc = layer->inputs > 1 ? check_target(layer) : TRAINER_OK;
    if (rc == TRAINER_OK)
        rc = loss_weights_shape(layer, shape_size(scores->shape), &softmax->weights);
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

/* The sum over all classes of what each would lose as the label. */
static real even_loss(size_t classes, const real *x, real log_sum)
{
    real loss = 0;
    for (size_t j = 0; j < classes; j++)
        loss += log_sum - x[j];
    return loss;
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

/* The loss of row r, not weighted. */
static real row_loss(const struct layer *layer, size_t r)
{
    const struct softmax_with_loss *softmax = layer->private;
    const struct input *target = &layer->in[1];
    size_t classes = input_size(layer, 0);
    const real *x = layer->in[0].x + r * classes; /* (C) */
    real log_sum = softmax->log_sum->x[r], smoothing = (real)softmax->weights.smoothing;
    real loss = target->element == ELEMENT_INT32
                    ? log_sum - x[target->label[r]]
                    : target_loss(classes, x, target->x + r * classes, log_sum);
    if (smoothing == 0)
        return loss;
    return (1 - smoothing) * loss + smoothing / (real)classes * even_loss(classes, x, log_sum);
}

static void softmax_forward(const struct layer *layer, const struct pass *pass)
{
    const struct softmax_with_loss *softmax = layer->private;
    size_t begin, end;
    softmax_predict(layer, pass);
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++)
        layer->out.x[r] = row_loss(layer, r) * loss_weight(layer, &softmax->weights, r);
}

/* A target t as it is smoothed: keep t + even. */
struct smoothed {
    real keep, even;
};

/* dx (C) of one row by its label. */
static void label_gradient(size_t classes, const real *y, size_t label, real dloss, bool accumulate,
                           struct smoothed smoothed, real *dx)
{
    real one = smoothed.keep + smoothed.even, other = smoothed.even;
    for (size_t j = 0; j < classes; j++)
        store_gradient(&dx[j], accumulate, dloss * (y[j] - (j == label ? one : other)));
}

/* dx (C) of one row by its targets t (C). */
static void target_gradient(size_t classes, const real *y, const real *t, real dloss,
                            bool accumulate, struct smoothed smoothed, real *dx)
{
    real sum = 0, keep = smoothed.keep, even = smoothed.even;
    for (size_t j = 0; j < classes; j++)
        sum += keep * t[j] + even;
    for (size_t j = 0; j < classes; j++)
        store_gradient(&dx[j], accumulate, dloss * (y[j] * sum - (keep * t[j] + even)));
}

/* dt_j = dloss (log sum_k exp(x_k) - x_j), where the targets' own gradient is wanted. */
static void gradient_of_targets(const struct layer *layer, size_t row, real dloss, real log_sum)
{
    const struct input *target = &layer->in[1];
    size_t classes = input_size(layer, 0);
    const real *x = layer->in[0].x + row * classes;
    real *dt = target->g + row * classes;
    for (size_t j = 0; j < classes; j++)
        store_gradient(&dt[j], target->accumulate, dloss * (log_sum - x[j]));
}

static void softmax_backward(const struct layer *layer, const struct pass *pass)
{
    const struct softmax_with_loss *softmax = layer->private;
    const struct input *scores = &layer->in[0], *target = &layer->in[1];
    size_t classes = input_size(layer, 0), begin, end;
    real smoothing = (real)softmax->weights.smoothing;
    const struct smoothed smoothed = {1 - smoothing, smoothing / (real)classes};
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++) {
        const real *y = softmax->probability->x + r * classes;
        real dloss = layer->out.g[r] * loss_weight(layer, &softmax->weights, r);
        if (scores->g && target->element == ELEMENT_INT32)
            label_gradient(classes, y, (size_t)target->label[r], dloss, scores->accumulate,
                           smoothed, scores->g + r * classes);
        else if (scores->g)
            target_gradient(classes, y, target->x + r * classes, dloss, scores->accumulate,
                            smoothed, scores->g + r * classes);
        if (target->g)
            gradient_of_targets(layer, r, smoothed.keep * dloss, softmax->log_sum->x[r]);
        if (loss_weight_wanted(layer))
            loss_weight_gradient(
                layer, r, row_loss(layer, r) * loss_class_weight(layer, &softmax->weights, r));
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
             .options = softmax_options,
             .private_size = sizeof(struct softmax_with_loss)},
    .min_inputs = 2,
    .max_inputs = 3,
    .flags = LAYER_LOSS,
    .target = 1,
    .tasks = TASK_CLASS,
    .shape = softmax_shape,
    .forward = softmax_forward,
    .predict = softmax_predict,
    .backward = softmax_backward,
    .flops = softmax_flops,
};
