/*
 * sigmoid_with_loss - probabilities of yes, and their cross entropy with what was asked for.
 *
 *     y_j = 1 / (1 + exp(-x_j))
 *     loss = 1/U sum_j (max(x_j, 0) - x_j t_j + log(1 + exp(-|x_j|)))        one loss a sample
 *     dx_j = dloss (y_j - t_j) / U                dt_j = -dloss x_j / U      t_j is 0 or 1
 *
 *     - {type: Affine, units: 1}
 *     - {name: loss, type: SigmoidWithLoss}      # labels of two classes: y is that of class 1
 *
 *     - {type: Affine, units: 5}
 *     - {name: loss, type: SigmoidWithLoss}      # rows of five targets: labels of their own
 *
 * One unit reads class numbers 0 and 1 or a column of targets; several units read rows of as many
 * targets, and the loss is the mean over them. Targets between 0 and 1 are taken as they are. The
 * loss comes from scores and not from log(y): large scores neither overflow nor give NaN.
 *
 *     - {type: SigmoidWithLoss, label_smoothing: 0.1, class_weights: [1, 5]}
 *
 * Smoothed by e, targets t become (1 - e) t + e / 2. Weights of samples, and of the two classes:
 * loss_weights.h. Of several targets, or of a column of them, class_weights has a number for each,
 * which multiplies its positive term, as PyTorch's pos_weight does:
 *
 *     loss_j = p_j t_j log(1 + exp(-x_j)) + (1 - t_j) log(1 + exp(x_j))
 *
 * Dimensions: R rows, U units.
 */
#include "kernels/elementwise.h"
#include "loss_weights.h"

struct sigmoid_with_loss {
    struct loss_weights weights; /* of classes: (2), or (U) of positive terms */
    struct tensor *probability;  /* (R, U) */
};

static const struct option sigmoid_options[] = {
    {"label_smoothing", OPTION_NUMBER, offsetof(struct sigmoid_with_loss, weights.smoothing),
     .standard = "0", .minimum = 0, .maximum = 1,
     .help = "share of a target that is spread evenly over yes and no"},
    {"class_weights", OPTION_NUMBERS, offsetof(struct sigmoid_with_loss, weights.listed),
     .minimum = 0, .above_minimum = true, .word = "balanced", .word_value = CLASS_WEIGHTS_BALANCED,
     .help = "factors of the loss of both classes, or of each label's positive term; balanced: "
             "n / (2 n_c); " LOSS_WEIGHTS_MEAN},
    {0},
};

enum { BLOCK = 64 };

/* Refuses targets that do not go with the scores. */
static int check_target(const struct layer *layer)
{
    const struct input *scores = &layer->in[0], *target = &layer->in[1];
    char given[SHAPE_TEXT_MAX], wanted[SHAPE_TEXT_MAX];
    shape_text(scores->shape, wanted);
    shape_text(target->shape, given);
    if (target->element == ELEMENT_REAL && shape_size(target->shape) != shape_size(scores->shape))
        return layer_error(layer, "targets '%s' have shape %s, scores '%s' have shape %s",
                           target->name, given, scores->name, wanted);
    if (target->element == ELEMENT_REAL)
        return TRAINER_OK;
    if (shape_size(scores->shape) != 1 || shape_size(target->shape) != 1)
        return layer_error(layer,
                           "labels '%s' are classes, scores '%s' have shape %s; expected one unit "
                           "for two classes (SoftmaxWithLoss has a unit a class)",
                           target->name, scores->name, wanted);
    if (target->classes > 2)
        return layer_error(layer, "labels '%s' have %zu classes; one unit tells two apart",
                           target->name, target->classes);
    return TRAINER_OK;
}

