/*
 * inline.c - data written in the config itself.
 *
 *     data: {type: inline, inputs: {apple: 100, number: 2, tax: 1.1}}
 *
 *     data:
 *       type: inline
 *       inputs: {x: [[0, 0], [0, 1], [1, 0], [1, 1]]}     # 4 samples of shape (2)
 *       labels: [0, 1, 1, 0]
 *       test: {inputs: {x: [[0, 1]]}, labels: [1]}
 *
 * Each input is a column of that name. A list's first level is the samples, the others are the
 * shape of one sample, and no list may be ragged; a scalar is one number of shape (), repeated
 * where other inputs have several samples. A list alone (`inputs: [[0, 0], [0, 1]]`) is a column
 * named inputs. labels are integers >= 0, or rows of numbers: one-hot classes, or targets of a
 * regression.
 *
 * A column is measured first, which checks all of it, and then written: writing cannot fail.
 */
#include "base/number.h"
#include "dataset.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES_MAX = 1 << 24 };

struct inline_split {
    const struct node *inputs, *labels;
};

struct inline_data {
    struct inline_split train, test, validation;
    int64_t classes; /* 0: auto */
};

/* What a node holds. */
struct extent {
    bool scalar;    /* no list: as many samples as the others have */
    size_t samples; /* of a scalar 1 */
    struct shape shape;
};

/* --- measuring and writing -------------------------------------------------------------------- */

static bool is_number(const struct node *node, double *value)
{
    return node->kind == NODE_SCALAR && !node->quoted && number_parse(node->text, value);
}

/* The dimensions along the first items; *levels of them, the samples first. Nothing else is
 * checked. */
static int measure_levels(const struct node *node, size_t dim[SHAPE_RANK_MAX + 1], int *levels)
{
    *levels = 0;
    for (; node->kind == NODE_LIST; node = node->first) {
        if (*levels > SHAPE_RANK_MAX)
            return config_error(&node->at, "lists are nested deeper than %d levels",
                                SHAPE_RANK_MAX + 1);
        if (!node->count)
            return config_error(&node->at, "the list is empty");
        dim[(*levels)++] = node->count;
    }
    return TRAINER_OK;
}

/* Whether node is a list of these dimensions throughout, with finite numbers at its ends. */
static int check_levels(const struct node *node, const size_t *dim, int levels)
{
    double value;
    if (!levels && is_number(node, &value))
        return TRAINER_OK;
    if (!levels && node->kind == NODE_SCALAR)
        return config_error(&node->at, "expected a finite number, found '%s'", node->text);
    if (!levels || node->kind != NODE_LIST)
        return config_error(&node->at, "expected %s, found %s",
                            levels ? "a list, as the first item is" : "a number",
                            node->kind == NODE_LIST  ? "a list"
                            : node->kind == NODE_MAP ? "a mapping"
                                                     : node->text);
    if (node->count != dim[0])
        return config_error(&node->at, "a list of %zu where the first one has %zu", node->count,
                            dim[0]);
    for (const struct node *item = node->first; item; item = item->next)
        if (check_levels(item, dim + 1, levels - 1))
            return TRAINER_INVALID;
    return TRAINER_OK;
}

static int measure(const struct node *node, struct extent *extent)
{
    size_t dim[SHAPE_RANK_MAX + 1];
    int levels;
    int rc = measure_levels(node, dim, &levels);
    if (!rc)
        rc = check_levels(node, dim, levels);
    if (rc)
        return rc;
    *extent = (struct extent){.scalar = !levels, .samples = levels ? dim[0] : 1};
    extent->shape.rank = levels ? levels - 1 : 0;
    for (int i = 1; i < levels; i++)
        extent->shape.dim[i - 1] = dim[i];
    return TRAINER_OK;
}

/* Writes all numbers of a measured node, row by row; returns the place behind the last. */
static double *write_numbers(const struct node *node, double *out)
{
    if (node->kind == NODE_SCALAR)
        return is_number(node, out) ? out + 1 : out;
    for (const struct node *item = node->first; item; item = item->next)
        out = write_numbers(item, out);
    return out;
}

/* --- columns ---------------------------------------------------------------------------------- */

