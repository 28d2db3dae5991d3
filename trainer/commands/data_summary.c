/*
 * data_summary.c - what is in a data set: columns, ranges, classes, rows that are there twice.
 *
 * Ranges and class counts are taken over all samples of a split, with values as a network gets
 * them; a table's columns over all rows that were read to train on, with values as the file has
 * them. (count, shape) are the dimensions of a column's values throughout.
 */
#include "data_summary.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/list_rows.h"
#include "data/data.h"
#include "data/normalise.h"
#include "data/row_window.h"
#include "data/samples.h"
#include "display/table.h"
#include "learned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES_SHOWN = 100 };

static const char *const stored_name[] = {[STORED_BYTE] = "bytes",
                                          [STORED_FLOAT] = "float32",
                                          [STORED_DOUBLE] = "float64",
                                          [STORED_LABEL] = "labels"};

/* One split of a column. */
struct part {
    const struct column *column;
    const void *values; /* (stored samples, shape); NULL: there are none here */
    const struct list_rows *lists;
    const struct row_file *file;
    struct samples samples;
    size_t width; /* elements of a sample */
};

static struct part part_of(const struct dataset *dataset, int index, enum split split)
{
    const struct column *column = &dataset->column[index];
    struct samples samples = samples_of(dataset, split);
    return (struct part){.column = column,
                         .values = column->values[samples.stored],
                         .lists = column->lists[samples.stored],
                         .file = column->file[samples.stored],
                         .samples = samples,
                         .width = shape_size(column->shape)};
}

struct range {
    double least, most, mean;
};

static void add_to_range(struct range *range, double value)
{
    range->least = value < range->least ? value : range->least;
    range->most = value > range->most ? value : range->most;
    range->mean += value;
}

/* All elements of row `at` of a column; of lists those that are not 0. */
static void add_sample(const struct part *part, const struct column *column, size_t at,
                       struct range *range)
{
    enum { BLOCK = 256 };
    double value[BLOCK];
    const struct list_rows *lists = part->lists;
    for (size_t e = lists ? lists->start[at] : 0; lists && e < lists->start[at + 1]; e++) {
        normalise_read(column, part->samples.stored, at, lists->column[e], 1, value);
        add_to_range(range, value[0]);
    }
    for (size_t j = 0, block; !lists && j < part->width; j += block) {
        block = part->width - j < BLOCK ? part->width - j : BLOCK;
        normalise_read(column, part->samples.stored, at, j, block, value);
        for (size_t k = 0; k < block; k++)
            add_to_range(range, value[k]);
    }
}

static int range_of(const struct dataset *dataset, const struct part *part, struct range *out)
{
    struct range range = {HUGE_VAL, -HUGE_VAL, 0};
    struct row_window window;
    size_t listed = 0;
    int rc = row_window_open(&window, dataset, part->column, part->samples.stored);
    for (size_t i = 0; !rc && i < part->samples.count; i++) {
        size_t at = samples_at(&part->samples, i);
        rc = row_window_seek(&window, at);
        if (rc)
            break;
        add_sample(part, &window.column, at - window.first, &range);
        listed += part->lists ? part->lists->start[at + 1] - part->lists->start[at] : part->width;
    }
    if (listed < part->samples.count * part->width)
        add_to_range(&range, 0);
    row_window_close(&window);
    range.mean /= (double)part->samples.count * (double)part->width;
    *out = range;
    return rc;
}

static int add_columns(const struct dataset *dataset, struct text *text)
{
    static const char *const headings[] = {"column",  "stored as", "shape", "split",
                                           "samples", "least",     "most",  "mean"};
    struct table table;
    table_start(&table, "llllrrrr", headings);
    for (int i = 0; i < dataset->columns; i++) {
        for (enum split split = 0; split < SPLIT_COUNT; split++) {
            struct part part = part_of(dataset, i, split);
            char shape[SHAPE_TEXT_MAX], count[TEXT_NUMBER_MAX];
            if (part.samples.count == 0 || (!part.values && !part.lists && !part.file))
                continue;
            struct range range;
            int rc = range_of(dataset, &part, &range);
            if (rc) {
                text_free(&table.cell);
                return rc;
            }
            table_cell(&table, "%s", part.column->name);
            table_cell(&table, "%s%s",
                       part.lists  ? "lists of "
                       : part.file ? "in the file, "
                                   : "",
                       stored_name[part.column->stored]);
            table_cell(&table, "%s", shape_text(part.column->shape, shape));
            table_cell(&table, "%s", split_words(split)->name);
            table_cell(&table, "%s", text_count(count, part.samples.count));
            table_cell(&table, "%.6g", range.least);
            table_cell(&table, "%.6g", range.most);
            table_cell(&table, "%.6g", range.mean);
        }
    }
    return table_finish(&table, 0, text);
}

