/*
 * sweep_frame.h - the results of a sweep as columns, before they become HDF5 or CSV.
 *
 * /runs and sweep.csv are the same columns, so they are made in one place.
 */
#ifndef TRAINER_SWEEP_FRAME_H
#define TRAINER_SWEEP_FRAME_H

#include "base/text.h"
#include "sweep_results.h"

/* Eight bytes a cell, whatever the type. */
union sweep_cell {
    int64_t integer; /* SWEEP_INTEGER; SWEEP_BOOLEAN: 0 or 1 */
    double number;   /* SWEEP_NUMBER; NaN: not there */
    const char *text;
};

struct sweep_column {
    const char *name, *long_name, *units; /* units "": of no dimension */
    enum sweep_type type;
    int digits; /* significant ones of a number in CSV; 0: as many as tell it from all others */
    union sweep_cell *cell; /* [rows] */
};

struct sweep_frame {
    struct arena arena;                  /* holds all of it */
    const struct sweep_results *results; /* borrowed */
    const struct sweep_row **row;        /* [rows] */
    size_t rows;                         /* of the runs */
    size_t longest;                      /* row with the longest curve; 0 where there are none */
    struct sweep_column *runs, *points;  /* [run_columns], [point_columns] */
    size_t run_columns, point_columns;
    size_t point_rows;
};

/* Makes the columns of both tables. TRAINER_FAILED when memory ran out; there is then no frame. */
int sweep_frame_open(struct sweep_frame *frame, const struct sweep_results *results);
void sweep_frame_close(struct sweep_frame *frame);

/* Whether any run has measured that column. */
bool sweep_frame_measured(const struct sweep_frame *frame, size_t metric);

/* Adds the runs as CSV (base/csv.h): the sweep's values in full, measured numbers with ten
 * significant digits, an empty field where one is not there. */
int sweep_frame_csv(const struct sweep_frame *frame, struct text *csv);

#endif
