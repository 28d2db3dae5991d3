/*
 * table_stream.c - a reader, a table that is known, and a data set with buffers for some rows.
 */
#include "table_stream.h"

#include "base/error.h"
#include "base/suggest.h"
#include "base/text.h"
#include "table_dataset.h"
#include "table_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERRORS_TOLD = 20 };

struct table_stream {
    struct table_stream_options options;
    const struct learned *learned;
    const struct learned_table *known; /* of `learned`, or a plain one */
    struct csv_reader *reader;
    bool one;                 /* of a descriptor: row by row */
    struct table_options how; /* of the table */
    struct label_options classes;
    struct table table;
    struct dataset *dataset;
    struct table_cells cells;
    const struct csv_field *first; /* the first row, where it was read instead of a header */
    size_t first_fields;
    size_t *keep_at; /* (keep) fields */
    bool *bad;       /* (rows) */
    struct text text;
    size_t *text_at; /* (rows, keep) in text */
};

/* The columns of numbers, with buffers: (rows, shape). */
static int make_columns(struct table_stream *stream)
{
    struct dataset *dataset = stream->dataset;
    const struct learned_table *table = stream->known;
    int rc = table_make_inputs(dataset, stream->learned, stream->options.rows);
    if (rc)
        return rc;
    for (size_t i = 0; i < table->columns; i++) {
        const struct table_column *of = &table->column[i];
        if (of->role != TABLE_INPUT || of->type != TABLE_INDEX)
            continue;
        struct column *column = dataset_column(dataset, of->name, STORED_LABEL, shape_scalar());
        if (!column)
            return TRAINER_INVALID;
        column->classes = of->categories;
        column->values[SPLIT_TRAIN] =
            dataset_block(dataset, "rows of a table", stream->options.rows * sizeof(int32_t));
        if (!column->values[SPLIT_TRAIN])
            return TRAINER_FAILED;
    }
    return TRAINER_OK;
}

/* Names the closest column of those that there are. */
static int no_kept(struct table_stream *stream, const char *name, const struct csv_field *field,
                   size_t fields)
{
    struct arena *arena = &stream->dataset->arena;
    const char **names = arena_array(arena, fields, sizeof *names), *closest;
    for (size_t i = 0; names && i < fields; i++)
        if (!(names[i] = stream->table.header ? arena_copy(arena, field[i].text, field[i].length)
                                              : arena_print(arena, "c%zu", i + 1)))
            return TRAINER_FAILED;
    closest = names ? suggest_closest(name, names, fields) : NULL;
    return error_add(TRAINER_INVALID, "--keep: no column '%s' in %s%s%s%s", name,
                     stream->options.name, closest ? "; did you mean '" : "",
                     closest ? closest : "", closest ? "'?" : "");
}

/* The fields of the columns to keep. */
static int find_kept(struct table_stream *stream, const struct csv_field *field, size_t fields)
{
    int rc = TRAINER_OK;
    for (size_t k = 0; k < stream->options.keep; k++) {
        const char *name = stream->options.column[k];
        size_t at = 0;
        char number[32];
        for (; at < fields; at++) {
            snprintf(number, sizeof number, "c%zu", at + 1);
            bool same = stream->table.header ? strlen(name) == field[at].length &&
                                                   !memcmp(name, field[at].text, field[at].length)
                                             : !strcmp(name, number);
            if (same)
                break;
        }
        stream->keep_at[k] = at;
        if (at == fields)
            rc = no_kept(stream, name, field, fields);
    }
    return rc;
}

