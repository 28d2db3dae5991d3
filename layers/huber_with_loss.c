/*
 * huber_with_loss - squared near the target, straight far from it: outliers count less.
 *
 *     h(e) = e^2 / 2                    |e| <= delta
 *            delta (|e| - delta / 2)    else
 *     loss = 1/U sum_j h(y_j - t_j)                         one loss a sample; y is the input
 *     dy_j = dloss clamp(y_j - t_j, -delta, delta) / U      dt_j = -dy_j
 *
 *     - {name: loss, type: HuberWithLoss, delta: 1}         # reads the layer before, and labels
 *
 * As PyTorch's HuberLoss; the mean is over a sample's targets.
 *
 * Dimensions: R rows, U targets.
 */
#include "kernels/store.h"
#include "value_loss.h"

struct huber_with_loss {
    struct value_loss shared;
    double delta;
};

static const struct option huber_options[] = {
    {"delta", OPTION_NUMBER, offsetof(struct huber_with_loss, delta), .standard = "1", .minimum = 0,
     .above_minimum = true, .maximum = 1e30,
     .help = "distance from the target up to which the error is squared"},
    {0},
};

static real clamp(real e, real delta)
{
    return e > delta ? delta : e < -delta ? -delta : e;
}

/* h(e) = c (e - c / 2) with c = clamp(e), on both branches. */
static void huber_forward(const struct layer *layer, const struct pass *pass)
{
    const struct huber_with_loss *huber = layer->private;
    const real *y = layer->in[0].x, *t = layer->in[1].x; /* (R, U) */
    real delta = (real)huber->delta;
    size_t width = input_size(layer, 0), begin, end;
    value_loss_predict(layer, pass);
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++) {
        real sum = 0;
        for (size_t i = r * width; i < (r + 1) * width; i++) {
            real c = clamp(y[i] - t[i], delta);
            sum += c * (y[i] - t[i] - c / 2);
        }
        layer->out.x[r] = sum / (real)width;
    }
}

static void huber_backward(const struct layer *layer, const struct pass *pass)
{
    const struct huber_with_loss *huber = layer->private;
    const struct input *said = &layer->in[0], *target = &layer->in[1];
    const real *y = said->x, *t = target->x; /* (R, U) */
    real *dy = said->g, *dt = target->g;     /* (R, U); NULL where nobody wants them */
    real delta = (real)huber->delta;
    size_t width = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++) {
        real factor = layer->out.g[r] / (real)width;
        for (size_t i = r * width; i < (r + 1) * width; i++) {
            real d = factor * clamp(y[i] - t[i], delta);
            if (dy)
                store_gradient(&dy[i], said->accumulate, d);
            if (dt)
                store_gradient(&dt[i], target->accumulate, -d);
        }
    }
}

/* Which elements are on the straight parts. */
static uint64_t huber_pattern(const struct layer *layer, const struct pass *pass)
{
    const struct huber_with_loss *huber = layer->private;
    const real *y = layer->in[0].x, *t = layer->in[1].x;
    real delta = (real)huber->delta;
    uint64_t hash = 0;
    for (size_t i = 0; i < pass->rows * input_size(layer, 0); i++) {
        real e = y[i] - t[i];
        hash = (hash ^ (uint64_t)(1 + (e > delta) + 2 * (e < -delta))) * 0x9E3779B97F4A7C15u;
    }
    return hash;
}

static double huber_flops(const struct layer *layer)
{
    return 5.0 * (double)input_size(layer, 0);
}

const struct layer_kind NAME(layer_huber_with_loss) = {
    .base = {.title = "HuberWithLoss",
             .aliases = "HuberLoss",
             .help = "squared error near the target, absolute error far from it",
             .options = huber_options,
             .private_size = sizeof(struct huber_with_loss)},
    .min_inputs = 2,
    .max_inputs = 2,
    .flags = LAYER_LOSS,
    .target = 1,
    .tasks = TASK_VALUES,
    .shape = value_loss_shape,
    .forward = huber_forward,
    .predict = value_loss_predict,
    .backward = huber_backward,
    .pattern = huber_pattern,
    .flops = huber_flops,
};
