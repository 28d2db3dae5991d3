/*
 * runfile.c - the thread that writes snapshots of a run.
 *
 *     caller:  copy -> waiting in its slot (an older one that still waits there is dropped)
 *     writer:  waiting -> image in memory -> file_replace -> result
 *              one that may come later and failed waits again, for the next save of any slot
 *
 * All that both threads see is in struct runfile, behind its mutex; `changed` is broadcast at each
 * change. A snapshot belongs to the caller until it is `waiting`, and to the writer once taken.
 * Snapshots are numbered; a slot's `finished` is the number of its last one that was written or
 * failed.
 */
#include "runfile.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/machine.h"
#include "base/thread.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_SIZE = 1024, NAME_SIZE = 256 };

struct slot {
    char *path, *previous;         /* NULL: none */
    struct snapshot_copy *waiting; /* the newest one handed over; NULL */
    uint64_t number;               /* its number */
    bool later;                    /* it waits for company */
    bool lasting;                  /* it is kept where writing it fails */
    uint64_t finished;
    int result;                 /* of the last finished save */
    bool untold;                /* a failure that no call has returned yet */
    char message[MESSAGE_SIZE]; /* of the last failure */
    double cost;
};

struct runfile {
    struct slot slot[RUNFILE_SLOTS];
    char hostname[NAME_SIZE], cpu_model[NAME_SIZE];
    pthread_t writer;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint64_t handed;
    bool busy, closing;
};

/* --- the writer --- */

static int write_copy(const char *path, const char *previous, const struct snapshot_copy *copy)
{
    void *bytes = NULL;
    size_t count = 0;
    int rc = snapshot_image(copy, path, &bytes, &count);
    if (rc == TRAINER_OK)
        rc = file_replace_keeping(path, previous, bytes, count);
    free(bytes);
    return rc;
}

/* With the mutex held: the slot to write next; NULL where there is nothing to do. What is meant for
 * later waits for company, or for the end. */
static struct slot *next_slot(struct runfile *file)
{
    struct slot *next = NULL;
    for (int i = 0; i < RUNFILE_SLOTS; i++) {
        struct slot *slot = &file->slot[i];
        next = slot->waiting && (!slot->later || file->closing) ? slot : next;
    }
    return next;
}

/* With the mutex held: what waits for company has it now. */
static void end_waiting(struct runfile *file)
{
    for (int i = 0; i < RUNFILE_SLOTS; i++)
        file->slot[i].later = false;
}

/* Called and returns with the mutex held; writes without it. */
static void write_waiting(struct runfile *file, struct slot *slot)
{
    struct snapshot_copy *copy = slot->waiting;
    uint64_t number = slot->number;
    slot->waiting = NULL;
    file->busy = true;
    pthread_mutex_unlock(&file->mutex);

    double start = clock_seconds();
    int rc = write_copy(slot->path, slot->previous, copy);
    double cost = clock_seconds() - start;

    pthread_mutex_lock(&file->mutex);
    file->busy = false;
    slot->result = rc;
    slot->cost = cost;
    slot->finished = number;
    if (rc != TRAINER_OK) {
        slot->untold = true;
        snprintf(slot->message, sizeof slot->message, "%s", error_text());
    }
    if (rc != TRAINER_OK && slot->lasting && !slot->waiting && !file->closing) {
        slot->waiting = copy;
        slot->later = true;
        copy = NULL;
    }
    pthread_cond_broadcast(&file->changed);
    snapshot_drop(copy);
}

static void *write_snapshots(void *argument)
{
    struct runfile *file = argument;
    pthread_mutex_lock(&file->mutex);
    for (struct slot *slot; (slot = next_slot(file)) || !file->closing;)
        if (slot)
            write_waiting(file, slot);
        else
            pthread_cond_wait(&file->changed, &file->mutex);
    pthread_mutex_unlock(&file->mutex);
    return NULL;
}

static int start_writer(struct runfile *file)
{
    int error = thread_start(&file->writer, write_snapshots, file);
    return error ? error_set(TRAINER_FAILED, "%s: cannot start the writer: %s",
                             file->slot[RUNFILE_RUN].path, strerror(error))
                 : TRAINER_OK;
}

/* --- opening, saving, closing --- */

static void runfile_free(struct runfile *file)
{
    pthread_cond_destroy(&file->changed);
    pthread_mutex_destroy(&file->mutex);
    for (int i = 0; i < RUNFILE_SLOTS; i++) {
        free(file->slot[i].path);
        free(file->slot[i].previous);
    }
    free(file);
}

