/*
 * dataset.h - what a data set file may see.
 *
 * A data set is named columns of equal length, split into `train` and `test`. A kind's open() fills
 * them: it allocates from the data set's memory, and numbers stay in the type they came in
 * (one-byte pixels stay bytes). They become what a network reads when a batch is taken:
 *
 *     value = stored * scale                                   where nothing is normalised
 *     value = (stored * scale - offset[c]) / divisor[c]        in float64, else
 *
 * where c is the element's channel (column_channels), and where stored is NaN, fill[element], which
 * is already scaled, stands for stored * scale.
 *
 * Samples may be split off the training data by the framework, behind the kind's back: the stored
 * arrays stay as open() made them, and lists of positions in the stored training data say which
 * samples are which (data/samples.h). What depends on the split - offset, divisor, fill - is fitted
 * afterwards and belongs to one data set; the stored values may be shared by many.
 */
#ifndef TRAINER_DATASET_H
#define TRAINER_DATASET_H

#include "base/arena.h"
#include "base/data_file.h"
#include "base/error.h"
#include "base/shape.h"
#include "config/config.h"
#include "config/options.h"
#include "config/registry.h"
#include <stdbool.h>
#include <stdint.h>

struct list_rows; /* base/list_rows.h */
struct sparse;    /* kernels/sparse_data.h */

enum stored { STORED_BYTE, STORED_FLOAT, STORED_DOUBLE, STORED_LABEL /* int32 class */ };

enum split { SPLIT_TRAIN, SPLIT_TEST, SPLIT_VALIDATION, SPLIT_COUNT };

enum { DATASET_COLUMNS_MAX = 64, DATASET_BLOCKS_MAX = 2 * DATASET_COLUMNS_MAX };

/* One element of a sample where elements have names: a column of a table, or one of the 0/1 columns
 * that a category becomes. */
struct feature {
    const char *name; /* "age", "state=Ohio" */
    bool indicator;   /* 0 or 1, and stays so: it is never normalised */
    bool mean;        /* NaN stands for the mean of the training part */
};

struct column {
    const char *name; /* "inputs", "labels" */
    enum stored stored;
    struct shape shape; /* of one sample */
    double scale;       /* of bytes, floats and doubles; 1 where unset */
    size_t classes;     /* of STORED_LABEL: labels are in [0, classes) */
    /* (stored samples, shape) of each split that has values of its own: SPLIT_TRAIN, whose values
     * hold the samples split off too. NULL where there is none, or where the data set is only
     * described. */
    const void *values[SPLIT_COUNT];
    /* The same as lists without zeros, where sparse_input.h made them; else NULL. */
    const struct sparse *sparse[SPLIT_COUNT];
    /* Instead of values, of a column that is mostly zeros: its rows as lists of numbers, of
     * STORED_FLOAT or STORED_DOUBLE. All splits of a column have them, or none. */
    const struct list_rows *lists[SPLIT_COUNT];
    /* Instead of values: rows that stay in their file. */
    const struct row_file *file[SPLIT_COUNT];
    bool given[SPLIT_COUNT];       /* splits that dataset_split_column was asked for it with */
    size_t first_index;            /* what files of lists call element 0: 0 or 1 */
    const char *const *class_name; /* (classes); NULL: classes are named by their numbers */
    const struct feature *feature; /* (shape); NULL: elements have no names */
    /* Fitted on the training part by data/normalise.c, both or none; NULL: value = stored * scale.
     * (column_channels) */
    const double *offset, *divisor;
    const double *fill; /* (shape): what NaN stands for, times scale; NULL: nothing is missing */
};

/* Rows of a column that stay in their file. */
struct row_file {
    void *context;
    /* Reads rows [first, first + rows) into values (rows, shape), as the column stores them. Any
     * thread may call. Fails with a message. */
    int (*read)(void *context, size_t first, size_t rows, void *values);
    void (*close)(void *context);
    struct row_file *next; /* of the data set that closes it */
};

/* How a column is normalised: (value - offset) / divisor of each channel. */
enum normalise {
    NORMALISE_NONE,
    NORMALISE_ZSCORE, /* mean, population deviation */
    NORMALISE_MINMAX, /* least, most - least */
    NORMALISE_MAXABS, /* 0, the largest |value| */
};

/* What `labels` are to be. */
enum labels_as { LABELS_AUTO, LABELS_CLASSES, LABELS_VALUES, LABELS_MULTI };

/* What data.labels_as and data.classes say, for kinds whose `names_classes` is set. */
struct label_options {
    enum labels_as as;
    size_t count;            /* of classes; 0: each distinct label is one */
    const char *const *name; /* (count): "0", "1", ... where only their number is given */
    bool numbered;           /* the config lists names: labels may also be their numbers, from 0 */
    const struct position *at;
};

/* What was read to make it. */
struct dataset_source {
    uint64_t bytes; /* unpacked; 0: no files */
    double seconds;
    size_t columns; /* of a table */
    char delimiter;
};

struct learned;
struct learned_table;
struct vocabulary;

