/*
 * idx.c - the IDX files of MNIST and its relatives, plain or gzip.
 *
 *     data:
 *       type: idx
 *       train: {inputs: train-images-idx3-ubyte, labels: train-labels-idx1-ubyte}
 *       test: {inputs: t10k-images-idx3-ubyte, labels: t10k-labels-idx1-ubyte}
 *
 * A file is big-endian:
 *
 *     byte 0, 1   0
 *     byte 2      type: 0x08 byte, 0x0d float, 0x0e double; of labels 0x08
 *     byte 3      rank r, 1 to 8; of labels 1
 *     4 + 4 i     dimension i, 32 bits; the first one counts samples
 *     4 + 4 r     values, row by row, to the end of the file
 *
 * Gives the columns `inputs`, whose shape is that of one sample, and `labels`, which may be missing
 * where no loss reads them. One-byte values stay
 * bytes. Nothing in a header is believed before the size of the file bears it out: memory never
 * grows beyond a small multiple of what the file holds (data_file_read_all), and what is left of
 * the file after the last value is an error.
 */
#include "dataset.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANK_MAX = 8, TEXT_MAX = 160, CLASSES_MAX = 256 };

struct idx_files {
    const char *inputs, *labels;
};

struct idx {
    struct idx_files train, test, validation;
    double scale;    /* 0: auto */
    int64_t classes; /* 0: auto */
};

static uint32_t big_endian32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Both turn one big-endian number into the machine's, in place; false where it is not finite. */
static bool convert_float(unsigned char *bytes)
{
    uint32_t bits = big_endian32(bytes);
    float value;
    memcpy(&value, &bits, sizeof value);
    memcpy(bytes, &value, sizeof value);
    return isfinite(value);
}

static bool convert_double(unsigned char *bytes)
{
    uint64_t bits = (uint64_t)big_endian32(bytes) << 32 | big_endian32(bytes + 4);
    double value;
    memcpy(&value, &bits, sizeof value);
    memcpy(bytes, &value, sizeof value);
    return isfinite(value);
}

/* The types that are read. convert NULL: nothing to turn. */
static const struct element {
    unsigned char code; /* byte 2 of the file */
    enum stored stored;
    size_t size;
    bool (*convert)(unsigned char *bytes);
    const char *plural;
} elements[] = {
    {0x08, STORED_BYTE, 1, NULL, "bytes"},
    {0x0d, STORED_FLOAT, 4, convert_float, "floats"},
    {0x0e, STORED_DOUBLE, 8, convert_double, "doubles"},
};

static const struct element *element_of(enum stored stored)
{
    const struct element *element = elements;
    while (element->stored != stored)
        element++;
    return element;
}

/* What a header says, held against the size of its file. */
struct header {
    const struct element *element;
    int rank;
    uint64_t dim[RANK_MAX];
    size_t begin;        /* offset of the first value */
    uint64_t end;        /* offset behind the last one */
    char text[TEXT_MAX]; /* "60000 samples of 28x28" */
};

/* --- the header ------------------------------------------------------------------------------- */

/* Reads exactly count bytes of the header. */
static int read_header_bytes(struct source *source, unsigned char *bytes, size_t count)
{
    size_t got;
    int rc = data_file_read(source, bytes, count, &got);
    if (!rc && got < count)
        rc = data_file_error(source, data_file_offset(source), "the file ends within its header");
    return rc;
}