static int open_table(struct table_stream *stream)
{
    static const struct learned_table none = {.decimal = '.'};
    bool plain = !stream->learned->table;
    const struct learned_table *learned = plain ? &none : stream->learned->table;
    struct csv_format format = {.delimiter = learned->delimiter,
                                .decimal = learned->decimal,
                                .thousands = learned->thousands,
                                .comment = learned->comment,
                                .latin1 = learned->latin1,
                                .skip = (size_t)learned->skip};
    stream->how = (struct table_options){.format = format,
                                         .header = learned->header ? HEADER_NAMES : HEADER_NONE,
                                         .words = learned->words,
                                         .word = learned->word,
                                         .classes = &stream->classes,
                                         .wide = true};
    stream->table = (struct table){.options = &stream->how,
                                   .arena = &stream->dataset->arena,
                                   .dataset = stream->dataset,
                                   .origin = stream->options.origin,
                                   .path = stream->options.name,
                                   .strict = true,
                                   .unseen_zeros = stream->options.unseen_zeros,
                                   .unseen_hint = "(--unseen zeros goes on)",
                                   .keep = stream->options.keep,
                                   .kept = stream->options.column};
    stream->known = learned;
    return plain ? table_from_plain(&stream->table, stream->learned, false, &stream->known)
                 : table_from_learned(&stream->table, learned);
}

static int start(struct table_stream *stream, struct data_file *source, int descriptor)
{
    struct table *table = &stream->table;
    const struct csv_field *field;
    size_t fields, rows = stream->options.rows, keep = stream->options.keep;
    bool first_row;
    int rc = open_table(stream);
    if (!rc)
        rc = make_columns(stream);
    if (!rc)
        rc = csv_open(&stream->reader, source, descriptor, stream->options.name,
                      &stream->how.format);
    if (!rc)
        rc = table_open_file(table, stream->reader, false, &field, &fields, &first_row);
    struct arena *arena = &stream->dataset->arena;
    stream->keep_at = arena_array(arena, keep, sizeof *stream->keep_at);
    stream->text_at = arena_array(arena, rows * (keep + 1), sizeof *stream->text_at);
    stream->bad = arena_array(arena, rows, sizeof *stream->bad);
    stream->cells =
        (struct table_cells){.rows = rows, .room = rows, .columns = table->drafts, .wide = true};
    stream->cells.cell = rc ? NULL : calloc(rows * table->drafts + 1, sizeof(double));
    if (!rc && (!stream->keep_at || !stream->text_at || !stream->bad))
        rc = TRAINER_FAILED;
    if (!rc && !stream->cells.cell)
        rc = error_memory("rows of a table", rows * table->drafts * sizeof(double));
    if (!rc)
        rc = find_kept(stream, field, fields);
    stream->first = !rc && first_row ? field : NULL;
    stream->first_fields = stream->first ? fields : 0;
    return rc;
}

int table_stream_open(struct table_stream **stream, const struct learned *learned,
                      struct data_file *source, int descriptor,
                      const struct table_stream_options *options)
{
    struct table_stream *opened = calloc(1, sizeof *opened);
    *stream = NULL;
    if (opened)
        opened->dataset = calloc(1, sizeof *opened->dataset);
    if (!opened || !opened->dataset) {
        free(opened);
        return error_memory("rows of a table", sizeof(struct dataset));
    }
    opened->options = *options;
    opened->learned = learned;
    opened->one = source == NULL;
    int rc = start(opened, source, descriptor);
    if (rc) {
        table_stream_close(opened);
        return rc;
    }
    *stream = opened;
    return TRAINER_OK;
}

void table_stream_close(struct table_stream *stream)
{
    if (!stream)
        return;
    csv_close(stream->reader);
    table_free(&stream->table);
    free(stream->cells.cell);
    text_free(&stream->text);
    for (int i = 0; i < stream->dataset->block_count; i++)
        free(stream->dataset->blocks[i]);
    arena_free(&stream->dataset->arena);
    free(stream->dataset);
    free(stream);
}

const struct dataset *table_stream_dataset(const struct table_stream *stream)
{
    return stream->dataset;
}

void table_stream_limit(struct table_stream *stream, int column, size_t classes)
{
    stream->dataset->column[column].classes = classes;
}

/* --- rows ------------------------------------------------------------------------------------- */

static int keep_texts(struct table_stream *stream, size_t row, const struct csv_field *field,
                      size_t fields)
{
    for (size_t k = 0; k < stream->options.keep; k++) {
        size_t at = stream->keep_at[k];
        stream->text_at[row * stream->options.keep + k] = stream->text.length;
        if (at < fields)
            text_add(&stream->text, field[at].text, field[at].length);
        text_add(&stream->text, "", 1);
    }
    return text_status(&stream->text);
}

