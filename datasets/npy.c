/*
 * npy.c - NumPy's arrays: .npy files, and .npz archives of them.
 *
 *     data: {type: npy, train: {inputs: x.npy, labels: y.npy}, split: {test: 0.2}}
 *     data: {type: npy, train: {file: all.npz, inputs: x_train, labels: y_train}}
 *     data: {type: npy, train: {file: all.npz, inputs: {left: a, right: b}}}
 *
 * The first dimension counts samples. Bool, integers of 8 to 64 bits, floats of 16 to 64 bits in
 * either byte order and either index order, text as labels; nothing is unpickled (npy.h). Inputs by
 * name give a column each. Memory never grows beyond a small multiple of what the file holds.
 *
 * Inputs of more than `memory` bytes stay in their file, whose rows are read as they are wanted;
 * unless it is packed, or its first index runs fastest: such a file is held in memory all the same.
 */
#include "base/npy.h"
#include "arrays/array.h"
#include "dataset.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct npy_split {
    const char *file; /* an archive; NULL: inputs and labels are files */
    struct option_sources inputs;
    struct option_sources labels, weights; /* one each */
};

struct npy_data {
    struct npy_split train, test, validation;
    double scale; /* 0: auto */
    const char *memory;
};

/* A data set while it is read. */
struct progress {
    const char *first; /* the split's first array, whose samples the others have too */
    struct vocabulary classes;
    size_t room; /* bytes that inputs may still take in memory */
};

/* Characters of fixed width become UTF-8, as wide as the widest may become. */
static int settle_unicode(struct array *array, const struct npy *npy, size_t count)
{
    size_t characters = npy->size / 4, size = npy->size;
    unsigned char *from = array->bytes, *texts = calloc(count * size + 1, 1), *to = texts;
    if (!texts)
        return error_memory(array->file, count * size);
    for (size_t i = 0; i < count; i++, to = texts + i * size)
        for (size_t k = 0; k < characters; k++, from += 4) {
            bool big = npy->big_endian;
            uint32_t code = (uint32_t)from[big ? 3 : 0] | (uint32_t)from[big ? 2 : 1] << 8 |
                            (uint32_t)from[big ? 1 : 2] << 16 | (uint32_t)from[big ? 0 : 3] << 24;
            int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
            if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
                free(texts);
                return array_error(array, i, "character U+%04" PRIX32 "; expected text", code);
            }
            uint32_t lead = more ? 0xff00u >> (more + 1) & 0xff : 0;
            if (code)
                *to++ = (unsigned char)(lead | code >> 6 * more);
            while (code && more-- > 0)
                *to++ = (unsigned char)(0x80 | (code >> 6 * more & 0x3f));
        }
    free(array->bytes);
    array->bytes = texts;
    return TRAINER_OK;
}

/* What the header says, as array.h wants it. */
static int take_header(struct data_file *source, const struct npy *npy, struct array *array)
{
    static const enum array_type types[] = {
        [NPY_BOOL] = ARRAY_BOOL,   [NPY_INTEGER] = ARRAY_INTEGER, [NPY_UNSIGNED] = ARRAY_UNSIGNED,
        [NPY_FLOAT] = ARRAY_FLOAT, [NPY_UNICODE] = ARRAY_TEXT,    [NPY_BYTES] = ARRAY_TEXT};
    if (npy->rank < 1 || npy->rank > ARRAY_RANK_MAX)
        return data_file_error(source, npy->begin, "%d dimensions; expected 1 to %d, samples first",
                               npy->rank, ARRAY_RANK_MAX);
    if (npy->bytes == 0)
        return data_file_error(source, npy->begin, "an empty array; expected samples");
    array->begin = npy->begin;
    array->type = types[npy->type];
    array->size = npy->size;
    array->big_endian = npy->big_endian;
    array->fortran = npy->fortran;
    array->rank = npy->rank;
    for (int i = 0; i < npy->rank; i++)
        array->dim[i] = (size_t)npy->dim[i];
    return TRAINER_OK;
}

/* All values, and nothing behind them. */
static int read_values(struct data_file *source, const struct npy *npy, struct array *array)
{
    unsigned char byte;
    size_t got = 0;
    if (npy->bytes > data_file_most(source))
        return data_file_error(source, npy->begin, "the header promises more bytes than there are");
    int rc = data_file_read_all(source, npy->bytes, &array->bytes, &got);
    if (!rc && got < npy->bytes)
        rc = data_file_error(source, data_file_offset(source),
                             "cut short: %" PRIu64 " of %" PRIu64 " bytes of values", (uint64_t)got,
                             npy->bytes);
    if (!rc)
        rc = data_file_read(source, &byte, 1, &got);
    if (!rc && got)
        rc = data_file_error(source, npy->begin + npy->bytes, "the file goes on behind its array");
    if (!rc && npy->type == NPY_UNICODE)
        rc = settle_unicode(array, npy, (size_t)(npy->bytes / npy->size));
    return rc ? rc : array_settle(array);
}