int runfile_open(struct runfile **result, const char *path)
{
    struct runfile *file = calloc(1, sizeof *file);
    char *own_path = strdup(path);
    if (!file || !own_path) {
        free(own_path);
        free(file);
        return error_memory(path, sizeof *file + strlen(path));
    }
    file->slot[RUNFILE_RUN].path = own_path;
    pthread_mutex_init(&file->mutex, NULL);
    pthread_cond_init(&file->changed, NULL);
    machine_hostname(file->hostname, NAME_SIZE);
    machine_cpu_model(file->cpu_model, NAME_SIZE);
    int started = start_writer(file);
    if (started != TRAINER_OK) {
        runfile_free(file);
        return started;
    }
    *result = file;
    return TRAINER_OK;
}

int runfile_add(struct runfile *file, enum runfile_slot slot, const char *path,
                const char *previous)
{
    struct slot *added = &file->slot[slot];
    assert(!added->path);
    added->path = strdup(path);
    added->previous = previous ? strdup(previous) : NULL;
    return added->path && (added->previous || !previous) ? TRAINER_OK
                                                         : error_memory(path, strlen(path) + 1);
}

/* With the mutex held: a failure that no call has returned yet, if any. */
static int tell_failure(struct runfile *file)
{
    for (int i = 0; i < RUNFILE_SLOTS; i++)
        if (file->slot[i].untold) {
            file->slot[i].untold = false;
            return error_set(TRAINER_FAILED, "%s", file->slot[i].message);
        }
    return TRAINER_OK;
}

/* With the mutex held: the result of the slot's save of that number, or of a newer one. */
static int wait_for(struct runfile *file, struct slot *slot, uint64_t number)
{
    while (slot->finished < number)
        pthread_cond_wait(&file->changed, &file->mutex);
    slot->untold = false;
    return slot->result == TRAINER_OK ? TRAINER_OK : error_set(slot->result, "%s", slot->message);
}

int runfile_save(struct runfile *file, const struct snapshot *snapshot, bool wait)
{
    struct slot *slot = &file->slot[snapshot->slot];
    struct snapshot_copy *copy =
        snapshot_take(snapshot, slot->path, file->hostname, file->cpu_model);
    if (!copy)
        return TRAINER_FAILED;
    pthread_mutex_lock(&file->mutex);
    uint64_t number = slot->number = ++file->handed;
    struct snapshot_copy *dropped = slot->waiting;
    slot->waiting = copy;
    slot->later = slot->lasting = snapshot->later;
    if (next_slot(file))
        end_waiting(file);
    pthread_cond_broadcast(&file->changed);
    int rc = wait ? wait_for(file, slot, number) : tell_failure(file);
    pthread_mutex_unlock(&file->mutex);
    snapshot_drop(dropped);
    return rc;
}

int runfile_flush(struct runfile *file)
{
    int rc = TRAINER_OK;
    pthread_mutex_lock(&file->mutex);
    end_waiting(file);
    pthread_cond_broadcast(&file->changed);
    while (file->busy || next_slot(file))
        pthread_cond_wait(&file->changed, &file->mutex);
    for (int i = 0; i < RUNFILE_SLOTS; i++) {
        struct slot *slot = &file->slot[i];
        slot->untold = false;
        if (slot->result != TRAINER_OK)
            rc = error_set(slot->result, "%s", slot->message);
    }
    pthread_mutex_unlock(&file->mutex);
    return rc;
}

int runfile_poll(struct runfile *file)
{
    pthread_mutex_lock(&file->mutex);
    int rc = tell_failure(file);
    pthread_mutex_unlock(&file->mutex);
    return rc;
}

bool runfile_failing(struct runfile *file)
{
    bool failing = false;
    pthread_mutex_lock(&file->mutex);
    for (int i = 0; i < RUNFILE_SLOTS; i++)
        failing = failing || file->slot[i].result != TRAINER_OK;
    pthread_mutex_unlock(&file->mutex);
    return failing;
}

double runfile_cost(struct runfile *file)
{
    double cost = 0;
    pthread_mutex_lock(&file->mutex);
    for (int i = 0; i < RUNFILE_SLOTS; i++)
        cost += file->slot[i].cost;
    pthread_mutex_unlock(&file->mutex);
    return cost;
}

void runfile_close(struct runfile *file)
{
    if (!file)
        return;
    pthread_mutex_lock(&file->mutex);
    file->closing = true;
    pthread_cond_broadcast(&file->changed);
    pthread_mutex_unlock(&file->mutex);
    pthread_join(file->writer, NULL);
    runfile_free(file);
}

int runfile_write(const char *path, const struct snapshot *snapshot)
{
    char hostname[NAME_SIZE], cpu_model[NAME_SIZE];
    struct snapshot_copy *copy =
        snapshot_take(snapshot, path, machine_hostname(hostname, NAME_SIZE),
                      machine_cpu_model(cpu_model, NAME_SIZE));
    int rc = copy ? write_copy(path, NULL, copy) : TRAINER_FAILED;
    snapshot_drop(copy);
    return rc;
}
