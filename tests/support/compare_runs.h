/*
 * compare_runs.h - for tests: whether two run files tell the same run, clocks aside.
 */
#ifndef TRAINER_COMPARE_RUNS_H
#define TRAINER_COMPARE_RUNS_H

/* Compares every dataset byte by byte, but for times and speeds, and the root attributes that tell
 * of the run and not of the machine. "" where they are the same; else what differs first. Reused by
 * the next call. `but`: further datasets that may differ, "config_resolved,config_origins",
 * "config*" for all that begin so; or NULL. */
const char *compare_runs(const char *path, const char *other, const char *but);

#endif
