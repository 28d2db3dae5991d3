/*
 * sweep_jobs.c - starts trials and reads what they send.
 *
 * Invariants: job[0..running) run, each with a slot of its own (jobs move, slots don't); a child
 * closes the parent's ends of all channels, so that a channel ends when its child does.
 */
#include "sweep_jobs.h"
#include "base/clock.h"
#include "base/error.h"
#include "engine/places.h"
#include "system/subprocess.h"
#include "train/record.h"

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
    pid_t child;
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
    struct job *job;         /* [most] */
    struct pollfd *polled;   /* [most + 1] */
    bool *taken;             /* [most]: slots in use */
    struct sweep_slot *slot; /* [most], shared with the children */
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
        kill(jobs->job[0].child, SIGKILL);
        subprocess_wait(jobs->job[0].child);
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
static _Noreturn void run_child(const struct sweep_jobs *jobs, const struct sweep_task *task,
                                int parents_end)
{
    close(parents_end);
    for (size_t i = 0; i < jobs->running; i++)
        close(jobs->job[i].channel);
    places_share((size_t)(task->slot - jobs->slot) % jobs->places, jobs->places);
    sweep_child_run(task);
}

int sweep_jobs_start(struct sweep_jobs *jobs, const struct sweep_task *task)
{
    int end[2];
    size_t slot = free_slot(jobs);
    struct sweep_task own = *task;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end) != 0)
        return error_set(TRAINER_FAILED, "cannot make a socket for a trial: %s", strerror(errno));
    jobs->slot[slot] = (struct sweep_slot){.fraction = 0, .loss = NAN, .metric = NAN};
    own.slot = &jobs->slot[slot];
    own.channel = end[1];
    own.parent = getpid();
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        run_child(jobs, &own, end[0]);
    int error = errno;
    close(end[1]);
    if (child < 0) {
        close(end[0]);
        return error_set(TRAINER_FAILED, "cannot start a process for a trial: %s", strerror(error));
    }
    jobs->taken[slot] = true;
    jobs->job[jobs->running++] = (struct job){.child = child,
                                              .channel = end[0],
                                              .trial = task->trial,
                                              .slot = slot,
                                              .began = clock_seconds()};
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
    int status = subprocess_wait(job.child);
    if (!read_end(&job, &outcome, &epochs)) {
        describe_end(status, text, sizeof text);
        outcome = (struct sweep_outcome){
            .status = SWEEP_TRIAL_KILLED, .error = text, .seconds = clock_seconds() - job.began};
    }
    jobs->listener->ended(jobs->listener->context, job.trial, &outcome);
    forget(jobs, index);
}

void sweep_jobs_wait(struct sweep_jobs *jobs, double seconds, int also)
{
    size_t running = jobs->running;
    for (size_t i = 0; i < running; i++)
        jobs->polled[i] = (struct pollfd){.fd = jobs->job[i].channel, .events = POLLIN};
    jobs->polled[running] = (struct pollfd){.fd = also, .events = POLLIN};
    if (poll(jobs->polled, running + 1, (int)ceil(seconds * 1000)) <= 0)
        return;
    /* From the last to the first: one that ends gives its place to the last. */
    for (size_t i = running; i-- > 0;) {
        if (!jobs->polled[i].revents)
            continue;
        bool open = read_channel(&jobs->job[i]);
        take_messages(jobs, &jobs->job[i]);
        if (!open)
            finish_job(jobs, i);
    }
}

void sweep_jobs_stop(struct sweep_jobs *jobs)
{
    for (size_t i = 0; i < jobs->running; i++)
        kill(jobs->job[i].child, SIGTERM);
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
