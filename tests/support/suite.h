/*
 * suite.h - what every test program's main() does: runs a list of tests, says which failed.
 */
#ifndef TRAINER_SUITE_H
#define TRAINER_SUITE_H

#include <check.h>

/* Forked tests survive a crash; those that start OpenMP threads must not be forked. */
enum suite_fork { SUITE_FORKED, SUITE_IN_PROCESS };

/* Runs a suite and frees it; returns main's exit status. */
int suite_run(Suite *suite, enum suite_fork fork);

/* Runs tests (NULL-terminated), each `times` times with _i from 0; returns main's exit status. */
int suite_main(const char *name, enum suite_fork fork, int times, const TTest *const *tests);

#endif
