/*
 * table.c - rows of cells with aligned columns.
 *
 * Invariant: cell holds exactly `cells` NUL-terminated strings one after another, unless it failed.
 */
#include "table.h"
#include "base/error.h"
#include "base/utf8.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { GAP = 2 };

void table_start(struct table *table, const char *alignments, const char *const *headings)
{
    *table = (struct table){.columns = strlen(alignments)};
    assert(table->columns > 0 && table->columns <= TABLE_COLUMNS_MAX);
    for (size_t i = 0; i < table->columns; i++)
        table->align[i] = alignments[i] == 'r' ? ALIGN_RIGHT : ALIGN_LEFT;
    for (size_t i = 0; headings && i < table->columns; i++)
        table_cell(table, "%s", headings[i]);
}

void table_cell(struct table *table, const char *format, ...)
{
    struct text one = {0};
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&one.data, format, arguments);
    va_end(arguments);
    if (length < 0) {
        table->cell.failed = true;
        return;
    }
    utf8_make_plain(one.data, "\n");
    text_add(&table->cell, one.data, (size_t)length + 1);
    table->cells++;
    free(one.data);
}

/* The n-th line of a cell: its start, and its length in bytes; "" past the last one. */
static const char *cell_line(const char *cell, size_t number, size_t *length)
{
    for (; number > 0 && *cell; number--) {
        cell += strcspn(cell, "\n");
        cell += *cell == '\n';
    }
    *length = strcspn(cell, "\n");
    return cell;
}

static size_t line_count(const char *cell)
{
    size_t lines = 1;
    for (; *cell; cell++)
        lines += *cell == '\n';
    return lines;
}

static void measure(const struct table *table, size_t rows, size_t *width)
{
    const char *cell = text_get(&table->cell);
    for (size_t i = 0; i < rows * table->columns; i++, cell += strlen(cell) + 1) {
        for (size_t line = 0; line < line_count(cell); line++) {
            size_t length;
            const char *bytes = cell_line(cell, line, &length);
            size_t columns = text_columns(bytes, length);
            size_t *widest = &width[i % table->columns];
            *widest = columns > *widest ? columns : *widest;
        }
    }
}

/* Columns [first, end) of a row, which stand beside each other. */
struct band {
    size_t first, end, indent;
};

/* Writes one cell's line, padded to its column but for the band's last one, which nothing
 * follows. */
static void write_cell(const struct table *table, const struct band *band, size_t column,
                       size_t width, const char *bytes, size_t length, struct text *text)
{
    size_t pad = width - text_columns(bytes, length);
    if (table->align[column] == ALIGN_RIGHT)
        text_spaces(text, pad);
    text_add(text, bytes, length);
    if (table->align[column] == ALIGN_LEFT)
        text_spaces(text, pad);
    if (column + 1 < band->end)
        text_spaces(text, GAP);
}

static void trim_spaces(struct text *text)
{
    while (text->length > 0 && text->data[text->length - 1] == ' ')
        text->data[--text->length] = '\0';
}

/* The columns from `first` on that fit beside each other; one at least. */
static struct band next_band(const struct table *table, const size_t *width, size_t first,
                             size_t indent)
{
    struct band band = {.first = first, .end = first + 1, .indent = indent};
    size_t used = indent;
    if (first > 0 && width[0] + GAP <= table->width / 2)
        used += width[0] + GAP;
    else if (first > 0)
        used += GAP;
    band.indent = used;
    used += width[first];
    while (band.end < table->columns &&
           (table->width == 0 || used + GAP + width[band.end] <= table->width))
        used += GAP + width[band.end++];
    return band;
}

/* Writes a band of a row whose cells start at cell; returns where the next row starts. */
static const char *write_band(const struct table *table, const size_t *width,
                              const struct band *band, const char *cell, struct text *text)
{
    size_t lines = 1;
    const char *end = cell;
    for (size_t i = 0; i < table->columns; i++, end += strlen(end) + 1) {
        size_t own = i >= band->first && i < band->end ? line_count(end) : 1;
        lines = own > lines ? own : lines;
    }
    for (size_t line = 0; line < lines; line++) {
        text_spaces(text, band->indent);
        const char *at = cell;
        for (size_t i = 0; i < band->end; i++, at += strlen(at) + 1) {
            size_t length;
            const char *bytes = cell_line(at, line, &length);
            if (i >= band->first)
                write_cell(table, band, i, width[i], bytes, length, text);
        }
        trim_spaces(text);
        text_add(text, "\n", 1);
    }
    return end;
}

/* Writes a row whose cells start at cell; returns where the next row starts. */
static const char *write_row(const struct table *table, const size_t *width, size_t indent,
                             const char *cell, struct text *text)
{
    const char *next = cell;
    for (size_t first = 0; first < table->columns;) {
        struct band band = next_band(table, width, first, indent);
        next = write_band(table, width, &band, cell, text);
        first = band.end;
    }
    return next;
}

int table_finish(struct table *table, size_t indent, struct text *text)
{
    int rc = text_status(&table->cell);
    if (rc == TRAINER_OK) {
        size_t width[TABLE_COLUMNS_MAX] = {0};
        size_t rows = table->cells / table->columns;
        measure(table, rows, width);
        const char *cell = text_get(&table->cell);
        for (size_t row = 0; row < rows; row++)
            cell = write_row(table, width, indent, cell, text);
    }
    text_free(&table->cell);
    *table = (struct table){0};
    return rc;
}
