/*
 * table_stream.h - rows of a table of any length as a trained network reads them, in little memory.
 *
 *     csv_open -> table_stream_open -> table_stream_next, until *got is 0 -> table_stream_close
 *
 * The rows lie in a data set of their own, as SPLIT_TRAIN: `inputs`, and the columns of integers,
 * with the offsets, divisors and fill values that were learned. A batch that is taken from it has
 * the bits that it would have from a file that was loaded whole.
 */
#ifndef TRAINER_TABLE_STREAM_H
#define TRAINER_TABLE_STREAM_H

#include "learned.h"

struct table_stream;

struct table_stream_options {
    const char *name;   /* of the input, in messages */
    const char *origin; /* what was learned from, in messages: "runs/adult/0001/run.h5" */
    bool unseen_zeros;  /* a category that is not known is all zeros, not an error */
    bool blank_rows; /* a row that cannot be read is marked, and is no error unless it hides those
                        that follow */
    size_t keep;     /* columns whose text is kept */
    const char *const *column; /* (keep) by name; where there is no header c1, c2, ... */
    size_t rows;               /* the most of one call */
};

/* Opens a stream over a file, or where source is NULL over a descriptor, "-" say, from which each
 * row is returned as soon as it is there. learned: of a table. All is borrowed until
 * table_stream_close. The header is read: TRAINER_INVALID where a column is missing. */
int table_stream_open(struct table_stream **stream, const struct learned *learned,
                      struct data_file *source, int descriptor,
                      const struct table_stream_options *options);
void table_stream_close(struct table_stream *stream);

/* The data set that holds the rows of the last table_stream_next, as samples 0 .. *got - 1 of
 * SPLIT_TRAIN. It is there from table_stream_open on, and has room for options.rows. */
const struct dataset *table_stream_dataset(const struct table_stream *stream);

/* Whole numbers of that column of the data set must be below `classes` from now on. */
void table_stream_limit(struct table_stream *stream, int column, size_t classes);

/* Reads the next rows: *got of them, 0 at the end; of a descriptor one at a time. TRAINER_INVALID
 * with the mistakes of this row and of those behind it, the first 20, unless blank_rows. */
int table_stream_next(struct table_stream *stream, size_t *got);

/* Whether row i of the last call could not be read; its numbers are zeros. */
bool table_stream_bad(const struct table_stream *stream, size_t row);

/* The text of kept column k in row i of the last call, terminated. */
const char *table_stream_text(const struct table_stream *stream, size_t row, size_t k);

#endif
