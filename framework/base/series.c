/*
 * series.c - a growing table of doubles with named columns.
 */
#include "series.h"
#include "error.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_FIRST = 64 };

/* Room for one more row. Capacity doubles, so that appending costs the same on average however long
 * a run is. */
static int reserve(struct series *series)
{
    if (series->rows < series->capacity)
        return TRAINER_OK;
    size_t capacity = series->capacity ? series->capacity : ROWS_FIRST / 2, bytes;
    if (__builtin_mul_overflow(capacity, 2, &capacity) ||
        __builtin_mul_overflow(capacity, (size_t)series->columns * sizeof(double), &bytes))
        bytes = SIZE_MAX;
    double *grown = bytes <= PTRDIFF_MAX ? realloc(series->value, bytes) : NULL;
    if (!grown)
        return error_memory("the metrics", bytes);
    series->value = grown;
    series->capacity = capacity;
    return TRAINER_OK;
}

int series_append(struct series *series, const double *row)
{
    int rc = reserve(series);
    if (rc == TRAINER_OK) {
        size_t columns = (size_t)series->columns;
        memcpy(series->value + series->rows * columns, row, columns * sizeof *row);
        series->rows++;
    }
    return rc;
}

void series_free(struct series *series)
{
    free(series->value);
    series->value = NULL;
    series->rows = series->capacity = 0;
}

bool series_measured(const struct series *series, int column)
{
    bool measured = false;
    for (size_t row = 0; row < series->rows && !measured; row++)
        measured = !isnan(series_at(series, row, column));
    return measured;
}

int series_find(const struct series *series, const char *name)
{
    for (int i = 0; i < series->columns; i++)
        if (strcmp(series->name[i], name) == 0)
            return i;
    return -1;
}

double series_last(const struct series *series, const char *name)
{
    int column = series_find(series, name);
    if (column < 0 || series->rows == 0)
        return (double)NAN;
    return series_at(series, series->rows - 1, column);
}
