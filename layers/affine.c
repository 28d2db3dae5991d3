/*
 * affine - every output is a weighted sum of all inputs, plus a bias.
 *
 *     Y = X W + b          X (rows, in), W (in, out), b (out), Y (rows, out)
 *     dX = dY W'           dW = X' dY           db = sum of dY over rows
 *
 *     - {name: affine1, type: Affine, units: 50, init: {type: normal, std: 0.01}}
 *
 * Data that is mostly zeros comes as lists without them (LAYER_READS_SPARSE): the same sums, fewer
 * terms, the same bits.
 *
 * An input of higher rank is flattened: `in` is the number of elements of one sample. The gradient
 * is that of whatever dY is; a mean over the batch is the loss's business.
 *
 * Dimensions: R rows, I inputs, O outputs.
 */
#include "kernels/elementwise.h"
#include "kernels/gemm.h"
#include "kernels/lists.h"
#include "kernels/sparse.h"
#include "layer.h"

struct affine {
    int64_t units;
    bool use_bias;
    struct kind_choice init, bias_init;
    struct tensor *weight, *bias; /* (I, O), (O); bias NULL without one */
};

static const struct option affine_options[] = {
    {"units", OPTION_INTEGER, offsetof(struct affine, units), .required = true, .minimum = 1,
     .maximum = 1 << 24, .help = "number of outputs"},
    {"init", OPTION_KIND, offsetof(struct affine, init), .family = FAMILY_INITIALIZER,
     .standard = "auto", .word = "auto", .usual = "normal",
     .help = "first weights; auto: he before ReLU and its like, else xavier"},
    {"bias", OPTION_BOOLEAN, offsetof(struct affine, use_bias), .standard = "true",
     .help = "add a bias"},
    {"bias_init", OPTION_KIND, offsetof(struct affine, bias_init), .family = FAMILY_INITIALIZER,
     .standard = "{type: constant, value: 0}", .help = "first biases"},
    {0},
};

/* A weight of at most this many elements is small: each thread computes its own part of a product
 * alone, reading all of the smaller factor, which then fits its caches; the team shares larger
 * ones. */
enum { SMALL_WEIGHT = 1 << 16 };

/* Asks for the scratch of a product (m, n, k), by the team and by one thread alone. */
static void reserve(struct layer *layer, size_t m, size_t n, size_t k)
{
    layer_scratch(layer, gemm_shared_bytes(m, n, k), gemm_alone_bytes(m, n, k));
}

static void reserve_all(struct layer *layer, size_t in, size_t out)
{
    const size_t rows = layer->rows;
    reserve(layer, rows, out, in);
    reserve(layer, in, out, rows);
    reserve(layer, rows, in, out);
    if (layer->in[0].sparse)
        layer_scratch(layer, 0, sparse_scratch(in));
}

static int affine_shape(struct layer *layer)
{
    struct affine *affine = layer->private;
    size_t in = input_size(layer, 0), out = (size_t)affine->units;
    if (in == 0)
        return layer_error(layer, "input '%s' is empty", layer->in[0].name);
    layer->out.shape = shape_vector(out);
    layer->rowwise = layer->in[0].sparse || layer->in[0].lists || in * out <= SMALL_WEIGHT;
    layer->by_rows = true;
    affine->weight =
        layer_parameter(layer, "weight", shape_matrix(in, out), &affine->init, in, out);
    if (!affine->weight)
        return TRAINER_FAILED;
    affine->weight->decays = true;
    affine->weight->by_rows = !layer->in[0].sparse && !layer->in[0].lists;
    if (affine->use_bias) {
        affine->bias =
            layer_parameter(layer, "bias", shape_vector(out), &affine->bias_init, in, out);
        if (!affine->bias)
            return TRAINER_FAILED;
    }
    reserve_all(layer, in, out);
    return TRAINER_OK;
}

/* Runs a product by the team, its rows of it; or, where the layer is rowwise, this thread's rows
 * alone. */
static void product(const struct layer *layer, struct gemm gemm, const struct pass *pass)
{
    const struct worker team = team_undivided(pass->worker);
    size_t begin, end;
    (layer->rowwise ? team_range : team_range_of_all)(&pass->worker, gemm.m, 1, &begin, &end);
    gemm.a += begin * gemm.a_row;
    gemm.c += begin * gemm.c_row;
    gemm.m = end - begin;
    gemm.shared = pass->shared;
    gemm.own = pass->own;
    if (layer->rowwise)
        gemm_alone(&gemm, pass->own);
    else
        gemm_run(&gemm, &team);
}