static int sigmoid_loss_shape(struct layer *layer)
{
    struct sigmoid_with_loss *sigmoid = layer->private;
    bool asked = layer->inputs > 1, one = input_size(layer, 0) == 1;
    bool labels = asked ? layer->in[1].element == ELEMENT_REAL : !one;
    int rc = asked ? check_target(layer) : TRAINER_OK;
    if (rc == TRAINER_OK)
        rc = loss_weights_shape(layer, labels ? input_size(layer, 0) : 2, &sigmoid->weights);
    if (rc)
        return rc;
    layer->out.shape = shape_scalar();
    layer->rowwise = true;
    sigmoid->probability = layer_values(layer, "probability", layer->in[0].shape);
    layer->prediction = sigmoid->probability;
    layer->task = labels ? TASK_LABELS : TASK_BINARY;
    return sigmoid->probability ? TRAINER_OK : TRAINER_FAILED;
}

static void sigmoid_loss_predict(const struct layer *layer, const struct pass *pass)
{
    const struct sigmoid_with_loss *sigmoid = layer->private;
    size_t units = input_size(layer, 0), begin, end;
    const real *x = layer->in[0].x;    /* (R, U) */
    real *y = sigmoid->probability->x; /* (R, U) */
    pass_rows(pass, &begin, &end);
    elementwise_sigmoid((end - begin) * units, x + begin * units, y + begin * units);
}

/* Target j of row r, smoothed. */
static real target_at(const struct layer *layer, size_t units, size_t r, size_t j)
{
    const struct sigmoid_with_loss *sigmoid = layer->private;
    const struct input *target = &layer->in[1];
    real smoothing = (real)sigmoid->weights.smoothing;
    real t = target->element == ELEMENT_INT32 ? (real)target->label[r] : target->x[r * units + j];
    return (1 - smoothing) * t + smoothing / 2;
}

/* The factors of the positive terms (U); NULL: all are 1. */
static const double *positive_weights(const struct layer *layer)
{
    const struct sigmoid_with_loss *sigmoid = layer->private;
    return layer->task == TASK_LABELS ? sigmoid->weights.of_class : NULL;
}

/* y (count) = log(1 + exp(-|x|)), count <= BLOCK. Where 1 + e is rounded, log(u) e / (u - 1) makes
 * up for it; where it is 1, e is the answer. */
static void softplus(size_t count, const real *x, real *y)
{
    real e[BLOCK] = {0}, u[BLOCK];
    for (size_t i = 0; i < count; i++)
        e[i] = x[i] > 0 ? -x[i] : x[i];
    elementwise_exp(count, e, e);
    for (size_t i = 0; i < count; i++)
        u[i] = 1 + e[i];
    elementwise_log(count, u, y);
    for (size_t i = 0; i < count; i++)
        y[i] = u[i] == 1 ? e[i] : y[i] * (e[i] / (u[i] - 1));
}

/* `loss`, and what units [first, first + count) of row r add to it; tail (count): their softplus.
 * With p = positive - 1 more of its positive term, that is p t (tail - min(x, 0)). */
static real add_losses(const struct layer *layer, size_t r, size_t first, size_t count,
                       const real *tail, real loss)
{
    const double *positive = positive_weights(layer);
    size_t units = input_size(layer, 0);
    const real *x = layer->in[0].x + r * units; /* (U) */
    for (size_t j = first; j < first + count; j++) {
        real t = target_at(layer, units, r, j);
        loss += (x[j] > 0 ? x[j] : 0) - x[j] * t + tail[j - first];
        if (positive)
            loss += (real)(positive[j] - 1) * t * (tail[j - first] - (x[j] < 0 ? x[j] : 0));
    }
    return loss;
}

/* loss[0..rows): of rows [begin, begin + rows), not weighted by class or sample; rows * U <= BLOCK.
 * So functions of one number are computed for a vector of rows where there are few units. */
static void short_losses(const struct layer *layer, size_t begin, size_t rows, real *loss)
{
    size_t units = input_size(layer, 0);
    real tail[BLOCK];
    softplus(rows * units, layer->in[0].x + begin * units, tail);
    for (size_t i = 0; i < rows; i++)
        loss[i] = add_losses(layer, begin + i, 0, units, tail + i * units, 0) / (real)units;
}