/* The column that a split fills: the training data makes it; that of the test data must be there,
 * with the same type and shape. NULL with a message. */
static struct column *column_of(struct dataset *dataset, enum split split, const struct node *node,
                                const char *name, enum stored stored, struct shape shape)
{
    char text[SHAPE_TEXT_MAX], train[SHAPE_TEXT_MAX];
    enum column_match match;
    struct column *column = dataset_split_column(dataset, split, name, stored, shape, &match);
    if (match == COLUMN_MATCHES)
        return column;
    if (match == COLUMN_MISSING)
        config_error(&node->at, "%s has '%s', the training data has not", split_words(split)->name,
                     name);
    else if (match == COLUMN_OTHER_TYPE)
        config_error(&node->at, "'%s' is %s, in the training data %s", name,
                     stored == STORED_LABEL ? "classes" : "rows",
                     column->stored == STORED_LABEL ? "classes" : "rows");
    else
        config_error(&node->at, "samples of '%s' have shape %s, in the training data %s", name,
                     shape_text(shape, text), shape_text(column->shape, train));
    return NULL;
}

/* A column of numbers from a measured node; a scalar is repeated. */
static int add_numbers(struct dataset *dataset, enum split split, const struct node *node,
                       const char *name, const struct extent *extent)
{
    struct column *column = column_of(dataset, split, node, name, STORED_DOUBLE, extent->shape);
    if (!column)
        return TRAINER_INVALID;
    size_t samples = dataset->count[split];
    double *values =
        dataset_block(dataset, name, samples * shape_size(extent->shape) * sizeof *values);
    if (!values)
        return TRAINER_FAILED;
    write_numbers(node, values);
    for (size_t i = 1; extent->scalar && i < samples; i++)
        values[i] = values[0];
    column->values[split] = values;
    return TRAINER_OK;
}

/* Labels in a flat list become int32 classes. */
static int add_classes(struct dataset *dataset, enum split split, const struct node *node)
{
    const struct inline_data *data = dataset->private;
    int64_t limit = data->classes ? data->classes : CLASSES_MAX, value;
    struct column *column = column_of(dataset, split, node, "labels", STORED_LABEL, shape_scalar());
    if (!column)
        return TRAINER_INVALID;
    int32_t *label = dataset_block(dataset, "labels", dataset->count[split] * sizeof *label);
    if (!label)
        return TRAINER_FAILED;
    column->values[split] = label;
    for (const struct node *item = node->first; item; item = item->next) {
        if (!number_parse_integer(item->text, &value) || value < 0)
            return config_error(&item->at,
                                "expected a class, an integer >= 0, found '%s'; other targets are "
                                "written as rows: [[%s], ...]",
                                item->text, item->text);
        if (value >= limit)
            return config_error(
                &item->at, "class %" PRId64 "; with classes: %" PRId64 " the largest is %" PRId64,
                value, limit, limit - 1);
        if (column->classes <= (size_t)value)
            column->classes = (size_t)value + 1;
        *label++ = (int32_t)value;
    }
    if (data->classes)
        column->classes = (size_t)data->classes;
    return TRAINER_OK;
}

/* --- a split ---------------------------------------------------------------------------------- */

/* One column as it is written. */
struct item {
    const char *name;
    const struct node *node;
    bool labels;
    struct extent extent;
};

/* [A-Za-z_][A-Za-z0-9_-]*, as of layers, whatever the locale. */
static int check_name(const struct node *node)
{
    static const char characters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
                                     "0123456789-";
    bool valid = *node->key && !strchr("0123456789-", *node->key) &&
                 !node->key[strspn(node->key, characters)];
    if (!valid)
        return config_error(&node->key_at,
                            "'%s' is no name; a name is letters, digits, _ and -, and begins with "
                            "a letter or _",
                            node->key);
    if (!strcmp(node->key, "labels"))
        return config_error(&node->key_at, "an input cannot be named labels");
    return TRAINER_OK;
}

/* Lists the columns of a split in items, for which there is room, and measures them. Reports
 * whatever is wrong with any. */
