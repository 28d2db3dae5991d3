/*
 * dataset.h - what a data set file may see.
 *
 * A data set is named columns of equal length, split into `train` and `test`. A kind's open() fills
 * them: it allocates from the data set's memory, and numbers stay in the type they came in
 * (one-byte pixels stay bytes); they are scaled when a batch is taken: value = stored * scale.
 *
 * Validation samples are split off the training data by the framework, behind the kind's back: the
 * stored arrays stay as open() made them, and two lists of positions in the stored training data
 * say which samples are which.
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

struct sparse; /* kernels/sparse_data.h */

enum stored { STORED_BYTE, STORED_FLOAT, STORED_DOUBLE, STORED_LABEL /* int32 class */ };

enum split { SPLIT_TRAIN, SPLIT_TEST, SPLIT_VALIDATION, SPLIT_COUNT };

enum { DATASET_COLUMNS_MAX = 64, DATASET_BLOCKS_MAX = 2 * DATASET_COLUMNS_MAX };

struct column {
    const char *name; /* "inputs", "labels" */
    enum stored stored;
    struct shape shape; /* of one sample */
    double scale;       /* of bytes, floats and doubles; 1 where unset */
    size_t classes;     /* of STORED_LABEL: labels are in [0, classes) */
    /* (stored samples, shape) of SPLIT_TRAIN, which holds the validation samples too, and of
     * SPLIT_TEST; NULL where there is none, or where the data set is only described. */
    const void *values[SPLIT_COUNT];
    /* The same as lists without zeros, where sparse_input.h made them; else NULL. */
    const struct sparse *sparse[SPLIT_COUNT];
};

struct dataset {
    const struct dataset_kind *kind;
    const void *private; /* the kind's struct, filled from its options */
    uint64_t seed;
    const struct position *at; /* the place of `data:` in the config, for messages */
    bool describe_only;        /* only shapes and counts are wanted: open() may leave values NULL */
    bool seeded;               /* set by an open() whose values depend on the run's seed */
    size_t count[SPLIT_COUNT]; /* samples; open() leaves SPLIT_VALIDATION alone */
    int columns;
    struct column column[DATASET_COLUMNS_MAX];
    struct arena arena;               /* for names and small things */
    void *blocks[DATASET_BLOCKS_MAX]; /* freed with free() when the data set closes */
    int block_count;
    /* Positions in the stored training data, ascending; both NULL where nothing was split off. Set
     * by the framework after open(). */
    uint32_t *training;   /* (count[SPLIT_TRAIN]) */
    uint32_t *validation; /* (count[SPLIT_VALIDATION]) */
    /* What is known of the values once and for all that share them. */
    bool listed;             /* every column that is worth a list without zeros has one */
    const char *fingerprint; /* NULL: not known yet */
};

struct dataset_kind {
    struct kind base;
    int (*open)(struct dataset *dataset); /* fills count and columns */
};

/* Memory for open(): a zeroed, 64-byte aligned block that lives as long as the data set. NULL with
 * a message. */
void *dataset_block(struct dataset *dataset, const char *what, size_t bytes);

/* The same with unspecified content (block_reserve). */
void *dataset_reserve(struct dataset *dataset, const char *what, size_t bytes);

/* The same for a block that the caller made (block_allocate): the data set frees it, at once where
 * it has no room for one more, which is TRAINER_FAILED with a message. NULL is nothing to keep. */
int dataset_keep(struct dataset *dataset, void *block);

/* Appends a column, zeroed but for name, stored, shape and scale 1; NULL with a message when there
 * are too many. The name is borrowed. */
struct column *dataset_column(struct dataset *dataset, const char *name, enum stored stored,
                              struct shape shape);

/* The column of that name; NULL where there is none. */
struct column *dataset_find(struct dataset *dataset, const char *name);

/* How a split is called: "validation", "validation data", "valid". */
struct split_words {
    const char *name;      /* in names of columns and files, and in the config */
    const char *data;      /* in sentences */
    const char *adjective; /* before a metric: "training accuracy" */
    const char *brief;     /* where there is little room */
};
const struct split_words *split_words(enum split split);

/* Bytes of one stored element. */
size_t stored_size(enum stored stored);

#endif
