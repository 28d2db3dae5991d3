/*
 * sweep_child.c - the process of a trial: opens, trains, reports, saves.
 */
#include "sweep_child.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "display/run_lines.h"
#include "runs/resumption.h"
#include "runs/run_listing.h"
#include "runs/train_run.h"
#include "sweep/sweep_asha.h"
#include "sweep/sweep_results.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STOPPED_EARLY = -1 };

/* A trial of less than these seconds saves once, at its end, and leaves the syncing to its parent,
 * which syncs many trials at once. If it is killed it starts over; if it is complete it leaves no
 * checkpoint. */
static const double BRIEF_SECONDS = 1;

/* 0; the signal that asks the trial to stop; STOPPED_EARLY. */
static atomic_int stop;

static void note_signal(int signal)
{
    int none = 0;
    atomic_compare_exchange_strong(&stop, &none, signal);
}

struct trial {
    const struct sweep_task *task;
    int channel; /* this process's end of the socket */
    const struct sweep_settings *settings;
    int rung;             /* the next one to report at */
    size_t rows, columns; /* of `value`, as they were at the end */
    double *value;
    double seconds;
    uint64_t steps;
    bool complete; /* before this process had the folder */
};

/* --- talking --- */

static bool send_all(int channel, const void *bytes, size_t count)
{
    for (const char *at = bytes; count > 0;) {
        ssize_t sent = send(channel, at, count, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return false;
        at += sent > 0 ? sent : 0;
        count -= sent > 0 ? (size_t)sent : 0;
    }
    return true;
}

/* Whether the trial goes on from a rung, as the parent says. Without a parent it stops and can be
 * gone on with. */
static bool ask(const struct trial *trial, int rung, double value)
{
    struct sweep_message message = {.kind = SWEEP_REPORT, .what = rung, .value = value};
    int channel = trial->channel;
    char answer;
    ssize_t got = -1;
    if (send_all(channel, &message, sizeof message))
        do
            got = recv(channel, &answer, 1, 0);
        while (got < 0 && errno == EINTR);
    if (got != 1)
        note_signal(SIGTERM);
    return got != 1 || answer == SWEEP_GO_ON;
}

/* Reports at the rungs that a row of the metrics has reached. */
static void report_row(struct trial *trial, double epoch, double value)
{
    const struct sweep_stopping_settings *settings = &trial->settings->early_stopping;
    if (settings->type == SWEEP_STOPPING_NONE)
        return;
    while (stop == 0 && epoch >= sweep_asha_rung(settings, trial->rung) - 1e-9)
        if (!ask(trial, trial->rung++, value))
            stop = STOPPED_EARLY;
}

/* A trial that goes on from a checkpoint reports again, and gets the same answers. */
static void report_rows(struct trial *trial, const struct series *epochs, size_t from)
{
    const int epoch = 0; /* the first column of the series */
    const int metric = (int)trial->settings->metric.column;
    for (size_t i = from; i < epochs->rows; i++)
        report_row(trial, series_at(epochs, i, epoch), series_at(epochs, i, metric));
}

static void show(const struct trial *trial, const struct progress *progress)
{
    struct sweep_slot *slot = trial->task->slot;
    const struct series *epochs = progress->epochs;
    slot->fraction = run_lines_fraction(progress);
    slot->epoch = progress->epoch;
    slot->loss = progress->loss;
    if (epochs->rows > 0)
        slot->metric = series_at(epochs, epochs->rows - 1, (int)trial->settings->metric.column);
}

/* Copies what the loop is about to free. Without memory for it the parent gets no rows; they are in
 * the trial's run file. */
static void keep_rows(struct trial *trial, const struct series *epochs, double seconds,
                      uint64_t steps)
{
    size_t columns = (size_t)epochs->columns, bytes = epochs->rows * columns * sizeof(double);
    trial->seconds = seconds;
    trial->steps = steps;
    trial->value = malloc(bytes ? bytes : 1);
    if (!trial->value)
        return;
    memcpy(trial->value, epochs->value, bytes);
    trial->rows = epochs->rows;
    trial->columns = columns;
}

static void tell_saves(const struct trial *trial)
{
    struct sweep_message message = {.kind = SWEEP_SAVES};
    send_all(trial->channel, &message, sizeof message);
}

static void observe(void *context, enum event event, const struct progress *progress)
{
    struct trial *trial = context;
    show(trial, progress);
    if (event == EVENT_STARTED)
        report_rows(trial, progress->epochs, 0);
    else if (event == EVENT_EVALUATED)
        report_rows(trial, progress->epochs, progress->epochs->rows - 1);
    else if (event == EVENT_TRAINED)
        tell_saves(trial);
    else if (event == EVENT_FINISHED)
        keep_rows(trial, progress->epochs, progress->seconds, progress->step);
}

static void tell_end(const struct trial *trial, enum sweep_status status, const char *error)
{
    struct sweep_message message = {.kind = SWEEP_END,
                                    .what = (int32_t)status,
                                    .value = trial->seconds,
                                    .steps = trial->steps,
                                    .text = strcspn(error, "\n"),
                                    .rows = trial->rows,
                                    .columns = trial->columns};
    int channel = trial->channel;
    if (send_all(channel, &message, sizeof message) && send_all(channel, error, message.text))
        send_all(channel, trial->value, trial->rows * trial->columns * sizeof *trial->value);
}

/* --- the process --- */

static void become_trial(pid_t parent)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction note = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    sigemptyset(&ignore.sa_mask);
    sigemptyset(&note.sa_mask);
    sigaction(SIGINT, &ignore, NULL);
    sigaction(SIGHUP, &ignore, NULL);
    sigaction(SIGUSR1, &ignore, NULL);
    sigaction(SIGUSR2, &ignore, NULL);
    sigaction(SIGTERM, &note, NULL);
    sigaction(SIGXCPU, &note, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        note_signal(SIGTERM);
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nowhere >= 0) {
        dup2(nowhere, STDIN_FILENO);
        dup2(nowhere, STDOUT_FILENO);
        close(nowhere);
    }
    file_sync_after(clock_seconds() + BRIEF_SECONDS);
}

