/*
 * table_learn.c - reads rows into cells, and again those of columns that turned out to be texts.
 *
 *     learn: rows -> cells, types as they show -> columns of texts once more -> types settled
 */
#include "table_learn.h"

#include "base/error.h"
#include "table_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_FIRST = 1024,
    ERRORS_MOST = 1000, /* lines after which reading ends: most are only counted */
};

int table_cells_grow(struct table_cells *cells, size_t rows)
{
    size_t room = cells->room ? cells->room : ROWS_FIRST, bytes;
    while (room < rows && room <= SIZE_MAX / 2)
        room *= 2;
    if (room == cells->room)
        return TRAINER_OK;
    size_t cell = cells->wide ? sizeof(double) : sizeof(float);
    if (__builtin_mul_overflow(room, cells->columns * cell, &bytes))
        return error_memory("the rows of a table", SIZE_MAX);
    void *grown = realloc(cells->cell, bytes);
    if (!grown)
        return error_memory("the rows of a table", bytes);
    cells->cell = grown;
    cells->room = room;
    return TRAINER_OK;
}

/* One row into cells; in the second reading only those of columns that are read again. */
static int add_row(struct table *table, const struct csv_reader *reader,
                   const struct csv_field *field, size_t fields, struct table_cells *cells,
                   size_t row)
{
    int rc = TRAINER_OK;
    if (fields != table->width)
        return csv_error(reader, NULL, "%zu field%s; expected %zu, as in line %zu", fields,
                         fields == 1 ? "" : "s", table->width, table->first_line);
    for (size_t i = 0; i < table->drafts; i++) {
        struct table_draft *draft = &table->draft[i];
        double value = (double)NAN;
        if (table->again && !draft->again)
            continue;
        const struct csv_field *at = table->at[i] == SIZE_MAX ? NULL : &field[table->at[i]];
        if (at && table_count_number(draft, at)) {
            cell_set(cells, row, i, at->decimal.value);
            continue;
        }
        int wrong = at ? table_value(table, draft, reader, at, row, &value) : TRAINER_OK;
        if (wrong == TRAINER_FAILED)
            return wrong;
        rc = wrong ? wrong : rc;
        cell_set(cells, row, i, value);
    }
    return rc;
}

int table_read_rows(struct table *table, struct csv_reader *reader, const struct csv_field *field,
                    size_t fields, uint64_t until, struct table_cells *cells,
                    struct table_progress *progress)
{
    int rc = TRAINER_OK, wrong = TRAINER_OK;
    for (; wrong != TRAINER_FAILED && progress->errors < ERRORS_MOST; fields = 0) {
        wrong = TRAINER_OK;
        if (!fields && until < UINT64_MAX && csv_offset(reader) >= until)
            break;
        if (!fields)
            wrong = csv_next(reader, &field, &fields);
        if (!wrong && !fields)
            break;
        if (!wrong && progress->row >= TABLE_ROWS_MOST)
            return error_add(TRAINER_INVALID, "%s: more than %" PRIu32 " rows", table->path,
                             TABLE_ROWS_MOST);
        if (!wrong)
            wrong = table_cells_grow(cells, progress->row + 1);
        if (!wrong)
            wrong = add_row(table, reader, field, fields, cells, progress->row);
        progress->row += !wrong;
        progress->errors += wrong != 0;
        rc = wrong ? wrong : rc;
        if (wrong && csv_ended(reader))
            break;
    }
    return rc;
}

static int read_one(struct table *table, const char *path, bool labelled, struct table_cells *cells,
                    size_t *row)
{
    struct data_file *source;
    struct csv_reader *reader = NULL;
    const struct csv_field *field = NULL;
    size_t fields = 0;
    bool first_row = false;
    int rc = data_file_open(&source, path, NULL);
    if (rc)
        return rc;
    /* Places keep it beyond the file. */
    table->path = arena_print(table->arena, "%s", data_file_path(source));
    if (!table->path) {
        data_file_close(source);
        return TRAINER_FAILED;
    }
    rc = csv_open(&reader, source, -1, table->path, &table->options->format);
    if (!rc)
        rc = table_open_file(table, reader, labelled, &field, &fields, &first_row);
    if (!rc && !cells->columns)
        cells->columns = table->drafts;
    struct table_progress progress = {.row = *row};
    if (!rc)
        rc = table_read_parts(table, reader, field, first_row ? fields : 0, cells, &progress);
    *row = progress.row;
    table->bytes += reader && !table->again ? csv_bytes(reader) : 0;
    csv_close(reader);
    data_file_close(source);
    return rc;
}

