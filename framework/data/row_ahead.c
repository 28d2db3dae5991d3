/*
 * row_ahead.c - one thread, two buffers, one request at a time.
 *
 * The team that takes a request that is not yet read helps to read it: all claim rows, a few at a
 * time, so that nobody waits for a thread that the machine has no processor for. Waking the thread
 * costs time too, 20 to 70 us on a virtual machine. It is left asleep where the team has a request
 * sooner, and where it could only take processors from the team: rows that lie in the system's page
 * cache are copied without waiting for a disk.
 *
 * Invariant: while neither `asked` nor `reading` is set, all requests belong to the team.
 */
#include "row_ahead.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/thread.h"
#include "engine/places.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A request is read in so many parts a thread, so that all end at about the same time; rows of a
 * part. */
enum { PARTS = 8, PART_LEAST = 4, PART_MOST = 16 };

/* The thread is woken where it would have spared each thread of the team so much. */
static const uint64_t WORTH_WAKING_NS = 60000;

/* Samples that were asked for, and their values. */
struct request {
    bool made;
    enum split stored;
    size_t count;
    size_t part;           /* rows that are claimed at once */
    atomic_size_t claimed; /* rows that are read, or being read */
    /* In reading them, of all threads together: by the clock, and by their processors' time. */
    _Atomic uint64_t spent_ns, worked_ns;
    uint32_t *position;                /* (rows) */
    void *values[DATASET_COLUMNS_MAX]; /* (rows, shape) of columns that stay in their file */
};

struct row_ahead {
    const struct dataset *dataset;
    size_t rows;
    struct request request[2];
    int taken; /* the request that is used; the other one is, or was last, read */
    pthread_t thread;
    bool started;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool asked, reading; /* the thread is to read `next`; it does */
    bool closing;
    size_t threads;         /* of the team that took the last request */
    uint64_t spared_before; /* what the thread would have spared it of the one before */
    int rc;
    char text[512]; /* the message of rc */
};

/* Rows from `row` on, below `end`, that follow one another in the file too. */
static size_t run_length(const struct request *request, size_t row, size_t end)
{
    size_t length = 1;
    while (row + length < end && request->position[row + length] == request->position[row] + length)
        length++;
    return length;
}

/* Rows [begin, end) of one column. */
static int read_column(const struct column *column, const struct request *request, void *values,
                       size_t begin, size_t end)
{
    const struct row_file *file = column->file[request->stored];
    size_t bytes = shape_size(column->shape) * stored_size(column->stored);
    int rc = TRAINER_OK;
    for (size_t row = begin, length; file && !rc && row < end; row += length) {
        length = run_length(request, row, end);
        rc =
            file->read(file->context, request->position[row], length, (char *)values + row * bytes);
    }
    return rc;
}

/* Keeps the first message. */
static void fail(struct row_ahead *ahead, int rc)
{
    pthread_mutex_lock(&ahead->mutex);
    if (!ahead->rc) {
        ahead->rc = rc;
        snprintf(ahead->text, sizeof ahead->text, "%s", error_text());
    }
    pthread_mutex_unlock(&ahead->mutex);
}

