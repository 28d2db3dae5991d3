/*
 * columns.h - what is measured, and in what order: the columns of both series.
 */
#ifndef TRAINER_COLUMNS_H
#define TRAINER_COLUMNS_H

#include "base/arena.h"
#include "base/series.h"

/* The columns of both tables, without rows: names and units in the arena. *row, where wanted, gets
 * room for one row of the epoch series. */
int columns_list(struct arena *arena, struct series *steps, struct series *epochs, double **row);

#endif
