/*
 * dropout - in training, elements are left out at random.
 *
 *     training:    y = 0 with probability rate, else x / (1 - rate)          dx likewise of dy
 *     evaluation:  y = x
 *
 *     - {name: drop1, type: Dropout, rate: 0.5}
 *
 * Whether an element stays is a function of (seed, layer's name, step, the sample's place in the
 * batch, element): the same for 1..N threads, and after a resume.
 *
 * Dimensions: R rows, W elements of a sample; a sample has ceil(W / 64) groups of random words.
 */
#include "kernels/random_words.h"
#include "kernels/store.h"
#include "layer.h"

struct dropout {
    double rate;
    struct tensor *stays; /* (R, W) bytes: 1 where an element stays */
};

static const struct option dropout_options[] = {
    {"rate", OPTION_NUMBER, offsetof(struct dropout, rate), .standard = "0.5", .minimum = 0,
     .maximum = 1, .below_maximum = true, .help = "share of the elements that are left out"},
    {0},
};

/* Reals that hold `count` bytes. */
static size_t reals_of(size_t count)
{
    return (count + sizeof(real) - 1) / sizeof(real);
}

static int dropout_shape(struct layer *layer)
{
    struct dropout *dropout = layer->private;
    layer_shape_as_input(layer);
    dropout->stays = layer_values(layer, "stays", shape_vector(reals_of(input_size(layer, 0))));
    return dropout->stays ? TRAINER_OK : TRAINER_FAILED;
}

/* The bytes of a row. */
static unsigned char *bytes_of(const struct dropout *dropout, size_t row)
{
    return (unsigned char *)(dropout->stays->x + row * shape_size(dropout->stays->shape));
}

/* One row: y, and what stays. */
static void drop_row(const struct dropout *dropout, const struct random_stream *stream,
                     size_t first_group, size_t width, const real *x, real *y, unsigned char *stays)
{
    const real scale = (real)(1 / (1 - dropout->rate));
    const uint32_t least = (uint32_t)(dropout->rate * 0x1p32);
    uint32_t words[RANDOM_GROUP];
    for (size_t begin = 0; begin < width; begin += RANDOM_GROUP) {
        size_t count = width - begin < RANDOM_GROUP ? width - begin : RANDOM_GROUP;
        random_words(stream, first_group++, words);
        for (size_t j = 0; j < count; j++) {
            stays[begin + j] = words[j] >= least;
            y[begin + j] = words[j] >= least ? x[begin + j] * scale : 0;
        }
    }
}

static void dropout_forward(const struct layer *layer, const struct pass *pass)
{
    const struct dropout *dropout = layer->private;
    size_t width = input_size(layer, 0), begin, end;
    size_t groups = (width + RANDOM_GROUP - 1) / RANDOM_GROUP;
    struct random_stream stream =
        random_stream(pass->seed, RANDOM_MASK, random_hash(layer->name), pass->step);
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; r < end; r++) {
        const real *x = layer->in[0].x + r * width;
        real *y = layer->out.x + r * width;
        if (pass->mode == MODE_TRAIN)
            drop_row(dropout, &stream, (pass->first + r) * groups, width, x, y,
                     bytes_of(dropout, r));
        else
            for (size_t j = 0; j < width; j++)
                y[j] = x[j];
    }
}

static void dropout_backward(const struct layer *layer, const struct pass *pass)
{
    const struct dropout *dropout = layer->private;
    const struct input *in = &layer->in[0];
    const real scale = (real)(1 / (1 - dropout->rate));
    size_t width = input_size(layer, 0), begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t r = begin; in->g && r < end; r++) {
        const unsigned char *stays = bytes_of(dropout, r);
        const real *dy = layer->out.g + r * width;
        real *dx = in->g + r * width;
        if (pass->mode == MODE_TRAIN)
            for (size_t j = 0; j < width; j++)
                store_gradient(&dx[j], in->accumulate, stays[j] ? dy[j] * scale : 0);
        else
            for (size_t j = 0; j < width; j++)
                store_gradient(&dx[j], in->accumulate, dy[j]);
    }
}

const struct layer_kind NAME(layer_dropout) = {
    .base = {.title = "Dropout",
             .help = "leaves out elements at random in training",
             .options = dropout_options,
             .private_size = sizeof(struct dropout)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_RANDOM | LAYER_TWO_MODES | LAYER_PASSES,
    .shape = dropout_shape,
    .forward = dropout_forward,
    .backward = dropout_backward,
};
