/*
 * resumption.h - a run to be resumed: finds its checkpoint and opens the session.
 *
 * All comes from the checkpoint: config, weights, metrics, and which kernels the run began with.
 * Where the newest one can't be read, the one before serves, with a warning on standard error.
 */
#ifndef TRAINER_RESUMPTION_H
#define TRAINER_RESUMPTION_H

#include "open_session.h"
#include "runfile/runfile.h"

struct resumption {
    const char *folder; /* as named */
    char *checkpoint;   /* its path; NULL: none was written, the run had only begun */
    struct runfile_view view;
};

/* Finds the checkpoint of run->folder; the rest of *run is zero before. TRAINER_INVALID where there
 * is a run but no checkpoint that can be read. Free with resumption_free whatever is returned. */
int resumption_find(struct resumption *run);
void resumption_free(struct resumption *run);

/* Opens the resumed run with these key=value arguments. options: what is wanted beyond
 * `resume` and `kernels`, which are set here. Without a checkpoint it starts over from the folder's
 * config.yaml. */
int resumption_open(struct opened *opened, const struct resumption *run,
                    const char *const *settings, size_t count,
                    const struct session_options *options);

#endif
