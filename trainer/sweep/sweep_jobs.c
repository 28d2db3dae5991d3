/*
 * sweep_jobs.c - starts trials and reads what they send.
 *
 * Invariants: job[0..running) run, each with a slot of its own (jobs move, slots don't); a child
 * closes the parent's ends of all channels, so that a channel ends when its child does.
 */
#include "sweep_jobs.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/series.h"
#include "engine/places.h"
#include "system/subprocess.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READ_PIECE = 1 << 12 };

struct job {
    pid_t child; /* 0: another rank's */
    int channel;
    size_t trial, slot;
    double began;
    bool saves;  /* its training is over */
    char *bytes; /* read and not yet taken */
    size_t count, capacity;
};

struct sweep_jobs {
    const struct sweep_listener *listener;
    size_t places, most, running;
    struct job *job;          /* [most] */
    struct pollfd *polled;    /* [most + 1] */
    bool *taken;              /* [most]: slots in use */
    struct sweep_slot *slot;  /* [most], shared with the children */
    struct sweep_ranks *deal; /* NULL: all trials are children of this process */
};

int sweep_jobs_create(struct sweep_jobs **jobs, size_t places, size_t saving,
                      const struct sweep_listener *listener)
{
    size_t most = places + saving;
    struct sweep_jobs *made = calloc(1, sizeof *made);
    size_t bytes = most * sizeof *made->slot;
    *jobs = NULL;
    if (!made)
        return error_memory("the jobs", sizeof *made);
    made->listener = listener;
    made->places = places;
    made->most = most;
    made->job = calloc(most, sizeof *made->job);
    made->polled = calloc(most + 1, sizeof *made->polled);
    made->taken = calloc(most, sizeof *made->taken);
    made->slot = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (made->slot == MAP_FAILED)
        made->slot = NULL;
    if (!made->job || !made->polled || !made->taken || !made->slot) {
        sweep_jobs_free(made);
        return error_memory("the jobs", bytes);
    }
    *jobs = made;
    return TRAINER_OK;
}

void sweep_jobs_deal(struct sweep_jobs *jobs, struct sweep_ranks *deal)
{
    jobs->deal = deal;
}

static void forget(struct sweep_jobs *jobs, size_t index)
{
    struct job *job = &jobs->job[index];
    close(job->channel);
    free(job->bytes);
    jobs->taken[job->slot] = false;
    *job = jobs->job[--jobs->running];
}

void sweep_jobs_free(struct sweep_jobs *jobs)
{
    if (!jobs)
        return;
    while (jobs->running > 0) {
        if (jobs->job[0].child > 0) {
            kill(jobs->job[0].child, SIGKILL);
            subprocess_wait(jobs->job[0].child);
        }
        forget(jobs, 0);
    }
    if (jobs->slot)
        munmap(jobs->slot, jobs->most * sizeof *jobs->slot);
    free(jobs->job);
    free(jobs->polled);
    free(jobs->taken);
    free(jobs);
}

static size_t free_slot(const struct sweep_jobs *jobs)
{
    size_t slot = 0;
    while (jobs->taken[slot])
        slot++;
    return slot;
}

/* The child's side of the fork. */
struct newborn {
    const struct sweep_jobs *jobs;
    size_t slot;
};

static void leave_others(void *context)
{
    const struct newborn *newborn = context;
    const struct sweep_jobs *jobs = newborn->jobs;
    for (size_t i = 0; i < jobs->running; i++)
        close(jobs->job[i].channel);
    if (!jobs->deal)
        places_share(newborn->slot % jobs->places, jobs->places);
}

int sweep_jobs_start(struct sweep_jobs *jobs, const struct sweep_task *task)
{
    size_t slot = free_slot(jobs);
    struct sweep_task own = *task;
    struct newborn newborn = {jobs, slot};
    struct job job = {.trial = task->trial, .slot = slot, .began = clock_seconds()};
    jobs->slot[slot] = (struct sweep_slot){.fraction = 0, .loss = NAN, .metric = NAN};
    own.slot = &jobs->slot[slot];
    int rc = jobs->deal && slot > 0
                 ? sweep_ranks_start(jobs->deal, slot, task->trial, task->threads, &job.channel)
                 : sweep_child_start(&own, leave_others, &newborn, &job.child, &job.channel);
    if (rc != TRAINER_OK)
        return rc;
    jobs->taken[slot] = true;
    jobs->job[jobs->running++] = job;
    return TRAINER_OK;
}

/* --- listening --- */

static bool make_room(struct job *job)
{
    if (job->capacity - job->count >= READ_PIECE)
        return true;
    size_t capacity = 2 * job->capacity + READ_PIECE;
    char *grown = realloc(job->bytes, capacity);
    if (!grown)
        return false;
    job->bytes = grown;
    job->capacity = capacity;
    return true;
}

/* Reads what there is; false at the end of the channel. A parent without memory reads no further:
 * the child is then treated as killed; its files show its progress. */