static void affine_forward(const struct layer *layer, const struct pass *pass)
{
    const struct affine *affine = layer->private;
    const real *bias = affine->bias ? affine->bias->x : NULL;
    size_t in = input_size(layer, 0), out = layer->out.shape.dim[0];
    if (layer->in[0].sparse) {
        sparse_forward(layer->in[0].sparse, pass->rows, out, affine->weight->x, bias, layer->out.x,
                       pass->own, &pass->worker);
        return;
    }
    if (layer->in[0].lists) {
        list_forward(layer->in[0].lists, pass->rows, out, affine->weight->x, bias, layer->out.x,
                     &pass->worker);
        return;
    }
    product(layer,
            (struct gemm){.m = pass->rows,
                          .n = out,
                          .k = in,
                          .a = layer->in[0].x,
                          .a_row = in,
                          .a_column = 1,
                          .b = affine->weight->x,
                          .b_row = out,
                          .b_column = 1,
                          .c = layer->out.x,
                          .c_row = out,
                          .bias = bias},
            pass);
}

static void affine_backward(const struct layer *layer, const struct pass *pass)
{
    const struct affine *affine = layer->private;
    const struct input *input = &layer->in[0];
    size_t in = input_size(layer, 0), out = layer->out.shape.dim[0];
    if (!input->g)
        return;
    product(layer,
            (struct gemm){.m = pass->rows,
                          .n = in,
                          .k = out,
                          .a = layer->out.g,
                          .a_row = out,
                          .a_column = 1,
                          .b = affine->weight->x,
                          .b_row = 1,
                          .b_column = out,
                          .c = input->g,
                          .c_row = in,
                          .accumulate = input->accumulate},
            pass);
}

/* dW, or the step at once, of data without zeros. */
static void sparse_product(const struct layer *layer, const struct pass *pass, bool descend)
{
    const struct affine *affine = layer->private;
    const struct sparse_batch *batch = layer->in[0].sparse;
    size_t out = layer->out.shape.dim[0];
    if (!descend)
        sparse_weights(batch, pass->rows, out, layer->out.g, affine->weight->g, pass->own,
                       &pass->worker);
    else if (!sparse_descend(batch, pass->rows, out, layer->out.g, (real)pass->fused->rate,
                             affine->weight->x, pass->own, &pass->worker))
        pass->fused->finite = false;
}

/* The same of all other data. */
static void dense_product(const struct layer *layer, const struct pass *pass, bool descend)
{
    const struct affine *affine = layer->private;
    size_t in = input_size(layer, 0), out = layer->out.shape.dim[0];
    if (!layer->rowwise)
        team_barrier(&pass->worker); /* pass->shared may still be in use */
    product(layer,
            (struct gemm){.m = in,
                          .n = out,
                          .k = pass->rows,
                          .a = layer->in[0].x,
                          .a_row = 1,
                          .a_column = in,
                          .b = layer->out.g,
                          .b_row = out,
                          .b_column = 1,
                          .c = descend ? affine->weight->x : affine->weight->g,
                          .c_row = out,
                          .descend = descend,
                          .rate = descend ? (real)pass->fused->rate : 0,
                          .finite = descend ? &pass->fused->finite : NULL},
            pass);
}

/* Whether dW is complete before any of it would be stored. */
static bool can_descend(const struct layer *layer, size_t rows)
{
    size_t out = layer->out.shape.dim[0];
    if (layer->in[0].lists)
        return false;
    return layer->in[0].sparse ? sparse_descends(rows) : gemm_descends(out, rows);
}

static void affine_parameters(const struct layer *layer, const struct pass *pass)
{
    const struct affine *affine = layer->private;
    const struct worker team = team_undivided(pass->worker);
    size_t out = layer->out.shape.dim[0], begin, end;
    if (affine->bias && affine->bias->g) {
        team_range(&team, out, 16, &begin, &end);
        column_sums(pass->rows, out, layer->out.g, begin, end, affine->bias->g);
    }
    if (!affine->weight->g)
        return;
    bool descend = pass->fused && can_descend(layer, pass->rows);
    if (pass->worker.thread == 0)
        affine->weight->stepped = descend;
    if (layer->in[0].lists)
        list_weights(layer->in[0].lists, pass->rows, out, layer->out.g, affine->weight->g,
                     &pass->worker);
    else if (layer->in[0].sparse)
        sparse_product(layer, pass, descend);
    else
        dense_product(layer, pass, descend);
}

static double affine_flops(const struct layer *layer)
{
    return 2.0 * (double)shape_size(layer->in[0].shape) * (double)layer->out.shape.dim[0];
}

const struct layer_kind NAME(layer_affine) = {
    .base = {.title = "Affine",
             .aliases = "Dense,Linear,FullyConnected",
             .help = "weighted sums of all inputs plus a bias: X W + b",
             .options = affine_options,
             .private_size = sizeof(struct affine)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_READS_SPARSE,
    .shape = affine_shape,
    .forward = affine_forward,
    .backward = affine_backward,
    .parameters = affine_parameters,
    .flops = affine_flops,
};
