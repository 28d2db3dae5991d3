/*
 * rank_data.c - see rank_data.h.
 *
 * A column goes as the struct that it is, its pointers made anew by who gets it. So both programs
 * must be the same, which is looked at first.
 */
#include "rank_data.h"
#include "base/build.h"
#include "base/list_rows.h"
#include "base/text.h"
#include "data/samples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct header {
    char program[128];
    int columns;
    size_t stored[SPLIT_COUNT]; /* samples */
    bool seeded;
    struct dataset_source source;
};

static void name_program(char *text, size_t size)
{
    snprintf(text, size, "%s %s", build_version, build_git_commit);
}

/* --- packing ---------------------------------------------------------------------------------- */

static void put(struct text *packet, const void *x, size_t bytes)
{
    text_add(packet, x, bytes);
}

/* With its NUL. */
static void put_word(struct text *packet, const char *word)
{
    put(packet, word, strlen(word) + 1);
}

static void put_column(struct text *packet, const struct column *column)
{
    put(packet, column, sizeof *column);
    put_word(packet, column->name);
    for (size_t i = 0; column->class_name && i < column->classes; i++)
        put_word(packet, column->class_name[i]);
    for (size_t i = 0; column->feature && i < shape_size(column->shape); i++) {
        put(packet, &column->feature[i], sizeof column->feature[i]);
        put_word(packet, column->feature[i].name);
    }
    for (enum split split = 0; split < SPLIT_COUNT; split++)
        if (column->lists[split]) {
            put(packet, column->lists[split], sizeof *column->lists[split]);
            put(packet, &column->lists[split]->start[column->lists[split]->rows], sizeof(uint64_t));
        }
}

static int pack(struct text *packet, const struct dataset *dataset)
{
    struct header header;
    memset(&header, 0, sizeof header);
    name_program(header.program, sizeof header.program);
    header.columns = dataset->columns;
    for (enum split split = 0; split < SPLIT_COUNT; split++)
        header.stored[split] = samples_stored(dataset, split);
    header.seeded = dataset->seeded;
    header.source = dataset->source;
    put(packet, &header, sizeof header);
    for (int i = 0; i < dataset->columns; i++) {
        for (enum split split = 0; split < SPLIT_COUNT; split++)
            if (dataset->column[i].file[split])
                return error_set(TRAINER_INVALID,
                                 "--data-from-rank-0: '%s' is too large to be held in memory and "
                                 "stays in its file; let each rank read it",
                                 dataset->column[i].name);
        put_column(packet, &dataset->column[i]);
    }
    return text_status(packet);
}

/* --- unpacking -------------------------------------------------------------------------------- */

/* What is left of a packet. It comes whole, and from the same program. */
struct reader {
    const char *at;
};

static void take(struct reader *reader, void *x, size_t bytes)
{
    memcpy(x, reader->at, bytes);
    reader->at += bytes;
}

/* NULL with a message where memory ran out. */
static const char *take_word(struct reader *reader, struct arena *arena)
{
    size_t length = strlen(reader->at);
    const char *word = arena_copy(arena, reader->at, length);
    reader->at += length + 1;
    return word;
}

static int take_classes(struct reader *reader, struct arena *arena, struct column *column)
{
    const char **name = arena_array(arena, column->classes, sizeof *name);
    for (size_t i = 0; name && i < column->classes; i++)
        if (!(name[i] = take_word(reader, arena)))
            return TRAINER_FAILED;
    column->class_name = name;
    return name ? TRAINER_OK : TRAINER_FAILED;
}

static int take_features(struct reader *reader, struct arena *arena, struct column *column)
{
    size_t count = shape_size(column->shape);
    struct feature *feature = arena_array(arena, count, sizeof *feature);
    for (size_t i = 0; feature && i < count; i++) {
        take(reader, &feature[i], sizeof feature[i]);
        if (!(feature[i].name = take_word(reader, arena)))
            return TRAINER_FAILED;
    }
    column->feature = feature;
    return feature ? TRAINER_OK : TRAINER_FAILED;
}

/* Room for lists. */
static int take_lists(struct reader *reader, struct dataset *dataset, const struct list_rows **made)
{
    static const char what[] = "lists from rank 0";
    struct list_rows *lists = arena_allocate(&dataset->arena, sizeof *lists);
    uint64_t elements;
    if (!lists)
        return TRAINER_FAILED;
    take(reader, lists, sizeof *lists);
    take(reader, &elements, sizeof elements);
    lists->start = dataset_reserve(dataset, what, (lists->rows + 1) * sizeof *lists->start);
    lists->column = dataset_reserve(dataset, what, elements * sizeof *lists->column);
    lists->value =
        dataset_reserve(dataset, what, elements * (lists->wide ? sizeof(double) : sizeof(float)));
    *made = lists;
    return lists->start && lists->column && lists->value ? TRAINER_OK : TRAINER_FAILED;
}

