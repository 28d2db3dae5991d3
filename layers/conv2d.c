/*
 * conv2d - filters that slide over a picture: every output is a weighted sum of a window.
 *
 *     Y[f][oy][ox] = b[f] + sum over c, i, j of W[f][c][i][j] X[c][oy s - p + i d][ox s - p + j d]
 *     OH = floor((H + 2 p - d (h - 1) - 1) / s) + 1, OW likewise; outside the picture X is 0
 *     dW = sum over samples and pixels of dY X, db = sum of dY, dX: each window's share of dY W
 *
 *     - {name: conv1, type: Conv2D, filters: 30, kernel: 5}
 *     - {name: conv2, type: Conv2D, filters: 16, kernel: [3, 5], stride: 2, padding: [1, 2]}
 *     - {name: conv3, type: Conv2D, filters: 32, kernel: 3, padding: same, bias: false}
 *
 * The kernel is not turned round: what deep learning calls a convolution is a cross-correlation.
 * (C, H, W) -> (filters, OH, OW); a value of rank 2 is one channel. With groups, filters and
 * channels are cut into so many parts, and a filter reads the channels of its part.
 *
 * How: where windows move pixel by pixel, all three are computed from the picture (convolve.h).
 * Else the pixels under the windows of a strip of outputs become a matrix (K, S) in the thread's
 * own cache, and all three are products with it; so they are for a kernel of 1x1, where the picture
 * is that matrix. A thread has its own samples. dW is a sum for each of at most 16 slices of the
 * batch, one after another within a slice, then in pairs: its bits depend on shapes alone.
 *
 * Dimensions: R rows, F filters of a group, K = C/groups h w, P = OH OW, S pixels of a strip.
 */
#include "kernels/convolve.h"
#include "kernels/gemm.h"
#include "kernels/gemm_pack.h"
#include "kernels/reduce.h"
#include "sliding.h"
#include <string.h>

struct conv2d {
    int64_t filters, groups;
    struct sliding sliding;
    struct option_numbers dilation;
    bool use_bias;
    struct kind_choice init, bias_init;
    struct tensor *weight, *bias; /* (filters, C/groups, h, w), (filters); bias NULL without one */
    struct picture in;
    struct window window;
    size_t k, strip;                /* K; the most pixels of a strip */
    bool direct;                    /* computed from the picture; then, of a group: */
    struct convolution slide, back; /* X -> Y, dY -> dX */
};

static const struct option conv2d_options[] = {
    {"filters", OPTION_INTEGER, offsetof(struct conv2d, filters), .required = true, .minimum = 1,
     .maximum = 1 << 20, .help = "number of output channels"},
    {"kernel", OPTION_NUMBERS, offsetof(struct conv2d, sliding.kernel), .required = true,
     .whole = true, .single = true, .least = 2, .most = 2, .minimum = 1, .maximum = 1 << 16,
     .help = "size of a filter: one number, or [height, width]"},
    {"stride", OPTION_NUMBERS, offsetof(struct conv2d, sliding.stride), .standard = "1",
     .whole = true, .single = true, .least = 2, .most = 2, .minimum = 1, .maximum = 1 << 16,
     .help = "pixels from one window to the next"},
    {"padding", OPTION_NUMBERS, offsetof(struct conv2d, sliding.padding), .standard = "0",
     .whole = true, .single = true, .least = 2, .most = 2, .minimum = 0, .maximum = 1 << 16,
     .word = "same", .word_value = SLIDING_SAME,
     .help = "zeros around the picture; same: output as large as input"},
    {"dilation", OPTION_NUMBERS, offsetof(struct conv2d, dilation), .standard = "1", .whole = true,
     .single = true, .least = 2, .most = 2, .minimum = 1, .maximum = 1 << 16,
     .help = "pixels from one element of a window to the next"},
    {"groups", OPTION_INTEGER, offsetof(struct conv2d, groups), .standard = "1", .minimum = 1,
     .maximum = 1 << 20, .help = "parts of the channels that see nothing of each other"},
    {"bias", OPTION_BOOLEAN, offsetof(struct conv2d, use_bias), .standard = "true",
     .help = "add a bias to each filter"},
    {"init", OPTION_KIND, offsetof(struct conv2d, init), .family = FAMILY_INITIALIZER,
     .standard = "auto", .word = "auto", .usual = "normal",
     .help = "first weights; auto: he before ReLU and its like, else xavier"},
    {"bias_init", OPTION_KIND, offsetof(struct conv2d, bias_init), .family = FAMILY_INITIALIZER,
     .standard = "{type: constant, value: 0}", .help = "first biases"},
    {0},
};

