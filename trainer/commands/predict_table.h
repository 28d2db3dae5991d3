/*
 * predict_table.h - the rows of a CSV file, or of standard input, predicted block by block.
 *
 * Memory does not grow with the rows. Of a pipe each row is answered before the next is read.
 */
#ifndef TRAINER_PREDICT_TABLE_H
#define TRAINER_PREDICT_TABLE_H

#include "evaluate/predict.h"
#include "learned.h"
#include "predict_output.h"
#include "table/table_rows.h"

struct predict_table;

/* Opens `path` ("-": standard input) as a table such as `learned` tells of. keep: names of columns
 * that are copied to the output, joined by commas; or NULL. Free with predict_table_close. */
int predict_table_open(struct predict_table **table, const struct learned *learned,
                       const char *origin, const char *path, const char *keep, bool unseen_zeros);
void predict_table_close(struct predict_table *table);

/* What a predictor is made for: its values are those of the block at hand. */
const struct dataset *predict_table_dataset(const struct predict_table *table);

/* The columns that are copied. */
const char *const *predict_table_kept(const struct predict_table *table, size_t *count);

/* Predicts all rows. blank: a row with a mistake has empty cells, unless it hides those that follow;
 * else it is the end, after what else is wrong in the file was reported. */
int predict_table_run(struct predict_table *table, struct predictor *predictor,
                      struct predict_output *output, bool blank);

#endif
