/*
 * array.c - byte order, row order, and numbers of every type as floats or doubles.
 */
#include "array.h"
#include "base/decimal.h"
#include "base/error.h"
#include "base/machine.h"
#include "base/text.h"
#include "task.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t row_size(const struct array *array)
{
    size_t size = 1;
    for (int i = 1; i < array->rank; i++)
        size *= array->dim[i];
    return size;
}

int array_error(const struct array *array, size_t index, const char *format, ...)
{
    char text[512], place[128] = "";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (array->at)
        return error_add(TRAINER_INVALID, "%s:%" PRIu32 ":%" PRIu32 ": %s", array->file,
                         array->at[index].line, array->at[index].column, text);
    if (!array->place[0])
        return error_add(TRAINER_INVALID, "%s: offset %" PRIu64 ": %s", array->file,
                         array->begin + index * array->size, text);
    size_t position[ARRAY_RANK_MAX], used = 0;
    for (int i = array->rank - 1; i >= 0; i--) {
        position[i] = index % array->dim[i];
        index /= array->dim[i];
    }
    for (int i = 0; i < array->rank; i++)
        used +=
            (size_t)snprintf(place + used, sizeof place - used, "%s%zu", i ? "," : "", position[i]);
    return error_add(TRAINER_INVALID, "%s: %s[%s]: %s", array->file, array->place, place, text);
}

/* --- order ------------------------------------------------------------------------------------ */

static void swap_bytes(unsigned char *bytes, size_t count, size_t size)
{
    for (size_t i = 0; i < count; i++, bytes += size)
        for (size_t a = 0, b = size - 1; a < b; a++, b--) {
            unsigned char byte = bytes[a];
            bytes[a] = bytes[b];
            bytes[b] = byte;
        }
}

/* Element (i0, i1, ...) of `from`, whose first index runs fastest, to its place in rows. */
static void to_rows(const struct array *array, const unsigned char *from, unsigned char *to)
{
    size_t index[ARRAY_RANK_MAX] = {0}, count = array->dim[0] * row_size(array);
    for (size_t i = 0; i < count; i++) {
        size_t place = 0;
        for (int d = 0; d < array->rank; d++)
            place = place * array->dim[d] + index[d];
        memcpy(to + place * array->size, from + i * array->size, array->size);
        for (int d = 0; d < array->rank && ++index[d] == array->dim[d]; d++)
            index[d] = 0;
    }
}

