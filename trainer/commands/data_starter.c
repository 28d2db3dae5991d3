/*
 * data_starter.c - a config to begin with, for a file whose data set was opened without one.
 *
 * A hidden layer of 16 units; the last one fits the labels: their classes, or their values. Numbers
 * are normalised, a fifth of the rows is test data.
 */
#include "base/error.h"
#include "data_open.h"
#include "display/format.h"
#include "learned.h"

#include <string.h>

/* A name that a config may have: of the file, without folder and ending. */
static void add_name(struct text *text, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash && slash[1] ? slash + 1 : path;
    size_t length = strcspn(base, ".");
    for (size_t i = 0; i < length; i++) {
        bool plain = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
                            base[i]) != NULL;
        text_print(text, "%c", plain ? base[i] : '_');
    }
    if (!length)
        text_string(text, "data");
}

/* A text as YAML reads it, whatever it is: in double quotes. */
static void add_quoted(struct text *text, const char *value)
{
    text_string(text, "\"");
    for (; *value; value++) {
        unsigned char byte = (unsigned char)*value;
        if (byte < 0x20)
            text_print(text, "\\x%02x", byte);
        else
            text_print(text, byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
    }
    text_string(text, "\"");
}

/* Whether a field is missing anywhere in the table. */
static bool misses_fields(const struct dataset *dataset)
{
    uint64_t absent = 0;
    for (size_t i = 0; dataset->table && i < dataset->table->columns; i++)
        absent += dataset->table->column[i].absent;
    return absent > 0;
}

static void add_data(const struct data_source *source, const char *path, const char *labels,
                     bool classes, struct text *text)
{
    bool mapping = !strcmp(source->kind, "npy") || !strcmp(source->kind, "hdf5");
    text_print(text, "data:\n  type: %s\n  train: %s", source->kind, mapping ? "{inputs: " : "");
    add_quoted(text, path);
    if (labels) {
        text_string(text, mapping ? ", labels: " : "\n  labels: ");
        add_quoted(text, labels);
    }
    text_string(text, mapping ? "}\n" : "\n");
    if (misses_fields(source->dataset))
        text_string(text, "  missing: mean\n");
    text_print(text, "  split: {test: 0.2%s}\n", classes ? ", stratify: true" : "");
    text_print(text, "  normalize: %s\n", classes ? "zscore" : "{inputs: zscore, labels: zscore}");
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
    text_string(text, "name: ");
    add_name(text, path);
    text_string(text, "\n");
    add_data(source, path, labels, classes, text);
    text_print(text,
               "model:\n  layers:\n    - {type: Affine, units: 16}\n    - {type: ReLU}\n"
               "    - {type: Affine, units: %zu}\n    - {type: %s}\n",
               classes ? of->classes : shape_size(of->shape),
               classes ? "SoftmaxWithLoss" : "SquaredErrorWithLoss");
    text_string(text, "optimizer: {type: sgd, learning_rate: 0.1}\n");
    text_print(text, "trainer: {batch_size: %d, max_epochs: %d}\n",
               samples < 1000    ? 15
               : samples < 20000 ? 32
                                 : 128,
               samples < 1000    ? 200
               : samples < 20000 ? 50
                                 : 10);
    return text_status(text);
}
