/*
 * sweep_table.h - a sweep.h5 as the file alone tells it, for who has no sweep to plan trials from.
 *
 *     trial 3:   status completed, point 1, value {"0.1", NULL}, curve (21, columns)
 *
 * The file is trusted no more than by runfile_load_weights: a table has as many rows as the file
 * really holds numbers of its dimension, so memory stays below a small multiple of the file's size.
 */
#ifndef TRAINER_SWEEP_TABLE_H
#define TRAINER_SWEEP_TABLE_H

#include "base/series.h"
#include "sweep_results.h"

struct sweep_table_row {
    const char *id;
    enum sweep_status status;
    const char *error;   /* "": none */
    int64_t point;       /* of the plan; -1: of an older one */
    int64_t seed, steps; /* steps: done */
    double seconds;
    const char **value; /* [keys], as YAML text; NULL: has no such key */
    size_t measured;    /* rows of the curve */
    double *curve;      /* (measured, columns of the metrics) */
};

struct sweep_table {
    struct arena arena;          /* holds all but the curves */
    struct series metrics;       /* columns of the epoch series, without rows */
    struct sweep_key *key;       /* [keys]; varies: two rows differ in it */
    struct sweep_table_row *row; /* [rows], in the order of the table */
    size_t keys, rows, length;   /* length: of the longest curve */
    double *curve;               /* (rows, length, columns) */

    /* With the facts: attributes, "" where the file lacks one; and the two YAML texts. */
    const char *name, *status, *error, *metric, *goal, *command_line, *updated_time, *version;
    const char *source, *config;
    double seconds;          /* that the sweep has run */
    uint64_t trials, points; /* planned */
};

/* Reads a sweep.h5, the facts where they are wanted. TRAINER_INVALID where it is no such file, or
 * damaged. Free with sweep_table_free whatever is returned. */
int sweep_table_read(struct sweep_table *table, const char *h5, bool facts);
void sweep_table_free(struct sweep_table *table);

#endif
