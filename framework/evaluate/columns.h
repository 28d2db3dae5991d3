/*
 * columns.h - what is measured: the columns of both series, with their names, units and directions.
 *
 *     epoch, step, batch_loss,
 *     train_loss, train_accuracy, ..., validation_loss, ..., test_loss, ...,
 *     learning_rate, seconds, samples_per_second
 *
 * There is a column for each split and each metric of the registry, whether a run measures it or
 * not; a column's place is the same in every run of one program. Who needs to know what a column
 * holds asks here, by its place.
 */
#ifndef TRAINER_COLUMNS_H
#define TRAINER_COLUMNS_H

#include "base/arena.h"
#include "base/series.h"
#include "dataset.h"
#include "metric.h"

enum measured {
    MEASURED_EPOCH,
    MEASURED_STEP,
    MEASURED_BATCH_LOSS,
    MEASURED_LOSS,   /* of a split */
    MEASURED_METRIC, /* of a split */
    MEASURED_RATE,
    MEASURED_SECONDS,
    MEASURED_SPEED,
};

enum direction { DIRECTION_NONE, DIRECTION_SMALLER, DIRECTION_LARGER };

/* A column of the epoch series. */
struct column_facts {
    enum measured measured;
    enum split split;               /* of a loss or metric; else SPLIT_COUNT */
    size_t metric;                  /* of MEASURED_METRIC: its index in the registry ... */
    const struct metric_kind *kind; /* ... and its kind; else NULL */
    enum direction direction;       /* which way is better */
    const char *unit;               /* "1", "s" */
    char name[96];                  /* "test_macro_f1" */
    char long_name[128];            /* "macro F1 over the test data" */
    char title[96];                 /* "test macro F1", in a sentence */
    char heading[64];               /* "test F1", at a table's head */
};

int columns_count(void);

/* column: 0 .. columns_count() - 1. */
struct column_facts columns_facts(int column);

/* The place of a column; split and metric where `measured` has them. */
int columns_place(enum measured measured, enum split split, size_t metric);

/* The place of the column of that name; -1 where there is none. */
int columns_find(const char *name);

/* The columns of /metrics/step. */
enum { STEP_STEP, STEP_EPOCH, STEP_LOSS, STEP_RATE, STEP_COLUMNS };

/* The columns of both tables, without rows: names and units in the arena. *row, where wanted, gets
 * room for one row of the epoch series. */
int columns_list(struct arena *arena, struct series *steps, struct series *epochs, double **row);

#endif