/* A strip's matrix fits the half of a usual second-level cache; its rows are whole cache lines, and
 * short enough to be multiplied where they are. */
enum { STRIP_BYTES = 192 * 1024, STRIP_MOST = 2560 / sizeof(real), LINE = 64 / sizeof(real) };

/* Bytes that the sums of all slices may take. */
enum { SLICES_LEAST = 4, SLICES_BYTES = 16 << 20 };

static size_t lines(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

static bool is_same(const struct conv2d *conv)
{
    return conv->sliding.padding.count == 1 && conv->sliding.padding.value[0] == SLIDING_SAME;
}

/* `same` is symmetric, or it would shift the picture: odd windows, stride 1. */
static int check_same(const struct layer *layer, const struct window *window)
{
    const struct window_axis *y = &window->y, *x = &window->x;
    if (y->stride == 1 && x->stride == 1 && window_reach(y) % 2 == 1 && window_reach(x) % 2 == 1)
        return TRAINER_OK;
    return layer_error(layer,
                       "padding 'same' needs stride 1 and kernels of odd size; write the padding "
                       "as numbers, such as padding: [%zu, %zu]",
                       (window_reach(y) - 1) / 2, (window_reach(x) - 1) / 2);
}

static int check_groups(const struct layer *layer, const struct conv2d *conv)
{
    size_t groups = (size_t)conv->groups;
    if (conv->in.channels % groups == 0 && (size_t)conv->filters % groups == 0)
        return TRAINER_OK;
    return layer_error(layer, "%zu channels and %zu filters are not both divisible by %zu groups",
                       conv->in.channels, (size_t)conv->filters, groups);
}

/* Whether the window's matrix is the picture itself. */
static bool is_pointwise(const struct conv2d *conv)
{
    const struct window_axis *y = &conv->window.y, *x = &conv->window.x;
    return y->size == 1 && x->size == 1 && y->stride == 1 && x->stride == 1 && y->padding == 0 &&
           x->padding == 0;
}

static size_t area(const struct conv2d *conv)
{
    return conv->window.y.out * conv->window.x.out;
}

/* Whole output rows where one fits, whole cache lines else. */
static size_t choose_strip(const struct conv2d *conv)
{
    size_t most = STRIP_BYTES / sizeof(real) / conv->k, width = conv->window.x.out;
    most = most > STRIP_MOST ? STRIP_MOST : most;
    size_t strip = width <= most ? most / width * width : most / LINE * LINE;
    strip = strip < LINE ? LINE : strip;
    return strip < area(conv) ? strip : area(conv);
}

/* Reals from row to row of the strip's matrix. */
static size_t strip_row(const struct conv2d *conv)
{
    return (conv->strip + LINE - 1) / LINE * LINE;
}

static size_t matrix_bytes(const struct conv2d *conv)
{
    return lines(conv->k * strip_row(conv) * sizeof(real));
}

/* dW of one slice: (filters, K); computed from the picture, (groups, K, convolve_row). */
static size_t slice_weights(const struct conv2d *conv)
{
    return conv->direct ? (size_t)conv->groups * conv->k * convolve_row(&conv->slide)
                        : (size_t)conv->filters * conv->k;
}

/* The sums of one slice: dW and db. */
static size_t slice_size(const struct conv2d *conv)
{
    return lines((slice_weights(conv) + (size_t)conv->filters) * sizeof(real)) / sizeof(real);
}

static void reserve_direct(struct layer *layer, const struct conv2d *conv)
{
    size_t forward = convolve_bytes(&conv->slide), back = convolve_bytes(&conv->back);
    layer_scratch(layer, layer->slices * layer->slice_bytes, forward > back ? forward : back);
}

static void reserve(struct layer *layer, const struct conv2d *conv)
{
    size_t f = (size_t)(conv->filters / conv->groups), k = conv->k, s = conv->strip;
    size_t product = gemm_alone_bytes(f, s, k), other = gemm_alone_bytes(k, s, f);
    product = product > other ? product : other;
    other = gemm_alone_bytes(f, k, s);
    product = product > other ? product : other;
    layer_scratch(layer, layer->slices * layer->slice_bytes, matrix_bytes(conv) + product);
}

static int declare(struct layer *layer, struct conv2d *conv)
{
    size_t filters = (size_t)conv->filters, channels = conv->in.channels / (size_t)conv->groups;
    size_t window = conv->window.y.size * conv->window.x.size;
    struct shape shape = {.rank = 4,
                          .dim = {filters, channels, conv->window.y.size, conv->window.x.size}};
    conv->weight = layer_parameter(layer, "weight", shape, &conv->init, conv->k, filters * window);
    if (!conv->weight)
        return TRAINER_FAILED;
    conv->weight->decays = true;
    if (conv->use_bias)
        conv->bias = layer_parameter(layer, "bias", shape_vector(filters), &conv->bias_init,
                                     conv->k, filters * window);
    return conv->bias || !conv->use_bias ? TRAINER_OK : TRAINER_FAILED;
}

static int conv2d_shape(struct layer *layer)
{
    struct conv2d *conv = layer->private;
    int rc = picture_of_input(layer, &conv->in);
    if (rc)
        return rc;
    conv->window = sliding_window(&conv->sliding, conv->dilation, conv->in);
    if ((is_same(conv) && (rc = check_same(layer, &conv->window))) ||
        (rc = sliding_check(layer, &conv->window)) || (rc = check_groups(layer, conv)))
        return rc;
    layer->out.shape = sliding_shape(&conv->window, (size_t)conv->filters);
    layer->rowwise = true;
    conv->k = conv->in.channels / (size_t)conv->groups * conv->window.y.size * conv->window.x.size;
    conv->strip = choose_strip(conv);
    conv->direct = convolve_fits(&conv->window) && !is_pointwise(conv);
    conv->slide = convolve_of(&conv->window, conv->in.channels / (size_t)conv->groups,
                              (size_t)(conv->filters / conv->groups));
    conv->back = convolve_back(&conv->slide);
    layer->slice_bytes = slice_size(conv) * sizeof(real);
    size_t most = SLICES_BYTES / layer->slice_bytes;
    layer->slices = most < SLICES_LEAST ? SLICES_LEAST : most > LAYER_SLICES ? LAYER_SLICES : most;
    conv->direct ? reserve_direct(layer, conv) : reserve(layer, conv);
    return declare(layer, conv);
}

/* One sample's share of one group, and a strip of its output pixels. */
struct part {
    size_t row, group, first, last;
};

static const real *input_of(const struct layer *layer, const struct conv2d *conv,
                            const struct part *part)
{
    size_t channels = conv->in.channels / (size_t)conv->groups;
    return layer->in[0].x + part->row * input_size(layer, 0) +
           part->group * channels * picture_area(conv->in);
}

/* Where the part's first filter and pixel stand in (R, filters, P). */
static size_t output_at(const struct layer *layer, const struct conv2d *conv,
                        const struct part *part)
{
    size_t filters = (size_t)(conv->filters / conv->groups);
    return part->row * shape_size(layer->out.shape) + part->group * filters * area(conv) +
           part->first;
}

/* The matrix under the part's windows (K, S): in `own`, or the picture itself. */
static const real *matrix_of(const struct layer *layer, const struct conv2d *conv,
                             const struct part *part, real *own, size_t *row)
{
    const real *x = input_of(layer, conv, part);
    *row = is_pointwise(conv) ? area(conv) : strip_row(conv);
    if (is_pointwise(conv))
        return x + part->first;
    window_columns(&conv->window, conv->in.channels / (size_t)conv->groups, x, part->first,
                   part->last, *row, own);
    return own;
}

static void forward_part(const struct layer *layer, const struct part *part, void *own)
{
    const struct conv2d *conv = layer->private;
    size_t filters = (size_t)(conv->filters / conv->groups), row;
    const real *matrix = matrix_of(layer, conv, part, own, &row);
    real *y = layer->out.x + output_at(layer, conv, part);
    for (size_t f = 0; f < filters; f++) {
        real bias = conv->bias ? conv->bias->x[part->group * filters + f] : 0;
        for (size_t p = 0; p < part->last - part->first; p++)
            y[f * area(conv) + p] = bias;
    }
    struct gemm gemm = {.m = filters,
                        .n = part->last - part->first,
                        .k = conv->k,
                        .a = conv->weight->x + part->group * filters * conv->k,
                        .a_row = conv->k,
                        .a_column = 1,
                        .b = matrix,
                        .b_row = row,
                        .b_column = 1,
                        .c = y,
                        .c_row = area(conv),
                        .accumulate = true};
    gemm_alone(&gemm, (char *)own + matrix_bytes(conv));
}

/* Calls work for all strips of all groups of the rows [begin, end), one after another. */
static void each_part(const struct layer *layer, size_t begin, size_t end, void *own,
                      void (*work)(const struct layer *, const struct part *, void *own))
{
    const struct conv2d *conv = layer->private;
    for (size_t row = begin; row < end; row++)
        for (size_t group = 0; group < (size_t)conv->groups; group++)
            for (size_t first = 0; first < area(conv); first += conv->strip) {
                size_t last = first + conv->strip < area(conv) ? first + conv->strip : area(conv);
                work(layer, &(struct part){row, group, first, last}, own);
            }
}

/* --- from the picture ------------------------------------------------------------------------- */

/* Y of one group of the rows [begin, end). */
static void slide_forward(const struct layer *layer, size_t group, size_t begin, size_t end,
                          void *own)
{
    const struct conv2d *conv = layer->private;
    const struct convolution *slide = &conv->slide;
    const real *bias = conv->bias ? conv->bias->x + group * slide->filters : NULL;
    const real *w = conv->weight->x + group * slide->filters * conv->k;
    for (size_t row = begin; row < end; row++) {
        struct part part = {.row = row, .group = group};
        convolve_run(slide, input_of(layer, conv, &part), w, bias, false,
                     layer->out.x + output_at(layer, conv, &part), own);
    }
}

/* dX of one group of the rows [begin, end). */
static void slide_backward(const struct layer *layer, size_t group, size_t begin, size_t end,
                           void *own)
{
    const struct conv2d *conv = layer->private;
    const real *w = conv->weight->x + group * conv->slide.filters * conv->k;
    for (size_t row = begin; row < end; row++) {
        struct part part = {.row = row, .group = group};
        convolve_run(&conv->back, layer->out.g + output_at(layer, conv, &part), w, NULL,
                     layer->in[0].accumulate,
                     layer->in[0].g + (input_of(layer, conv, &part) - layer->in[0].x), own);
    }
}

/* --- passes ----------------------------------------------------------------------------------- */

static void conv2d_forward(const struct layer *layer, const struct pass *pass)
{
    const struct conv2d *conv = layer->private;
    size_t begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t group = 0; conv->direct && group < (size_t)conv->groups; group++)
        slide_forward(layer, group, begin, end, pass->own);
    if (!conv->direct)
        each_part(layer, begin, end, pass->own, forward_part);
}