/* What libraries have to say goes to the log. */
static void keep_errors(const struct run_folder *rundir)
{
    if (rundir->log)
        dup2(fileno(rundir->log), STDERR_FILENO);
}

static struct session_options options_of(const struct sweep_task *task)
{
    return (struct session_options){
        .command_line = task->command_line, .data = task->data, .brief_seconds = BRIEF_SECONDS};
}

/* Looks whether the run is complete already: the parent may have listed its trials before another
 * sweep, of the same folder but with other shards, had trained this one. */
static void find_complete(struct trial *trial)
{
    const char *folder = trial->task->folder;
    char *run = run_folder_path(folder, RUN_FILE);
    struct runfile_view view;
    if (run && file_exists(run) && run_listing_read(&view, folder, false) == TRAINER_OK) {
        trial->complete = view.facts.status == RUN_COMPLETED;
        if (trial->complete)
            keep_rows(trial, &view.epochs, series_last(&view.epochs, "seconds"),
                      view.facts.steps_done);
        runfile_view_free(&view);
    }
    free(run);
}

/* Goes on in the folder, if it has a checkpoint that can be read. What the session borrows of it
 * stays until this process ends. */
static int open_again(struct trial *trial, const char *threads, struct run_folder *rundir,
                      struct opened *opened)
{
    const struct sweep_task *task = trial->task;
    struct resumption run = {.folder = task->folder};
    struct session_options options = options_of(task);
    int rc = run_folder_reopen(rundir, task->folder);
    if (rc == TRAINER_OK) {
        keep_errors(rundir);
        find_complete(trial);
        rc = trial->complete ? TRAINER_OK : resumption_find(&run);
    }
    if (rc != TRAINER_OK || trial->complete)
        return rc;
    if (!run.checkpoint)
        return TRAINER_INVALID;
    return resumption_open(opened, &run, &threads, 1, &options);
}

static int open_anew(const struct sweep_task *task, const char *threads, struct run_folder *rundir,
                     struct opened *opened)
{
    struct session_options options = options_of(task);
    int rc = run_folder_claim(rundir, NULL, task->folder, true);
    if (rc != TRAINER_OK)
        return TRAINER_FAILED; /* also while someone resumes the trial by hand */
    keep_errors(rundir);
    rc = sweep_trial_config(task->sweep, task->trial, &threads, 1, &opened->config);
    if (rc == TRAINER_OK)
        rc = session_open(&opened->session, opened->config, &options);
    return rc;
}

/* A run that fails by its numbers or config would fail again. Anything else, such as the last save
 * or memory, is worth another try. */
static enum sweep_status status_of(int code, const struct trial *trial,
                                   const struct session *session)
{
    if (trial->complete)
        return SWEEP_TRIAL_COMPLETED;
    enum run_status status = session ? session_status(session) : RUN_RUNNING;
    if (code == TRAINER_OK && status == RUN_COMPLETED)
        return SWEEP_TRIAL_COMPLETED;
    if (code == TRAINER_OK)
        return stop == STOPPED_EARLY ? SWEEP_TRIAL_STOPPED : SWEEP_TRIAL_INTERRUPTED;
    return code == TRAINER_INVALID || status == RUN_FAILED ? SWEEP_TRIAL_FAILED
                                                           : SWEEP_TRIAL_KILLED;
}

static _Noreturn void run_trial(const struct sweep_task *task, int channel, pid_t parent)
{
    struct trial trial = {
        .task = task, .channel = channel, .settings = sweep_settings(task->sweep)};
    struct observer observer = {observe, &trial};
    struct run_folder rundir = {.lock = -1};
    struct opened opened = {0};
    char threads[32], error[2048] = "";
    become_trial(parent);
    snprintf(threads, sizeof threads, "trainer.threads=%d", task->threads);
    int rc = open_again(&trial, threads, &rundir, &opened);
    if (rc == TRAINER_INVALID) {
        open_close(&opened);
        run_folder_close(&rundir);
        rc = open_anew(task, threads, &rundir, &opened);
    }
    if (rc == TRAINER_OK && !trial.complete)
        rc = train_run_quietly(&rundir, opened.session, &observer, &stop);
    if (rc != TRAINER_OK)
        snprintf(error, sizeof error, "%s", error_text());
    enum sweep_status status = status_of(rc, &trial, opened.session);
    run_folder_close(&rundir);
    tell_end(&trial, status, error);
    _exit(0);
}

int sweep_child_socket(int end[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end) == 0)
        return TRAINER_OK;
    return error_set(TRAINER_FAILED, "cannot make a socket for a trial: %s", strerror(errno));
}

int sweep_child_start(const struct sweep_task *task, void (*first)(void *context), void *context,
                      pid_t *child, int *channel)
{
    int end[2];
    pid_t parent = getpid();
    if (sweep_child_socket(end) != TRAINER_OK)
        return TRAINER_FAILED;
    fflush(NULL);
    *child = fork();
    if (*child == 0) {
        close(end[0]);
        if (first)
            first(context);
        run_trial(task, end[1], parent);
    }
    int error = errno;
    close(end[1]);
    *channel = end[0];
    if (*child > 0)
        return TRAINER_OK;
    close(end[0]);
    *child = 0;
    return error_set(TRAINER_FAILED, "cannot start a process for a trial: %s", strerror(error));
}
