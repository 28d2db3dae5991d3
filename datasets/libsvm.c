/*
 * libsvm.c - text files of LIBSVM and SVMlight: samples that are mostly zeros.
 *
 *     data: {type: libsvm, train: a.svm, test: b.svm}
 *
 *     +1 1:0.5 4:-2 # a comment
 *     -1 qid:3 2:1
 *
 * A line is a sample: its label, then the numbers that are not 0, each behind its index; indices
 * ascend. The first index is 1, or 0 where the training file has an index 0; the inputs are as many
 * as its largest one says. Further files keep to both. qid: is skipped. A sample is a list in
 * memory too (base/list_rows.h); only in a batch does it become an array, where the first layer
 * needs that.
 *
 * Gives the columns `inputs`, of float32, or float64 where they will be normalised, and `labels`,
 * which are numbers. Nothing is dropped: what is no number, or out of order, is an error.
 */
#include "arrays/array.h"
#include "base/clock.h"
#include "base/decimal.h"
#include "base/list_rows.h"
#include "dataset.h"
#include "learned.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    INPUTS_MAX = 1 << 20,
    LINE_MAX = 16 << 20,
    READ_AT_ONCE = 1 << 20,
    MISTAKES = 20, /* of one file that are told */
};

enum first_index { INDEX_AUTO, INDEX_0, INDEX_1 };

struct libsvm {
    const char *train, *test, *validation;
    int64_t features; /* 0: auto */
    int index;        /* enum first_index */
};

/* --- lines ------------------------------------------------------------------------------------ */

/* A file, line by line. */
struct lines {
    struct data_file *source;
    const char *path;
    char *buffer;            /* (room + DECIMAL_MARGIN) */
    size_t begin, end, room; /* what is read and not yet used: buffer[begin .. end) */
    size_t number;           /* of the line, from 1 */
    char *line, *line_end;   /* *line_end is a line feed */
    bool ended;
};

/* Moves what is left to the front, and reads on behind it. */
static int fill_buffer(struct lines *lines)
{
    size_t left = lines->end - lines->begin, got;
    if (left)
        memmove(lines->buffer, lines->buffer + lines->begin, left);
    lines->begin = 0;
    lines->end = left;
    if (left > LINE_MAX)
        return error_add(TRAINER_INVALID, "%s:%zu:1: a line of more than 16 MiB", lines->path,
                         lines->number + 1);
    if (lines->room - left < READ_AT_ONCE) {
        size_t room = 2 * lines->room + READ_AT_ONCE;
        char *larger = realloc(lines->buffer, room + DECIMAL_MARGIN);
        if (!larger)
            return error_memory("a line", room);
        lines->buffer = larger;
        lines->room = room;
    }
    int rc = data_file_read(lines->source, lines->buffer + left, READ_AT_ONCE, &got);
    lines->end = left + got;
    lines->ended = got < READ_AT_ONCE;
    return rc;
}

/* The next line; *there is false at the end. The last one may lack its line feed. */
static int next_line(struct lines *lines, bool *there)
{
    char *behind = NULL;
    for (size_t seen = 0; !behind;) {
        size_t left = lines->end - lines->begin;
        char *from = left > 0 ? lines->buffer + lines->begin : NULL;
        behind = left > seen ? memchr(from + seen, '\n', left - seen) : NULL;
        seen = left;
        if (behind)
            break;
        if (lines->ended) {
            *there = left > 0;
            if (*there) {
                behind = from + left;
                *behind = '\n';
                lines->end++;
            }
            break;
        }
        int rc = fill_buffer(lines);
        if (rc)
            return rc;
    }
    *there = behind != NULL;
    lines->line = behind ? lines->buffer + lines->begin : NULL;
    lines->line_end = behind;
    lines->begin = behind ? (size_t)(behind + 1 - lines->buffer) : lines->begin;
    lines->number += *there;
    return TRAINER_OK;
}