/* dX of the windows of a part: W' dY, added where the windows are. */
static void backward_part(const struct layer *layer, const struct part *part, void *own)
{
    const struct conv2d *conv = layer->private;
    size_t filters = (size_t)(conv->filters / conv->groups);
    size_t channels = conv->in.channels / (size_t)conv->groups;
    real *dx = layer->in[0].g + (input_of(layer, conv, part) - layer->in[0].x);
    bool pointwise = is_pointwise(conv);
    struct gemm gemm = {.m = conv->k,
                        .n = part->last - part->first,
                        .k = filters,
                        .a = conv->weight->x + part->group * filters * conv->k,
                        .a_row = 1,
                        .a_column = conv->k,
                        .b = layer->out.g + output_at(layer, conv, part),
                        .b_row = area(conv),
                        .b_column = 1,
                        .c = pointwise ? dx + part->first : own,
                        .c_row = pointwise ? area(conv) : strip_row(conv),
                        .accumulate = pointwise};
    gemm_alone(&gemm, (char *)own + matrix_bytes(conv));
    if (!pointwise)
        window_add(&conv->window, channels, own, part->first, part->last, strip_row(conv), dx);
}

static void conv2d_backward(const struct layer *layer, const struct pass *pass)
{
    const struct conv2d *conv = layer->private;
    const struct input *in = &layer->in[0];
    size_t size = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t group = 0; conv->direct && in->g && group < (size_t)conv->groups; group++)
        slide_backward(layer, group, begin, end, pass->own);
    for (size_t row = begin; !conv->direct && in->g && row < end; row++) {
        if (!in->accumulate)
            memset(in->g + row * size, 0, size * sizeof(real));
        each_part(layer, row, row + 1, pass->own, backward_part);
    }
}

