/*
 * row_window.h - the stored rows of a column, wherever they lie, a stretch at a time.
 *
 * Rows in memory are one stretch. Rows that stay in their file are read as far as a small buffer
 * goes; who asks for them in ascending order reads each once.
 */
#ifndef TRAINER_ROW_WINDOW_H
#define TRAINER_ROW_WINDOW_H

#include "dataset.h"

struct row_window {
    struct column column; /* the column, its values or lists being rows [first, first + rows) */
    enum split split;
    size_t first, rows;
    const struct row_file *file; /* NULL: all rows are there */
    size_t stored, room;         /* rows of the file, and of the buffer */
    void *buffer;
};

/* Opens the stored rows of a split. TRAINER_FAILED with a message when memory runs out. */
int row_window_open(struct row_window *window, const struct dataset *dataset,
                    const struct column *column, enum split split);
void row_window_close(struct row_window *window);

/* Sees to it that stored row `at` is in the window, as row at - window->first. Fails with a message
 * where the file does. */
int row_window_seek(struct row_window *window, size_t at);

#endif
