/*
 * array.h - arrays of numbers or text from files, and the columns of a data set that they become.
 *
 *     inputs   (N, shape): bytes stay bytes, 16-bit floats become floats, other integers floats
 *              where these hold all of them exactly, else doubles
 *     labels   (N) or (N, 1): classes, named by the distinct whole numbers or texts; or values
 *              (N, K): values, or under labels_as: multi 0 or 1 each
 *
 * A kind fills struct array with the bytes as they are in the file; array_settle turns them into
 * the machine's numbers, row by row, in place where it can.
 */
#ifndef TRAINER_ARRAY_H
#define TRAINER_ARRAY_H

#include "base/vocabulary.h"
#include "dataset.h"

enum { ARRAY_RANK_MAX = SHAPE_RANK_MAX + 1 };

enum array_type { ARRAY_BOOL, ARRAY_INTEGER, ARRAY_UNSIGNED, ARRAY_FLOAT, ARRAY_TEXT };

/* Where a number of a text file stands, from 1. */
struct array_at {
    uint32_t line, column;
};

struct array {
    const char *file, *place;  /* "x.npy"; "/x" in it, or "" */
    const struct array_at *at; /* (elements), of text files; else NULL */
    uint64_t begin;            /* offset of the first byte in the file, for messages */
    enum array_type type;
    size_t size;     /* bytes of an element; of texts, all have as many, filled up with NUL */
    bool big_endian; /* of numbers */
    bool fortran;    /* the first index runs fastest */
    int rank;        /* 1 to ARRAY_RANK_MAX */
    size_t dim[ARRAY_RANK_MAX]; /* samples first */
    void *bytes;                /* for free(); NULL: only the shape is wanted */
};

/* Reports what is wrong with element `index` of the row-by-row order: "<file>: offset N: ",
 * "<file>: /x[row,column]: " or "<file>:line:column: " and the text. Returns TRAINER_INVALID. */
__attribute__((format(printf, 3, 4))) int array_error(const struct array *array, size_t index,
                                                      const char *format, ...);

/* Turns the elements into the machine's byte order, in rows. TRAINER_FAILED where memory ran
 * out. */
int array_settle(struct array *array);

/* Element `index` of a settled array of integers. */
int64_t array_integer(const struct array *array, size_t index);

/* Makes or fills the column `name` of a split; the bytes move into the data set. scale: of the
 * values; 0: 1/255 of 8-bit unsigned integers, else 1. Numbers that are not finite, text, and
 * another shape than the training data's are errors. */
int array_inputs(struct dataset *dataset, enum split split, const char *name, struct array *array,
                 double scale);

/* How rows of an array that stays in its file are read: `rows` from `first` on into bytes, in the
 * machine's byte order. Any thread may call. */
struct array_source {
    void *context;
    int (*read)(void *context, size_t first, size_t rows, void *bytes);
    void (*close)(void *context);
};

/* array_inputs of an array that stays in its file; array->bytes is NULL. All of its rows are looked
 * at once. The source is closed with the data set, or here where that fails. */
int array_keep_in_file(struct dataset *dataset, enum split split, const char *name,
                       const struct array *array, double scale, const struct array_source *source);

/* What `memory` in data says, in bytes: "4 GiB", "500 MB", or auto, half of what is free. */
int array_memory(const struct dataset *dataset, const char *text, size_t *bytes);

/* The same of the labels, as dataset->labels says. classes: those of the training data, which a
 * further split must keep to. */
int array_labels(struct dataset *dataset, enum split split, struct array *array,
                 struct vocabulary *classes);

#endif
