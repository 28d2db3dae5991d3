/*
 * sweep_restore.h - what earlier runs of a sweep in the same folder have left.
 *
 *     sweep.h5            rows of trials that ended
 *     log*.jsonl          which trials were stopped early or failed; all reports at rungs
 *     trials/ID/run.h5    of trials that the table lacks: a sweep that was killed, or a shard's
 */
#ifndef TRAINER_SWEEP_RESTORE_H
#define TRAINER_SWEEP_RESTORE_H

#include "sweep_recorder.h"

/* Puts all that is there into the recorder's results and asha. A table that can't be read, and
 * lines of a log that are none, are passed over with a warning: warn(line). */
int sweep_restore(struct sweep_recorder *recorder, void (*warn)(const char *line));

/* Whether the trial has come to an end and is not run again. */
bool sweep_restore_done(const struct sweep_recorder *recorder, size_t trial);

#endif