/* Characters before a place in the line, and one. */
static size_t column_of(const struct lines *lines, const char *at)
{
    size_t column = 1;
    for (const char *byte = lines->line; byte < at; byte++)
        column += (*byte & 0xc0) != 0x80;
    return column;
}

/* "file:line:column: '<the word at that place>'<text>" */
static int mistake(const struct lines *lines, const char *at, const char *text)
{
    size_t length = strcspn(at, " \t\r\n");
    return error_add(TRAINER_INVALID, "%s:%zu:%zu: '%.*s'%s", lines->path, lines->number,
                     column_of(lines, at), length < 40 ? (int)length : 40, at, text);
}

/* --- samples ---------------------------------------------------------------------------------- */

/* The samples of a file so far. */
struct samples_read {
    struct lines lines;
    bool wide;               /* numbers are doubles */
    bool labelled;           /* every sample must have a label */
    bool known;              /* of further data: indices are those of the training data */
    bool first_known;        /* else the first index is 0 where there is one, or 1 */
    uint64_t first, largest; /* the least and the largest index that may be */
    size_t features;         /* 0: the largest index tells */
    bool zero;               /* an index 0 was seen */
    uint64_t greatest;       /* the largest index seen */
    size_t rows, row_room, elements, element_room;
    uint64_t *start; /* (rows + 1) */
    uint32_t *column;
    void *value;
    double *label;       /* (rows) */
    struct array_at *at; /* (rows): where the labels stand */
};

static int grow(void *block, size_t count, size_t size, const char *what)
{
    void **of = block;
    void *larger = realloc(*of, count * size);
    if (!larger)
        return error_memory(what, count * size);
    *of = larger;
    return TRAINER_OK;
}

static int make_room_for_row(struct samples_read *read)
{
    if (read->rows + 1 < read->row_room)
        return TRAINER_OK;
    size_t room = read->row_room ? 2 * read->row_room : 1024;
    int rc = grow(&read->start, room, sizeof *read->start, read->lines.path);
    if (!rc)
        rc = grow(&read->label, room, sizeof *read->label, read->lines.path);
    if (!rc)
        rc = grow(&read->at, room, sizeof *read->at, read->lines.path);
    read->row_room = rc ? read->row_room : room;
    return rc;
}

static int make_room_for_elements(struct samples_read *read, size_t count)
{
    size_t room = read->element_room, size = read->wide ? sizeof(double) : sizeof(float);
    if (room - read->elements >= count)
        return TRAINER_OK;
    while (room - read->elements < count)
        room = room ? 2 * room : 4096;
    int rc = grow(&read->column, room, sizeof *read->column, read->lines.path);
    if (!rc)
        rc = grow(&read->value, room, size, read->lines.path);
    read->element_room = rc ? read->element_room : room;
    return rc;
}

static const char *skip_spaces(const char *at)
{
    while (*at == ' ' || *at == '\t' || *at == '\r')
        at++;
    return at;
}

static bool ends_word(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n' || byte == '#';
}

static const char *word_end(const char *at)
{
    while (!ends_word(*at))
        at++;
    return at;
}

/* The label at the beginning of a line; further data that needs none may lack it. */
static const char *read_label(struct samples_read *read, const char *at, double *label)
{
    struct decimal number;
    const char *end = decimal_read(at, &number);
    if (end && *end == ':' && !read->labelled) {
        *label = 0;
        return at;
    }
    if (end && *end == ':')
        mistake(&read->lines, at, " stands first; expected a label");
    else if (end && *end == ',')
        mistake(&read->lines, at, " is several labels; expected one number");
    else if (!end || !ends_word(*end) || !isfinite(number.value))
        mistake(&read->lines, at, " is no label; expected a number");
    else {
        *label = number.value;
        return end;
    }
    return NULL;
}

