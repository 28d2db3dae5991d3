/*
 * sandbox.h - HDF5 files that others may have made, tried in a child process first.
 *
 * libhdf5 crashes, hangs or asks for all memory on some damaged and some malicious files. So the
 * program has a child read a file, with limits on processor time and memory, before it reads the
 * file itself: whatever becomes of the child, this process has one line to tell.
 *
 * A child costs about a millisecond and a second reading. It starts no OpenMP team, so that it may
 * be started after one has run; commands try all files before they do.
 */
#ifndef TRAINER_SANDBOX_H
#define TRAINER_SANDBOX_H

#include "runfile/runfile.h"

/* runfile_read, tried first. With RUNFILE_STATE, which is asked for to resume from the
 * file, its metrics and weights are tried too. */
int sandbox_read(struct runfile_view *view, const char *path, unsigned parts);

/* The facts of a run that is used, not trained. All that will be read for that is tried: its
 * weights too, and what it learned of its data, so that runfile_read_data may be called. */
int sandbox_read_trained(struct runfile_view *view, const char *path);

/* Tries the config of a run; the weights that a session will load. */
int sandbox_try_config(const char *path);
int sandbox_try_weights(const char *path);

/* runfile_read_data, tried first. */
int sandbox_read_data(const char *path, struct arena *arena, struct learned *learned);

/* What a child may take. */
struct sandbox_limits {
    double seconds; /* of processor time */
    size_t bytes;   /* of memory, beyond what this process has */
};

/* Calls work(context) in a child; what it returns and its message come back, but nothing else that
 * it did. TRAINER_INVALID with a line that begins with `path` where the child did not finish. */
int sandbox_call(const char *path, const struct sandbox_limits *limits, int (*work)(void *context),
                 void *context);

#endif
