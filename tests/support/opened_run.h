/*
 * opened_run.h - for tests: the sample run as a file that libhdf5 has open, and what is expected of
 * it.
 */
#ifndef TRAINER_OPENED_RUN_H
#define TRAINER_OPENED_RUN_H

#include "runfile_sample.h"
#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

/* The open file. */
extern hid_t opened_run;

/* Writes the sample into a folder of its own and opens it; closes it and leaves the folder. */
void opened_run_start(void);
void opened_run_end(void);

/* Writes other contents over it and opens them instead. */
void opened_run_rewrite(const struct image_contents *contents);

/* A text attribute of an object; a number of the root. */
void expect_attribute(const char *object, const char *name, const char *expected);
void expect_number(const char *name, uint64_t expected);

/* A dataset's type; its numbers, of any shape and type, where NaN equals NaN; the one scale of an
 * axis. */
void expect_type(const char *path, hid_t expected);
void expect_numbers(const char *path, const double *expected, size_t count);
void expect_scale(const char *path, unsigned axis, const char *scale_path);

#endif