/* Tells what is wrong with an index that is not in [least, largest]. */
static void tell_index(const struct samples_read *read, const char *at, uint64_t index,
                       uint64_t least)
{
    char text[128];
    const char *origin = read->known ? ", as in the training data" : "";
    if (index > read->largest)
        snprintf(text, sizeof text, "; expected an index of at most %" PRIu64 "%s", read->largest,
                 origin);
    else if (index < read->first)
        snprintf(text, sizeof text, "; expected an index of at least 1%s", origin);
    else
        snprintf(text, sizeof text, " behind index %" PRIu64 "; expected ascending indices",
                 least - 1);
    mistake(&read->lines, at, text);
}

/* "index:number" at a place; NULL with a message. *least: the least index that may follow. */
static const char *read_element(struct samples_read *read, const char *at, uint64_t *least)
{
    struct decimal number;
    uint64_t index = 0;
    const char *digit = at;
    for (; *digit >= '0' && *digit <= '9'; digit++)
        index = index < UINT32_MAX ? 10 * index + (uint64_t)(*digit - '0') : index;
    if (digit == at || *digit != ':') {
        mistake(&read->lines, at, "; expected index:number");
        return NULL;
    }
    if (index < *least || index > read->largest) {
        tell_index(read, at, index, *least);
        return NULL;
    }
    const char *end = decimal_read(digit + 1, &number);
    if (!end || !ends_word(*end) || fabs(number.value) > (double)FLT_MAX) {
        mistake(&read->lines, digit + 1,
                end && ends_word(*end) ? " is beyond float32" : "; expected a number");
        return NULL;
    }
    *least = index + 1;
    read->zero = read->zero || index == 0;
    if (number.value == 0)
        return end;
    if (read->wide)
        ((double *)read->value)[read->elements] = number.value;
    else
        ((float *)read->value)[read->elements] = (float)number.value;
    read->column[read->elements++] = (uint32_t)index;
    return end;
}

/* The line's elements. What a mistake leaves of it is of no use. */
static void read_row(struct samples_read *read, const char *at)
{
    uint64_t least = read->first;
    for (at = skip_spaces(at); *at != '\n' && *at != '#'; at = skip_spaces(at)) {
        bool query = *at == 'q' && !strncmp(at, "qid:", 4);
        at = query ? word_end(at) : read_element(read, at, &least);
        if (!at)
            return;
    }
    read->greatest = least > read->greatest + 1 ? least - 1 : read->greatest;
}

/* All lines. Memory for a line's elements: one takes four bytes of text, a space being one. */
static int read_lines(struct samples_read *read)
{
    struct lines *lines = &read->lines;
    bool there = true;
    int rc = TRAINER_OK;
    while (!rc && error_count() < MISTAKES) {
        rc = next_line(lines, &there);
        if (rc || !there)
            break;
        const char *at = skip_spaces(lines->line);
        if (*at == '\n' || *at == '#')
            continue;
        rc = make_room_for_row(read);
        if (!rc)
            rc = make_room_for_elements(read, (size_t)(lines->line_end - lines->line) / 4 + 1);
        if (rc)
            break;
        read->at[read->rows] =
            (struct array_at){(uint32_t)lines->number, (uint32_t)column_of(lines, at)};
        read->start[read->rows] = read->elements;
        at = read_label(read, at, &read->label[read->rows]);
        if (at)
            read_row(read, at);
        read->rows++;
    }
    return rc;
}

static void free_read(struct samples_read *read)
{
    data_file_close(read->lines.source);
    free(read->lines.buffer);
    free(read->start);
    free(read->column);
    free(read->value);
    free(read->label);
    free(read->at);
}

/* --- columns ---------------------------------------------------------------------------------- */