/* Of the calling thread's processor. */
static double worked_seconds(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static uint64_t nanoseconds(double seconds)
{
    return seconds > 0 ? (uint64_t)(1e9 * seconds) : 0;
}

/* Reads rows that nobody has claimed, until there are none. */
static void read_request(struct row_ahead *ahead, struct request *request)
{
    double began = clock_seconds(), work_began = worked_seconds();
    size_t begin, end, rows = 0;
    while ((begin = atomic_fetch_add(&request->claimed, request->part)) < request->count) {
        int rc = TRAINER_OK;
        end = begin + request->part < request->count ? begin + request->part : request->count;
        for (int i = 0; !rc && i < ahead->dataset->columns; i++)
            if (request->values[i])
                rc = read_column(&ahead->dataset->column[i], request, request->values[i], begin,
                                 end);
        if (rc)
            fail(ahead, rc);
        rows += end - begin;
    }
    if (rows) {
        atomic_fetch_add(&request->worked_ns, nanoseconds(worked_seconds() - work_began));
        atomic_fetch_add(&request->spent_ns, nanoseconds(clock_seconds() - began));
    }
}

static void *run_thread(void *context)
{
    struct row_ahead *ahead = context;
    pthread_mutex_lock(&ahead->mutex);
    for (;;) {
        while (!ahead->asked && !ahead->closing)
            pthread_cond_wait(&ahead->changed, &ahead->mutex);
        if (ahead->closing)
            break;
        ahead->asked = false;
        ahead->reading = true;
        struct request *request = &ahead->request[!ahead->taken];
        pthread_mutex_unlock(&ahead->mutex);
        read_request(ahead, request);
        pthread_mutex_lock(&ahead->mutex);
        ahead->reading = false;
        pthread_cond_broadcast(&ahead->changed);
    }
    pthread_mutex_unlock(&ahead->mutex);
    return NULL;
}

static int start_thread(struct row_ahead *ahead)
{
    ahead->started = thread_start(&ahead->thread, run_thread, ahead) == 0;
    return ahead->started ? TRAINER_OK
                          : error_set(TRAINER_FAILED, "no thread can be started to read data");
}

static bool stays_in_file(const struct column *column)
{
    bool stays = false;
    for (enum split split = 0; split < SPLIT_COUNT; split++)
        stays = stays || column->file[split];
    return stays;
}

static int make_request(struct row_ahead *ahead, struct request *request)
{
    request->position =
        block_allocate("positions of samples", ahead->rows * sizeof *request->position);
    int rc = request->position ? TRAINER_OK : TRAINER_FAILED;
    for (int i = 0; !rc && i < ahead->dataset->columns; i++) {
        const struct column *column = &ahead->dataset->column[i];
        size_t bytes = shape_size(column->shape) * stored_size(column->stored);
        if (!stays_in_file(column))
            continue;
        request->values[i] = block_allocate("rows of a file", ahead->rows * bytes);
        rc = request->values[i] ? TRAINER_OK : TRAINER_FAILED;
    }
    return rc;
}

int row_ahead_create(struct row_ahead **ahead, const struct dataset *dataset, size_t rows)
{
    bool needed = false;
    *ahead = NULL;
    for (int i = 0; i < dataset->columns; i++)
        needed = needed || stays_in_file(&dataset->column[i]);
    if (!needed)
        return TRAINER_OK;
    struct row_ahead *created = calloc(1, sizeof *created);
    if (!created)
        return error_memory("reading ahead", sizeof *created);
    created->dataset = dataset;
    created->rows = rows;
    created->threads = 1;
    pthread_mutex_init(&created->mutex, NULL);
    pthread_cond_init(&created->changed, NULL);
    int rc = make_request(created, &created->request[0]);
    if (!rc)
        rc = make_request(created, &created->request[1]);
    if (!rc)
        rc = start_thread(created);
    if (rc)
        row_ahead_free(created);
    else
        *ahead = created;
    return rc;
}

void row_ahead_free(struct row_ahead *ahead)
{
    if (!ahead)
        return;
    pthread_mutex_lock(&ahead->mutex);
    ahead->closing = true;
    pthread_cond_broadcast(&ahead->changed);
    pthread_mutex_unlock(&ahead->mutex);
    if (ahead->started)
        pthread_join(ahead->thread, NULL);
    for (int r = 0; r < 2; r++) {
        free(ahead->request[r].position);
        for (int i = 0; i < DATASET_COLUMNS_MAX; i++)
            free(ahead->request[r].values[i]);
    }
    pthread_cond_destroy(&ahead->changed);
    pthread_mutex_destroy(&ahead->mutex);
    free(ahead);
}

/* The thread no longer reads, nor will it. */
static void stop_reading(struct row_ahead *ahead)
{
    pthread_mutex_lock(&ahead->mutex);
    ahead->asked = false;
    while (ahead->reading)
        pthread_cond_wait(&ahead->changed, &ahead->mutex);
    pthread_mutex_unlock(&ahead->mutex);
}

static void fill_request(struct request *request, enum split stored, const uint32_t *position,
                         size_t count, size_t threads)
{
    size_t part = count / (PARTS * threads) + 1;
    request->made = true;
    request->stored = stored;
    request->count = count;
    request->part = part < PART_LEAST ? PART_LEAST : part > PART_MOST ? PART_MOST : part;
    memcpy(request->position, position, count * sizeof *position);
    atomic_store(&request->claimed, 0);
    atomic_store(&request->spent_ns, 0);
    atomic_store(&request->worked_ns, 0);
}

/* Nanoseconds of the team's threads that the thread would have spared them in this request. Where
 * they leave no processor free that is their waiting alone. */
static uint64_t spared_by_thread(const struct row_ahead *ahead, const struct request *request)
{
    uint64_t spent = request->spent_ns, worked = request->worked_ns;
    bool crowded = ahead->threads >= (size_t)places_processors();
    return !crowded ? spent : spent > worked ? spent - worked : 0;
}

/* Not for one request that took longer than those around it: other programs interrupt a team. */
static bool worth_waking(const struct row_ahead *ahead)
{
    uint64_t last = spared_by_thread(ahead, &ahead->request[ahead->taken]);
    uint64_t spared = last < ahead->spared_before ? last : ahead->spared_before;
    return spared >= WORTH_WAKING_NS * ahead->threads;
}

void row_ahead_ask(struct row_ahead *ahead, enum split stored, const uint32_t *position,
                   size_t count)
{
    if (!worth_waking(ahead))
        return;
    stop_reading(ahead);
    fill_request(&ahead->request[!ahead->taken], stored, position, count, ahead->threads);
    pthread_mutex_lock(&ahead->mutex);
    ahead->asked = true;
    pthread_cond_broadcast(&ahead->changed);
    pthread_mutex_unlock(&ahead->mutex);
}

/* Sees to it that the request is of these samples. */
static void expect(struct row_ahead *ahead, struct request *request, enum split stored,
                   const uint32_t *position, size_t count)
{
    bool same = request->made && request->stored == stored && request->count == count &&
                !memcmp(request->position, position, count * sizeof *position);
    if (same)
        return;
    stop_reading(ahead);
    fill_request(request, stored, position, count, ahead->threads);
}

void row_ahead_take(struct row_ahead *ahead, enum split stored, const uint32_t *position,
                    size_t count, const struct worker *worker)
{
    struct request *request = &ahead->request[!ahead->taken];
    if (worker->thread == 0)
        expect(ahead, request, stored, position, count);
    team_barrier(worker);
    read_request(ahead, request);
    if (worker->thread == 0) {
        stop_reading(ahead);
        ahead->spared_before = spared_by_thread(ahead, &ahead->request[ahead->taken]);
        ahead->threads = (size_t)worker->threads;
        ahead->taken = !ahead->taken;
        ahead->request[!ahead->taken].made = false;
    }
    team_barrier(worker);
}

const void *row_ahead_values(const struct row_ahead *ahead, int column)
{
    return ahead->request[ahead->taken].values[column];
}

int row_ahead_status(struct row_ahead *ahead)
{
    pthread_mutex_lock(&ahead->mutex);
    int rc = ahead->rc ? error_set(ahead->rc, "%s", ahead->text) : TRAINER_OK;
    pthread_mutex_unlock(&ahead->mutex);
    return rc;
}
