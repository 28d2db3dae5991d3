/*
 * suite.h - what every test program's main() does: runs a list of tests, says which failed.
 */
#ifndef TRAINER_SUITE_H
#define TRAINER_SUITE_H

#include <check.h>

/* Check writes down where each assertion that holds stands, for a crash behind it: most of the time
 * of tests that have millions, seven eighths under a sanitizer. Only those that fail are told. */
#undef ck_assert_msg
#define ck_assert_msg(expr, ...)                                                                   \
    ((expr) ? (void)0                                                                              \
            : _ck_assert_failed(__FILE__, __LINE__, "Assertion '" #expr "' failed", __VA_ARGS__))

/* Forked tests survive a crash; those that start OpenMP threads must not be forked. */
enum suite_fork { SUITE_FORKED, SUITE_IN_PROCESS };

/* Runs a suite and frees it; returns main's exit status. */
int suite_run(Suite *suite, enum suite_fork fork);

/* Runs tests (NULL-terminated), each `times` times with _i from 0; returns main's exit status. */
int suite_main(const char *name, enum suite_fork fork, int times, const TTest *const *tests);

#endif