/* Labels, as arrays have them: floats where these hold all of them. */
static int put_labels(struct dataset *dataset, enum split split, struct samples_read *read,
                      struct vocabulary *classes)
{
    struct array array = {.file = read->lines.path,
                          .place = "",
                          .at = read->at,
                          .type = ARRAY_FLOAT,
                          .size = sizeof(double),
                          .rank = 1,
                          .dim = {read->rows},
                          .bytes = read->label};
    bool narrow = dataset->normalise_labels == NORMALISE_NONE;
    for (size_t i = 0; narrow && i < read->rows; i++)
        narrow = read->label[i] != floor(read->label[i]) ||
                 (double)(float)read->label[i] == read->label[i];
    for (size_t i = 0; narrow && i < read->rows; i++)
        ((float *)(void *)read->label)[i] = (float)read->label[i];
    array.size = narrow ? sizeof(float) : array.size;
    int rc = array_labels(dataset, split, &array, classes);
    read->label = array.bytes;
    return rc;
}

/* Moves the lists into the data set, as elements from 0 on. */
static int put_lists(struct dataset *dataset, enum split split, struct samples_read *read,
                     struct column *column)
{
    struct list_rows *lists = arena_allocate(&dataset->arena, sizeof *lists);
    for (size_t e = 0; column->first_index && e < read->elements; e++)
        read->column[e]--;
    read->start[read->rows] = read->elements;
    if (!lists)
        return TRAINER_FAILED;
    *lists = (struct list_rows){.rows = read->rows,
                                .columns = shape_size(column->shape),
                                .start = read->start,
                                .column = read->column,
                                .value = read->value,
                                .wide = read->wide};
    column->lists[split] = lists;
    read->start = NULL;
    read->column = NULL;
    read->value = NULL;
    int rc[] = {dataset_keep(dataset, (void *)(uintptr_t)lists->start),
                dataset_keep(dataset, (void *)(uintptr_t)lists->column),
                dataset_keep(dataset, (void *)(uintptr_t)lists->value)};
    return rc[0] ? rc[0] : rc[1] ? rc[1] : rc[2];
}

/* The shape of a sample: as many elements as indices, in the shape that was learned where that has
 * as many. */
static struct shape shape_of(const struct dataset *dataset, size_t features)
{
    const struct learned *learned = dataset->learned;
    bool fits = learned && learned->inputs && shape_size(learned->input[0].shape) == features;
    return fits ? learned->input[0].shape : shape_vector(features);
}

/* What indices may be, before the file is read. */
static void limit_indices(const struct dataset *dataset, const struct column *train,
                          struct samples_read *read)
{
    const struct libsvm *libsvm = dataset->private;
    const struct learned *learned = dataset->learned;
    const struct learned_input *input = learned && learned->inputs == 1 ? learned->input : NULL;
    read->known = train || input;
    if (train || (input && !strcmp(learned->kind, "libsvm"))) {
        read->first_known = true;
        read->first = train ? train->first_index : input->first_index;
    } else if (libsvm->index != INDEX_AUTO) {
        read->first_known = true;
        read->first = libsvm->index == INDEX_1;
    }
    read->features = train   ? shape_size(train->shape)
                     : input ? shape_size(input->shape)
                             : (size_t)libsvm->features;
    read->largest =
        read->features ? read->features - (read->first_known && !read->first) : INPUTS_MAX;
}

/* How many inputs a sample has, now that the file was read, and what the first is called. */
static int settle_indices(struct samples_read *read)
{
    if (!read->first_known)
        read->first = !read->zero;
    if (!read->features)
        read->features = read->greatest + 1 - read->first;
    if (!read->features)
        return error_add(TRAINER_INVALID, "%s: no sample has a number; expected index:number",
                         read->lines.path);
    if (read->greatest >= read->features + read->first || read->features > INPUTS_MAX)
        return error_add(TRAINER_INVALID,
                         "%s: indices from %" PRIu64 " to %" PRIu64 "; expected %zu inputs",
                         read->lines.path, read->first, read->greatest,
                         read->features < INPUTS_MAX ? read->features : INPUTS_MAX);
    return TRAINER_OK;
}