/* Where a slice sums, and a thread's own scratch. */
struct slice {
    real *weight, *bias; /* slice_weights, (filters) */
    void *own;
};

/* Adds a part's dY X' and sums of dY. */
static void sum_part(const struct layer *layer, const struct part *part, void *context)
{
    const struct conv2d *conv = layer->private;
    const struct slice *slice = context;
    size_t filters = (size_t)(conv->filters / conv->groups), row;
    size_t count = part->last - part->first;
    const real *dy = layer->out.g + output_at(layer, conv, part);
    const real *matrix = matrix_of(layer, conv, part, slice->own, &row);
    struct gemm gemm = {.m = filters,
                        .n = conv->k,
                        .k = count,
                        .a = dy,
                        .a_row = area(conv),
                        .a_column = 1,
                        .b = matrix,
                        .b_row = 1,
                        .b_column = row,
                        .c = slice->weight + part->group * filters * conv->k,
                        .c_row = conv->k,
                        .accumulate = true};
    gemm_alone(&gemm, (char *)slice->own + matrix_bytes(conv));
    for (size_t f = 0; conv->bias && f < filters; f++)
        slice->bias[part->group * filters + f] += reduce_sum(count, dy + f * area(conv));
}

/* The same from the picture, of all groups of one row. */
static void slide_sum(const struct layer *layer, size_t row, const struct slice *slice)
{
    const struct conv2d *conv = layer->private;
    const struct convolution *slide = &conv->slide;
    for (size_t group = 0; group < (size_t)conv->groups; group++) {
        struct part part = {.row = row, .group = group};
        const real *dy = layer->out.g + output_at(layer, conv, &part);
        convolve_weights(slide, input_of(layer, conv, &part), dy,
                         slice->weight + group * conv->k * convolve_row(slide), slice->own);
        for (size_t f = 0; conv->bias && f < slide->filters; f++)
            slice->bias[group * slide->filters + f] += reduce_sum(area(conv), dy + f * area(conv));
    }
}