/* Counts the labels of each class into tally (classes). Labels outside were refused when the data
 * was opened. */
static void count_classes(const struct part *part, uint64_t *tally)
{
    const int32_t *label = part->values;
    for (size_t i = 0; i < part->samples.count; i++) {
        size_t first = samples_at(&part->samples, i) * part->width;
        for (size_t j = 0; j < part->width; j++) {
            int32_t k = label[first + j];
            if (k >= 0 && (size_t)k < part->column->classes)
                tally[k]++;
        }
    }
}

/* The commonest class of the training samples, and its share. */
static void add_commonest(const struct column *column, const uint64_t *tally, size_t samples,
                          struct text *text)
{
    size_t most = 0;
    char number[TEXT_NUMBER_MAX];
    for (size_t k = 1; k < column->classes; k++)
        most = tally[k] > tally[most] ? k : most;
    snprintf(number, sizeof number, "%zu", most);
    if (samples)
        text_print(text, "  the commonest, %s, is %.1f %% of the training samples\n",
                   column->class_name ? column->class_name[most] : number,
                   100 * (double)tally[most] / (double)samples);
}

/* Appends the table of one column of labels; past CLASSES_SHOWN only how many there are. */
static int add_classes(const struct dataset *dataset, int index, struct text *text)
{
    static const char *const headings[] = {"class", "train", "test", "validation"};
    const struct column *column = &dataset->column[index];
    text_print(text, "\n%s: %zu classes\n", column->name, column->classes);
    if (column->classes == 0)
        return TRAINER_OK;
    uint64_t *tally = calloc(SPLIT_COUNT * column->classes, sizeof *tally);
    if (!tally)
        return error_memory("class counts", SPLIT_COUNT * column->classes * sizeof *tally);
    for (enum split split = 0; split < SPLIT_COUNT; split++) {
        struct part part = part_of(dataset, index, split);
        if (part.samples.count > 0 && part.values)
            count_classes(&part, tally + split * column->classes);
    }
    struct table table;
    bool named = column->class_name != NULL, validation = dataset->count[SPLIT_VALIDATION] > 0;
    table_start(&table,
                named        ? validation ? "lrrr" : "lrr"
                : validation ? "rrrr"
                             : "rrr",
                headings);
    for (size_t k = 0; k < column->classes && column->classes <= CLASSES_SHOWN; k++) {
        if (named)
            table_cell(&table, "%s", column->class_name[k]);
        else
            table_cell(&table, "%zu", k);
        for (size_t split = 0; split + 1 < table.columns; split++) {
            char count[TEXT_NUMBER_MAX];
            table_cell(&table, "%s", text_count(count, tally[split * column->classes + k]));
        }
    }
    int rc = TRAINER_OK;
    if (column->classes <= CLASSES_SHOWN)
        rc = table_finish(&table, 2, text);
    else
        text_free(&table.cell);
    add_commonest(column, tally, dataset->count[SPLIT_TRAIN], text);
    free(tally);
    return rc;
}

/* --- tables ----------------------------------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What the values of one element are in all rows that were read; missing ones apart. */
struct numbers {
    size_t missing, distinct;
    double least, most, mean, deviation;
};

/* value[count] is sorted by the way. */
static struct numbers numbers_of(double *value, size_t count)
{
    struct numbers numbers = {0};
    size_t there = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(value[i]))
            value[there++] = value[i];
    numbers.missing = count - there;
    qsort(value, there, sizeof *value, compare_doubles);
    for (size_t i = 0; i < there; i++) {
        numbers.distinct += !i || value[i] != value[i - 1];
        numbers.mean += value[i] / (double)there;
    }
    for (size_t i = 0; i < there; i++)
        numbers.deviation += (value[i] - numbers.mean) * (value[i] - numbers.mean);
    numbers.deviation = sqrt(numbers.deviation / (double)there);
    numbers.least = there ? value[0] : (double)NAN;
    numbers.most = there ? value[there - 1] : (double)NAN;
    return numbers;
}

