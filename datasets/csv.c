/*
 * csv.c - tables of text: CSV, TSV, plain or gzip.
 *
 *     data:
 *       type: csv
 *       train: iris.csv                       # or a list of files with the same header
 *       test: more.csv                        # validation alike; or split: {test: 0.2}
 *       labels: species                       # a column, or several: a name, or 1 (the first), -1
 *       exclude: id
 *       columns: {zip: category, age: {type: number, missing: mean}, size: {order: [S, M, L]}}
 *
 * Columns are found by name, or by position where `header: false`. Which are numbers is learned
 * from all rows (table/table_learn.h); what is no number becomes 0/1 elements, one for each
 * category. Gives the columns `inputs` (elements), those of type `index`, `labels`, and `weights`
 * where a column of weights is named. Numbers are float32, or float64 where they will be
 * normalised, so that large ones keep their differences.
 */
#include "dataset.h"

#include "base/clock.h"
#include "base/number.h"
#include "table/table_dataset.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct csv {
    struct option_names train, test, validation; /* paths */
    const struct node *labels, *inputs, *exclude, *columns, *weights;
    int header, encoding, missing;
    int64_t skip, max_categories;
    const char *delimiter, *decimal, *thousands, *comment;
    struct option_names missing_values;
};

/* --- what the config says --------------------------------------------------------------------- */

/* One character, or the word that stands for none. */
static int read_character(const struct dataset *dataset, const char *key, const char *text,
                          const char *none, char *character)
{
    *character = '\0';
    if (!strcmp(text, none))
        return TRAINER_OK;
    if (!strcmp(text, "tab") || !strcmp(text, "\\t"))
        text = "\t";
    if (strlen(text) != 1 || strchr("\"\r\n", *text))
        return config_error(dataset_place(dataset, key),
                            "'%s' in data must be one character, not '%s'", key, text);
    *character = *text;
    return TRAINER_OK;
}

/* A column by name or, as a plain whole number, by position. */
static int read_reference(const struct node *node, struct table_reference *reference)
{
    *reference = (struct table_reference){.at = &node->at};
    if (node->kind != NODE_SCALAR)
        return config_error(&node->at, "expected a column's name or position");
    if (node->quoted || !number_parse_integer(node->text, &reference->position))
        reference->name = node->text;
    return TRAINER_OK;
}

/* A column or a list of them; NULL is none. */
static int read_references(struct dataset *dataset, const struct node *node,
                           struct table_references *references)
{
    bool list = node && node->kind == NODE_LIST;
    const struct node *item = list ? node->first : node;
    size_t count = list ? node->count : node != NULL;
    struct table_reference *reference = arena_array(&dataset->arena, count, sizeof *reference);
    *references = (struct table_references){count, reference};
    for (size_t i = 0; reference && i < count; i++, item = item->next)
        if (read_reference(item, &reference[i]))
            return TRAINER_INVALID;
    return reference ? TRAINER_OK : TRAINER_FAILED;
}

/* The place of a word in a list of `count`; `count` where it is none of them. */
static int word_of(const struct node *node, const char *const *words, int count)
{
    int i = 0;
    while (i < count && (!node || node->kind != NODE_SCALAR || strcmp(node->text, words[i]) != 0))
        i++;
    return i;
}

static int read_type(const struct node *node, struct table_ask *ask)
{
    int type = word_of(node, table_type_words, TABLE_TYPE_COUNT);
    if (type == TABLE_TYPE_COUNT || type == TABLE_ORDER)
        return config_error(&node->at, "the type of '%s' must be number, category or index",
                            ask->name);
    ask->typed = true;
    ask->type = (enum table_type)type;
    return TRAINER_OK;
}

static int read_order(struct dataset *dataset, const struct node *node, struct table_ask *ask)
{
    const char **word = arena_array(&dataset->arena, node->count, sizeof *word);
    if (node->kind != NODE_LIST || !node->count)
        return config_error(&node->at, "the order of '%s' must be a list of its texts", ask->name);
    const struct node *item = node->first;
    for (size_t i = 0; word && i < node->count; i++, item = item->next) {
        if (item->kind != NODE_SCALAR)
            return config_error(&item->at, "expected a text of '%s'", ask->name);
        word[i] = item->text;
    }
    ask->typed = true;
    ask->type = TABLE_ORDER;
    ask->orders = node->count;
    ask->order = word;
    return word ? TRAINER_OK : TRAINER_FAILED;
}

