/*
 * embedding - each whole number stands for a row of a table, which is learned.
 *
 *     Y[r] = W[x[r]]                 x (rows, shape) whole numbers, W (classes, size)
 *     dW[c] = sum of dY[r] over the places r, in their order, where x[r] = c; 0 where there is none
 *
 *     - {name: city, type: Embedding, size: 8, input: city}
 *     - {name: word, type: Embedding, size: 32, classes: 5000}       # (64) words -> (64, 32)
 *
 * It reads a column of the data as it is stored, which is neither scaled nor normalised: of arrays
 * any column that holds whole numbers, of a table one of `type: index`. Without `classes` the table
 * has a row for each number up to the largest in the data. Its first values are PyTorch's, normal
 * with deviation 1; Keras draws from -0.05 to 0.05.
 *
 * A thread owns rows of W and goes through the whole batch for them: the same bits on any team.
 *
 * Dimensions: R rows, P numbers of a sample, S size.
 */
#include "layer.h"
#include <string.h>

struct embedding {
    int64_t size, classes; /* classes 0: as the data has */
    struct kind_choice init;
    struct tensor *weight; /* (classes, S) */
};

static const struct option embedding_options[] = {
    {"size", OPTION_INTEGER, offsetof(struct embedding, size), .required = true, .minimum = 1,
     .maximum = 1 << 24, .help = "numbers that stand for one class"},
    {"classes", OPTION_INTEGER, offsetof(struct embedding, classes), .minimum = 1,
     .maximum = INT32_MAX, .help = "rows of the table; default: the data's largest number and 1"},
    {"init", OPTION_KIND, offsetof(struct embedding, init), .family = FAMILY_INITIALIZER,
     .standard = "{type: normal, std: 1}", .help = "first weights"},
    {0},
};

static int embedding_shape(struct layer *layer)
{
    struct embedding *embedding = layer->private;
    const struct input *in = &layer->in[0];
    size_t size = (size_t)embedding->size;
    if (in->element != ELEMENT_INT32)
        return layer_error(layer, "input '%s' is no column of whole numbers", in->name);
    if (in->shape.rank == SHAPE_RANK_MAX)
        return layer_error(layer, "input '%s' has %d dimensions already", in->name, SHAPE_RANK_MAX);
    if (embedding->classes == 0)
        embedding->classes = (int64_t)in->classes;
    if (embedding->classes == 0)
        return layer_error(layer, "the data does not tell how many classes '%s' has; say classes",
                           in->name);
    size_t classes = (size_t)embedding->classes;
    int rc = layer_check_classes(layer, 0, classes);
    if (rc)
        return rc;
    layer->out.shape = in->shape;
    layer->out.shape.dim[layer->out.shape.rank++] = size;
    layer->rowwise = true;
    embedding->weight = layer_parameter(layer, "weight", shape_matrix(classes, size),
                                        &embedding->init, classes, size);
    if (!embedding->weight)
        return TRAINER_FAILED;
    embedding->weight->decays = true;
    return TRAINER_OK;
}

static void embedding_forward(const struct layer *layer, const struct pass *pass)
{
    const struct embedding *embedding = layer->private;
    const int32_t *x = layer->in[0].label; /* (R, P) */
    const size_t size = (size_t)embedding->size, places = input_size(layer, 0);
    size_t begin, end;
    pass_rows(pass, &begin, &end);
    for (size_t i = begin * places; i < end * places; i++)
        memcpy(layer->out.x + i * size, embedding->weight->x + (size_t)x[i] * size,
               size * sizeof(real));
}

static void embedding_parameters(const struct layer *layer, const struct pass *pass)
{
    const struct embedding *embedding = layer->private;
    const int32_t *x = layer->in[0].label;
    const real *dy = layer->out.g; /* (R, P, S) */
    real *dw = embedding->weight->g;
    const size_t size = (size_t)embedding->size;
    size_t begin, end;
    if (!dw)
        return;
    team_range(&pass->worker, (size_t)embedding->classes, 1, &begin, &end);
    memset(dw + begin * size, 0, (end - begin) * size * sizeof(real));
    for (size_t i = 0; i < pass->rows * input_size(layer, 0); i++) {
        size_t class = (size_t)x[i];
        for (size_t j = 0; class >= begin && class < end && j < size; j++)
            dw[class * size + j] += dy[i * size + j];
    }
}

const struct layer_kind NAME(layer_embedding) = {
    .base = {.title = "Embedding",
             .aliases = "LookupTable",
             .help = "rows of a table that whole numbers stand for",
             .options = embedding_options,
             .private_size = sizeof(struct embedding)},
    .min_inputs = 1,
    .max_inputs = 1,
    .flags = LAYER_READS_CLASSES,
    .shape = embedding_shape,
    .forward = embedding_forward,
    .parameters = embedding_parameters,
};
