/*
 * checkpoint.c - when a checkpoint is due, and going on from one.
 */
#include "checkpoint.h"
#include "engine/engine.h"
#include "session.h"

#include <string.h>

bool checkpoint_is_due(const struct option_interval *every, uint64_t step, uint64_t steps_per_epoch,
                       double seconds)
{
    switch (every->unit) {
    case INTERVAL_NEVER:
        return false;
    case INTERVAL_EPOCH:
        return step % steps_per_epoch == 0 && step / steps_per_epoch % (uint64_t)every->count == 0;
    case INTERVAL_STEPS:
        return step % (uint64_t)every->count == 0;
    case INTERVAL_SECONDS:
        break;
    }
    return seconds >= (double)every->count;
}

/* What must be the same for the same numbers to follow. */
static int check_fit(const struct runfile_view *view, const struct record *record, const char *path)
{
    const struct {
        const char *what, *stored, *here;
    } texts[] = {
        {"data", view->facts.data_fingerprint, record->facts.data_fingerprint},
        {"kernels", view->facts.kernels, record->facts.kernels},
        {"precision", view->facts.precision, record->facts.precision},
    };
    const char *kind =
        record->session->options.purpose == SESSION_REPLAY ? "failure" : "checkpoint";
    if (strcmp(view->kind, kind) != 0)
        return error_set(TRAINER_INVALID, "%s: is not a %s but a %s file", path, kind, view->kind);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].stored, texts[i].here) != 0)
            return error_set(TRAINER_INVALID,
                             "%s: the run's %s was %s and is %s now; it can't go on as it began",
                             path, texts[i].what, texts[i].stored, texts[i].here);
    return TRAINER_OK;
}

int checkpoint_resume(struct run_state *state, struct session *session, struct record *record,
                      struct evaluator *evaluator, const struct snapshot_optimizer *optimizer)
{
    const char *path = session->options.resume;
    struct runfile_view view = {0};
    view.steps = record->steps;
    view.epochs = record->epochs;
    int rc = runfile_read(&view, path, RUNFILE_METRICS | RUNFILE_STATE);
    if (rc)
        return rc;
    rc = check_fit(&view, record, path);
    if (rc == TRAINER_OK)
        rc = runfile_load_checkpoint(path, session->graph, optimizer);
    if (rc == TRAINER_OK)
        rc = record_restore(record, &view);
    if (rc == TRAINER_OK) {
        evaluator_restore(evaluator, &view.evaluation);
        *state = view.state;
    }
    runfile_view_free(&view);
    return rc;
}