/* Bytes 0 to 3. */
static int read_magic(struct source *source, bool labels, struct header *header)
{
    unsigned char magic[4];
    int rc = read_header_bytes(source, magic, sizeof magic);
    if (rc)
        return rc;
    const struct element *element = NULL;
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (elements[i].code == magic[2])
            element = &elements[i];
    uint32_t number = big_endian32(magic);
    if (labels && number != 0x0801)
        return data_file_error(source, 0, "magic number 0x%08" PRIx32 "; labels have 0x00000801",
                               number);
    if (magic[0] || magic[1] || !element)
        return data_file_error(source, 0,
                               "magic number 0x%08" PRIx32
                               "; an IDX file of bytes, floats or doubles begins with 0x000008, "
                               "0x00000d or 0x00000e and its rank",
                               number);
    if (magic[3] < 1 || magic[3] > RANK_MAX)
        return data_file_error(source, 3, "rank %d; it is 1 to %d", magic[3], RANK_MAX);
    header->element = element;
    header->rank = magic[3];
    return TRAINER_OK;
}

/* "60000 samples of 28x28". TEXT_MAX has room for RANK_MAX dimensions of ten digits. */
static void describe(struct header *header, const char *what)
{
    int length = snprintf(header->text, TEXT_MAX, "%" PRIu64 " %s%s", header->dim[0], what,
                          header->dim[0] == 1 ? "" : "s");
    for (int i = 1; i < header->rank; i++)
        length += snprintf(header->text + length, TEXT_MAX - (size_t)length, "%s%" PRIu64,
                           i == 1 ? " of " : "x", header->dim[i]);
}

/* The dimensions, and with them the size that the unpacked file must have: UINT64_MAX where it is
 * that or more. */
static int read_dimensions(struct source *source, struct header *header)
{
    unsigned char bytes[4 * RANK_MAX];
    size_t length = 4 * (size_t)header->rank;
    int rc = read_header_bytes(source, bytes, length);
    if (rc)
        return rc;
    uint64_t size = header->element->size;
    for (int i = 0; i < header->rank; i++) {
        header->dim[i] = big_endian32(bytes + 4 * i);
        if (!header->dim[i])
            return data_file_error(source, 4 + 4 * (uint64_t)i,
                                   i ? "dimension %d is 0" : "dimension %d, the samples, is 0",
                                   i + 1);
        if (__builtin_mul_overflow(size, header->dim[i], &size))
            size = UINT64_MAX;
    }
    header->begin = 4 + length;
    if (__builtin_add_overflow(size, header->begin, &header->end))
        header->end = UINT64_MAX;
    return TRAINER_OK;
}

/* The file holds fewer or more bytes than its header says. has: "the file has 1000". */
static int wrong_size(const struct source *source, const struct header *header, uint64_t offset,
                      const char *has)
{
    const char *verb = header->dim[0] == 1 ? "needs" : "need";
    if (header->end == UINT64_MAX)
        return data_file_error(source, offset, "%s %s more bytes than any file has", header->text,
                               verb);
    return data_file_error(source, offset, "%s %s %" PRIu64 " bytes, %s", header->text, verb,
                           header->end, has);
}

/* Whether the file's size bears the header out: exactly where plain, as a bound where packed. */
static int check_size(const struct source *source, const struct header *header)
{
    char has[TEXT_MAX];
    uint64_t size = data_file_size(source), most = data_file_most(source);
    if (data_file_packed(source) ? most >= header->end : size == header->end)
        return TRAINER_OK;
    if (data_file_packed(source))
        snprintf(has, sizeof has, "%" PRIu64 " bytes of gzip hold at most %" PRIu64, size, most);
    else
        snprintf(has, sizeof has, "the file has %" PRIu64, size);
    return wrong_size(source, header, size > header->end ? header->end : 4, has);
}

static int read_header(struct source *source, bool labels, struct header *header)
{
    int rc = read_magic(source, labels, header);
    if (!rc)
        rc = read_dimensions(source, header);
    if (rc)
        return rc;
    describe(header, labels ? "label" : "sample");
    return check_size(source, header);
}

/* --- values ----------------------------------------------------------------------------------- */

/* After the last value: the file must end here. */
static int check_end(struct source *source, const struct header *header)
{
    unsigned char byte;
    size_t got;
    int rc = data_file_read(source, &byte, 1, &got);
    if (!rc && got)
        rc = wrong_size(source, header, header->end, "the file goes on");
    return rc;
}