/* Room for what is stored of a column. */
static int take_splits(struct reader *reader, struct dataset *dataset, struct column *column)
{
    int rc = TRAINER_OK;
    for (enum split split = 0; rc == TRAINER_OK && split < SPLIT_COUNT; split++) {
        if (column->lists[split]) {
            rc = take_lists(reader, dataset, &column->lists[split]);
        } else if (column->values[split]) {
            size_t bytes = samples_bytes(dataset, column, split);
            column->values[split] = dataset_reserve(dataset, "data from rank 0", bytes);
            rc = column->values[split] ? TRAINER_OK : TRAINER_FAILED;
        }
        column->sparse[split] = NULL;
    }
    return rc;
}

static int take_column(struct reader *reader, struct dataset *dataset, struct column *column)
{
    take(reader, column, sizeof *column);
    column->offset = column->divisor = column->fill = NULL;
    column->name = take_word(reader, &dataset->arena);
    int rc = column->name ? TRAINER_OK : TRAINER_FAILED;
    if (rc == TRAINER_OK && column->class_name)
        rc = take_classes(reader, &dataset->arena, column);
    if (rc == TRAINER_OK && column->feature)
        rc = take_features(reader, &dataset->arena, column);
    return rc ? rc : take_splits(reader, dataset, column);
}

static int unpack(struct dataset **made, const char *packet)
{
    struct reader reader = {packet};
    struct header header;
    char program[sizeof header.program];
    struct dataset *dataset = *made = calloc(1, sizeof *dataset);
    if (!dataset)
        return error_memory("a data set", sizeof *dataset);
    name_program(program, sizeof program);
    if (strcmp(packet, program) != 0)
        return error_set(TRAINER_INVALID, "its program is %s, that of rank 0 is %.100s", program,
                         packet);
    take(&reader, &header, sizeof header);
    memcpy(dataset->count, header.stored, sizeof dataset->count);
    dataset->seeded = header.seeded;
    dataset->source = header.source;
    dataset->columns = header.columns;
    int rc = TRAINER_OK;
    for (int i = 0; rc == TRAINER_OK && i < header.columns; i++)
        rc = take_column(&reader, dataset, &dataset->column[i]);
    return rc;
}

/* --- sending ---------------------------------------------------------------------------------- */

static void send_part(struct ranks *ranks, const void *x, size_t bytes)
{
    if (bytes > 0)
        ranks_send(ranks, 0, (void *)(uintptr_t)x, bytes);
}

/* The starts come first: they say how many elements there are. */
static void send_lists(struct ranks *ranks, const struct list_rows *lists)
{
    send_part(ranks, lists->start, (lists->rows + 1) * sizeof *lists->start);
    uint64_t elements = lists->start[lists->rows];
    send_part(ranks, lists->column, elements * sizeof *lists->column);
    send_part(ranks, lists->value, elements * (lists->wide ? sizeof(double) : sizeof(float)));
}

static void send_values(struct ranks *ranks, const struct dataset *dataset)
{
    for (int i = 0; i < dataset->columns; i++)
        for (enum split split = 0; split < SPLIT_COUNT; split++) {
            const struct column *column = &dataset->column[i];
            if (column->lists[split])
                send_lists(ranks, column->lists[split]);
            else if (column->values[split])
                send_part(ranks, column->values[split], samples_bytes(dataset, column, split));
        }
}

int rank_data_send(struct ranks *ranks, const struct dataset *own, struct dataset **received)
{
    struct text packet = {0};
    char *bytes = NULL;
    size_t count = 0;
    *received = NULL;
    int rc = ranks_agree(ranks, own ? pack(&packet, own) : TRAINER_OK);
    if (own) {
        bytes = packet.data;
        count = packet.length;
    }
    if (rc == TRAINER_OK)
        rc = ranks_send_bytes(ranks, &bytes, &count);
    if (rc == TRAINER_OK)
        rc = ranks_agree(ranks, own ? TRAINER_OK : unpack(received, bytes));
    if (rc == TRAINER_OK)
        send_values(ranks, own ? own : *received);
    free(bytes);
    return rc;
}
