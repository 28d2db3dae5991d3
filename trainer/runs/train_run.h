/*
 * train_run.h - trains a session in a folder that is claimed: what train and resume share.
 */
#ifndef TRAINER_TRAIN_RUN_H
#define TRAINER_TRAIN_RUN_H

#include "system/run_folder.h"
#include "train/train.h"

#include <stdbool.h>

/* Writes config.yaml, trains with the progress on standard output, and prints the command that
 * resumes where a signal ended the run. Of a session that several processes train the first one
 * does so; the others have no rundir (NULL), train and are silent. Returns TRAINER_OK, an error
 * code, or the exit status of that signal. The caller has called signals_catch. */
int train_run(struct run_folder *rundir, struct session *session, bool quiet);

/* The same for a run of many: prints nothing but warnings, reports events to an observer, and
 * stops when *stop is set. */
int train_run_quietly(struct run_folder *rundir, struct session *session,
                      const struct observer *observer, const atomic_int *stop);

#endif
