/*
 * table_dataset.h - the rows of a table as columns of a data set.
 *
 *     inputs    (elements): numbers, places in an order, and 0/1 for each category
 *     <name>    a whole number each, of columns of TABLE_INDEX
 *     labels    classes, or (targets) values
 *     weights   numbers >= 0
 */
#ifndef TRAINER_TABLE_DATASET_H
#define TRAINER_TABLE_DATASET_H

#include "table_learn.h"

/* Fills a split of the data set with cells, whose memory it takes: cells->cell is NULL afterwards.
 * SPLIT_TRAIN comes first and makes the columns; `learned` tells that the cells are those that the
 * table was learned from. Rows that miss a value and may be dropped are. */
int table_fill(struct dataset *dataset, const struct table *table, struct table_cells *cells,
               enum split split, bool learned);

/* Makes the columns of numbers that a network reads, with zeros for so many rows of SPLIT_TRAIN. */
int table_make_inputs(struct dataset *dataset, const struct learned *learned, size_t rows);

/* Fills SPLIT_TRAIN with cells of a plain table, whose memory it takes: the arrays that the network
 * reads, and labels. */
int table_fill_plain(struct dataset *dataset, const struct table *table,
                     const struct learned_table *plain, struct table_cells *cells);

/* Writes row `row` of cells, settled ones, into the values of SPLIT_TRAIN: inputs and integers. */
int table_write_row(const struct dataset *dataset, const struct table *table,
                    const struct learned_table *learned, const struct table_cells *cells,
                    size_t row);

/* Zeros instead. */
void table_clear_row(const struct dataset *dataset, size_t row);

#endif
