/*
 * dataset.c - what a data set's open() calls: memory and columns; the words for splits.
 */
#include "dataset.h"

#include "base/number.h"
#include "base/vocabulary.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct position *dataset_place(const struct dataset *dataset, const char *key)
{
    const struct node *node = node_get(dataset->section, key);
    return node ? &node->at : dataset->at;
}

int32_t dataset_class(const struct dataset *dataset, const struct vocabulary *classes,
                      const char *text, size_t length)
{
    char number[32];
    int64_t value;
    int32_t class = vocabulary_find(classes, text, length);
    if (class >= 0 || !dataset->labels.numbered || length >= sizeof number)
        return class;
    memcpy(number, text, length);
    number[length] = '\0';
    return number_parse_integer(number, &value) && value >= 0 && value < (int64_t)classes->count
               ? (int32_t)value
               : -1;
}

static void *kept(struct dataset *dataset, void *block)
{
    return block && !dataset_keep(dataset, block) ? block : NULL;
}

void *dataset_block(struct dataset *dataset, const char *what, size_t bytes)
{
    return kept(dataset, block_allocate(what, bytes));
}

void *dataset_reserve(struct dataset *dataset, const char *what, size_t bytes)
{
    return kept(dataset, block_reserve(what, bytes));
}

int dataset_keep(struct dataset *dataset, void *block)
{
    if (!block)
        return TRAINER_OK;
    if (dataset->block_count == DATASET_BLOCKS_MAX) {
        free(block);
        return error_add(TRAINER_FAILED, "a data set has more than %d blocks", DATASET_BLOCKS_MAX);
    }
    dataset->blocks[dataset->block_count++] = block;
    return TRAINER_OK;
}

struct column *dataset_column(struct dataset *dataset, const char *name, enum stored stored,
                              struct shape shape)
{
    if (dataset->columns == DATASET_COLUMNS_MAX) {
        config_error(dataset->at, "column '%s' is one too many: a data set has at most %d", name,
                     DATASET_COLUMNS_MAX);
        return NULL;
    }
    struct column *column = &dataset->column[dataset->columns++];
    *column = (struct column){.name = name, .stored = stored, .shape = shape, .scale = 1};
    return column;
}

struct column *dataset_split_column(struct dataset *dataset, enum split split, const char *name,
                                    enum stored stored, struct shape shape,
                                    enum column_match *match)
{
    struct column *column = split == SPLIT_TRAIN ? dataset_column(dataset, name, stored, shape)
                                                 : dataset_find(dataset, name);
    *match = column || split == SPLIT_TRAIN ? COLUMN_MATCHES : COLUMN_MISSING;
    if (!column)
        return NULL;
    column->given[split] = true;
    if (column->stored != stored)
        *match = COLUMN_OTHER_TYPE;
    else if (!shape_equal(column->shape, shape))
        *match = COLUMN_OTHER_SHAPE;
    return column;
}

const struct row_file *dataset_keep_file(struct dataset *dataset, struct row_file file)
{
    struct row_file *kept = arena_allocate(&dataset->arena, sizeof *kept);
    if (!kept) {
        file.close(file.context);
        return NULL;
    }
    *kept = file;
    kept->next = dataset->files;
    dataset->files = kept;
    return kept;
}

void dataset_note(struct dataset *dataset, bool warning, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct dataset_note *note = arena_allocate(&dataset->arena, sizeof *note);
    if (!note || length < 0)
        return;
    note->text = arena_copy(&dataset->arena, text, strlen(text));
    note->warning = warning;
    struct dataset_note **end = dataset->note ? dataset->note_end : &dataset->note;
    if (note->text)
        *end = note;
    dataset->note_end = note->text ? &note->next : end;
}

struct column *dataset_find(struct dataset *dataset, const char *name)
{
    for (int i = 0; i < dataset->columns; i++)
        if (!strcmp(dataset->column[i].name, name))
            return &dataset->column[i];
    return NULL;
}

int dataset_default_column(const struct dataset *dataset)
{
    int first = -1;
    for (int i = 0; i < dataset->columns; i++) {
        const char *name = dataset->column[i].name;
        if (!strcmp(name, "inputs"))
            return i;
        if (first < 0 && strcmp(name, "labels") != 0 && strcmp(name, "weights") != 0)
            first = i;
    }
    return first;
}

size_t stored_size(enum stored stored)
{
    static const size_t size[] = {
        [STORED_BYTE] = sizeof(uint8_t),
        [STORED_FLOAT] = sizeof(float),
        [STORED_DOUBLE] = sizeof(double),
        [STORED_LABEL] = sizeof(int32_t),
    };
    return size[stored];
}

const struct split_words *split_words(enum split split)
{
    static const struct split_words words[SPLIT_COUNT] = {
        [SPLIT_TRAIN] = {"train", "training data", "training", "train"},
        [SPLIT_TEST] = {"test", "test data", "test", "test"},
        [SPLIT_VALIDATION] = {"validation", "validation data", "validation", "valid"},
    };
    return &words[split];
}

const char *dataset_data_words(const struct dataset *dataset, enum split split)
{
    return dataset->learned ? "file" : split_words(split)->data;
}

size_t column_channels(const struct column *column)
{
    if (column->shape.rank == 1 || column->shape.rank >= 3)
        return column->shape.dim[0];
    return 1;
}

bool column_keeps_zeros(const struct column *column)
{
    bool keeps = !column->fill;
    for (size_t c = 0; column->divisor && keeps && c < column_channels(column); c++)
        keeps = column->offset[c] == 0;
    return keeps;
}