struct dataset {
    const struct dataset_kind *kind;
    const void *private; /* the kind's struct, filled from its options */
    uint64_t seed;
    const struct position *at;  /* the place of `data:` in the config, for messages */
    const struct node *section; /* what stands there, for dataset_place; valid during open() */
    bool describe_only; /* only shapes and counts are wanted: open() may leave values NULL */
    bool seeded;        /* set by an open() whose values depend on the run's seed */
    /* What data.normalize says: open() may keep more digits of what will be normalised. */
    enum normalise normalise_inputs, normalise_labels;
    size_t count[SPLIT_COUNT]; /* samples */
    int columns;
    struct column column[DATASET_COLUMNS_MAX];
    struct arena arena;               /* for names and small things */
    void *blocks[DATASET_BLOCKS_MAX]; /* freed with free() when the data set closes */
    int block_count;
    struct row_file *files; /* closed when the data set closes */
    /* (count[split]): positions in the stored training data, ascending, of the splits that lie
     * there; all NULL where nothing was split off. Set by the framework after open(). */
    uint32_t *position[SPLIT_COUNT];
    struct dataset_note *note, **note_end; /* see dataset_note */
    struct label_options labels;
    unsigned tasks; /* enum task, of the losses of the config's model that read the labels */
    struct dataset_source source;      /* of the training data, for who shows it */
    const struct learned_table *table; /* learned.h; NULL: it is none */
    /* What a trained network's data was, for further data that is read as SPLIT_TRAIN; NULL: it is
     * learned anew. Tables are read by it, of other kinds the framework applies it. */
    const struct learned *learned;
    bool labelled; /* with `learned`: labels are wanted */
    /* With `learned`: what each sample is called, where it has a name: a picture's path. */
    const char *const *sample_name; /* (count[SPLIT_TRAIN]) */
    /* What is known of the values once and for all that share them. */
    bool listed;             /* every column that is worth a list without zeros has one */
    const char *fingerprint; /* NULL: not known yet */
};

/* Something that a user should know and that is no error. */
struct dataset_note {
    const char *text; /* one line */
    bool warning;
    struct dataset_note *next;
};

struct dataset_kind {
    struct kind base;
    int (*open)(struct dataset *dataset); /* fills count and columns */
    bool foreign;       /* libhdf5 reads its files: who opens it tries that in a child first */
    bool names_classes; /* it reads dataset->labels; else classes are numbers, its own affair */
};

/* During open(): where the config says `key` of data, or `data` itself where it does not. */
const struct position *dataset_place(const struct dataset *dataset, const char *key);

/* Memory for open(): a zeroed, 64-byte aligned block that lives as long as the data set. NULL with
 * a message. */
void *dataset_block(struct dataset *dataset, const char *what, size_t bytes);

/* The same with unspecified content (block_reserve). */
void *dataset_reserve(struct dataset *dataset, const char *what, size_t bytes);

/* The same for a block that the caller made (block_allocate): the data set frees it, at once where
 * it has no room for one more, which is TRAINER_FAILED with a message. NULL is nothing to keep. */
int dataset_keep(struct dataset *dataset, void *block);

/* A file of rows, in the data set's memory, which closes it too; NULL with a message, and it is
 * closed. */
const struct row_file *dataset_keep_file(struct dataset *dataset, struct row_file file);

/* Appends a column, zeroed but for name, stored, shape and scale 1; NULL with a message when there
 * are too many. The name is borrowed. */
struct column *dataset_column(struct dataset *dataset, const char *name, enum stored stored,
                              struct shape shape);

/* The class that a label's text names, by what dataset->labels says; -1: none of them. */
int32_t dataset_class(const struct dataset *dataset, const struct vocabulary *classes,
                      const char *text, size_t length);

/* How the column of a further split meets that of the training data. */
enum column_match { COLUMN_MATCHES, COLUMN_MISSING, COLUMN_OTHER_TYPE, COLUMN_OTHER_SHAPE };

/* The column that a split fills: the training data makes it, every other split finds it. match:
 * whether what it found has this type and shape; of a new column COLUMN_MATCHES. NULL with a
 * message when there are too many, and without one where there is none (COLUMN_MISSING). */
struct column *dataset_split_column(struct dataset *dataset, enum split split, const char *name,
                                    enum stored stored, struct shape shape,
                                    enum column_match *match);

/* Keeps one line for the user: a note or a warning. Memory that runs out loses it. */
__attribute__((format(printf, 3, 4))) void dataset_note(struct dataset *dataset, bool warning,
                                                        const char *format, ...);

/* The column of that name; NULL where there is none. */
struct column *dataset_find(struct dataset *dataset, const char *name);

/* Index of the column that a network's first layer reads when it names none: `inputs`, or the first
 * one besides labels and weights; -1 where there is none. */
int dataset_default_column(const struct dataset *dataset);

/* How a split is called: "validation", "validation data", "valid". */
struct split_words {
    const char *name;      /* in names of columns and files, and in the config */
    const char *data;      /* in sentences */
    const char *adjective; /* before a metric: "training accuracy" */
    const char *brief;     /* where there is little room */
};
const struct split_words *split_words(enum split split);

/* What messages call the samples of a split: "training data"; with `learned` "file". */
const char *dataset_data_words(const struct dataset *dataset, enum split split);

/* Bytes of one stored element. */
size_t stored_size(enum stored stored);

/* Parts of a sample that are normalised each by itself: the elements of rank 1, the first dimension
 * of rank 3 and more; 1 of rank 0 and 2. */
size_t column_channels(const struct column *column);

/* Whether 0 stays 0 on the way to a network: nothing is filled, and no offset is subtracted. */
bool column_keeps_zeros(const struct column *column);

#endif
