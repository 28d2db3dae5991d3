/*
 * table_learn.h - tables of text: columns found, types learned, rows as numbers.
 *
 *     age,state,income        age     a number
 *     39,Ohio,50000           state   one 0/1 element for each category
 *     ,Iowa,61000             income  the labels
 *
 * A column is numbers where every field that is not missing is a number, none is whole with a
 * needless leading 0, and one at least is there; else it is categories. Types come from all rows of
 * all training files; further files are read by what was learned. All mistakes are reported with
 * their place in the file, up to a limit, and all are one error.
 */
#ifndef TRAINER_TABLE_LEARN_H
#define TRAINER_TABLE_LEARN_H

#include "base/csv_read.h"
#include "base/vocabulary.h"
#include "learned.h"

enum table_header { HEADER_AUTO, HEADER_NAMES, HEADER_NONE };

/* What `columns` says of one column. */
struct table_ask {
    const char *name;
    const struct position *at;
    bool typed, patient; /* type, missing are given */
    enum table_type type;
    enum table_missing missing;
    size_t orders; /* of TABLE_ORDER */
    const char *const *order;
};

/* A column as the config names it: by name, or by position from 1, -1 the last. */
struct table_reference {
    const char *name; /* NULL: by position */
    int64_t position;
    const struct position *at;
};

struct table_references {
    size_t count;
    const struct table_reference *reference;
};

struct table_options {
    struct csv_format format;
    enum table_header header;
    struct table_references labels, inputs, exclude, weights;
    bool all_inputs; /* `inputs` is not given: all others */
    size_t asks;
    const struct table_ask *ask;
    enum table_missing missing;
    size_t words; /* that stand for a missing number */
    const char *const *word;
    size_t max_categories;
    const struct label_options *classes;
    unsigned tasks; /* of the losses that read the labels (enum task) */
    bool wide;      /* keep float64: numbers will be normalised */
    const struct position *at;
};

/* A place in a file. */
struct table_place {
    const char *path;
    size_t line, column;
};

enum { TABLE_PLACES = 20 };

/* A column that is read, while its type is learned and after. */
struct table_draft {
    struct table_column is;
    bool typed;  /* the type was asked for */
    bool known;  /* type and categories are settled */
    bool texts;  /* fields are texts, of the vocabulary; else numbers so far */
    bool again;  /* turned out to be texts in the midst: its cells are read again */
    bool byte;   /* numbers are whole, from 0 to 255 */
    bool choosy; /* not every number may stand here */
    struct vocabulary vocabulary;
    int32_t *rename; /* number of each text once sorted; -1: missing */
    uint64_t numbers, absent, strings;
    bool fraction;   /* a number that is not whole */
    bool inexact;    /* whole numbers that float32 cannot tell apart */
    bool odd;        /* a number of an index that is none; the column may yet become texts */
    double *whole;   /* (WHOLE_SLOTS) large whole numbers seen, by their float32; NULL: none yet */
    char string[64]; /* the first text that is no number, or where it is `odd` that number */
    struct table_place string_at;
    size_t absences; /* places listed */
    struct table_place absence[TABLE_PLACES];
    struct table_place word_at; /* of the first class that is a word for missing */
};

/* Cells of rows, row by row: numbers, or numbers of texts; NaN where missing. */
struct table_cells {
    size_t rows, room, columns;
    bool wide; /* double; else float */
    void *cell;
};

struct table {
    const struct table_options *options;
    struct arena *arena;     /* for names; borrowed */
    struct dataset *dataset; /* gets notes; NULL: nobody does */
    const char *origin;      /* what it was learned from, in messages; NULL: the training data */
    bool header;
    char delimiter; /* of the first file */
    size_t fields;  /* of the first file */
    const char **name;
    size_t drafts;
    struct table_draft *draft;
    bool labels_values;      /* once learned: labels are values, else classes */
    uint64_t bytes;          /* read of all files */
    bool strict;             /* a missing field is an error at once, and drops no row */
    bool unseen_zeros;       /* categories that are not known are all zeros */
    const char *unseen_hint; /* behind the message of one; NULL: nothing */
    bool plain;              /* of a network that was trained on arrays: table_from_plain */
    size_t keep;             /* columns that the caller reads itself, and are not ignored */
    const char *const *kept; /* (keep) */
    bool again; /* the files are read again, for the columns that turned out to be texts */
    /* Of the file being read. */
    const char *path;  /* as messages have it */
    size_t width, *at; /* its fields; (drafts) the field of each draft, SIZE_MAX: none */
    size_t first_line;
    uint8_t *want;
};

/* Learns the columns of training files, path[count], and reads their rows. Free with table_free,
 * cells with free(cells->cell), on success and failure. */
int table_learn(struct table *table, const char *const *path, size_t count,
                struct table_cells *cells);

/* Reads further files by what was learned. labelled: labels must be there. */
int table_read(struct table *table, const char *const *path, size_t count, bool labelled,
               struct table_cells *cells);

void table_free(struct table *table);

/* Makes a table of what was learned before: `table` has options, arena and dataset. The learned is
 * borrowed. Where the options drop rows, a field that training data must not miss does too. */
int table_from_learned(struct table *table, const struct learned_table *learned);

/* The same for a network that was trained on arrays: numbers, one for each element of its inputs;
 * with `labelled` the labels too. *plain: those columns, in the table's arena. */
int table_from_plain(struct table *table, const struct learned *learned, bool labelled,
                     const struct learned_table **plain);

#endif
