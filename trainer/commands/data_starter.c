/*
 * data_starter.c - a config to begin with, for a file whose data set was opened without one.
 *
 * A hidden layer of 16 units; the last one fits the labels: their classes, or their values. Numbers
 * are normalised, a fifth of the rows is test data.
 */
#include "base/error.h"
#include "base/number.h"
#include "data_open.h"
#include "learned.h"
#include "train/settings.h"

#include <stdlib.h>
#include <string.h>

/* A text as a config reads it, whatever it is: in double quotes, and no variable in it. */
static void add_quoted(struct text *text, const char *value)
{
    text_string(text, "\"");
    for (; *value; value++) {
        unsigned char byte = (unsigned char)*value;
        if (byte < 0x20)
            text_print(text, "\\x%02x", byte);
        else
            text_print(text,
                       byte == '"' || byte == '\\'      ? "\\%c"
                       : byte == '$' && value[1] == '{' ? "$%c"
                                                        : "%c",
                       byte);
    }
    text_string(text, "\"");
}

/* A name that a config may have: of the file or folder, without what stands before it and without
 * its ending. */
static int add_name(const struct data_source *source, const char *path, struct text *text)
{
    struct arena *arena = config_arena(source->config);
    size_t length = strlen(path);
    if (length > 3 && strcmp(path + length - 3, ".gz") == 0)
        length -= 3;
    while (length > 1 && path[length - 1] == '/')
        length--;
    const char *bare = arena_copy(arena, path, length);
    const char *name = bare ? settings_default_name(arena, bare, "data") : NULL;
    const struct node *node = name ? node_new_text(source->config, NULL, "name", name) : NULL;
    if (!node)
        return TRAINER_FAILED;
    text_string(text, "name: ");
    if (node->quoted)
        add_quoted(text, name);
    else
        text_string(text, name);
    text_string(text, "\n");
    return TRAINER_OK;
}

/* Whether a field is missing anywhere in the table. */
static bool misses_fields(const struct dataset *dataset)
{
    uint64_t absent = 0;
    for (size_t i = 0; dataset->table && i < dataset->table->columns; i++)
        absent += dataset->table->column[i].absent;
    return absent > 0;
}

/* Which dataset of the file the inputs are. */
static void add_dataset(const struct data_source *source, struct text *text)
{
    const struct node *data = node_get(config_root(source->config), "data");
    const struct node *inputs = node_get(node_get(data, "train"), "inputs");
    text_string(text, ", inputs: ");
    add_quoted(text, inputs && inputs->kind == NODE_SCALAR ? inputs->text : "/train/inputs");
}

/* What key=value said of the data, besides what the starter says itself: lines of the section. */
static int add_settings(const struct data_source *source, struct text *text)
{
    static const char *const own[] = {"type", "train", "labels"};
    const struct node *data = node_get(config_root(source->config), "data");
    struct node *others = node_new(source->config, NODE_MAP, NULL, "data", NULL);
    for (const struct node *item = data->first; others && item; item = item->next) {
        bool out = !strcmp(item->key, "missing") && item->text && !strcmp(item->text, "mean");
        for (size_t i = 0; i < sizeof own / sizeof *own; i++)
            out = out || !strcmp(item->key, own[i]);
        if (!out && !node_copy(source->config, item, others, item->key))
            return TRAINER_FAILED;
    }
    char *lines = others && others->first ? config_emit(others, NULL) : NULL;
    if (!others || (others->first && !lines))
        return TRAINER_FAILED;
    for (char *rest = lines, *line; lines && (line = strsep(&rest, "\n"));)
        if (*line)
            text_print(text, "  %s\n", line);
    free(lines);
    return TRAINER_OK;
}

static int add_data(const struct data_source *source, const char *path, const char *labels,
                    bool classes, struct text *text)
{
    const struct node *data = node_get(config_root(source->config), "data");
    int64_t position;
    bool mapping = !strcmp(source->kind, "npy") || !strcmp(source->kind, "hdf5");
    bool archive = node_get(node_get(data, "train"), "file") != NULL;
    text_print(text, "data:\n  type: %s\n  train: %s", source->kind,
               archive   ? "{file: "
               : mapping ? "{inputs: "
                         : "");
    add_quoted(text, path);
    if (archive)
        add_dataset(source, text);
    if (labels) {
        text_string(text, mapping ? ", labels: " : "\n  labels: ");
        if (number_parse_integer(labels, &position))
            text_string(text, labels);
        else
            add_quoted(text, labels);
    }
    text_string(text, mapping ? "}\n" : "\n");
    const struct node *missing = node_get(data, "missing");
    if (misses_fields(source->dataset) && missing && !strcmp(missing->text, "mean"))
        text_string(text, "  missing: mean\n");
    if (!node_get(data, "split"))
        text_print(text, "  split: {test: 0.2%s}\n", classes ? ", stratify: true" : "");
    const char *inputs = source->dataset->column[0].lists[SPLIT_TRAIN] ? "maxabs" : "zscore";
    if (!node_get(data, "normalize"))
        text_print(text,
                   classes ? "  normalize: %s\n" : "  normalize: {inputs: %s, labels: zscore}\n",
                   inputs);
    return add_settings(source, text);
}

int data_starter(const struct data_source *source, const char *path, const char *labels,
                 struct text *text)
{
    const struct column *of = dataset_find(source->dataset, "labels");
    if (!of)
        return error_set(TRAINER_INVALID,
                         "--starter: which column is to be predicted? --labels NAME says it");
    bool classes = of->stored == STORED_LABEL;
    size_t samples = source->dataset->count[SPLIT_TRAIN];
    if (add_name(source, path, text))
        return TRAINER_FAILED;
    if (add_data(source, path, labels, classes, text))
        return TRAINER_FAILED;
    text_print(text,
               "model:\n  layers:\n    - {type: Affine, units: 16}\n    - {type: ReLU}\n"
               "    - {type: Affine, units: %zu}\n    - {type: %s}\n",
               classes ? of->classes : shape_size(of->shape),
               classes ? "SoftmaxWithLoss" : "SquaredErrorWithLoss");
    text_string(text, "optimizer: {type: sgd, learning_rate: 0.1}\n");
    text_print(text, "trainer: {batch_size: %d, max_epochs: %d}\n",
               samples < 20      ? (int)(samples + 1) / 2
               : samples < 1000  ? 15
               : samples < 20000 ? 32
                                 : 128,
               samples < 1000    ? 200
               : samples < 20000 ? 50
                                 : 10);
    return text_status(text);
}
