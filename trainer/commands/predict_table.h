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

struct predict_table;

/* How a table is read. */
struct predict_table_options {
    const struct learned *learned; /* of the run; borrowed */
    const char *origin;            /* the run's file, for messages */
    const char *path;              /* "-": standard input */
    const char *keep;              /* names of columns to copy, joined by commas; or NULL */
    bool unseen_zeros;             /* a category that was never seen is zeros */
    bool blank_rows;               /* a row with a mistake has empty cells and is no error */
};

/* Opens a table; its header is read. Free with predict_table_close. */
int predict_table_open(struct predict_table **table, const struct predict_table_options *options);
void predict_table_close(struct predict_table *table);

/* What a predictor is made for: its values are those of the block at hand. */
const struct dataset *predict_table_dataset(const struct predict_table *table);

/* The names of the columns that are copied. */
const char *const *predict_table_kept(const struct predict_table *table, size_t *count);

/* Predicts all rows. */
int predict_table_run(struct predict_table *table, struct predictor *predictor,
                      struct predict_output *output);

#endif
