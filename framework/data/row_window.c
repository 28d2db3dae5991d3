/*
 * row_window.c - reads a megabyte of rows at a time.
 */
#include "row_window.h"
#include "samples.h"

#include <stdlib.h>

enum { WINDOW_BYTES = 1 << 20 };

int row_window_open(struct row_window *window, const struct dataset *dataset,
                    const struct column *column, enum split split)
{
    size_t bytes = shape_size(column->shape) * stored_size(column->stored);
    *window = (struct row_window){.column = *column,
                                  .split = split,
                                  .file = column->file[split],
                                  .stored = samples_stored(dataset, split)};
    if (!window->file) {
        window->rows = window->stored;
        return TRAINER_OK;
    }
    window->room = bytes < WINDOW_BYTES ? WINDOW_BYTES / bytes : 1;
    window->buffer = block_reserve("rows of a file", window->room * bytes);
    window->column.values[split] = window->buffer;
    return window->buffer ? TRAINER_OK : TRAINER_FAILED;
}

void row_window_close(struct row_window *window)
{
    free(window->buffer);
    *window = (struct row_window){0};
}

int row_window_seek(struct row_window *window, size_t at)
{
    if (at >= window->first && at - window->first < window->rows)
        return TRAINER_OK;
    size_t left = window->stored - at;
    window->first = at;
    window->rows = left < window->room ? left : window->room;
    int rc = window->file->read(window->file->context, at, window->rows, window->buffer);
    if (rc)
        window->rows = 0;
    return rc;
}
