/*
 * list_rows.h - a matrix that is mostly zeros, by rows: each a list of the numbers that are none.
 *
 *     row 0:  0 2.5 0 7        start   0 2 3
 *     row 1:  1 0   0 0        column  1 3 0
 *                              value   2.5 7 1
 */
#ifndef TRAINER_LIST_ROWS_H
#define TRAINER_LIST_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct list_rows {
    size_t rows, columns;
    const uint64_t *start;  /* (rows + 1): row i has the elements start[i] up to start[i + 1] */
    const uint32_t *column; /* (elements): ascending in a row, below `columns` */
    const void *value;      /* (elements): floats, or doubles where `wide` */
    bool wide;
};

static inline double list_rows_value(const struct list_rows *lists, size_t element)
{
    return lists->wide ? ((const double *)lists->value)[element]
                       : (double)((const float *)lists->value)[element];
}

/* The first element of a row whose column is `column` or a later one; start[row + 1] where there is
 * none. */
static inline size_t list_rows_find(const struct list_rows *lists, size_t row, size_t column)
{
    size_t begin = lists->start[row], end = lists->start[row + 1];
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        if (lists->column[middle] < column)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

#endif