/* Whether the network has a row for an index. */
static int check_index(struct table_stream *stream, const struct table_draft *draft,
                       const struct csv_field *field, double index)
{
    size_t rows = dataset_find(stream->dataset, draft->is.name)->classes;
    if (!rows || !(index >= (double)rows))
        return TRAINER_OK;
    return csv_error(stream->reader, field,
                     "'%.*s' in column '%s'; expected a whole number from 0 to %zu",
                     (int)field->length, field->text, draft->is.name, rows - 1);
}

/* The cell of an input. */
static int read_input(struct table_stream *stream, size_t draft, const struct csv_field *field,
                      double *value)
{
    struct table *table = &stream->table;
    int rc = table_value(table, &table->draft[draft], stream->reader, field, 0, value);
    if (rc || table->draft[draft].is.type != TABLE_INDEX)
        return rc;
    return check_index(stream, &table->draft[draft], field, *value);
}

/* The cells of one row. */
static int read_cells(struct table_stream *stream, size_t row, const struct csv_field *field,
                      size_t fields)
{
    struct table *table = &stream->table;
    int rc = keep_texts(stream, row, field, fields);
    if (!rc && fields != table->width)
        return csv_error(stream->reader, NULL, "%zu field%s; expected %zu, as in line %zu", fields,
                         fields == 1 ? "" : "s", table->width, table->first_line);
    for (size_t i = 0; rc != TRAINER_FAILED && i < table->drafts; i++) {
        double value = (double)NAN;
        int wrong = TRAINER_OK;
        if (table->draft[i].is.role == TABLE_INPUT)
            wrong = read_input(stream, i, &field[table->at[i]], &value);
        cell_set(&stream->cells, row, i, value);
        rc = wrong ? wrong : rc;
    }
    return rc;
}

/* The next row into the buffers; *ended: there is none. */
static int read_row(struct table_stream *stream, size_t row, bool *ended)
{
    const struct csv_field *field = stream->first;
    size_t fields = stream->first_fields;
    int rc = field ? TRAINER_OK : csv_next(stream->reader, &field, &fields);
    stream->first = NULL;
    *ended = !rc && !fields;
    stream->bad[row] = false;
    if (!rc && fields)
        rc = read_cells(stream, row, field, fields);
    if (!rc && fields)
        rc = table_write_row(stream->dataset, &stream->table, stream->known, &stream->cells, row);
    return rc;
}

/* After a row that is wrong: what is wrong with the rows behind it is told too. */
static void tell_more(struct table_stream *stream)
{
    bool ended = false;
    while (!stream->one && !ended && error_count() < ERRORS_TOLD && !csv_ended(stream->reader))
        if (read_row(stream, 0, &ended) == TRAINER_FAILED)
            return;
}

int table_stream_next(struct table_stream *stream, size_t *got)
{
    size_t most = stream->one ? 1 : stream->options.rows;
    *got = 0;
    stream->text.length = 0;
    error_clear();
    while (*got < most) {
        bool ended;
        int rc = read_row(stream, *got, &ended);
        if (ended)
            break;
        bool lost = rc && csv_ended(stream->reader) && !stream->one;
        bool blank = stream->options.blank_rows && !csv_broken(stream->reader);
        if (rc == TRAINER_FAILED || (rc && !blank)) {
            tell_more(stream);
            return rc;
        }
        if (rc) {
            stream->bad[*got] = true;
            table_clear_row(stream->dataset, *got);
            error_clear();
        }
        ++*got;
        if (lost)
            break;
    }
    stream->dataset->count[SPLIT_TRAIN] = *got;
    return TRAINER_OK;
}

bool table_stream_bad(const struct table_stream *stream, size_t row)
{
    return stream->bad[row];
}

const char *table_stream_text(const struct table_stream *stream, size_t row, size_t k)
{
    return stream->text.data + stream->text_at[row * stream->options.keep + k];
}