/* `age: number`, or `age: {type: number, missing: mean}`, or `size: {order: [S, M, L]}`. */
static int read_ask(struct dataset *dataset, const struct node *node, struct table_ask *ask)
{
    *ask = (struct table_ask){.name = node->key, .at = &node->key_at};
    if (node->kind == NODE_SCALAR)
        return read_type(node, ask);
    int rc = node->kind == NODE_MAP
                 ? TRAINER_OK
                 : config_error(&node->at, "'%s' must be a type or a mapping", node->key);
    for (const struct node *item = rc ? NULL : node->first; item; item = item->next) {
        int wrong = TRAINER_OK;
        if (!strcmp(item->key, "type")) {
            wrong = read_type(item, ask);
        } else if (!strcmp(item->key, "order")) {
            wrong = read_order(dataset, item, ask);
        } else if (!strcmp(item->key, "missing")) {
            int missing = word_of(item, table_missing_words, MISSING_COUNT);
            ask->patient = true;
            ask->missing = (enum table_missing)missing;
            if (missing == MISSING_COUNT)
                wrong = config_error(&item->at,
                                     "'missing' of '%s' must be error, mean, zero or "
                                     "drop",
                                     node->key);
        } else {
            wrong = config_error(&item->key_at,
                                 "unknown key '%s' of column '%s'; known: type, missing, order",
                                 item->key, node->key);
        }
        rc = wrong ? wrong : rc;
    }
    return rc;
}

static int read_asks(struct dataset *dataset, const struct node *node,
                     struct table_options *options)
{
    if (!node)
        return TRAINER_OK;
    if (node->kind != NODE_MAP)
        return config_error(&node->at, "'columns' must be a mapping of names to types");
    struct table_ask *ask = arena_array(&dataset->arena, node->count, sizeof *ask);
    options->asks = node->count;
    options->ask = ask;
    int rc = ask ? TRAINER_OK : TRAINER_FAILED;
    const struct node *item = node->first;
    for (size_t i = 0; ask && i < node->count; i++, item = item->next) {
        int wrong = read_ask(dataset, item, &ask[i]);
        rc = wrong ? wrong : rc;
    }
    return rc;
}

/* Whether numbers will be normalised, and must keep their differences until then. */
static bool is_wide(const struct dataset *dataset)
{
    const struct learned *learned = dataset->learned;
    bool wide = dataset->normalise_inputs != NORMALISE_NONE ||
                dataset->normalise_labels != NORMALISE_NONE || (learned && !learned->table);
    for (size_t i = 0; learned && i < learned->inputs; i++)
        wide = wide || learned->input[i].divisor;
    return wide || (learned && learned->label_divisor);
}

static int read_options(struct dataset *dataset, struct table_options *options)
{
    const struct csv *csv = dataset->private;
    struct csv_format *format = &options->format;
    bool plain = dataset->learned && !dataset->learned->table;
    *options =
        (struct table_options){.header = plain ? HEADER_NONE : (enum table_header)csv->header,
                               .all_inputs = csv->inputs == NULL,
                               .missing = (enum table_missing)csv->missing,
                               .words = csv->missing_values.count,
                               .word = csv->missing_values.name,
                               .max_categories = (size_t)csv->max_categories,
                               .classes = &dataset->labels,
                               .tasks = dataset->tasks,
                               .wide = is_wide(dataset),
                               .at = dataset->at};
    format->skip = (size_t)csv->skip;
    format->latin1 = csv->encoding == 1;
    int rc[] = {
        read_character(dataset, "delimiter", csv->delimiter, "auto", &format->delimiter),
        read_character(dataset, "decimal", csv->decimal, "", &format->decimal),
        read_character(dataset, "thousands", csv->thousands, "none", &format->thousands),
        read_character(dataset, "comment", csv->comment, "none", &format->comment),
        read_references(dataset, csv->labels, &options->labels),
        read_references(dataset, csv->inputs, &options->inputs),
        read_references(dataset, csv->exclude, &options->exclude),
        read_references(dataset, csv->weights, &options->weights),
        read_asks(dataset, csv->columns, options),
    };
    for (size_t i = 0; i < sizeof rc / sizeof *rc; i++)
        if (rc[i])
            return rc[i];
    if (options->weights.count > 1)
        return config_error(options->weights.reference[1].at, "'weights' is one column");
    if (format->decimal != '.' && format->decimal != ',')
        return config_error(dataset_place(dataset, "decimal"),
                            "'decimal' in data must be . or ,, not '%s'", csv->decimal);
    if (format->thousands == format->decimal)
        return config_error(dataset_place(dataset, "thousands"),
                            "'thousands' in data is '%c', as 'decimal' is; expected another one",
                            format->decimal);
    return TRAINER_OK;
}

/* --- opening ---------------------------------------------------------------------------------- */

static int read_further(struct dataset *dataset, struct table *table,
                        const struct option_names *files, enum split split)
{
    struct table_cells cells;
    if (!files->count)
        return TRAINER_OK;
    int rc = table_read(table, files->name, files->count, true, &cells);
    if (!rc)
        rc = table_fill(dataset, table, &cells, split, false);
    else
        free(cells.cell);
    return rc;
}

/* For a network that was trained on arrays. */
static int read_plain(struct dataset *dataset, struct table *table,
                      const struct option_names *files)
{
    struct table_cells cells = {0};
    const struct learned_table *plain;
    table->origin = "the network";
    int rc = table_from_plain(table, dataset->learned, dataset->labelled, &plain);
    if (!rc)
        rc = table_read(table, files->name, files->count, dataset->labelled, &cells);
    if (!rc)
        return table_fill_plain(dataset, table, plain, &cells);
    free(cells.cell);
    return rc;
}