/* Reads all values into a block for free(). On failure *values is NULL. */
static int read_values(struct source *source, const struct header *header, void **values)
{
    uint64_t need = header->end - header->begin;
    size_t got;
    int rc = data_file_read_all(source, need, values, &got);
    if (rc)
        return rc;
    if (got < need) {
        char has[TEXT_MAX];
        snprintf(has, sizeof has, "the file has %" PRIu64, data_file_offset(source));
        rc = wrong_size(source, header, 4, has);
    }
    if (!rc)
        rc = check_end(source, header);
    if (rc) {
        free(*values);
        *values = NULL;
    }
    return rc;
}

/* Turns the numbers of floats and doubles into the machine's, in place. All must be finite. */
static int convert_values(const struct source *source, const struct header *header, void *values)
{
    const struct element *element = header->element;
    uint64_t bytes = header->end - header->begin;
    for (uint64_t i = 0; element->convert && i < bytes; i += element->size)
        if (!element->convert((unsigned char *)values + i))
            return data_file_error(source, header->begin + i, "the value is not finite");
    return TRAINER_OK;
}

/* --- a split ---------------------------------------------------------------------------------- */

/* What one file gave. values: for free(); NULL where only its header was read. */
struct content {
    const char *path;
    struct header header;
    void *values;
};

/* Whether the file belongs to a folder that datasets/fetch_mnist.sh fills. */
static const char *hint_of(const char *path)
{
    static const char folder[] = "/mnist";
    const char *slash = strrchr(path, '/'); /* a data set's paths are absolute */
    size_t length = (size_t)(slash - path);
    bool fetched =
        length >= strlen(folder) && !strncmp(slash - strlen(folder), folder, strlen(folder));
    return fetched ? "datasets/fetch_mnist.sh downloads MNIST" : NULL;
}

/* Reads a file; other: a content of which it must have as many samples, or NULL. */
static int read_file(struct dataset *dataset, const char *path, bool labels,
                     const struct content *other, struct content *content)
{
    struct source *source;
    int rc = data_file_open(&source, path, hint_of(path));
    if (rc)
        return rc;
    struct header *header = &content->header;
    content->path = arena_print(&dataset->arena, "%s", data_file_path(source));
    rc = content->path ? read_header(source, labels, header) : TRAINER_FAILED;
    if (!rc && other && header->dim[0] != other->header.dim[0])
        rc = data_file_error(source, 4, "%s, but %s has %s", header->text, other->path,
                             other->header.text);
    if (!rc && (labels || !dataset->describe_only))
        rc = read_values(source, header, &content->values);
    if (!rc && content->values)
        rc = convert_values(source, header, content->values);
    data_file_close(source);
    return rc;
}

/* Labels become int32 classes. */
static int add_labels(struct dataset *dataset, enum split split, const struct content *content)
{
    const struct idx *idx = dataset->private;
    size_t count = (size_t)content->header.dim[0];
    const unsigned char *bytes = content->values;
    enum column_match match;
    struct column *column =
        dataset_split_column(dataset, split, "labels", STORED_LABEL, shape_scalar(), &match);
    int32_t *label = dataset_block(dataset, "labels", count * sizeof *label);
    if (!label)
        return TRAINER_FAILED;
    for (size_t i = 0; i < count; i++) {
        label[i] = bytes[i];
        if (idx->classes && label[i] >= idx->classes)
            return error_add(
                TRAINER_INVALID,
                "%s: offset %zu: label %d; with classes: %" PRId64 " the largest is %" PRId64,
                content->path, content->header.begin + i, label[i], idx->classes, idx->classes - 1);
        if (column->classes <= bytes[i])
            column->classes = bytes[i] + (size_t)1;
    }
    if (idx->classes)
        column->classes = (size_t)idx->classes;
    column->values[split] = label;
    return TRAINER_OK;
}