/* sum[i] of `count` slices of the same elements, in pairs: halves onto each other. */
static void sum_slices(size_t slices, size_t size, real *sum, size_t begin, size_t end)
{
    for (size_t left = slices; left > 1; left = (left + 1) / 2)
        for (size_t s = 0; s < left / 2; s++) {
            real *into = sum + s * size;
            const real *from = sum + (s + (left + 1) / 2) * size;
            for (size_t i = begin; i < end; i++)
                into[i] += from[i];
        }
}

/* This thread's part of dW out of the sums of all slices. */
static void finish_weights(const struct conv2d *conv, size_t slices, real *sum,
                           const struct worker *worker)
{
    size_t filters = (size_t)conv->filters, k = conv->k, begin, end;
    if (!conv->direct) {
        team_range(worker, filters * k, LINE, &begin, &end);
        sum_slices(slices, slice_size(conv), sum, begin, end);
        memcpy(conv->weight->g + begin, sum + begin, (end - begin) * sizeof *sum);
        return;
    }
    size_t row = convolve_row(&conv->slide);
    filters = conv->slide.filters;
    team_range(worker, (size_t)conv->groups * k, 1, &begin, &end);
    sum_slices(slices, slice_size(conv), sum, begin * row, end * row);
    for (size_t next; begin < end; begin = next) {
        next = (begin / k + 1) * k < end ? (begin / k + 1) * k : end;
        gemm_transpose(next - begin, filters, sum + begin * row, row,
                       conv->weight->g + begin / k * filters * k + begin % k, k);
    }
}

