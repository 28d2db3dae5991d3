/*
 * idx.c - the IDX files of MNIST and its relatives, plain or gzip.
 *
 *     data:
 *       type: idx
 *       train: {inputs: train-images-idx3-ubyte, labels: train-labels-idx1-ubyte}
 *       test: {inputs: t10k-images-idx3-ubyte, labels: t10k-labels-idx1-ubyte}
 *       label_column: 1     # of labels with several columns, as QMNIST has them
 *       label_offset: 1     # labels 1 to 26, as EMNIST's letters, are the classes 0 to 25
 *
 * A file is big-endian:
 *
 *     byte 0, 1   0
 *     byte 2      type: 0x08 byte, 0x09 signed byte, 0x0b and 0x0c integers of 16 and 32 bits,
 *                 0x0d float, 0x0e double; of labels an integer
 *     byte 3      rank r, 1 to 8; of labels 1 or 2
 *     4 + 4 i     dimension i, 32 bits; the first one counts samples
 *     4 + 4 r     values, row by row, to the end of the file
 *
 * Gives the columns `inputs`, whose shape is that of one sample, and `labels`, which may be missing
 * where no loss reads them. Values become what arrays/array.h makes of them: bytes stay bytes.
 * Nothing in a header is believed before the size of the file bears it out: memory never grows
 * beyond a small multiple of what the file holds (data_file_read_all), and what is left of the file
 * after the last value is an error.
 */
#include "arrays/array.h"
#include "base/file_type.h"
#include "dataset.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANK_MAX = 8, TEXT_MAX = 160, CLASSES_MAX = 1 << 20 };

struct idx_files {
    const char *inputs, *labels;
};

struct idx {
    struct idx_files train, test, validation;
    double scale;    /* 0: auto */
    int64_t classes; /* 0: auto */
    int64_t label_column, label_offset;
};

static uint32_t big_endian32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The types that are read. */
static const struct element {
    unsigned char code; /* byte 2 of the file */
    enum array_type type;
    size_t size;
} elements[] = {
    {0x08, ARRAY_UNSIGNED, 1}, {0x09, ARRAY_INTEGER, 1}, {0x0b, ARRAY_INTEGER, 2},
    {0x0c, ARRAY_INTEGER, 4},  {0x0d, ARRAY_FLOAT, 4},   {0x0e, ARRAY_FLOAT, 8},
};

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
static int read_header_bytes(struct data_file *source, unsigned char *bytes, size_t count)
{
    size_t got;
    int rc = data_file_read(source, bytes, count, &got);
    if (!rc && got < count)
        rc = data_file_error(source, data_file_offset(source), "the file ends within its header");
    return rc;
}

/* The first bytes belong to no file that is read here. */
static int wrong_magic(struct data_file *source, const unsigned char *magic, const char *expected)
{
    unsigned char more[FILE_TYPE_BYTES] = {0};
    size_t got;
    memcpy(more, magic, 4);
    if (data_file_read(source, more + 4, sizeof more - 4, &got))
        return TRAINER_INVALID;
    const char *type = file_type_of(more, 4 + got);
    return data_file_error(source, 0, "magic number 0x%08" PRIx32 "%s%s; %s", big_endian32(magic),
                           type ? " of " : "", type ? type : "", expected);
}

