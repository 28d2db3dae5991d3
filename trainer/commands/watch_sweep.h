/*
 * watch_sweep.h - `trainer watch` for a sweep that other processes run.
 */
#ifndef TRAINER_WATCH_SWEEP_H
#define TRAINER_WATCH_SWEEP_H

/* Prints a line for each trial that has ended, and on a terminal below them how the sweep stands,
 * until the sweep ends, a signal comes, or a sweep of another host has been silent for long.
 * Returns TRAINER_OK, an error code, or the signal's exit status. The caller has called
 * signals_catch. */
int watch_sweep(const char *folder);

#endif
