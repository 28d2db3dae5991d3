/*
 * list_batch.h - some rows of a matrix of lists, where they lie: a batch that copies no numbers.
 */
#ifndef TRAINER_LIST_BATCH_H
#define TRAINER_LIST_BATCH_H

#include "base/list_rows.h"

struct list_batch {
    const struct list_rows *lists; /* those of the split that was taken last */
    uint32_t *position;            /* (rows of the largest batch): the row of each sample */
    const double *divisor;         /* (columns): numbers are divided by it; NULL: they are not */
};

/* What a network reads as an element. */
static inline double list_batch_value(const struct list_batch *batch, size_t element)
{
    double value = list_rows_value(batch->lists, element);
    return batch->divisor ? value / batch->divisor[batch->lists->column[element]] : value;
}

#endif
