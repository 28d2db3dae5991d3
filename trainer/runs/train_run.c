/*
 * train_run.c - trains a session in a folder that is claimed: what train and resume share.
 */
#include "train_run.h"
#include "base/error.h"
#include "display/progress.h"
#include "distributed/ranks.h"
#include "system/signals.h"
#include "system/streams.h"

#include <stdlib.h>
#include <string.h>

static int write_config(const struct run_folder *rundir, const struct session *session)
{
    size_t length;
    char *yaml = config_emit(session_resolved(session), &length);
    int rc = yaml ? run_folder_write_config(rundir, yaml, length) : TRAINER_FAILED;
    free(yaml);
    return rc;
}

/* Puts the lines of the message into the log. */
static void log_errors(struct run_folder *rundir)
{
    const char *line = error_text();
    while (*line) {
        size_t length = strcspn(line, "\n");
        char words[2048];
        snprintf(words, sizeof words, "error: %.*s", (int)length, line);
        run_folder_log(rundir, words);
        line += length + (line[length] == '\n');
    }
}

static void tell_end(struct progress_display *display, const struct run_folder *rundir,
                     const struct session *session)
{
    bool interrupted = session_status(session) == RUN_INTERRUPTED;
    progress_end(display, rundir->run_path, interrupted, session_reason(session));
    if (interrupted && session_resumable(session))
        progress_tell(display, "go on with: trainer resume %s", rundir->folder);
}

/* Trains with this display; leaves the end to tell to the caller. */
static int train(struct progress_display *display, struct run_folder *rundir,
                 struct session *session, const struct observer *observer, const atomic_int *stop)
{
    progress_begin(display, session);
    signals_watch_clock();
    int rc = session_train(session, rundir->run_path, observer, stop);
    streams_wait(true); /* all is saved */
    if (rc == TRAINER_OK)
        tell_end(display, rundir, session);
    else
        log_errors(rundir);
    return rc;
}

/* Trains and shows how it goes. */
static int show(struct run_folder *rundir, struct session *session, bool quiet)
{
    struct progress_display display;
    progress_init(&display, stdout, quiet, rundir);
    struct observer observer = progress_observer(&display);
    signals_defer(display.terminal);
    int rc = train(&display, rundir, session, &observer, &signals_stop);
    progress_free(&display);
    return rc;
}

/* Trains for the others: shows and writes nothing. */
static int follow(struct session *session)
{
    signals_defer(false);
    signals_watch_clock();
    return session_train(session, NULL, NULL, &signals_stop);
}

static void note(void *rundir, const char *line)
{
    run_folder_log(rundir, line);
}

int train_run(struct run_folder *rundir, struct session *session, bool quiet)
{
    struct ranks *ranks = session_ranks(session);
    if (ranks && rundir) {
        ranks->note = note;
        ranks->log = rundir;
    }
    int rc = ranks_agree(ranks, rundir ? write_config(rundir, session) : TRAINER_OK);
    if (rc == TRAINER_OK)
        rc = rundir ? show(rundir, session, quiet) : follow(session);
    if (ranks)
        ranks->note = NULL;
    int signal = ranks ? session_signal(session) : signals_stop;
    return rc == TRAINER_OK && signal ? signals_status(signal) : rc;
}

/* Two observers as one. */
struct pair {
    struct observer first, second;
};

static void tell_both(void *context, enum event event, const struct progress *progress)
{
    const struct pair *pair = context;
    pair->first.event(pair->first.context, event, progress);
    pair->second.event(pair->second.context, event, progress);
}

int train_run_quietly(struct run_folder *rundir, struct session *session,
                      const struct observer *observer, const atomic_int *stop)
{
    int rc = write_config(rundir, session);
    if (rc != TRAINER_OK)
        return rc;
    struct progress_display display;
    progress_init(&display, stdout, true, rundir);
    struct pair pair = {progress_observer(&display), *observer};
    rc = train(&display, rundir, session, &(struct observer){tell_both, &pair}, stop);
    progress_free(&display);
    return rc;
}