/* Element `element` of all stored training rows of a column, as the file has it. */
static void read_element(const struct dataset *dataset, const struct column *column, size_t element,
                         double *value)
{
    struct column plain = *column;
    size_t rows = samples_stored(dataset, SPLIT_TRAIN);
    plain.offset = plain.divisor = plain.fill = NULL;
    for (size_t i = 0; i < rows; i++)
        normalise_read(&plain, SPLIT_TRAIN, i, element, 1, &value[i]);
}

/* Where a column of the table is found in the data set. */
struct found {
    const struct column *column;
    size_t element, elements;
};

static void add_number(struct table *table, const struct dataset *dataset,
                       const struct found *found, double *value)
{
    char count[TEXT_NUMBER_MAX];
    read_element(dataset, found->column, found->element, value);
    struct numbers numbers = numbers_of(value, samples_stored(dataset, SPLIT_TRAIN));
    table_cell(table, "%s", text_count(count, numbers.missing));
    table_cell(table, "%s", text_count(count, numbers.distinct));
    table_cell(table, "%.6g", numbers.least);
    table_cell(table, "%.6g", numbers.most);
    table_cell(table, "%.6g", numbers.mean);
    table_cell(table, "%.6g", numbers.deviation);
}

/* Categories: rows that have none of them miss it. */
static void add_category(struct table *table, const struct dataset *dataset,
                         const struct found *found, size_t categories, double *value)
{
    char count[TEXT_NUMBER_MAX];
    size_t rows = samples_stored(dataset, SPLIT_TRAIN), there = 0;
    for (size_t k = 0; k < found->elements; k++) {
        read_element(dataset, found->column, found->element + k, value);
        for (size_t i = 0; i < rows; i++)
            there += value[i] == 1;
    }
    table_cell(table, "%s", text_count(count, found->elements ? rows - there : 0));
    table_cell(table, "%s", text_count(count, categories));
    for (int i = 0; i < 4; i++)
        table_cell(table, "-");
}

static int add_table(const struct dataset *dataset, struct text *text)
{
    static const char *const headings[] = {"field", "type", "as",   "missing",  "distinct",
                                           "least", "most", "mean", "deviation"};
    const struct learned_table *learned = dataset->table;
    struct dataset *set = (struct dataset *)(uintptr_t)dataset;
    const struct column *inputs = dataset_find(set, "inputs");
    size_t rows = samples_stored(dataset, SPLIT_TRAIN), element = 0, target = 0;
    double *value = malloc((rows + 1) * sizeof *value);
    struct table table;
    if (!value)
        return error_memory("a column", rows * sizeof *value);
    table_start(&table, "lllrrrrrr", headings);
    for (size_t i = 0; i < learned->columns; i++) {
        const struct table_column *of = &learned->column[i];
        bool input = of->role == TABLE_INPUT, index = input && of->type == TABLE_INDEX;
        const char *name = input ? index ? of->name : "inputs" : table_role_words[of->role];
        struct found found = {.column = input && !index ? inputs : dataset_find(set, name)};
        bool category = of->type == TABLE_CATEGORY;
        found.elements = category && input ? of->categories : category ? 0 : 1;
        found.element = input && !index ? element : of->role == TABLE_LABELS ? target++ : 0;
        element += input && !index ? found.elements : 0;
        table_cell(&table, "%s", of->name);
        table_cell(&table, "%s", table_type_words[of->type]);
        table_cell(&table, "%s", name);
        if (category)
            add_category(&table, dataset, &found, of->categories, value);
        else
            add_number(&table, dataset, &found, value);
    }
    free(value);
    int rc = table_finish(&table, 0, text);
    text_print(text, "\n");
    return rc;
}

/* --- rows that are there twice ---------------------------------------------------------------- */

static uint64_t hash_list(uint64_t hash, const struct column *column, const struct list_rows *lists,
                          size_t row)
{
    const size_t begin = lists->start[row], count = lists->start[row + 1] - begin;
    const size_t bytes = stored_size(column->stored);
    hash = hash_bytes(hash, lists->column + begin, count * sizeof *lists->column);
    return hash_bytes(hash, (const char *)lists->value + begin * bytes, count * bytes);
}