/* The same of one row of any length. */
static real row_loss(const struct layer *layer, size_t r)
{
    size_t units = input_size(layer, 0);
    real loss = 0, tail[BLOCK];
    for (size_t first = 0; first < units; first += BLOCK) {
        size_t count = units - first < BLOCK ? units - first : BLOCK;
        softplus(count, layer->in[0].x + r * units + first, tail);
        loss = add_losses(layer, r, first, count, tail, loss);
    }
    return loss / (real)units;
}

static void sigmoid_loss_forward(const struct layer *layer, const struct pass *pass)
{
    const struct sigmoid_with_loss *sigmoid = layer->private;
    size_t together = BLOCK / input_size(layer, 0), begin, end;
    sigmoid_loss_predict(layer, pass);
    pass_rows(pass, &begin, &end);
    for (size_t r = begin, rows; r < end; r += rows) {
        rows = together > 0 ? (end - r < together ? end - r : together) : 1;
        if (together > 0)
            short_losses(layer, r, rows, layer->out.x + r);
        else
            layer->out.x[r] = row_loss(layer, r);
        for (size_t i = r; i < r + rows; i++)
            layer->out.x[i] *= loss_weight(layer, &sigmoid->weights, i);
    }
}

/* d loss / d t of one unit, before the mean: -x, and what more there is of a positive term. */
static real target_gradient(real x, real positive)
{
    real tail;
    softplus(1, &x, &tail);
    return -x + (positive - 1) * (tail - (x < 0 ? x : 0));
}

static void sigmoid_loss_backward(const struct layer *layer, const struct pass *pass)
{
    const struct sigmoid_with_loss *sigmoid = layer->private;
    const struct input *scores = &layer->in[0], *target = &layer->in[1];
    const double *positive = positive_weights(layer);
    real keep = 1 - (real)sigmoid->weights.smoothing;
    size_t units = input_size(layer, 0), begin, end;
    const real *x = scores->x, *y = sigmoid->probability->x; /* (R, U) */
    real *dx = scores->g, *dt = target->g; /* (R, U); NULL where nobody wants them */
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++) {
        real dloss = layer->out.g[r] * loss_weight(layer, &sigmoid->weights, r) / (real)units;
        for (size_t j = 0; j < units; j++) {
            size_t i = r * units + j;
            real t = target_at(layer, units, r, j), more = positive ? (real)positive[j] - 1 : 0;
            if (dx)
                store_gradient(&dx[i], scores->accumulate,
                               dloss * (y[i] - t - more * t * (1 - y[i])));
            if (dt)
                store_gradient(&dt[i], target->accumulate,
                               keep * dloss * target_gradient(x[i], more + 1));
        }
        if (loss_weight_wanted(layer))
            loss_weight_gradient(
                layer, r, row_loss(layer, r) * loss_class_weight(layer, &sigmoid->weights, r));
    }
}

static double sigmoid_loss_flops(const struct layer *layer)
{
    return 8.0 * (double)input_size(layer, 0);
}

const struct layer_kind NAME(layer_sigmoid_with_loss) = {
    .base = {.title = "SigmoidWithLoss",
             .aliases = "SigmoidCrossEntropy,BinaryCrossEntropy",
             .help = "sigmoid and its cross entropy with two classes, or with several 0/1 targets",
             .options = sigmoid_options,
             .private_size = sizeof(struct sigmoid_with_loss)},
    .min_inputs = 2,
    .max_inputs = 3,
    .flags = LAYER_LOSS,
    .target = 1,
    .tasks = TASK_BINARY | TASK_LABELS,
    .shape = sigmoid_loss_shape,
    .forward = sigmoid_loss_forward,
    .predict = sigmoid_loss_predict,
    .backward = sigmoid_loss_backward,
    .flops = sigmoid_loss_flops,
};
