/*
 * learned.h - what was learned of the training data, as run files keep it: enough to read further
 * data as a trained network needs it, without the training data.
 *
 *     value = (stored * scale - offset[c]) / divisor[c], once NaN is filled      (dataset.h)
 *
 * In memory that the holder of the struct names; NULL stands for what there is not.
 */
#ifndef TRAINER_LEARNED_H
#define TRAINER_LEARNED_H

#include "base/shape.h"
#include "dataset.h"
#include <stdint.h>

/* What a field of a table becomes. */
enum table_type {
    TABLE_NUMBER,   /* itself */
    TABLE_CATEGORY, /* 0 or 1 for each category */
    TABLE_ORDER,    /* 0, 1, 2, ...: its place in a list */
    TABLE_INDEX,    /* a whole number, or that of its category, in a column of its own */
    TABLE_TYPE_COUNT,
};

/* What a field that is missing becomes. */
enum table_missing { MISSING_ERROR, MISSING_MEAN, MISSING_ZERO, MISSING_DROP, MISSING_COUNT };

enum table_role { TABLE_INPUT, TABLE_LABELS, TABLE_WEIGHTS, TABLE_ROLE_COUNT };

/* A column of a table that is read. */
struct table_column {
    const char *name;
    int64_t position; /* in the training file, from 0 */
    enum table_role role;
    enum table_type type;
    enum table_missing missing;
    size_t categories; /* 0: a number */
    const char *const *category;
    uint64_t absent; /* fields that were missing in the training files; not in run files */
};

/* A table: how its text is read, and its columns: inputs in their order, labels, weights. */
struct learned_table {
    bool header;                                 /* columns are found by name, else by position */
    char delimiter, decimal, thousands, comment; /* 0: none; delimiter 0: found in the file */
    bool latin1;
    int64_t skip;
    size_t words;
    const char *const *word; /* that stand for a missing number */
    size_t columns;
    const struct table_column *column;
};

/* A column of numbers that the network reads. */
struct learned_input {
    const char *name; /* "inputs" */
    enum stored stored;
    struct shape shape;
    double scale;
    const struct feature *feature; /* (shape) */
    size_t channels;
    const double *offset, *divisor; /* (channels); both or none */
    const double *fill;             /* (shape) */
    size_t first_index;             /* what files of lists call element 0 */
};

struct learned {
    const char *kind; /* "csv" */
    size_t inputs;
    const struct learned_input *input; /* labels and weights are none of them */
    enum stored labels;                /* STORED_LABEL: classes; else values */
    bool labelled;                     /* there are labels */
    size_t classes;
    const char *const *class_name; /* (classes) */
    size_t targets;                /* elements of a label that is values; else 0 */
    const char *const *target_name;
    const double *label_offset, *label_divisor; /* (targets) */
    const struct learned_table *table;
};

/* "number", "category", "order", "index"; "error", "mean", "zero", "drop"; "input", "labels",
 * "weights": as configs and run files have them. */
extern const char *const table_type_words[TABLE_TYPE_COUNT];
extern const char *const table_missing_words[MISSING_COUNT];
extern const char *const table_role_words[TABLE_ROLE_COUNT];

#endif