/* --- rows that stay in their file ------------------------------------------------------------- */

struct npy_rows {
    struct data_file *source;
    struct array array; /* without bytes */
    size_t row;         /* bytes of a sample */
};

static int read_rows(void *context, size_t first, size_t rows, void *bytes)
{
    const struct npy_rows *of = context;
    struct array part = of->array;
    part.dim[0] = rows;
    part.bytes = bytes;
    int rc = data_file_read_at(of->source, part.begin + first * of->row, bytes, rows * of->row);
    return rc ? rc : array_settle(&part);
}

static void close_rows(void *context)
{
    struct npy_rows *rows = context;
    data_file_close(rows->source);
    free(rows);
}

/* Whether an array is to stay in its file. */
static bool stays(struct dataset *dataset, struct data_file *source, const struct npy *npy,
                  const struct array *array, struct progress *progress)
{
    if (npy->bytes <= progress->room) {
        progress->room -= (size_t)npy->bytes;
        return false;
    }
    bool packed = data_file_packed(source), turned = array->fortran && array->rank > 1;
    if (packed || turned)
        dataset_note(dataset, true, "%s is held in memory, although 'memory' allows less: %s",
                     array->file, packed ? "it is packed" : "its first index runs fastest");
    return !packed && !turned;
}

/* Checks that the file holds what its header promises; of an archive by reading it. */
static int check_content(struct data_file *source, const struct npy *npy, bool archive)
{
    unsigned char block[1 << 14];
    size_t got = 1;
    uint64_t bytes = data_file_size(source) - npy->begin;
    int rc = TRAINER_OK;
    while (archive && !rc && got)
        rc = data_file_read(source, block, sizeof block, &got);
    if (!rc && bytes < npy->bytes)
        rc = data_file_error(source, data_file_size(source),
                             "cut short: %" PRIu64 " of %" PRIu64 " bytes of values", bytes,
                             npy->bytes);
    if (!rc && bytes > npy->bytes)
        rc = data_file_error(source, npy->begin + npy->bytes, "the file goes on behind its array");
    return rc;
}

/* Makes the column of an array that stays in its file; the source is closed with the data set. */
static int keep_in_file(struct dataset *dataset, enum split split, const char *name,
                        struct data_file *source, const struct array *array, double scale)
{
    struct npy_rows *rows = calloc(1, sizeof *rows);
    if (!rows) {
        data_file_close(source);
        return error_memory(array->file, sizeof *rows);
    }
    *rows = (struct npy_rows){.source = source, .array = *array, .row = array->size};
    for (int i = 1; i < array->rank; i++)
        rows->row *= array->dim[i];
    return array_keep_in_file(
        dataset, split, name, array, scale,
        &(struct array_source){.context = rows, .read = read_rows, .close = close_rows});
}

/* --- columns ---------------------------------------------------------------------------------- */

/* Opens an array, a file or `where` of an archive, and reads its header. */
static int open_array(struct dataset *dataset, const char *archive, const char *where,
                      struct data_file **source, struct npy *npy, struct array *array)
{
    int rc = archive ? data_file_open_member(source, archive, where)
                     : data_file_open(source, where, NULL);
    if (rc)
        return rc;
    array->place = "";
    array->file = arena_print(&dataset->arena, "%s", data_file_path(*source));
    rc = array->file ? npy_read(*source, npy) : TRAINER_FAILED;
    return rc ? rc : take_header(*source, npy, array);
}

/* Every array of a split has as many samples as the first. */
static int count_samples(struct dataset *dataset, enum split split, const struct array *array,
                         struct progress *progress)
{
    if (!progress->first) {
        progress->first = array->file;
        dataset->count[split] = array->dim[0];
    }
    if (array->dim[0] == dataset->count[split])
        return TRAINER_OK;
    return error_add(TRAINER_INVALID, "%s: %zu samples, but %s has %zu", array->file, array->dim[0],
                     progress->first, dataset->count[split]);
}

/* What is read of a split: the column's name and its source. */
struct wanted {
    const char *column, *where;
    bool inputs, labels;
    double scale;
};