/* The values move into the data set: content->values is NULL afterwards. */
static int add_inputs(struct dataset *dataset, enum split split, struct content *content)
{
    const struct idx *idx = dataset->private;
    const struct header *header = &content->header;
    struct shape shape = {.rank = header->rank - 1};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = (size_t)header->dim[i + 1];
    enum stored stored = header->element->stored;
    enum column_match match;
    struct column *column = dataset_split_column(dataset, split, "inputs", stored, shape, &match);
    if (match != COLUMN_MATCHES) {
        char text[SHAPE_TEXT_MAX], train[SHAPE_TEXT_MAX];
        return error_add(TRAINER_INVALID,
                         "%s: samples are %s of shape %s, in the training data %s of shape %s",
                         content->path, header->element->plural, shape_text(shape, text),
                         element_of(column->stored)->plural, shape_text(column->shape, train));
    }
    column->scale = idx->scale > 0 ? idx->scale : stored == STORED_BYTE ? 1.0 / 255 : 1;
    column->values[split] = content->values;
    int rc = dataset_keep(dataset, content->values);
    content->values = NULL;
    return rc;
}

static int read_split(struct dataset *dataset, enum split split, const struct idx_files *files)
{
    struct content labels = {0}, inputs = {0};
    int rc = files->labels ? read_file(dataset, files->labels, true, NULL, &labels) : TRAINER_OK;
    if (!rc)
        rc = read_file(dataset, files->inputs, false, files->labels ? &labels : NULL, &inputs);
    if (!rc)
        rc = add_inputs(dataset, split, &inputs);
    if (!rc && files->labels)
        rc = add_labels(dataset, split, &labels);
    if (!rc)
        dataset->count[split] = (size_t)inputs.header.dim[0];
    free(labels.values);
    free(inputs.values);
    return rc;
}

static int idx_open(struct dataset *dataset)
{
    const struct idx *idx = dataset->private;
    int rc = read_split(dataset, SPLIT_TRAIN, &idx->train);
    if (!rc && idx->test.inputs)
        rc = read_split(dataset, SPLIT_TEST, &idx->test);
    if (!rc && idx->validation.inputs)
        rc = read_split(dataset, SPLIT_VALIDATION, &idx->validation);
    return rc;
}

static const struct option files_options[] = {
    {"inputs", OPTION_PATH, offsetof(struct idx_files, inputs), .required = true,
     .help = "IDX file of the samples; .gz is tried too"},
    {"labels", OPTION_PATH, offsetof(struct idx_files, labels),
     .help = "IDX file of their classes; .gz is tried too; default: there are none"},
    {0},
};

static const struct option idx_options[] = {
    {"train", OPTION_SECTION, offsetof(struct idx, train), .required = true,
     .section = files_options, .help = "training data"},
    {"test", OPTION_SECTION, offsetof(struct idx, test), .section = files_options,
     .help = "test data"},
    {"validation", OPTION_SECTION, offsetof(struct idx, validation), .section = files_options,
     .help = "validation data; or a number: so many training samples"},
    {"scale", OPTION_NUMBER, offsetof(struct idx, scale), .standard = "auto", .minimum = 0,
     .above_minimum = true, .word = "auto", .word_value = 0,
     .help = "factor of every value; auto: 1/255 for bytes, 1 for others"},
    {"classes", OPTION_INTEGER, offsetof(struct idx, classes), .standard = "auto", .minimum = 1,
     .maximum = CLASSES_MAX, .word = "auto", .word_value = 0,
     .help = "number of classes; auto: the largest label and 1"},
    {0},
};

const struct dataset_kind dataset_idx = {
    .base =
        {
            .title = "IDX",
            .help = "IDX files as of MNIST, plain or gzip",
            .options = idx_options,
            .private_size = sizeof(struct idx),
        },
    .open = idx_open,
};