/* The sums of each slice into pass->shared (slices, size). */
static void conv2d_slices(const struct layer *layer, const struct pass *pass)
{
    const struct conv2d *conv = layer->private;
    size_t size = slice_size(conv), bias = slice_weights(conv), begin, end;
    size_t slices = layer_slices(layer, pass->rows);
    real *sum = pass->shared;
    if (!conv->weight->g)
        return;
    team_barrier(&pass->worker); /* pass->shared may still be in use */
    team_range(&pass->worker, slices, 1, &begin, &end);
    for (size_t s = begin; s < end; s++) {
        struct slice slice = {sum + s * size, sum + s * size + bias, pass->own};
        size_t row = s * pass->rows / slices, last = (s + 1) * pass->rows / slices;
        memset(slice.weight, 0, size * sizeof(real));
        if (!conv->direct)
            each_part(layer, row, last, &slice, sum_part);
        for (; conv->direct && row < last; row++)
            slide_sum(layer, row, &slice);
    }
}

static void conv2d_parameters(const struct layer *layer, const struct pass *pass)
{
    const struct conv2d *conv = layer->private;
    size_t size = slice_size(conv), bias = slice_weights(conv);
    size_t slices = layer_slices(layer, pass->rows);
    real *sum = pass->shared; /* (slices, size) */
    if (!conv->weight->g)
        return;
    finish_weights(conv, slices, sum, &pass->worker);
    if (conv->bias && pass->worker.thread == 0) {
        sum_slices(slices, size, sum, bias, bias + (size_t)conv->filters);
        memcpy(conv->bias->g, sum + bias, (size_t)conv->filters * sizeof(real));
    }
}

static double conv2d_flops(const struct layer *layer)
{
    const struct conv2d *conv = layer->private;
    return 2.0 * (double)shape_size(layer->out.shape) * (double)conv->k;
}

const struct layer_kind NAME(layer_conv2d) = {
    .base = {.title = "Conv2D",
             .aliases = "Convolution,Conv",
             .help = "filters that slide over a picture",
             .options = conv2d_options,
             .private_size = sizeof(struct conv2d)},
    .min_inputs = 1,
    .max_inputs = 1,
    .shape = conv2d_shape,
    .forward = conv2d_forward,
    .backward = conv2d_backward,
    .slices = conv2d_slices,
    .parameters = conv2d_parameters,
    .flops = conv2d_flops,
};
