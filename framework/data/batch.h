/*
 * batch.h - some samples of a data set, gathered into the arrays that a network reads.
 *
 *     x[row] = stored[position of the row's sample] * scale, filled and normalised (dataset.h)
 *
 * A batch has a buffer for each column of the data set, in the data set's order and in the engine's
 * precision. It is filled by all threads of a team at once; each row belongs to one of them.
 */
#ifndef TRAINER_BATCH_H
#define TRAINER_BATCH_H

#include "dataset.h"
#include "engine/engine.h"
#include "engine/team.h"
#include <stdbool.h>

struct list_batch;   /* kernels/list_batch.h */
struct row_ahead;    /* row_ahead.h */
struct sparse_batch; /* kernels/sparse_data.h */

/* One column of a batch. */
struct batch_column {
    const struct column *column;
    size_t width;   /* elements of one sample */
    void *x;        /* (rows, shape) reals; NULL for labels */
    int32_t *label; /* (rows, shape); NULL for reals */
    /* The rows as lists without zeros, instead of x: of bytes, or of numbers; else NULL. */
    struct sparse_batch *sparse;
    struct list_batch *lists;
    void *g; /* (rows, shape): the gradient of the data, where wanted; else NULL */
};

struct batch {
    const struct dataset *dataset;
    const struct engine *engine;
    size_t rows;             /* the most it holds */
    struct row_ahead *ahead; /* reads what stays in its file; NULL: nothing does */
    uint32_t *position;      /* (rows), with `ahead`: of the samples that are taken or asked for */
    int columns;
    struct batch_column column[DATASET_COLUMNS_MAX]; /* the data set's, in its order */
};

/* Allocates the buffers, zeroed, for `rows` >= 1 samples; with `gradients` also g of every column
 * that is not labels. sparse[columns], lists[columns] (borrowed): a column that has an entry in one
 * of them gets lists, in that entry, instead of a buffer. NULL: none has. Data set and engine are
 * borrowed. TRAINER_FAILED with a message when memory runs out, and *batch is NULL. */
int batch_create(struct batch **batch, const struct dataset *dataset, const struct engine *engine,
                 size_t rows, bool gradients, struct sparse_batch *const *sparse,
                 struct list_batch *const *lists);

/* NULL is nothing to free. */
void batch_free(struct batch *batch);

/* Bytes that batch_create takes for its buffers. Saturates at SIZE_MAX. */
size_t batch_bytes(const struct dataset *dataset, const struct engine *engine, size_t rows,
                   bool gradients);

/* Fills rows [0, rows) with samples of a split.
 *
 * index: positions in the STORED data that the split lies in (samples_of): of SPLIT_TRAIN in the
 *        training data as the kind stored it, with all that was split off. A sampler whose subset
 *        is dataset->position[SPLIT_TRAIN] gives such positions.
 * NULL:  samples first, first + 1, ... of the split itself, by ascending position;
 *        first + rows <= dataset->count[split].
 *
 * All threads of the team call; each fills the rows that it owns. A barrier must follow. */
void batch_take(const struct batch *batch, enum split split, const uint32_t *index, size_t first,
                size_t rows, const struct worker *worker);

/* With batch->ahead: begins to read training samples, which are to be taken next. index[rows]:
 * positions in the stored training data. One thread calls. */
void batch_ask(const struct batch *batch, const uint32_t *index, size_t rows);

/* TRAINER_OK, or with batch->ahead how reading a file failed: what was taken since is worthless. */
int batch_status(const struct batch *batch);

/* Asks the processor for training samples ahead of time, as they lie anywhere in the data: those at
 * index[begin .. end), positions in the stored training data. */
void batch_fetch(const struct batch *batch, const uint32_t *index, size_t begin, size_t end);

#endif