/* Learns the training data, or reads it by what was learned of another one. */
static int read_train(struct dataset *dataset, struct table *table,
                      const struct option_names *files)
{
    const struct learned *learned = dataset->learned;
    struct table_cells cells = {0};
    bool known = learned && learned->table;
    if (learned && !known)
        return read_plain(dataset, table, files);
    int rc = known ? table_from_learned(table, learned->table) : TRAINER_OK;
    if (!rc && known)
        rc = table_read(table, files->name, files->count, dataset->labelled, &cells);
    else if (!rc)
        rc = table_learn(table, files->name, files->count, &cells);
    if (!rc)
        return table_fill(dataset, table, &cells, SPLIT_TRAIN, !known);
    free(cells.cell);
    return rc;
}

static int csv_open_dataset(struct dataset *dataset)
{
    const struct csv *csv = dataset->private;
    double start = clock_seconds();
    struct table_options options;
    struct table table = {.options = &options, .arena = &dataset->arena, .dataset = dataset};
    int rc = read_options(dataset, &options);
    if (rc)
        return rc;
    rc = read_train(dataset, &table, &csv->train);
    if (!rc)
        rc = read_further(dataset, &table, &csv->test, SPLIT_TEST);
    if (!rc)
        rc = read_further(dataset, &table, &csv->validation, SPLIT_VALIDATION);
    dataset->source = (struct dataset_source){.bytes = table.bytes,
                                              .seconds = clock_seconds() - start,
                                              .columns = table.fields,
                                              .delimiter = table.delimiter};
    table_free(&table);
    return rc;
}

static const struct option csv_options[] = {
    {"train", OPTION_PATHS, offsetof(struct csv, train), .required = true,
     .help = "training data: a file, or files with the same header; .gz is tried too"},
    {"test", OPTION_PATHS, offsetof(struct csv, test), .help = "test data"},
    {"validation", OPTION_PATHS, offsetof(struct csv, validation),
     .help = "validation data; or a number: so many training samples"},
    {"labels", OPTION_NODE, offsetof(struct csv, labels),
     .help = "the column, or columns, to be predicted: names or positions"},
    {"inputs", OPTION_NODE, offsetof(struct csv, inputs),
     .help = "the columns to predict from, in this order; default: all others"},
    {"exclude", OPTION_NODE, offsetof(struct csv, exclude), .help = "columns that are no inputs"},
    {"columns", OPTION_NODE, offsetof(struct csv, columns),
     .help = "types by name: number, category, index; {type:, missing:}, {order: [S, M, L]}"},
    {"weights", OPTION_NODE, offsetof(struct csv, weights),
     .help = "a column of sample weights, no input"},
    {"header", OPTION_CHOICE, offsetof(struct csv, header), .standard = "auto",
     .choices = "auto,true,false", .help = "whether the first line holds names"},
    {"skip", OPTION_INTEGER, offsetof(struct csv, skip), .standard = "0", .minimum = 0,
     .maximum = 1e9, .help = "lines before the header"},
    {"delimiter", OPTION_TEXT, offsetof(struct csv, delimiter), .standard = "auto",
     .help = "between fields; auto: tab of .tsv, else the commonest of , ; tab |"},
    {"decimal", OPTION_TEXT, offsetof(struct csv, decimal), .standard = "\".\"",
     .help = "before the fraction of numbers: . or ,"},
    {"thousands", OPTION_TEXT, offsetof(struct csv, thousands), .standard = "none",
     .help = "between groups of three digits"},
    {"comment", OPTION_TEXT, offsetof(struct csv, comment), .standard = "none",
     .help = "lines that begin with it are skipped"},
    {"encoding", OPTION_CHOICE, offsetof(struct csv, encoding), .standard = "utf-8",
     .choices = "utf-8,latin1", .help = "of text"},
    {"missing", OPTION_CHOICE, offsetof(struct csv, missing), .standard = "error",
     .choices = "error,mean,zero,drop",
     .help = "a field that is missing: an error, the training part's mean, 0, or no row"},
    {"missing_values", OPTION_NAMES, offsetof(struct csv, missing_values),
     .standard = "[\"\", NA, N/A, NaN, nan, \"null\", \"NULL\", None, \"?\", \"-\"]",
     .help = "what is missing among numbers; in text only the empty field is"},
    {"max_categories", OPTION_INTEGER, offsetof(struct csv, max_categories), .standard = "256",
     .minimum = 1, .maximum = 65536, .help = "that a column of texts may become"},
    {0},
};

const struct dataset_kind dataset_csv = {
    .base =
        {
            .title = "CSV",
            .aliases = "tsv",
            .help = "tables of text, types learned; plain or gzip",
            .options = csv_options,
            .private_size = sizeof(struct csv),
        },
    .open = csv_open_dataset,
    .names_classes = true,
};
