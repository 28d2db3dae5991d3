/*
 * row_ahead.h - samples that stay in their file, read by a thread before their batch is taken.
 *
 *     row_ahead_ask     "these come next": the thread begins to read them, where that is worth it
 *     row_ahead_take    what is not there yet is read now, by all threads of the team
 *
 * There are two buffers: one is read into while the other is used. What a batch gets is the same
 * whether it was asked for or not.
 */
#ifndef TRAINER_ROW_AHEAD_H
#define TRAINER_ROW_AHEAD_H

#include "dataset.h"
#include "engine/team.h"

struct row_ahead;

/* Starts the thread, for batches of so many rows; *ahead is NULL where no column of the data set
 * stays in its file. TRAINER_FAILED with a message. The data set is borrowed. */
int row_ahead_create(struct row_ahead **ahead, const struct dataset *dataset, size_t rows);

/* NULL is nothing to free. */
void row_ahead_free(struct row_ahead *ahead);

/* Asks for the samples at position[count] of those stored for a split; they are copied. What was
 * asked for before and not taken is forgotten. One thread of the team calls it. */
void row_ahead_ask(struct row_ahead *ahead, enum split stored, const uint32_t *position,
                   size_t count);

/* Makes these samples the ones that row_ahead_values returns, until the next but one ask or take.
 * All threads of the team call it; position[count] is thread 0's, the others' may be NULL. */
void row_ahead_take(struct row_ahead *ahead, enum split stored, const uint32_t *position,
                    size_t count, const struct worker *worker);

/* (count, shape) of the samples taken last, as column number `column` stores them. */
const void *row_ahead_values(const struct row_ahead *ahead, int column);

/* TRAINER_OK, or how the first reading that failed did, with its message. From then on samples may
 * be any numbers. */
int row_ahead_status(struct row_ahead *ahead);

#endif
