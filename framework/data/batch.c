/*
 * batch.c - gathers samples and converts them to the engine's numbers.
 *
 * Samples whose positions follow each other (an evaluation, a sequential run) are converted in one
 * go: a run. How rows are divided into runs changes no result, as each element is converted by
 * itself.
 */
#include "batch.h"

#include "base/error.h"
#include "kernels/list_batch.h"
#include "kernels/sparse_data.h"
#include "normalise.h"
#include "row_ahead.h"
#include "samples.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* a * b, SIZE_MAX where that is more. */
static size_t multiply(size_t a, size_t b)
{
    return b && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

/* Bytes of one buffer of a column: (rows, shape). */
static size_t buffer_bytes(const struct column *column, const struct engine *engine, size_t rows)
{
    size_t element = column->stored == STORED_LABEL ? sizeof(int32_t) : engine->real_size;
    return multiply(multiply(shape_size(column->shape), rows), element);
}

size_t batch_bytes(const struct dataset *dataset, const struct engine *engine, size_t rows,
                   bool gradients)
{
    size_t sum = 0;
    for (int i = 0; i < dataset->columns; i++) {
        const struct column *column = &dataset->column[i];
        size_t bytes = buffer_bytes(column, engine, rows);
        bytes = multiply(bytes, gradients && column->stored != STORED_LABEL ? 2 : 1);
        sum = bytes > SIZE_MAX - sum ? SIZE_MAX : sum + bytes;
    }
    return sum;
}

/* Room for the batch's rows, transposed. */
static int create_lists(struct sparse_batch *sparse, size_t rows)
{
    const char *what = "a batch of lists";
    size_t groups = sparse_groups(sparse->columns), stride = sparse_stride(rows);
    size_t lists = multiply(groups, stride);
    sparse->stride = stride;
    sparse->next = block_reserve(what, multiply(stride, sizeof *sparse->next));
    sparse->count = block_reserve(what, multiply(lists, sizeof *sparse->count));
    sparse->entry = block_reserve(what, multiply(lists, sizeof *sparse->entry));
    return sparse->next && sparse->count && sparse->entry ? TRAINER_OK : TRAINER_FAILED;
}

static int create_column(struct batch_column *to, const struct column *column,
                         const struct engine *engine, size_t rows, bool gradients)
{
    bool label = column->stored == STORED_LABEL;
    size_t bytes = buffer_bytes(column, engine, rows);
    to->column = column;
    to->width = shape_size(column->shape);
    if (to->sparse)
        return create_lists(to->sparse, rows);
    if (to->lists) {
        /* Zeros: rows behind a smaller batch are rows of the data too. */
        to->lists->position =
            block_allocate("a batch of lists", multiply(rows, sizeof *to->lists->position));
        return to->lists->position ? TRAINER_OK : TRAINER_FAILED;
    }
    if (label) {
        to->label = block_allocate("a batch of labels", bytes);
        return to->label ? TRAINER_OK : TRAINER_FAILED;
    }
    to->x = block_allocate("a batch of data", bytes);
    if (to->x && gradients)
        to->g = block_allocate("the gradient of a batch of data", bytes);
    return to->x && (to->g || !gradients) ? TRAINER_OK : TRAINER_FAILED;
}

int batch_create(struct batch **batch, const struct dataset *dataset, const struct engine *engine,
                 size_t rows, bool gradients, struct sparse_batch *const *sparse,
                 struct list_batch *const *lists)
{
    assert(rows >= 1);
    *batch = calloc(1, sizeof **batch);
    if (!*batch)
        return error_memory("a batch", sizeof **batch);
    (*batch)->dataset = dataset;
    (*batch)->engine = engine;
    (*batch)->rows = rows;
    (*batch)->columns = dataset->columns;
    int rc = row_ahead_create(&(*batch)->ahead, dataset, rows);
    if (!rc && (*batch)->ahead) {
        (*batch)->position =
            block_allocate("positions of samples", multiply(rows, sizeof(uint32_t)));
        rc = (*batch)->position ? TRAINER_OK : TRAINER_FAILED;
    }
    for (int i = 0; !rc && i < dataset->columns; i++) {
        struct batch_column *column = &(*batch)->column[i];
        column->sparse = sparse ? sparse[i] : NULL;
        column->lists = lists ? lists[i] : NULL;
        rc = create_column(column, &dataset->column[i], engine, rows, gradients);
    }
    if (rc) {
        batch_free(*batch);
        *batch = NULL;
    }
    return rc;
}

void batch_free(struct batch *batch)
{
    if (batch) {
        row_ahead_free(batch->ahead);
        free(batch->position);
    }
    for (int i = 0; batch && i < batch->columns; i++) {
        struct sparse_batch *sparse = batch->column[i].sparse;
        free(batch->column[i].x);
        free(batch->column[i].label);
        free(batch->column[i].g);
        if (batch->column[i].lists)
            free(batch->column[i].lists->position);
        if (sparse) {
            free(sparse->next);
            free(sparse->count);
            free(sparse->entry);
        }
    }
    free(batch);
}

/* Which stored samples the rows of a batch are: position of row i is index[i], or first + i. */
struct selection {
    const uint32_t *index; /* NULL: consecutive */
    size_t first;
};

static size_t position(const struct selection *selection, size_t row)
{
    return selection->index ? selection->index[row] : selection->first + row;
}

/* The number of rows from `row` on, below `end`, whose samples are stored one behind the other. */
static size_t run_length(const struct selection *selection, size_t row, size_t end)
{
    if (!selection->index)
        return end - row;
    size_t length = 1;
    while (row + length < end && selection->index[row + length] == selection->index[row] + length)
        length++;
    return length;
}

/* Copies count labels, or converts numbers to stored * scale: from element `from` of the stored
 * values to element `to` of the buffer. */
static void scale_values(const struct batch_column *out, const struct engine *engine,
                         const void *stored, size_t from, size_t to, size_t count)
{
    double scale = out->column->scale;
    char *x = out->x ? (char *)out->x + to * engine->real_size : NULL;
    switch (out->column->stored) {
    case STORED_BYTE:
        engine->from_bytes(x, (const uint8_t *)stored + from, count, scale);
        break;
    case STORED_FLOAT:
        engine->from_floats(x, (const float *)stored + from, count, scale);
        break;
    case STORED_DOUBLE:
        engine->from_doubles(x, (const double *)stored + from, count, scale);
        break;
    case STORED_LABEL:
        memcpy(out->label + to, (const int32_t *)stored + from, count * sizeof(int32_t));
        break;
    }
}

/* The same of whole samples, from number `at` on, of a column whose values are filled, normalised
 * or lists: in float64, a block at a time. */
static void normalise_values(const struct batch_column *out, const struct column *column,
                             const struct engine *engine, enum split stored, size_t at, size_t row,
                             size_t rows)
{
    enum { BLOCK = 512 };
    double value[BLOCK];
    for (size_t i = 0; i < rows; i++)
        for (size_t element = 0, block; element < out->width; element += block) {
            block = out->width - element < BLOCK ? out->width - element : BLOCK;
            normalise_read(column, stored, at + i, element, block, value);
            engine->from_doubles((char *)out->x +
                                     ((row + i) * out->width + element) * engine->real_size,
                                 value, block, 1);
        }
}

/* Samples from number `at` on of the column's values for a split, `rows` in all, into the batch
 * from `row` on. */
static void convert(const struct batch_column *out, const struct column *column,
                    const struct engine *engine, enum split stored, size_t at, size_t row,
                    size_t rows)
{
    if (column->divisor || column->fill || column->lists[stored])
        normalise_values(out, column, engine, stored, at, row, rows);
    else
        scale_values(out, engine, column->values[stored], at * out->width, row * out->width,
                     rows * out->width);
}

/* What batch_take's arguments select, and among whose values. */
static struct selection select_samples(const struct samples *samples, const uint32_t *index,
                                       size_t first)
{
    if (index)
        return (struct selection){.index = index};
    if (samples->position)
        return (struct selection){.index = samples->position + first};
    return (struct selection){.first = first};
}

/* The rows stay where they are; one thread says whose they are. */
static void take_lists(const struct batch_column *out, enum split stored,
                       const struct selection *selection, size_t begin, size_t end, bool first)
{
    struct list_batch *lists = out->lists;
    if (first) {
        lists->lists = out->column->lists[stored];
        lists->divisor = out->column->divisor;
    }
    for (size_t row = begin; row < end; row++)
        lists->position[row] = (uint32_t)position(selection, row);
}

/* Gets the rows [0, rows), and asks for those behind them where they go on through a split.
 * samples: of the split; first: its sample in row 0, where `walks`. */
static void take_from_file(const struct batch *batch, const struct samples *samples,
                           const struct selection *selection, bool walks, size_t first, size_t rows,
                           const struct worker *worker)
{
    bool alone = worker->thread == 0;
    for (size_t row = 0; alone && row < rows; row++)
        batch->position[row] = (uint32_t)position(selection, row);
    row_ahead_take(batch->ahead, samples->stored, batch->position, rows, worker);
    size_t left = walks ? samples->count - first - rows : 0, next = left < rows ? left : rows;
    for (size_t row = 0; alone && row < next; row++)
        batch->position[row] = (uint32_t)samples_at(samples, first + rows + row);
    if (alone && next)
        row_ahead_ask(batch->ahead, samples->stored, batch->position, next);
}

/* The column as convert reads it: its values where rows of a file were read to. */
static struct column values_read(const struct batch *batch, int index, enum split stored)
{
    struct column column = *batch->column[index].column;
    column.values[stored] = row_ahead_values(batch->ahead, index);
    return column;
}

void batch_ask(const struct batch *batch, const uint32_t *index, size_t rows)
{
    row_ahead_ask(batch->ahead, SPLIT_TRAIN, index, rows);
}

int batch_status(const struct batch *batch)
{
    return batch->ahead ? row_ahead_status(batch->ahead) : TRAINER_OK;
}

void batch_take(const struct batch *batch, enum split split, const uint32_t *index, size_t first,
                size_t rows, const struct worker *worker)
{
    assert(rows <= batch->rows);
    struct samples samples = samples_of(batch->dataset, split);
    struct selection selection = select_samples(&samples, index, first);
    size_t begin, end;
    team_range(worker, rows, 1, &begin, &end);
    if (batch->ahead)
        take_from_file(batch, &samples, &selection, !index, first, rows, worker);
    for (int i = 0; i < batch->columns; i++) {
        const struct batch_column *out = &batch->column[i];
        if (out->column->file[samples.stored]) {
            struct column read = values_read(batch, i, samples.stored);
            convert(out, &read, batch->engine, samples.stored, begin, begin, end - begin);
            continue;
        }
        if (out->lists) {
            take_lists(out, samples.stored, &selection, begin, end, worker->thread == 0);
            continue;
        }
        if (out->sparse) {
            const struct sparse_rows from = {.data = out->column->sparse[samples.stored],
                                             .index = selection.index,
                                             .first = selection.first};
            sparse_transpose(out->sparse, &from, begin, end);
            continue;
        }
        for (size_t row = begin, length; row < end; row += length) {
            length = run_length(&selection, row, end);
            convert(out, out->column, batch->engine, samples.stored, position(&selection, row), row,
                    length);
        }
    }
}

/* Asks for the first lines of a sample; the processor sees by itself that more are read. */
static void fetch_stored(const void *stored, size_t at, size_t bytes)
{
    enum { LINE = 64, LINES = 16 };
    for (size_t i = 0; i < bytes && i < LINE * LINES; i += LINE)
        __builtin_prefetch((const char *)stored + at + i);
}

void batch_fetch(const struct batch *batch, const uint32_t *index, size_t begin, size_t end)
{
    for (int i = 0; i < batch->columns; i++) {
        const struct column *column = batch->column[i].column;
        const struct sparse *sparse = batch->column[i].sparse ? column->sparse[SPLIT_TRAIN] : NULL;
        size_t bytes = batch->column[i].width * stored_size(column->stored);
        for (size_t row = begin; sparse && row < end; row++)
            __builtin_prefetch(sparse->start + index[row]);
        for (size_t row = begin; row < end && column->values[SPLIT_TRAIN]; row++)
            if (sparse)
                sparse_fetch(sparse, index[row]);
            else
                fetch_stored(column->values[SPLIT_TRAIN], index[row] * bytes, bytes);
    }
}