/* Bytes 0 to 3. */
static int read_magic(struct data_file *source, bool labels, struct header *header)
{
    unsigned char magic[4];
    int rc = read_header_bytes(source, magic, sizeof magic);
    if (rc)
        return rc;
    const struct element *element = NULL;
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (elements[i].code == magic[2])
            element = &elements[i];
    if (magic[0] || magic[1] || !element)
        return wrong_magic(source, magic,
                           "an IDX file begins with 0x0000, the type of its values (0x08, 0x09, "
                           "0x0b to 0x0e) and its rank");
    if (labels && (element->type == ARRAY_FLOAT || magic[3] > 2))
        return wrong_magic(source, magic,
                           "labels have 0x00000801, or another type of integers, and rank 1 or 2");
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
static int read_dimensions(struct data_file *source, struct header *header)
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
static int wrong_size(const struct data_file *source, const struct header *header, uint64_t offset,
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
static int check_size(const struct data_file *source, const struct header *header)
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

static int read_header(struct data_file *source, bool labels, struct header *header)
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
static int check_end(struct data_file *source, const struct header *header)
{
    unsigned char byte;
    size_t got;
    int rc = data_file_read(source, &byte, 1, &got);
    if (!rc && got)
        rc = wrong_size(source, header, header->end, "the file goes on");
    return rc;
}

/* Reads all values into a block for free(). On failure *values is NULL. */
static int read_values(struct data_file *source, const struct header *header, void **values)
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

/* --- a split ---------------------------------------------------------------------------------- */

/* What one file gave. array.bytes: for free(); NULL where only its header was read. */
struct content {
    struct header header;
    struct array array;
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

/* What the header says, as array.h wants it. */
static void take_header(const struct header *header, struct array *array)
{
    array->place = "";
    array->begin = header->begin;
    array->type = header->element->type;
    array->size = header->element->size;
    array->big_endian = true;
    array->rank = header->rank;
    for (int i = 0; i < header->rank; i++)
        array->dim[i] = (size_t)header->dim[i];
}

/* Reads a file; other: a content of which it must have as many samples, or NULL. */
static int read_file(struct dataset *dataset, const char *path, bool labels,
                     const struct content *other, struct content *content)
{
    struct data_file *source;
    int rc = data_file_open(&source, path, hint_of(path));
    if (rc)
        return rc;
    struct header *header = &content->header;
    struct array *array = &content->array;
    array->file = arena_print(&dataset->arena, "%s", data_file_path(source));
    rc = array->file ? read_header(source, labels, header) : TRAINER_FAILED;
    if (!rc && other && header->dim[0] != other->header.dim[0])
        rc = data_file_error(source, 4, "%s, but %s has %s", header->text, other->array.file,
                             other->header.text);
    if (!rc)
        take_header(header, array);
    if (!rc && (labels || !dataset->describe_only))
        rc = read_values(source, header, &array->bytes);
    data_file_close(source);
    return rc ? rc : array_settle(array);
}

/* The class of label i, which is value `at` of the array; negative with a message. */
static int32_t class_of(const struct idx *idx, const struct array *array, size_t at)
{
    int64_t label = array_integer(array, at), number = label - idx->label_offset;
    int64_t most = idx->classes ? idx->classes - 1 : CLASSES_MAX - 1;
    if (number < 0)
        array_error(array, at, "label %" PRId64 "; the least is %" PRId64 "%s", label,
                    idx->label_offset, idx->label_offset ? ", as label_offset says" : "");
    else if (number > most && idx->classes)
        array_error(array, at,
                    "label %" PRId64 "; with classes: %" PRId64 " the largest is %" PRId64, label,
                    idx->classes, most + idx->label_offset);
    else if (number > most)
        array_error(array, at, "label %" PRId64 "; the largest is %" PRId64, label,
                    most + idx->label_offset);
    return number < 0 || number > most ? -1 : (int32_t)number;
}

/* Classes are called as the file calls them. */
static int name_classes(struct dataset *dataset, struct column *column, int64_t offset)
{
    const char **name = arena_array(&dataset->arena, column->classes, sizeof *name);
    for (size_t c = 0; name && c < column->classes; c++)
        if (!(name[c] = arena_print(&dataset->arena, "%" PRId64, (int64_t)c + offset)))
            return TRAINER_FAILED;
    column->class_name = name;
    return name ? TRAINER_OK : TRAINER_FAILED;
}

/* Labels become int32 classes. */
static int add_labels(struct dataset *dataset, enum split split, const struct array *array)
{
    const struct idx *idx = dataset->private;
    size_t count = array->dim[0], width = array->rank == 2 ? array->dim[1] : 1;
    enum column_match match;
    struct column *column =
        dataset_split_column(dataset, split, "labels", STORED_LABEL, shape_scalar(), &match);
    int32_t *label = dataset_block(dataset, "labels", count * sizeof *label);
    if (!label)
        return TRAINER_FAILED;
    if ((size_t)idx->label_column > width)
        return error_add(TRAINER_INVALID,
                         "%s: label_column: %" PRId64 ", but labels have %zu column%s", array->file,
                         idx->label_column, width, width == 1 ? "" : "s");
    for (size_t i = 0; i < count; i++) {
        label[i] = class_of(idx, array, i * width + (size_t)idx->label_column - 1);
        if (label[i] < 0)
            return TRAINER_INVALID;
        if (column->classes <= (size_t)label[i])
            column->classes = (size_t)label[i] + 1;
    }
    if (idx->classes)
        column->classes = (size_t)idx->classes;
    column->values[split] = label;
    return idx->label_offset ? name_classes(dataset, column, idx->label_offset) : TRAINER_OK;
}

/* Reports inputs that are labels: the same file twice, or a byte a sample. */
static int check_inputs(const struct content *inputs, const struct content *labels)
{
    const struct array *array = &inputs->array;
    if (strcmp(array->file, labels->array.file) == 0)
        return error_add(TRAINER_INVALID, "%s: is given as inputs and as labels", array->file);
    if (array->rank == 1 && array->type == ARRAY_UNSIGNED)
        return error_add(TRAINER_INVALID,
                         "%s: inputs of one byte a sample, as labels are; such inputs have rank 2, "
                         "(samples, 1)",
                         array->file);
    return TRAINER_OK;
}

static int read_split(struct dataset *dataset, enum split split, const struct idx_files *files)
{
    const struct idx *idx = dataset->private;
    struct content labels = {0}, inputs = {0};
    int rc = files->labels ? read_file(dataset, files->labels, true, NULL, &labels) : TRAINER_OK;
    if (!rc)
        rc = read_file(dataset, files->inputs, false, files->labels ? &labels : NULL, &inputs);
    if (!rc && files->labels)
        rc = check_inputs(&inputs, &labels);
    if (!rc)
        rc = array_inputs(dataset, split, "inputs", &inputs.array, idx->scale);
    if (!rc && files->labels)
        rc = add_labels(dataset, split, &labels.array);
    if (!rc)
        dataset->count[split] = inputs.array.dim[0];
    free(labels.array.bytes);
    free(inputs.array.bytes);
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
    {"label_column", OPTION_INTEGER, offsetof(struct idx, label_column), .standard = "1",
     .minimum = 1, .maximum = 1 << 16,
     .help = "of labels with several columns the one that holds the class; 1 is the first"},
    {"label_offset", OPTION_INTEGER, offsetof(struct idx, label_offset), .standard = "0",
     .minimum = -CLASSES_MAX, .maximum = CLASSES_MAX, .help = "the label of the first class"},
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