static int read_column(struct dataset *dataset, enum split split, const char *archive,
                       const struct wanted *wanted, struct progress *progress)
{
    struct data_file *source = NULL;
    struct npy npy;
    struct array array = {0};
    bool values = wanted->labels || !dataset->describe_only;
    int rc = open_array(dataset, archive, wanted->where, &source, &npy, &array);
    if (!rc)
        rc = count_samples(dataset, split, &array, progress);
    if (!rc && wanted->inputs && values && stays(dataset, source, &npy, &array, progress)) {
        rc = check_content(source, &npy, archive != NULL);
        if (!rc)
            return keep_in_file(dataset, split, wanted->column, source, &array, wanted->scale);
    }
    if (!rc && values)
        rc = read_values(source, &npy, &array);
    data_file_close(source);
    if (!rc && wanted->labels)
        rc = array_labels(dataset, split, &array, &progress->classes);
    else if (!rc)
        rc = array_inputs(dataset, split, wanted->column, &array, wanted->scale);
    free(array.bytes);
    return rc;
}

static int read_split(struct dataset *dataset, enum split split, const struct npy_split *from,
                      struct progress *progress)
{
    const struct npy_data *npy = dataset->private;
    progress->first = NULL;
    int rc = TRAINER_OK;
    bool labelled = !dataset->learned || dataset->labelled;
    for (size_t i = 0; !rc && i < from->inputs.count; i++) {
        const char *name = from->inputs.name[i];
        rc = read_column(dataset, split, from->file,
                         &(struct wanted){.column = name ? name : "inputs",
                                          .where = from->inputs.where[i],
                                          .inputs = true,
                                          .scale = npy->scale},
                         progress);
    }
    if (!rc && labelled && from->labels.count)
        rc =
            read_column(dataset, split, from->file,
                        &(struct wanted){.where = from->labels.where[0], .labels = true}, progress);
    if (!rc && labelled && from->weights.count)
        rc = read_column(
            dataset, split, from->file,
            &(struct wanted){.column = "weights", .where = from->weights.where[0], .scale = 1},
            progress);
    return rc;
}

static int npy_open(struct dataset *dataset)
{
    const struct npy_data *npy = dataset->private;
    struct progress progress = {0};
    int rc = array_memory(dataset, npy->memory, &progress.room);
    if (!rc)
        rc = read_split(dataset, SPLIT_TRAIN, &npy->train, &progress);
    if (!rc && npy->test.inputs.count && !dataset->learned)
        rc = read_split(dataset, SPLIT_TEST, &npy->test, &progress);
    if (!rc && npy->validation.inputs.count && !dataset->learned)
        rc = read_split(dataset, SPLIT_VALIDATION, &npy->validation, &progress);
    vocabulary_free(&progress.classes);
    return rc;
}

static const struct option split_options[] = {
    {"file", OPTION_PATH, offsetof(struct npy_split, file),
     .help = ".npz archive in which the others are; without it they are files"},
    {"inputs", OPTION_SOURCES, offsetof(struct npy_split, inputs), .required = true,
     .help = "array of the samples, or arrays by column"},
    {"labels", OPTION_SOURCES, offsetof(struct npy_split, labels),
     .help = "array of their classes or values"},
    {"weights", OPTION_SOURCES, offsetof(struct npy_split, weights),
     .help = "array of a weight a sample, for the loss's third input"},
    {0},
};

static const struct option npy_options[] = {
    {"train", OPTION_SECTION, offsetof(struct npy_data, train), .required = true,
     .section = split_options, .help = "training data"},
    {"test", OPTION_SECTION, offsetof(struct npy_data, test), .section = split_options,
     .help = "test data"},
    {"validation", OPTION_SECTION, offsetof(struct npy_data, validation), .section = split_options,
     .help = "validation data"},
    {"scale", OPTION_NUMBER, offsetof(struct npy_data, scale), .standard = "auto", .minimum = 0,
     .above_minimum = true, .word = "auto", .word_value = 0,
     .help = "factor of every input; auto: 1/255 for unsigned bytes, 1 for others"},
    {"memory", OPTION_TEXT, offsetof(struct npy_data, memory), .standard = "auto",
     .help =
         "what inputs may take, as 4 GiB; others stay in their file. auto: half of what is free"},
    {0},
};

const struct dataset_kind dataset_npy = {
    .base =
        {
            .title = "NPY",
            .help = "NumPy's arrays, .npy and .npz",
            .options = npy_options,
            .private_size = sizeof(struct npy_data),
        },
    .open = npy_open,
    .names_classes = true,
};
