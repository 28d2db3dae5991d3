/*
 * data_summary.h - a data set in words and tables.
 */
#ifndef TRAINER_DATA_SUMMARY_H
#define TRAINER_DATA_SUMMARY_H

#include "base/text.h"
#include "dataset.h"

/* Appends what was read, the columns, classes, and how many rows are there twice. */
int data_summary(const struct dataset *dataset, struct text *text);

#endif
