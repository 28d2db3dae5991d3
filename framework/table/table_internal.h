/*
 * table_internal.h - what the files of this wing share.
 */
#ifndef TRAINER_TABLE_INTERNAL_H
#define TRAINER_TABLE_INTERNAL_H

#include "table_learn.h"

#include <math.h>

/* Finds the columns of the first file by the options: makes drafts. field[fields]: the header, or
 * the first row where there is none. */
int table_find_columns(struct table *table, const struct csv_reader *reader,
                       const struct csv_field *field, size_t fields);

/* Reads the header of a file, or looks at its first row: *first_row tells that field[fields] holds
 * one. Maps the drafts to its fields where they are known already. */
int table_open_file(struct table *table, struct csv_reader *reader, bool labelled,
                    const struct csv_field **field, size_t *fields, bool *first_row);

/* The value of one field for a draft: a number, the number of its text, NaN where it is missing.
 * TRAINER_INVALID with a message where it can be none; after TRAINER_FAILED there is no memory. */
int table_value(struct table *table, struct table_draft *draft, const struct csv_reader *reader,
                const struct csv_field *field, size_t row, double *value);

/* Above, float32 leaves whole numbers out. */
#define TABLE_WHOLE_MAX 16777216.0

/* What table_value does with most fields: counts a number of which there is no more to say. False:
 * call table_value. */
static inline bool table_count_number(struct table_draft *draft, const struct csv_field *field)
{
    const struct decimal *decimal = &field->decimal;
    if (!field->number || draft->texts || draft->choosy || decimal->padded ||
        (decimal->whole && fabs(decimal->value) > TABLE_WHOLE_MAX))
        return false;
    draft->numbers++;
    draft->fraction = draft->fraction || !decimal->whole;
    return true;
}

#define TABLE_ROWS_MOST (UINT32_MAX - 1)

/* How far a file is read. */
struct table_progress {
    size_t row;    /* of all files */
    size_t errors; /* rows that are wrong, of this one */
};

/* Room for so many rows. */
int table_cells_grow(struct table_cells *cells, size_t rows);

/* Reads records into cells until one begins at the byte `until` or behind; UINT64_MAX: all.
 * field[fields]: the first one, where that is read already. */
int table_read_rows(struct table *table, struct csv_reader *reader, const struct csv_field *field,
                    size_t fields, uint64_t until, struct table_cells *cells,
                    struct table_progress *progress);

/* All of them, by as many threads as OpenMP has where the file is large: the same values and the
 * same messages. */
int table_read_parts(struct table *table, struct csv_reader *reader, const struct csv_field *field,
                     size_t fields, struct table_cells *cells, struct table_progress *progress);

/* Settles types and categories once all rows were seen. */
int table_settle(struct table *table, const struct table_cells *cells);

/* Reports the fields that must not be missing and are. */
int table_check_absences(const struct table *table);

/* Whether a field that is missing is an error: the mean of an index would be none. */
static inline bool table_is_needed(const struct table_column *column)
{
    return column->missing == MISSING_ERROR ||
           (column->missing == MISSING_MEAN && column->type == TABLE_INDEX);
}

static inline void cell_set(const struct table_cells *cells, size_t row, size_t column,
                            double value)
{
    size_t i = row * cells->columns + column;
    if (cells->wide)
        ((double *)cells->cell)[i] = value;
    else
        ((float *)cells->cell)[i] = (float)value;
}

static inline double cell_get(const struct table_cells *cells, size_t row, size_t column)
{
    size_t i = row * cells->columns + column;
    return cells->wide ? ((const double *)cells->cell)[i] : (double)((const float *)cells->cell)[i];
}

/* How many fields are numbers: where all are they are hardly names. */
size_t table_count_numbers(const struct table *table, const struct csv_field *field, size_t fields);

/* The field of that name; `fields` where there is none. */
size_t table_field_named(const struct csv_field *field, size_t fields, const char *name);

/* Maps the drafts to the fields of a header that have their names. */
int table_find_by_name(struct table *table, const struct csv_reader *reader, bool labelled,
                       const struct csv_field *field, size_t fields);

/* The same of a plain table, whose first line may be names of its own, or none (table_plain.c). */
int table_open_plain(struct table *table, const struct csv_reader *reader, bool labelled,
                     const struct csv_field *field, size_t fields);

/* Whether the text of a field stands for a missing number. */
bool table_is_word(const struct table_options *options, const struct csv_field *field);

#endif
