/*
 * sweep_restore.c - what earlier sweeps left: the table, the logs, the trials' own files.
 */
#include "sweep_restore.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "runs/run_listing.h"
#include "sweep/sweep_file.h"
#include "system/run_folder.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What the logs say of a trial: how it ended last. */
struct ending {
    bool ended;
    enum sweep_status status;
    double seconds;
    char *error;
};

struct restoring {
    struct sweep_recorder *recorder;
    struct ending *ending; /* [trials] */
    size_t skipped;
    double held_at;
};

static int take_entry(void *context, const struct sweep_entry *entry)
{
    struct restoring *restoring = context;
    struct sweep_recorder *recorder = restoring->recorder;
    size_t trial = entry->trial ? sweep_find(recorder->sweep, entry->trial) : SIZE_MAX;
    if (entry->event == SWEEP_EVENT_REPORTED && recorder->asha)
        return sweep_asha_restore(recorder->asha, entry->trial, entry->rung, entry->value,
                                  entry->go_on);
    if (entry->event != SWEEP_EVENT_ENDED || trial == SIZE_MAX)
        return TRAINER_OK;
    struct ending *ending = &restoring->ending[trial];
    char *error = strdup(entry->text ? entry->text : "");
    if (!error)
        return error_memory("the log", strlen(entry->text));
    free(ending->error);
    *ending = (struct ending){true, entry->status, entry->seconds, error};
    return TRAINER_OK;
}

static int read_log(void *context, const char *path)
{
    struct restoring *restoring = context;
    size_t skipped = 0;
    int rc = sweep_log_read(path, take_entry, restoring, &skipped);
    restoring->skipped += skipped;
    return rc;
}

bool sweep_restore_done(const struct sweep_recorder *recorder, size_t trial)
{
    const struct sweep_row *row = sweep_results_of(recorder->results, trial);
    return row && !sweep_status_unfinished(row->status);
}

/* --- a trial's own files ---------------------------------------------------------------------- */

static double last_seconds(const struct series *epochs)
{
    double seconds = series_last(epochs, "seconds");
    return isnan(seconds) ? 0 : seconds;
}

/* A run that a rung ended says of itself that it was interrupted: the log knows why. */
static enum sweep_status status_of(enum run_status status, const struct ending *ending)
{
    static const enum sweep_status same[] = {[RUN_RUNNING] = SWEEP_TRIAL_INTERRUPTED,
                                             [RUN_COMPLETED] = SWEEP_TRIAL_COMPLETED,
                                             [RUN_FAILED] = SWEEP_TRIAL_FAILED,
                                             [RUN_INTERRUPTED] = SWEEP_TRIAL_INTERRUPTED};
    bool open = status == RUN_RUNNING || status == RUN_INTERRUPTED;
    return open && ending->ended ? ending->status : same[status];
}

/* alive: a process has the trial's folder, such as one of another shard. */
static int put_run(struct sweep_recorder *recorder, size_t trial, const struct ending *ending,
                   const struct runfile_view *view, bool alive)
{
    enum sweep_status status = status_of(view->facts.status, ending);
    if (alive && status == SWEEP_TRIAL_INTERRUPTED)
        status = SWEEP_TRIAL_RUNNING;
    bool logged = ending->ended && ending->status == status;
    const struct sweep_outcome outcome = {.status = status,
                                          .error = logged ? ending->error : view->facts.error,
                                          .seconds = last_seconds(&view->epochs),
                                          .steps = view->facts.steps_done,
                                          .epochs = &view->epochs};
    return sweep_results_put(recorder->results, trial, &outcome);
}

/* A trial without a run file may have failed before it had one. */
static int put_ending(struct sweep_recorder *recorder, size_t trial, const struct ending *ending)
{
    const struct sweep_outcome outcome = {
        .status = ending->status, .error = ending->error, .seconds = ending->seconds};
    return ending->ended ? sweep_results_put(recorder->results, trial, &outcome) : TRAINER_OK;
}

/* Looks for a trial that the table lacks, or has as one that had not ended. */
static int look(struct restoring *restoring, size_t trial)
{
    struct sweep_recorder *recorder = restoring->recorder;
    const struct ending *ending = &restoring->ending[trial];
    struct runfile_view view;
    char *folder = sweep_folder_trial(recorder->folder, sweep_trial(recorder->sweep, trial)->id);
    char *run = folder ? run_folder_path(folder, RUN_FILE) : NULL;
    int rc = run ? TRAINER_OK : TRAINER_FAILED;
    if (run && !file_exists(run)) {
        rc = put_ending(recorder, trial, ending);
    } else if (run && run_listing_read(&view, folder, false) == TRAINER_OK) {
        rc = put_run(recorder, trial, ending, &view, run_folder_owner(folder).alive);
        runfile_view_free(&view);
    }
    free(run);
    free(folder);
    return rc;
}

/* --- all of it -------------------------------------------------------------------------------- */

static int restore(struct restoring *restoring, void (*warn)(const char *line))
{
    struct sweep_recorder *recorder = restoring->recorder;
    size_t trials = sweep_trial_count(recorder->sweep);
    int rc = sweep_file_read(recorder->folder->h5, recorder->results);
    if (rc == TRAINER_INVALID) {
        warn(error_text());
        rc = TRAINER_OK;
    }
    if (rc == TRAINER_OK)
        rc = sweep_folder_logs(recorder->folder, read_log, restoring);
    if (rc == TRAINER_OK && restoring->skipped > 0)
        warn("the log has lines that are none of an event; they are passed over");
    for (size_t i = 0; i < trials && rc == TRAINER_OK; i++) {
        /* Many trials on a slow file system take longer than a sweep may show no sign of life. Who
         * runs trials asks again whether the lock is still ours. */
        (void)sweep_folder_keep_holding(recorder->folder, &restoring->held_at);
        if (!sweep_restore_done(recorder, i))
            rc = look(restoring, i);
    }
    return rc;
}

int sweep_restore(struct sweep_recorder *recorder, void (*warn)(const char *line))
{
    size_t trials = sweep_trial_count(recorder->sweep);
    struct restoring restoring = {.recorder = recorder,
                                  .ending = calloc(trials ? trials : 1, sizeof(struct ending)),
                                  .held_at = clock_seconds()};
    if (!restoring.ending)
        return error_memory("the log", trials * sizeof(struct ending));
    int rc = restore(&restoring, warn);
    for (size_t i = 0; i < trials; i++)
        free(restoring.ending[i].error);
    free(restoring.ending);
    return rc;
}
