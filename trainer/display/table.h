/*
 * table.h - rows of cells with aligned columns.
 *
 *     layer    type   output  parameters
 *     affine1  Affine   (50)      39,250
 *     relu1    ReLU     (50)           0
 *
 * Where rows are wider than the table may be, columns stack: what does not fit stands below, from
 * the second column on. A cell may hold several lines. Cells are added row by row; memory that ran
 * out shows in table_finish.
 */
#ifndef TRAINER_TABLE_H
#define TRAINER_TABLE_H

#include "format.h"

enum { TABLE_COLUMNS_MAX = 16 };

enum align { ALIGN_LEFT, ALIGN_RIGHT };

struct table {
    size_t width; /* of a line; a row that is wider takes several lines; 0: any. Set after
                     table_start */
    size_t columns;
    enum align align[TABLE_COLUMNS_MAX];
    size_t cells;     /* added so far; the row of cell i is i / columns */
    struct text cell; /* all cells, each with its final NUL */
};

/* Sets the number of columns and adds the heading row; the alignments are letters: "lllr". */
void table_start(struct table *table, const char *alignments, const char *const *headings);

__attribute__((format(printf, 2, 3))) void table_cell(struct table *table, const char *format, ...);

/* Appends the table to text, two spaces between columns and `indent` before the first, and frees
 * it. An incomplete last row is left out. */
int table_finish(struct table *table, size_t indent, struct text *text);

#endif