static int read_all(struct table *table, const char *const *path, size_t count, bool labelled,
                    struct table_cells *cells)
{
    size_t row = 0;
    int rc = TRAINER_OK;
    for (size_t i = 0; i < count && rc != TRAINER_FAILED; i++) {
        int wrong = read_one(table, path[i], labelled, cells, &row);
        rc = wrong ? wrong : rc;
    }
    if (!table->again)
        cells->rows = row;
    return rc;
}

/* Columns of numbers that must be texts after all: labels that are to be classes, indices that are
 * not whole. */
static void turn_to_texts(struct table *table)
{
    const struct table_options *options = table->options;
    for (size_t i = 0; i < table->drafts; i++) {
        struct table_draft *draft = &table->draft[i];
        bool open = !draft->typed && draft->is.role == TABLE_LABELS && !draft->fraction &&
                    options->classes->as == LABELS_AUTO && !options->tasks;
        bool index = draft->is.type == TABLE_INDEX && draft->fraction;
        if (!draft->texts && draft->numbers && (open || index))
            draft->texts = draft->again = true;
    }
}

int table_learn(struct table *table, const char *const *path, size_t count,
                struct table_cells *cells)
{
    *cells = (struct table_cells){.wide = table->options->wide};
    int rc = read_all(table, path, count, true, cells);
    if (rc)
        return rc;
    turn_to_texts(table);
    bool again = false;
    for (size_t i = 0; i < table->drafts; i++) {
        struct table_draft *draft = &table->draft[i];
        if (!draft->again)
            continue;
        again = true;
        draft->absent = draft->absences = 0; /* what is missing as a number may be a text */
    }
    table->again = again;
    if (again)
        rc = read_all(table, path, count, true, cells);
    table->again = false;
    for (size_t i = 0; i < table->drafts; i++)
        table->draft[i].again = false;
    return rc ? rc : table_settle(table, cells);
}

int table_read(struct table *table, const char *const *path, size_t count, bool labelled,
               struct table_cells *cells)
{
    *cells = (struct table_cells){.wide = table->options->wide, .columns = table->drafts};
    for (size_t i = 0; i < table->drafts; i++)
        table->draft[i].absences = 0;
    int rc = read_all(table, path, count, labelled, cells);
    return rc ? rc : table_check_absences(table);
}

int table_from_learned(struct table *table, const struct learned_table *learned)
{
    table->header = learned->header;
    table->fields = learned->columns;
    table->drafts = learned->columns;
    table->name = arena_array(table->arena, learned->columns, sizeof *table->name);
    table->draft = arena_array(table->arena, learned->columns, sizeof *table->draft);
    table->at = arena_array(table->arena, learned->columns, sizeof *table->at);
    if (!table->name || !table->draft || !table->at)
        return TRAINER_FAILED;
    for (size_t i = 0; i < learned->columns; i++) {
        struct table_draft *draft = &table->draft[i];
        size_t again;
        *draft = (struct table_draft){.is = learned->column[i], .typed = true, .known = true};
        draft->texts = draft->is.categories > 0;
        if (draft->is.missing == MISSING_ERROR && table->options->missing == MISSING_DROP)
            draft->is.missing = MISSING_DROP;
        table->name[i] = draft->is.name;
        if (vocabulary_list(&draft->vocabulary, draft->is.category, draft->is.categories, &again))
            return error_set(TRAINER_INVALID, "'%s' has a category twice", draft->is.name);
        if (draft->is.role == TABLE_LABELS)
            table->labels_values = !draft->texts;
    }
    return TRAINER_OK;
}

void table_free(struct table *table)
{
    for (size_t i = 0; i < table->drafts; i++) {
        vocabulary_free(&table->draft[i].vocabulary);
        free(table->draft[i].rename);
        free(table->draft[i].whole);
    }
    *table = (struct table){0};
}
