/*
 * sweep_recorder.c - records ended trials in a child, seldom enough to cost little.
 *
 * Invariant: ended[0..recording) is what the child records now.
 */
#include "sweep_recorder.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "sweep/sweep_file.h"
#include "system/subprocess.h"
#include "train/record.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between two recordings lies a second, and so many times what the last one cost. */
static const double SECONDS_LEAST = 1, SPACING = 50;

int sweep_recorder_open(struct sweep_recorder *recorder, const struct sweep *sweep,
                        const struct sweep_folder *folder, const char *command_line, bool table)
{
    const struct sweep_settings *settings = sweep_settings(sweep);
    *recorder = (struct sweep_recorder){.sweep = sweep,
                                        .folder = folder,
                                        .command_line = command_line,
                                        .table = table,
                                        .pipe = -1,
                                        .began = clock_seconds()};
    int rc = sweep_results_open(&recorder->results, sweep);
    if (rc == TRAINER_OK)
        rc = sweep_log_open(&recorder->log, folder->log);
    if (rc == TRAINER_OK && settings->early_stopping.type == SWEEP_STOPPING_ASHA)
        rc = sweep_asha_create(&recorder->asha, &settings->early_stopping,
                               (enum sweep_goal)settings->metric.goal);
    return rc;
}

void sweep_recorder_close(struct sweep_recorder *recorder)
{
    if (recorder->child > 0) {
        kill(recorder->child, SIGKILL);
        subprocess_wait(recorder->child);
    }
    if (recorder->pipe >= 0)
        close(recorder->pipe);
    sweep_asha_free(recorder->asha);
    sweep_log_close(recorder->log);
    sweep_results_close(recorder->results);
    free(recorder->ended);
    *recorder = (struct sweep_recorder){.pipe = -1};
}

static const char *id_of(const struct sweep_recorder *recorder, size_t trial)
{
    return sweep_trial(recorder->sweep, trial)->id;
}

int sweep_recorder_started(struct sweep_recorder *recorder, size_t trial)
{
    const struct sweep_outcome outcome = {.status = SWEEP_TRIAL_RUNNING};
    const struct sweep_entry entry = {.event = SWEEP_EVENT_STARTED,
                                      .trial = id_of(recorder, trial)};
    int rc = sweep_results_put(recorder->results, trial, &outcome);
    return rc == TRAINER_OK ? sweep_log_append(recorder->log, &entry) : rc;
}

int sweep_recorder_reported(struct sweep_recorder *recorder, size_t trial, int rung, double value,
                            bool *go_on)
{
    const char *id = id_of(recorder, trial);
    *go_on = true;
    int rc = sweep_asha_report(recorder->asha, id, rung, value, go_on);
    if (rc != TRAINER_OK)
        return rc;
    const struct sweep_entry entry = {
        .event = SWEEP_EVENT_REPORTED, .trial = id, .rung = rung, .value = value, .go_on = *go_on};
    return sweep_log_append(recorder->log, &entry);
}

static int note_end(struct sweep_recorder *recorder, size_t trial)
{
    if (recorder->count == recorder->capacity) {
        size_t capacity = recorder->capacity ? 2 * recorder->capacity : 64;
        size_t *grown = realloc(recorder->ended, capacity * sizeof *grown);
        if (!grown)
            return error_memory("the ended trials", capacity * sizeof *grown);
        recorder->ended = grown;
        recorder->capacity = capacity;
    }
    recorder->ended[recorder->count++] = trial;
    return TRAINER_OK;
}

int sweep_recorder_ended(struct sweep_recorder *recorder, size_t trial,
                         const struct sweep_outcome *outcome)
{
    int rc = sweep_results_put(recorder->results, trial, outcome);
    return rc == TRAINER_OK ? note_end(recorder, trial) : rc;
}

/* --- recording -------------------------------------------------------------------------------- */

static int log_end(const struct sweep_recorder *recorder, size_t trial)
{
    const struct sweep_row *row = sweep_results_of(recorder->results, trial);
    const struct sweep_entry entry = {.event = SWEEP_EVENT_ENDED,
                                      .trial = row->id,
                                      .status = row->status,
                                      .seconds = row->seconds,
                                      .text = row->error};
    return sweep_log_append(recorder->log, &entry);
}