int array_settle(struct array *array)
{
    size_t count = array->dim[0] * row_size(array);
    if (!array->bytes)
        return TRAINER_OK;
    if (array->big_endian && array->type != ARRAY_TEXT)
        swap_bytes(array->bytes, count, array->size);
    array->big_endian = false;
    if (!array->fortran || array->rank == 1)
        return TRAINER_OK;
    unsigned char *rows = block_reserve(array->file, count * array->size);
    if (!rows)
        return TRAINER_FAILED;
    to_rows(array, array->bytes, rows);
    free(array->bytes);
    array->bytes = rows;
    array->fortran = false;
    return TRAINER_OK;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static double half(uint16_t bits)
{
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double value = exponent == 0    ? ldexp(fraction, -24)
                   : exponent == 31 ? (fraction ? (double)NAN : (double)INFINITY)
                                    : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -value : value;
}

int64_t array_integer(const struct array *array, size_t i)
{
    const void *bytes = array->bytes;
    bool is_signed = array->type == ARRAY_INTEGER;
    switch (array->size) {
    case 1:
        return is_signed ? (int64_t)((const int8_t *)bytes)[i] : ((const uint8_t *)bytes)[i];
    case 2:
        return is_signed ? (int64_t)((const int16_t *)bytes)[i] : ((const uint16_t *)bytes)[i];
    case 4:
        return is_signed ? (int64_t)((const int32_t *)bytes)[i] : ((const uint32_t *)bytes)[i];
    default:
        return ((const int64_t *)bytes)[i];
    }
}

static double number_at(const struct array *array, size_t i)
{
    const void *bytes = array->bytes;
    if (array->type != ARRAY_FLOAT) {
        bool large = array->type == ARRAY_UNSIGNED && array->size == 8;
        return large ? (double)((const uint64_t *)bytes)[i] : (double)array_integer(array, i);
    }
    if (array->size == 2)
        return half(((const uint16_t *)bytes)[i]);
    return array->size == 4 ? (double)((const float *)bytes)[i] : ((const double *)bytes)[i];
}

/* Whether floats hold every number exactly. */
static bool fits_float(const struct array *array, size_t count)
{
    if (array->size <= 2 || (array->type == ARRAY_FLOAT && array->size == 4))
        return true;
    for (size_t i = 0; array->type != ARRAY_FLOAT && i < count; i++) {
        double value = number_at(array, i);
        if ((double)(float)value != value)
            return false;
    }
    return array->type != ARRAY_FLOAT;
}

/* How many float32 lie before the first block that has one which is not finite: without a jump a
 * number, so that the compiler checks many at once. */
static size_t good_floats(const float *value, size_t count)
{
    enum { BLOCK = 1024 };
    size_t good = 0;
    unsigned bad = 0;
    for (; count - good >= BLOCK; good += BLOCK) {
        for (size_t i = 0; i < BLOCK; i++)
            bad |= !(fabsf(value[good + i]) <= FLT_MAX);
        if (bad)
            break;
    }
    return good;
}

/* The first number that is not finite; count where all are. */
static size_t first_bad(const struct array *array, size_t count)
{
    if (array->type != ARRAY_FLOAT)
        return count;
    size_t i = array->size == 4 ? good_floats(array->bytes, count) : 0;
    while (i < count && isfinite(number_at(array, i)))
        i++;
    return i;
}

/* --- inputs ----------------------------------------------------------------------------------- */

static const char *word_of(enum stored stored)
{
    static const char *const words[] = {"bytes", "floats", "doubles", "classes"};
    return words[stored];
}

static int other_column(const struct array *array, const struct column *column, enum stored stored,
                        struct shape shape)
{
    char here[SHAPE_TEXT_MAX], train[SHAPE_TEXT_MAX];
    return error_add(
        TRAINER_INVALID, "%s%s%s: samples are %s of shape %s, in the training data %s of shape %s",
        array->file, array->place[0] ? ": " : "", array->place, word_of(stored),
        shape_text(shape, here), word_of(column->stored), shape_text(column->shape, train));
}

/* The array's numbers as floats or doubles. */
static void convert(const struct array *array, enum stored stored, size_t count, void *values)
{
    for (size_t i = 0; i < count; i++)
        if (stored == STORED_FLOAT)
            ((float *)values)[i] = (float)number_at(array, i);
        else
            ((double *)values)[i] = number_at(array, i);
}

/* Whether the array's bytes are what is stored. */
static bool stored_alike(const struct array *array, enum stored stored)
{
    return stored == STORED_BYTE || (array->type == ARRAY_FLOAT && array->size > 2);
}

/* Moves the numbers into the data set: as they are where their type is that of the column. */
static int keep_values(struct dataset *dataset, struct array *array, enum stored stored,
                       size_t count, const void **values)
{
    if (stored_alike(array, stored)) {
        *values = array->bytes;
        array->bytes = NULL;
        return dataset_keep(dataset, (void *)*values);
    }
    void *made = dataset_reserve(dataset, array->file, count * stored_size(stored));
    if (made)
        convert(array, stored, count, made);
    *values = made;
    return made ? TRAINER_OK : TRAINER_FAILED;
}

/* How a further split stores what the training data stored. */
static enum stored choose_stored(const struct dataset *dataset, enum split split, const char *name,
                                 const struct array *array, bool float_is_enough)
{
    if (array->size == 1 && array->type != ARRAY_INTEGER)
        return STORED_BYTE;
    const struct column *train =
        split == SPLIT_TRAIN ? NULL : dataset_find((struct dataset *)dataset, name);
    if (train &&
        (train->stored == STORED_DOUBLE || (train->stored == STORED_FLOAT && float_is_enough)))
        return train->stored;
    return float_is_enough ? STORED_FLOAT : STORED_DOUBLE;
}

static enum stored stored_as(const struct dataset *dataset, enum split split, const char *name,
                             const struct array *array, size_t count)
{
    return choose_stored(dataset, split, name, array,
                         array->bytes ? fits_float(array, count) : array->size <= 4);
}

/* Of dataset_split_column, which found none or has said why it can't make one. */
static int no_column(const struct array *array, const char *name, enum column_match match)
{
    return match == COLUMN_MISSING
               ? error_add(TRAINER_INVALID, "%s: the training data has no '%s'", array->file, name)
               : TRAINER_FAILED;
}

/* Makes or finds the column of a split, of numbers that are stored so. */
static int make_column(struct dataset *dataset, enum split split, const char *name,
                       const struct array *array, enum stored stored, double scale,
                       struct column **out)
{
    struct shape shape = {.rank = array->rank - 1};
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = array->dim[i + 1];
    enum column_match match;
    struct column *column = dataset_split_column(dataset, split, name, stored, shape, &match);
    if (!column)
        return no_column(array, name, match);
    if (match != COLUMN_MATCHES)
        return other_column(array, column, stored, shape);
    column->scale = scale > 0                                           ? scale
                    : array->size == 1 && array->type == ARRAY_UNSIGNED ? 1.0 / 255
                                                                        : 1;
    *out = column;
    return TRAINER_OK;
}

static int check_numbers(const struct array *array)
{
    return array->type != ARRAY_TEXT
               ? TRAINER_OK
               : error_add(TRAINER_INVALID, "%s%s%s: text; expected numbers", array->file,
                           array->place[0] ? ": " : "", array->place);
}

/* Weights of samples are not negative, as those of tables. */
static int check_weights(const struct array *array, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (number_at(array, i) < 0)
            return array_error(array, i, "%.9g; expected a weight >= 0", number_at(array, i));
    return TRAINER_OK;
}

int array_inputs(struct dataset *dataset, enum split split, const char *name, struct array *array,
                 double scale)
{
    size_t count = array->dim[0] * row_size(array);
    int rc = check_numbers(array);
    size_t bad = !rc && array->bytes ? first_bad(array, count) : count;
    if (bad < count)
        rc = array_error(array, bad, "the value is not finite");
    if (!rc && array->bytes && !strcmp(name, "weights"))
        rc = check_weights(array, count);
    struct column *column;
    enum stored stored = rc ? STORED_FLOAT : stored_as(dataset, split, name, array, count);
    if (!rc)
        rc = make_column(dataset, split, name, array, stored, scale, &column);
    return rc || !array->bytes ? rc
                               : keep_values(dataset, array, stored, count, &column->values[split]);
}

/* --- rows that stay in their file ------------------------------------------------------------- */

enum { BLOCK_BYTES = 1 << 20 };

/* Rows of an array that are read where they are wanted. */
struct array_rows {
    struct array array; /* its bytes are a block of rows, for numbers of another type */
    struct array_source source;
    enum stored stored;
    size_t block; /* rows of a block */
    pthread_mutex_t mutex;
};

static void close_rows(void *context)
{
    struct array_rows *rows = context;
    rows->source.close(rows->source.context);
    pthread_mutex_destroy(&rows->mutex);
    free(rows->array.bytes);
    free(rows);
}

/* Numbers that are stored as they are in the file, or through the block. */
static int read_rows(void *context, size_t first, size_t count, void *values)
{
    struct array_rows *rows = context;
    size_t row = row_size(&rows->array);
    int rc = TRAINER_OK;
    if (stored_alike(&rows->array, rows->stored))
        return rows->source.read(rows->source.context, first, count, values);
    pthread_mutex_lock(&rows->mutex);
    for (size_t part; !rc && count; first += part, count -= part) {
        part = count < rows->block ? count : rows->block;
        rc = rows->source.read(rows->source.context, first, part, rows->array.bytes);
        if (!rc)
            convert(&rows->array, rows->stored, part * row, values);
        values = (char *)values + part * row * stored_size(rows->stored);
    }
    pthread_mutex_unlock(&rows->mutex);
    return rc;
}

/* Looks at all numbers, block by block: whether they are finite, and whether floats hold them. */
static int scan_rows(struct array_rows *rows, bool *float_is_enough)
{
    struct array *array = &rows->array;
    size_t row = row_size(array);
    int rc = TRAINER_OK;
    *float_is_enough = true;
    for (size_t first = 0, part; !rc && first < array->dim[0]; first += part) {
        part = array->dim[0] - first < rows->block ? array->dim[0] - first : rows->block;
        rc = rows->source.read(rows->source.context, first, part, array->bytes);
        size_t bad = rc ? part * row : first_bad(array, part * row);
        if (bad < part * row)
            rc = array_error(array, first * row + bad, "the value is not finite");
        *float_is_enough = *float_is_enough && (rc || fits_float(array, part * row));
    }
    return rc;
}

static struct array_rows *make_rows(const struct array *array, const struct array_source *source)
{
    struct array_rows *rows = calloc(1, sizeof *rows);
    size_t bytes = row_size(array) * array->size;
    if (!rows) {
        source->close(source->context);
        return NULL;
    }
    rows->array = *array;
    rows->source = *source;
    rows->block = bytes < BLOCK_BYTES ? BLOCK_BYTES / bytes : 1;
    pthread_mutex_init(&rows->mutex, NULL);
    rows->array.bytes = block_reserve(array->file, rows->block * bytes);
    if (rows->array.bytes)
        return rows;
    close_rows(rows);
    return NULL;
}

int array_keep_in_file(struct dataset *dataset, enum split split, const char *name,
                       const struct array *array, double scale, const struct array_source *source)
{
    struct array_rows *rows = make_rows(array, source);
    struct column *column = NULL;
    bool float_is_enough;
    int rc = rows ? check_numbers(array) : error_memory(array->file, sizeof *rows);
    if (!rc)
        rc = scan_rows(rows, &float_is_enough);
    if (!rc) {
        rows->stored = choose_stored(dataset, split, name, array, float_is_enough);
        rc = make_column(dataset, split, name, array, rows->stored, scale, &column);
    }
    if (rc && rows)
        close_rows(rows);
    if (rc)
        return rc;
    column->file[split] = dataset_keep_file(
        dataset, (struct row_file){.context = rows, .read = read_rows, .close = close_rows});
    return column->file[split] ? TRAINER_OK : TRAINER_FAILED;
}

int array_memory(const struct dataset *dataset, const char *text, size_t *bytes)
{
    static const struct {
        const char *name;
        double bytes;
    } units[] = {{"", 1},      {"B", 1},        {"kB", 1e3},     {"MB", 1e6},     {"GB", 1e9},
                 {"TB", 1e12}, {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40}};
    struct decimal number;
    char copy[64];
    *bytes = machine_memory() / 2;
    if (!strcmp(text, "auto"))
        return TRAINER_OK;
    snprintf(copy, sizeof copy, "%.40s", text);
    const char *unit = decimal_read(copy, &number);
    unit = unit ? unit + strspn(unit, " ") : NULL;
    for (size_t i = 0; unit && i < sizeof units / sizeof *units; i++)
        if (!strcmp(unit, units[i].name) && number.value * units[i].bytes < 0x1p63 &&
            number.value >= 0) {
            *bytes = (size_t)(number.value * units[i].bytes);
            return TRAINER_OK;
        }
    return config_error(dataset_place(dataset, "memory"),
                        "'memory' in data must be auto or a size such as 4 GiB, not '%s'", text);
}

/* --- labels ----------------------------------------------------------------------------------- */

/* Label i as text, "3" or "cat"; texts in one column are read up to their first NUL. */
static const char *label_text(const struct array *array, size_t i, char *number, size_t size,
                              size_t *length)
{
    if (array->type == ARRAY_TEXT) {
        const char *text = (const char *)array->bytes + i * array->size;
        *length = strnlen(text, array->size);
        return text;
    }
    const bool large = array->type == ARRAY_UNSIGNED && array->size == 8;
    const int64_t value = large                        ? -1
                          : array->type == ARRAY_FLOAT ? (int64_t)number_at(array, i)
                                                       : array_integer(array, i);
    if (value >= 0 && value < 10) { /* most are, and printf takes its time */
        number[0] = (char)('0' + value);
        *length = 1;
        return number;
    }
    int printed = large ? snprintf(number, size, "%" PRIu64, ((const uint64_t *)array->bytes)[i])
                        : snprintf(number, size, "%" PRId64, value);
    *length = (size_t)printed;
    return number;
}

/* Whether every label is text or a whole number. */
static bool are_classes(const struct array *array)
{
    if (row_size(array) != 1)
        return false;
    for (size_t i = 0; array->type == ARRAY_FLOAT && i < array->dim[0]; i++) {
        double value = number_at(array, i);
        if (value != floor(value) || fabs(value) > 9e15)
            return false;
    }
    return true;
}

static bool want_classes(const struct dataset *dataset, enum split split, const struct array *array)
{
    const struct column *train =
        split == SPLIT_TRAIN ? NULL : dataset_find((struct dataset *)dataset, "labels");
    if (train)
        return train->stored == STORED_LABEL;
    if (dataset->labels.as != LABELS_AUTO)
        return dataset->labels.as == LABELS_CLASSES;
    if (array->type == ARRAY_TEXT)
        return true;
    return dataset->tasks ? (dataset->tasks & TASK_CLASSES) && row_size(array) == 1
                          : are_classes(array);
}

/* The class of every label into label[samples]; new ones are added in the training data. */
static int number_labels(const struct dataset *dataset, const struct array *array, bool learn,
                         struct vocabulary *classes, int32_t *label)
{
    char number[32], known[256] = "";
    size_t length;
    int rc = TRAINER_OK;
    for (size_t i = 0; !rc && i < array->dim[0]; i++) {
        const char *text = label_text(array, i, number, sizeof number, &length);
        label[i] = learn ? 0 : dataset_class(dataset, classes, text, length);
        if (learn)
            rc = vocabulary_add(classes, text, length, &label[i]);
        if (rc || label[i] >= 0)
            continue;
        for (size_t c = 0; c < classes->count && c < 10; c++)
            text_append(known, sizeof known, "%s%s", c ? ", " : "", classes->name[c]);
        rc = array_error(array, i, "class '%.*s'; expected %s%s", (int)length, text, known,
                         classes->count > 10 ? ", ..." : "");
    }
    return rc;
}

/* The classes in order, and the labels' new numbers. */
static int sort_classes(struct vocabulary *classes, int32_t *label, size_t samples)
{
    size_t count = classes->count;
    int32_t *rename = calloc(count + 1, sizeof *rename);
    int rc =
        rename ? vocabulary_sort(classes, rename) : error_memory("classes", count * sizeof *rename);
    for (size_t i = 0; !rc && i < samples; i++)
        label[i] = rename[label[i]];
    free(rename);
    return rc;
}

static int keep_names(struct dataset *dataset, const struct vocabulary *classes,
                      struct column *column)
{
    const char **name = arena_array(&dataset->arena, classes->count + 1, sizeof *name);
    for (size_t c = 0; name && c < classes->count; c++)
        if (!(name[c] = arena_print(&dataset->arena, "%s", classes->name[c])))
            return TRAINER_FAILED;
    column->class_name = name;
    column->classes = classes->count;
    return name ? TRAINER_OK : TRAINER_FAILED;
}

static int add_classes(struct dataset *dataset, enum split split, const struct array *array,
                       struct vocabulary *classes)
{
    const struct label_options *options = &dataset->labels;
    enum column_match match;
    size_t again;
    struct column *column =
        dataset_split_column(dataset, split, "labels", STORED_LABEL, shape_scalar(), &match);
    if (!column)
        return no_column(array, "labels", match);
    int32_t *label = dataset_block(dataset, "labels", array->dim[0] * sizeof *label);
    if (!label)
        return TRAINER_FAILED;
    column->values[split] = label;
    bool learn = split == SPLIT_TRAIN && options->count == 0;
    int rc = TRAINER_OK;
    if (split == SPLIT_TRAIN && options->count)
        rc = vocabulary_list(classes, options->name, options->count, &again);
    if (rc == TRAINER_INVALID)
        rc = config_error(options->at, "class '%s' stands there twice", options->name[again]);
    if (!rc)
        rc = number_labels(dataset, array, learn, classes, label);
    if (!rc && learn)
        rc = sort_classes(classes, label, array->dim[0]);
    return rc || split != SPLIT_TRAIN ? rc : keep_names(dataset, classes, column);
}

/* Several columns of 0 and 1. */
static int check_multi(const struct array *array)
{
    size_t count = array->dim[0] * row_size(array);
    for (size_t i = 0; i < count; i++) {
        double value = number_at(array, i);
        if (value != 0 && value != 1)
            return array_error(array, i, "%.9g; expected 0 or 1 (labels_as: multi)", value);
    }
    return TRAINER_OK;
}

int array_labels(struct dataset *dataset, enum split split, struct array *array,
                 struct vocabulary *classes)
{
    struct array column = *array;
    if (!array->bytes)
        return error_add(TRAINER_FAILED, "%s: labels are read even to describe them", array->file);
    if (array->rank == 2 && array->dim[1] == 1)
        column.rank = 1;
    if (want_classes(dataset, split, &column)) {
        if (are_classes(&column))
            return add_classes(dataset, split, &column, classes);
        return error_add(TRAINER_INVALID,
                         "%s%s%s: labels are not classes; expected one whole number or text a "
                         "sample (labels_as: values takes numbers)",
                         array->file, array->place[0] ? ": " : "", array->place);
    }
    if (dataset->labels.as == LABELS_MULTI && check_multi(&column))
        return TRAINER_INVALID;
    int rc = array_inputs(dataset, split, "labels", &column, 1);
    array->bytes = column.bytes;
    return rc;
}
