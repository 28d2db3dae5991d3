/*
 * sweep_data.h - the data sets of a sweep: each is opened once, for all trials that read it.
 *
 * A trial is a child of this process and has its data from it, through memory that both share; so a
 * data set is in memory once, also one that was unpacked or drawn. It may be closed here while
 * children still read it. No OpenMP team of more than one thread is started: libgomp hangs in the
 * children of a process that had one.
 */
#ifndef TRAINER_SWEEP_DATA_H
#define TRAINER_SWEEP_DATA_H

#include "dataset.h"
#include "sweep/sweep.h"

struct sweep_data;

/* Opens the data sets of all trials, one after the other, and gives the trials their ids. What does
 * not fit into half of the memory is closed again. Free with sweep_data_close. */
int sweep_data_open(struct sweep_data **data, struct sweep *sweep);

/* NULL is nothing to close. */
void sweep_data_close(struct sweep_data *data);

/* The trial's data set, opened again where it isn't; others are closed then. Borrowed until the
 * next call. */
int sweep_data_of(struct sweep_data *data, size_t trial, const struct dataset **dataset);

/* How many data sets there are, which one is the trial's, and whether all are open at once: where
 * not, trials should run data set by data set. */
size_t sweep_data_sets(const struct sweep_data *data);
size_t sweep_data_set(const struct sweep_data *data, size_t trial);
bool sweep_data_together(const struct sweep_data *data);

/* Bytes of those that are open. */
size_t sweep_data_bytes(const struct sweep_data *data);

#endif
