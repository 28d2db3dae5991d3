/*
 * run_listing.h - a run as it looks from outside, by its run file and its lock alone: for runs and
 * watch.
 */
#ifndef TRAINER_RUN_LISTING_H
#define TRAINER_RUN_LISTING_H

#include "runfile/runfile.h"
#include "system/folder_lock.h"

/* Reads folder/run.h5 with the metrics, those of the steps where `steps` is set. A run that says it
 * goes on, and whose lock nobody holds, is interrupted. Free with runfile_view_free. */
int run_listing_read(struct runfile_view *view, const char *folder, bool steps);

/* The same of any file of a run in that folder: run.h5, a checkpoint, best.h5, failure.h5. parts:
 * what is wanted beside the metrics (runfile.h). */
int run_listing_read_file(struct runfile_view *view, const char *folder, const char *path,
                          bool steps, unsigned parts);

/* How many seconds a run may save nothing before it counts as silent: SILENCE_LEAST, or five times
 * what an evaluation has taken so far. */
enum { SILENCE_LEAST = 600 };
double run_listing_patience(const struct runfile_view *view);

/* For how long a run of another host, whose process can't be looked for here, has been silent; 0:
 * it is not. */
double run_listing_silence(const struct runfile_view *view, const struct folder_owner *owner);

/* "running", "silent for 7 d on othernode" where the silence is above 0: in the arena; NULL when
 * memory ran out. */
const char *run_listing_status(struct arena *arena, enum run_status status, double silence,
                               const char *host);

/* Seconds from an ISO 8601 time in UTC until now; NaN where the text is none. */
double run_listing_age(const char *time);

#endif
