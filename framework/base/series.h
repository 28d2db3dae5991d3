/*
 * series.h - a growing table of doubles with named columns.
 */
#ifndef TRAINER_SERIES_H
#define TRAINER_SERIES_H

#include <stdbool.h>
#include <stddef.h>

/* Rows of `columns` numbers, NaN = not measured. */
struct series {
    int columns;
    const char *const *name;      /* [columns]: "step", "train_loss", ... */
    const char *const *unit;      /* [columns]: "", "s", "1/s" */
    const char *const *long_name; /* [columns] */
    size_t rows, capacity;
    double *value;      /* (capacity, columns) */
    const bool *absent; /* [columns]: what this run never measures, left out of files; NULL: none */
};

/* Appends a row. TRAINER_FAILED with a message when memory ran out; the series is as before. */
int series_append(struct series *series, const double *row);
void series_free(struct series *series);

static inline double series_at(const struct series *series, size_t row, int column)
{
    return series->value[row * (size_t)series->columns + (size_t)column];
}

/* Whether a column has any value but NaN. */
bool series_measured(const struct series *series, int column);

/* The column of that name; -1 where there is none. */
int series_find(const struct series *series, const char *name);

/* The value of a column in the last row; NaN where there is no such column, or no row. */
double series_last(const struct series *series, const char *name);

#endif
