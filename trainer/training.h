/*
 * training.h - trains a session in a folder that is claimed: what train and resume share.
 */
#ifndef TRAINER_PROGRAM_TRAINING_H
#define TRAINER_PROGRAM_TRAINING_H

#include "rundir.h"
#include "train.h"

#include <stdbool.h>

/* Writes config.yaml, trains with the progress on standard output, and says how to go on where a
 * signal ended the run. Returns TRAINER_OK, an error code, or the exit status of that signal. The
 * caller has called signals_catch. */
int training_run(struct rundir *rundir, struct session *session, bool quiet);

/* The same for a run of many: prints nothing but warnings, tells an observer of what happens, and
 * stops when *stop is set. */
int training_run_quietly(struct rundir *rundir, struct session *session,
                         const struct observer *observer, const atomic_int *stop);

#endif
