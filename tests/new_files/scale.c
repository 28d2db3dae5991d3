/*
 * scale - multiplies each feature by a number of its own, which is learned.
 *
 *     y = x g          x, y (rows, F), g (F), the same g for every row
 *     dx = dy g        dg = sum of x dy over rows
 *
 *     - {name: scale1, type: Scale, start: {type: constant, value: 2}}
 */
#include "layer.h"

struct scale {
    struct kind_choice start;
    struct tensor *factor; /* (F) */
};

static const struct option scale_options[] = {
    {"start", OPTION_KIND, offsetof(struct scale, start), .family = FAMILY_INITIALIZER,
     .standard = "{type: constant, value: 1}", .help = "first factors"},
    {0},
};

static int scale_shape(struct layer *layer)
{
    struct scale *scale = layer->private;
    size_t features = input_size(layer, 0);
    layer->out.shape = layer->in[0].shape;
    scale->factor =
        layer_parameter(layer, "factor", shape_vector(features), &scale->start, features, features);
    return scale->factor ? TRAINER_OK : TRAINER_FAILED;
}

/* Each thread has its rows. */
static void scale_forward(const struct layer *layer, const struct pass *pass)
{
    const struct scale *scale = layer->private;
    const real *x = layer->in[0].x, *factor = scale->factor->x; /* (rows, F), (F) */
    size_t features = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++)
        for (size_t j = 0; j < features; j++)
            layer->out.x[r * features + j] = x[r * features + j] * factor[j];
}

/* Each thread has its rows of dx and its features of dg, whose sums run over all rows in order. */
static void scale_backward(const struct layer *layer, const struct pass *pass)
{
    const struct scale *scale = layer->private;
    const struct input *in = &layer->in[0];
    const real *x = in->x, *dy = layer->out.g, *factor = scale->factor->x;
    real *dx = in->g, *dfactor = scale->factor->g; /* NULL where nobody wants them */
    size_t features = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; dx && r < end; r++)
        for (size_t j = 0; j < features; j++) {
            size_t i = r * features + j;
            dx[i] = dy[i] * factor[j] + (in->accumulate ? dx[i] : 0);
        }
    team_range(&pass->worker, features, 1, &begin, &end);
    for (size_t j = begin; dfactor && j < end; j++) {
        real sum = 0;
        for (size_t r = 0; r < pass->rows; r++)
            sum += x[r * features + j] * dy[r * features + j];
        dfactor[j] = sum;
    }
}

const struct layer_kind NAME(layer_scale) = {
    .base = {.title = "Scale",
             .help = "each feature times a factor of its own",
             .options = scale_options,
             .private_size = sizeof(struct scale)},
    .min_inputs = 1,
    .max_inputs = 1,
    .shape = scale_shape,
    .forward = scale_forward,
    .backward = scale_backward,
};