/* Records ended[0..count) and the table. Where it fails and is done again, the log may say twice
 * how a trial ended, which is the same both times. */
static int record(const struct sweep_recorder *recorder, enum run_status status, const char *error)
{
    const struct sweep_status_facts facts = {.status = status,
                                             .error = error,
                                             .command_line = recorder->command_line,
                                             .seconds = clock_seconds() - recorder->began};
    int rc = recorder->count ? file_sync_folder(recorder->folder->path) : TRAINER_OK;
    for (size_t i = 0; i < recorder->count && rc == TRAINER_OK; i++)
        rc = log_end(recorder, recorder->ended[i]);
    if (rc == TRAINER_OK)
        rc = sweep_log_sync(recorder->log);
    if (rc == TRAINER_OK && recorder->table)
        rc = sweep_file_write(recorder->folder->h5, recorder->folder->csv, recorder->results,
                              &facts);
    return rc;
}

static _Noreturn void be_child(const struct sweep_recorder *recorder, int pipe)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    int rc = record(recorder, RUN_RUNNING, NULL);
    const char *text = error_text();
    if (rc != TRAINER_OK)
        (void)!write(pipe, text, strlen(text)); /* without it there is the exit status alone */
    _exit(rc == TRAINER_OK ? 0 : 1);
}

static int start_child(struct sweep_recorder *recorder)
{
    int end[2];
    if (pipe2(end, O_CLOEXEC) != 0)
        return error_set(TRAINER_FAILED, "cannot make a pipe: %s", strerror(errno));
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(end[0]);
        be_child(recorder, end[1]);
    }
    int error = errno;
    close(end[1]);
    if (child < 0) {
        close(end[0]);
        return error_set(TRAINER_FAILED, "cannot start a process that writes %s: %s",
                         recorder->folder->h5, strerror(error));
    }
    recorder->child = child;
    recorder->pipe = end[0];
    recorder->recording = recorder->count;
    recorder->child_began = clock_seconds();
    return TRAINER_OK;
}

/* Waits for the child, whose pipe has ended or soon will. */
static int end_child(struct sweep_recorder *recorder)
{
    char text[1024];
    size_t length = 0;
    ssize_t got;
    while ((got = read(recorder->pipe, text + length, sizeof text - 1 - length)) > 0 ||
           (got < 0 && errno == EINTR))
        length += got > 0 ? (size_t)got : 0;
    text[length] = '\0';
    int status = subprocess_wait(recorder->child);
    close(recorder->pipe);
    recorder->pipe = -1;
    recorder->child = 0;
    recorder->last_end = clock_seconds();
    recorder->cost = recorder->last_end - recorder->child_began;
    if (status != 0)
        return error_set(TRAINER_FAILED, "%s",
                         length ? text : "the process that records results was killed");
    recorder->count -= recorder->recording;
    memmove(recorder->ended, recorder->ended + recorder->recording,
            recorder->count * sizeof *recorder->ended);
    return TRAINER_OK;
}

static bool child_is_done(const struct sweep_recorder *recorder)
{
    siginfo_t facts = {0};
    return waitid(P_PID, (id_t)recorder->child, &facts, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           facts.si_pid == recorder->child;
}

int sweep_recorder_work(struct sweep_recorder *recorder)
{
    double waited = clock_seconds() - recorder->last_end;
    if (recorder->child > 0)
        return child_is_done(recorder) ? end_child(recorder) : TRAINER_OK;
    if (recorder->count == 0 || waited < SECONDS_LEAST || waited < SPACING * recorder->cost)
        return TRAINER_OK;
    return start_child(recorder);
}

int sweep_recorder_finish(struct sweep_recorder *recorder, enum run_status status,
                          const char *error)
{
    if (recorder->child > 0)
        (void)end_child(recorder); /* what it could not record is recorded now */
    int rc = record(recorder, status, error);
    if (rc == TRAINER_OK)
        recorder->count = 0;
    return rc;
}