static int put_columns(struct dataset *dataset, enum split split, struct samples_read *read,
                       struct vocabulary *classes)
{
    enum column_match match;
    enum stored stored = read->wide ? STORED_DOUBLE : STORED_FLOAT;
    struct shape shape = shape_of(dataset, read->features);
    struct column *column = dataset_split_column(dataset, split, "inputs", stored, shape, &match);
    if (!column)
        return TRAINER_FAILED;
    if (split == SPLIT_TRAIN)
        column->first_index = read->first;
    dataset->count[split] = read->rows;
    int rc = put_lists(dataset, split, read, column);
    return rc || !read->labelled ? rc : put_labels(dataset, split, read, classes);
}

static int read_file(struct dataset *dataset, enum split split, const char *path,
                     struct vocabulary *classes)
{
    struct samples_read read = {.wide = dataset->normalise_inputs != NORMALISE_NONE ||
                                        (dataset->learned && dataset->learned->inputs &&
                                         dataset->learned->input[0].divisor),
                                .labelled = !dataset->learned || dataset->labelled};
    const struct column *train = split == SPLIT_TRAIN ? NULL : dataset_find(dataset, "inputs");
    int before = error_count();
    int rc = data_file_open(&read.lines.source, path, NULL);
    if (rc)
        return rc;
    read.lines.path = data_file_path(read.lines.source);
    limit_indices(dataset, train, &read);
    rc = read_lines(&read);
    if (!rc && error_count() > before)
        rc = TRAINER_INVALID;
    if (!rc && read.rows == 0)
        rc = error_add(TRAINER_INVALID, "%s: no line holds a sample", read.lines.path);
    if (!rc)
        rc = settle_indices(&read);
    if (!train)
        dataset->source.bytes = data_file_offset(read.lines.source);
    if (!rc)
        rc = put_columns(dataset, split, &read, classes);
    free_read(&read);
    return rc;
}

static int libsvm_open(struct dataset *dataset)
{
    const struct libsvm *libsvm = dataset->private;
    struct vocabulary classes = {0};
    double start = clock_seconds();
    int rc = read_file(dataset, SPLIT_TRAIN, libsvm->train, &classes);
    dataset->source.seconds = clock_seconds() - start;
    if (!rc)
        dataset->source.columns = shape_size(dataset_find(dataset, "inputs")->shape);
    if (!rc && libsvm->test && !dataset->learned)
        rc = read_file(dataset, SPLIT_TEST, libsvm->test, &classes);
    if (!rc && libsvm->validation && !dataset->learned)
        rc = read_file(dataset, SPLIT_VALIDATION, libsvm->validation, &classes);
    vocabulary_free(&classes);
    return rc;
}

static const struct option libsvm_options[] = {
    {"train", OPTION_PATH, offsetof(struct libsvm, train), .required = true,
     .help = "training data: a file; .gz is tried too"},
    {"test", OPTION_PATH, offsetof(struct libsvm, test), .help = "test data"},
    {"validation", OPTION_PATH, offsetof(struct libsvm, validation),
     .help = "validation data; or a number: so many training samples"},
    {"features", OPTION_INTEGER, offsetof(struct libsvm, features), .standard = "auto",
     .minimum = 1, .maximum = INPUTS_MAX, .word = "auto", .word_value = 0,
     .help = "inputs of a sample; auto: as the largest index of the training file says"},
    {"index", OPTION_CHOICE, offsetof(struct libsvm, index), .standard = "auto",
     .choices = "auto,0,1",
     .help = "what the first input is called; auto: 1, or 0 where the training file has a 0"},
    {0},
};

const struct dataset_kind dataset_libsvm = {
    .base =
        {
            .title = "LIBSVM",
            .aliases = "svmlight",
            .help = "text of LIBSVM and SVMlight: samples that are mostly zeros",
            .options = libsvm_options,
            .private_size = sizeof(struct libsvm),
        },
    .open = libsvm_open,
    .names_classes = true,
};