static int collect(const struct inline_split *from, struct item *items, int *count)
{
    const struct node *inputs = from->inputs;
    bool list = inputs->kind == NODE_LIST;
    int rc = TRAINER_OK;
    *count = 0;
    if (inputs->kind == NODE_SCALAR || !inputs->count)
        return config_error(&inputs->at, "expected inputs by name, such as {x: [[0, 0], [0, 1]]}");
    for (const struct node *node = list ? inputs : inputs->first; node;
         node = list ? NULL : node->next) {
        items[(*count)++] = (struct item){.name = list ? "inputs" : node->key, .node = node};
        if (!list && check_name(node))
            rc = TRAINER_INVALID;
    }
    if (from->labels)
        items[(*count)++] = (struct item){.name = "labels", .node = from->labels, .labels = true};
    if (from->labels && from->labels->kind != NODE_LIST)
        rc = config_error(&from->labels->at, "expected a list of labels");
    for (int i = 0; i < *count; i++)
        if (measure(items[i].node, &items[i].extent))
            rc = TRAINER_INVALID;
    return rc;
}

/* The number of samples, which all lists must have. */
static int count_samples(const struct item *items, int count, size_t *samples)
{
    const struct item *first = NULL;
    int rc = TRAINER_OK;
    *samples = 1;
    for (int i = 0; i < count; i++) {
        const struct item *item = &items[i];
        if (item->extent.scalar)
            continue;
        first = first ? first : item;
        *samples = first->extent.samples;
        if (item->extent.samples != *samples)
            rc = config_error(&item->node->at, "'%s' has %zu sample%s, but '%s' has %zu",
                              item->name, item->extent.samples,
                              item->extent.samples == 1 ? "" : "s", first->name, *samples);
    }
    return rc;
}

static int read_split(struct dataset *dataset, enum split split, const struct inline_split *from)
{
    int count;
    struct item *items = arena_array(&dataset->arena, from->inputs->count + 2, sizeof *items);
    if (!items)
        return TRAINER_FAILED;
    int rc = collect(from, items, &count);
    if (!rc)
        rc = count_samples(items, count, &dataset->count[split]);
    for (int i = 0; !rc && i < count; i++) {
        const struct item *item = &items[i];
        if (item->labels && !item->extent.shape.rank)
            rc = add_classes(dataset, split, item->node);
        else
            rc = add_numbers(dataset, split, item->node, item->name, &item->extent);
    }
    return rc;
}

static int inline_open(struct dataset *dataset)
{
    const struct inline_data *data = dataset->private;
    int rc = read_split(dataset, SPLIT_TRAIN, &data->train);
    if (!rc && data->test.inputs)
        rc = read_split(dataset, SPLIT_TEST, &data->test);
    if (!rc && data->validation.inputs)
        rc = read_split(dataset, SPLIT_VALIDATION, &data->validation);
    return rc;
}

static const struct option test_options[] = {
    {"inputs", OPTION_NODE, offsetof(struct inline_split, inputs), .required = true,
     .help = "numbers by input's name, as in the training data"},
    {"labels", OPTION_NODE, offsetof(struct inline_split, labels),
     .help = "as in the training data"},
    {0},
};

static const struct option inline_options[] = {
    {"inputs", OPTION_NODE, offsetof(struct inline_data, train.inputs), .required = true,
     .help = "numbers by input's name: a scalar, or a list with one item a sample"},
    {"labels", OPTION_NODE, offsetof(struct inline_data, train.labels),
     .help = "a list of classes, or of rows of numbers"},
    {"test", OPTION_SECTION, offsetof(struct inline_data, test), .section = test_options,
     .help = "test data"},
    {"validation", OPTION_SECTION, offsetof(struct inline_data, validation),
     .section = test_options, .help = "validation data; or a number: so many training samples"},
    {"classes", OPTION_INTEGER, offsetof(struct inline_data, classes), .standard = "auto",
     .minimum = 1, .maximum = CLASSES_MAX, .word = "auto", .word_value = 0,
     .help = "number of classes; auto: the largest label and 1"},
    {0},
};

const struct dataset_kind dataset_inline = {
    .base =
        {
            .title = "Inline",
            .help = "data written in the config itself",
            .options = inline_options,
            .private_size = sizeof(struct inline_data),
        },
    .open = inline_open,
};
