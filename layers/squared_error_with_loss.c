/*
 * squared_error_with_loss - the squared distance of values from their targets, for regression.
 *
 *     loss = 1/U sum_j (y_j - t_j)^2                    one loss a sample; y is the input
 *     dy_j = 2 dloss (y_j - t_j) / U                    dt_j = -dy_j
 *
 *     - {type: Affine, units: 1}
 *     - {name: loss, type: SquaredErrorWithLoss}        # reads the layer before, and labels
 *
 * The mean is over a sample's targets, as PyTorch's MSELoss has it; there is no factor of one half.
 *
 * Dimensions: R rows, U targets.
 */
#include "kernels/store.h"
#include "value_loss.h"

struct squared_error_with_loss {
    struct value_loss shared;
};

static void squared_error_forward(const struct layer *layer, const struct pass *pass)
{
    const real *y = layer->in[0].x, *t = layer->in[1].x; /* (R, U) */
    size_t width = input_size(layer, 0), begin, end;
    value_loss_predict(layer, pass);
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++) {
        real sum = 0;
        for (size_t i = r * width; i < (r + 1) * width; i++)
            sum += (y[i] - t[i]) * (y[i] - t[i]);
        layer->out.x[r] = sum / (real)width;
    }
}

static void squared_error_backward(const struct layer *layer, const struct pass *pass)
{
    const struct input *said = &layer->in[0], *target = &layer->in[1];
    const real *y = said->x, *t = target->x; /* (R, U) */
    real *dy = said->g, *dt = target->g;     /* (R, U); NULL where nobody wants them */
    size_t width = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++) {
        real factor = 2 * layer->out.g[r] / (real)width;
        for (size_t i = r * width; i < (r + 1) * width; i++) {
            real d = factor * (y[i] - t[i]);
            if (dy)
                store_gradient(&dy[i], said->accumulate, d);
            if (dt)
                store_gradient(&dt[i], target->accumulate, -d);
        }
    }
}

static double squared_error_flops(const struct layer *layer)
{
    return 3.0 * (double)input_size(layer, 0);
}

const struct layer_kind NAME(layer_squared_error_with_loss) = {
    .base = {.title = "SquaredErrorWithLoss",
             .aliases = "MeanSquaredError,MSELoss",
             .help = "mean over a sample's targets of (y - t)^2",
             .private_size = sizeof(struct squared_error_with_loss)},
    .min_inputs = 2,
    .max_inputs = 2,
    .flags = LAYER_LOSS,
    .target = 1,
    .tasks = TASK_VALUES,
    .shape = value_loss_shape,
    .forward = squared_error_forward,
    .predict = value_loss_predict,
    .backward = squared_error_backward,
    .flops = squared_error_flops,
};