static bool read_channel(struct job *job)
{
    for (;;) {
        if (!make_room(job))
            return false;
        ssize_t got =
            recv(job->channel, job->bytes + job->count, job->capacity - job->count, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno == EAGAIN;
        if (got == 0)
            return false;
        job->count += (size_t)got;
    }
}

static void answer_report(const struct sweep_jobs *jobs, const struct job *job,
                          const struct sweep_message *message)
{
    const struct sweep_listener *listener = jobs->listener;
    bool go_on = listener->reported(listener->context, job->trial, message->what, message->value);
    char answer = go_on ? SWEEP_GO_ON : SWEEP_STOP_HERE;
    (void)!send(job->channel, &answer, 1, MSG_NOSIGNAL); /* the child may be gone */
}

/* Takes the messages that were read whole, but for SWEEP_END, which read_end takes. Reports are
 * small, and a trial waits for the answer to each. */
static void take_messages(const struct sweep_jobs *jobs, struct job *job)
{
    struct sweep_message message;
    size_t taken = 0;
    while (job->count - taken >= sizeof message) {
        memcpy(&message, job->bytes + taken, sizeof message);
        if (message.kind == SWEEP_END)
            break;
        taken += sizeof message;
        if (message.kind == SWEEP_REPORT)
            answer_report(jobs, job, &message);
        else
            job->saves = true;
    }
    if (taken > 0)
        memmove(job->bytes, job->bytes + taken, job->count - taken);
    job->count -= taken;
}

/* The whole SWEEP_END that a job has left, as an outcome; false where there is none. The texts and
 * numbers are the job's. */
static bool read_end(struct job *job, struct sweep_outcome *outcome, struct series *epochs)
{
    struct sweep_message message;
    if (job->count < sizeof message)
        return false;
    memcpy(&message, job->bytes, sizeof message);
    size_t values = message.rows * message.columns * sizeof(double);
    if (message.kind != SWEEP_END || job->count != sizeof message + message.text + values)
        return false;
    /* The text moves to the front, where a NUL fits behind it, and the numbers to their alignment.
     * */
    char *text = job->bytes;
    double *value =
        (double *)(void *)(job->bytes + (message.text / sizeof *value + 1) * sizeof *value);
    memmove(text, job->bytes + sizeof message, message.text);
    memmove(value, job->bytes + sizeof message + message.text, values);
    text[message.text] = '\0';
    *epochs =
        (struct series){.columns = (int)message.columns, .rows = message.rows, .value = value};
    *outcome = (struct sweep_outcome){.status = (enum sweep_status)message.what,
                                      .error = text,
                                      .seconds = message.value,
                                      .steps = message.steps,
                                      .epochs = epochs};
    return true;
}

/* Describes a child that ended without a message. */
static void describe_end(int status, char *text, size_t size)
{
    const char *name = WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : NULL;
    if (name)
        snprintf(text, size, "killed by SIG%s", name);
    else if (WIFSIGNALED(status))
        snprintf(text, size, "killed by signal %d", WTERMSIG(status));
    else
        snprintf(text, size, "its process ended with exit status %d", WEXITSTATUS(status));
}

static void finish_job(struct sweep_jobs *jobs, size_t index)
{
    struct job job = jobs->job[index];
    struct sweep_outcome outcome;
    struct series epochs;
    char text[64];
    int status =
        job.child > 0 ? subprocess_wait(job.child) : sweep_ranks_status(jobs->deal, job.slot);
    if (!read_end(&job, &outcome, &epochs)) {
        describe_end(status, text, sizeof text);
        outcome = (struct sweep_outcome){
            .status = SWEEP_TRIAL_KILLED, .error = text, .seconds = clock_seconds() - job.began};
    }
    jobs->listener->ended(jobs->listener->context, job.trial, &outcome);
    forget(jobs, index);
}

/* Whether something was there to be read. */
static bool wait_once(struct sweep_jobs *jobs, double seconds, int also)
{
    size_t running = jobs->running;
    for (size_t i = 0; i < running; i++)
        jobs->polled[i] = (struct pollfd){.fd = jobs->job[i].channel, .events = POLLIN};
    jobs->polled[running] = (struct pollfd){.fd = also, .events = POLLIN};
    if (poll(jobs->polled, running + 1, (int)ceil(seconds * 1000)) <= 0)
        return false;
    /* From the last to the first: one that ends gives its place to the last. */
    for (size_t i = running; i-- > 0;) {
        if (!jobs->polled[i].revents)
            continue;
        bool open = read_channel(&jobs->job[i]);
        take_messages(jobs, &jobs->job[i]);
        if (!open)
            finish_job(jobs, i);
    }
    return true;
}

void sweep_jobs_wait(struct sweep_jobs *jobs, double seconds, int also)
{
    if (!jobs->deal) {
        wait_once(jobs, seconds, also);
        return;
    }
    double end = clock_seconds() + seconds;
    do
        sweep_ranks_turn(jobs->deal);
    while (!wait_once(jobs, SWEEP_RANKS_SECONDS, also) && clock_seconds() < end);
}

void sweep_jobs_stop(struct sweep_jobs *jobs)
{
    for (size_t i = 0; i < jobs->running; i++)
        if (jobs->job[i].child > 0)
            kill(jobs->job[i].child, SIGTERM);
        else
            sweep_ranks_stop(jobs->deal, jobs->job[i].slot);
}

bool sweep_jobs_have_room(const struct sweep_jobs *jobs)
{
    size_t training = 0;
    for (size_t i = 0; i < jobs->running; i++)
        training += !jobs->job[i].saves;
    return training < jobs->places && jobs->running < jobs->most;
}

size_t sweep_jobs_running(const struct sweep_jobs *jobs)
{
    return jobs->running;
}

struct sweep_job_facts sweep_jobs_at(const struct sweep_jobs *jobs, size_t index)
{
    const struct job *job = &jobs->job[index];
    return (struct sweep_job_facts){job->trial, &jobs->slot[job->slot], job->began};
}