/* Goes on with hash[count], one for each sample of a split, by a column's rows. */
static int hash_column(const struct dataset *dataset, const struct column *column,
                       const struct samples *samples, uint64_t *hash)
{
    struct row_window window;
    size_t bytes = shape_size(column->shape) * stored_size(column->stored);
    int rc = row_window_open(&window, dataset, column, samples->stored);
    for (size_t i = 0; !rc && i < samples->count; i++) {
        rc = row_window_seek(&window, samples_at(samples, i));
        if (rc)
            break;
        size_t row = samples_at(samples, i) - window.first;
        const char *values = window.column.values[samples->stored];
        hash[i] = column->lists[samples->stored]
                      ? hash_list(hash[i], column, column->lists[samples->stored], row)
                      : hash_bytes(hash[i], values + row * bytes, bytes);
    }
    row_window_close(&window);
    return rc;
}

/* A hash of the inputs of each sample of a split, for free(). NULL with a message. */
static uint64_t *hash_rows(const struct dataset *dataset, const struct samples *samples)
{
    uint64_t *hash = malloc((samples->count + 1) * sizeof *hash);
    int rc = hash ? TRAINER_OK : error_memory("the rows", samples->count * sizeof *hash);
    for (size_t i = 0; !rc && i < samples->count; i++)
        hash[i] = HASH_START;
    for (int i = 0; !rc && i < dataset->columns; i++) {
        const struct column *column = &dataset->column[i];
        if (strcmp(column->name, "labels") != 0 && strcmp(column->name, "weights") != 0)
            rc = hash_column(dataset, column, samples, hash);
    }
    if (!rc)
        return hash;
    free(hash);
    return NULL;
}

static int compare_hashes(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Training samples whose inputs another one has, and test samples whose inputs a training sample
 * has. */
static int add_duplicates(const struct dataset *dataset, struct text *text)
{
    struct samples train = samples_of(dataset, SPLIT_TRAIN), test = samples_of(dataset, SPLIT_TEST);
    uint64_t *hash = hash_rows(dataset, &train), *other = hash ? hash_rows(dataset, &test) : NULL;
    size_t again = 0, known = 0;
    char count[TEXT_NUMBER_MAX];
    if (!other) {
        free(hash);
        return TRAINER_FAILED;
    }
    qsort(hash, train.count, sizeof *hash, compare_hashes);
    for (size_t i = 1; i < train.count; i++)
        again += hash[i] == hash[i - 1];
    for (size_t i = 0; i < test.count; i++)
        known += bsearch(&other[i], hash, train.count, sizeof *hash, compare_hashes) != NULL;
    free(hash);
    free(other);
    text_print(text, "\n%s training samples have the inputs of another one",
               text_count(count, again));
    if (test.count)
        text_print(text, ", %s test samples those of a training sample", text_count(count, known));
    text_print(text, "\n");
    return TRAINER_OK;
}

/* --- all -------------------------------------------------------------------------------------- */

/* "csv: 150 rows, 5 columns, 4.5 kB read in 0.0002 s (22 MB/s), delimiter ','" */
static void add_source(const struct dataset *dataset, struct text *text)
{
    const struct dataset_source *source = &dataset->source;
    char rows[TEXT_NUMBER_MAX], bytes[TEXT_NUMBER_MAX], speed[TEXT_NUMBER_MAX];
    text_print(text, "%s: %s, %zu column%s, %s read in %.2g s (%s/s)",
               registry_entry_of(FAMILY_DATASET, &dataset->kind->base)->name,
               text_counted(rows, samples_stored(dataset, SPLIT_TRAIN), "row"), source->columns,
               source->columns == 1 ? "" : "s", text_bytes(bytes, (double)source->bytes),
               source->seconds, text_bytes(speed, (double)source->bytes / source->seconds));
    if (source->delimiter)
        text_print(text, source->delimiter == '\t' ? ", delimiter tab" : ", delimiter '%c'",
                   source->delimiter);
    text_print(text, "\n\n");
}

int data_summary(const struct dataset *dataset, struct text *text)
{
    char bytes[TEXT_NUMBER_MAX];
    int rc = TRAINER_OK;
    if (dataset->source.bytes)
        add_source(dataset, text);
    else
        text_print(text, "%s: %d column%s, %s\n\n", dataset->kind->base.title, dataset->columns,
                   dataset->columns == 1 ? "" : "s",
                   text_bytes(bytes, (double)dataset_bytes(dataset)));
    if (dataset->table)
        rc = add_table(dataset, text);
    if (!rc)
        rc = add_columns(dataset, text);
    for (int i = 0; i < dataset->columns && rc == TRAINER_OK; i++)
        if (dataset->column[i].stored == STORED_LABEL)
            rc = add_classes(dataset, i, text);
    return rc ? rc : add_duplicates(dataset, text);
}
