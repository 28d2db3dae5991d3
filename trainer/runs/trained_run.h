/*
 * trained_run.h - a run that is used, not trained: its facts, its config, its network with weights.
 */
#ifndef TRAINER_TRAINED_RUN_H
#define TRAINER_TRAINED_RUN_H

#include "base/arena.h"
#include "open_session.h"
#include "runfile/runfile.h"

struct trained_run {
    struct arena arena;
    const char *path;         /* its run file or checkpoint */
    struct runfile_view view; /* its facts */
    struct opened opened;
};

/* Finds the run that a word means (find_run.h) and reads its facts, in a sandbox first, where all
 * else that it is read for is tried too (sandbox_read_trained). *run is zero before; free it with
 * trained_run_free whatever is returned. */
int trained_run_read(struct trained_run *run, const char *word);

/* Opens the run's config with these key=value arguments, and loads the weights; with the run's
 * kernels, or, where this machine lacks them, with its own and a warning on standard error. */
int trained_run_open(struct trained_run *run, const char *const *setting, size_t settings,
                     const struct session_options *options);

void trained_run_free(struct trained_run *run);

/* The run's kernels, or "auto" after that warning. */
const char *trained_run_kernels(const struct trained_run *run);

#endif
