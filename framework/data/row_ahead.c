/*
 * row_ahead.c - one thread, two buffers, one request at a time.
 *
 * Who takes a request that is not yet read helps to read it: both claim rows, a few at a time, so
 * that nobody waits for a thread that the machine has no processor for.
 *
 * Invariant: while neither `asked` nor `reading` is set, all requests belong to the caller.
 */
#include "row_ahead.h"
#include "base/error.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_CLAIMED = 16 };

/* Samples that were asked for, and their values. */
struct request {
    bool made;
    enum split stored;
    size_t count;
    atomic_size_t claimed;             /* rows that are read, or being read */
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

/* Reads rows that nobody has claimed, until there are none. */
static void read_request(struct row_ahead *ahead, struct request *request)
{
    size_t begin, end;
    while ((begin = atomic_fetch_add(&request->claimed, ROWS_CLAIMED)) < request->count) {
        int rc = TRAINER_OK;
        end = begin + ROWS_CLAIMED < request->count ? begin + ROWS_CLAIMED : request->count;
        for (int i = 0; !rc && i < ahead->dataset->columns; i++)
            if (request->values[i])
                rc = read_column(&ahead->dataset->column[i], request, request->values[i], begin,
                                 end);
        if (rc)
            fail(ahead, rc);
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

/* Signals are the program's, not this thread's. */
static int start_thread(struct row_ahead *ahead)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    ahead->started = pthread_create(&ahead->thread, NULL, run_thread, ahead) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
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
                         size_t count)
{
    request->made = true;
    request->stored = stored;
    request->count = count;
    memcpy(request->position, position, count * sizeof *position);
    atomic_store(&request->claimed, 0);
}

void row_ahead_ask(struct row_ahead *ahead, enum split stored, const uint32_t *position,
                   size_t count)
{
    stop_reading(ahead);
    fill_request(&ahead->request[!ahead->taken], stored, position, count);
    pthread_mutex_lock(&ahead->mutex);
    ahead->asked = true;
    pthread_cond_broadcast(&ahead->changed);
    pthread_mutex_unlock(&ahead->mutex);
}

void row_ahead_take(struct row_ahead *ahead, enum split stored, const uint32_t *position,
                    size_t count)
{
    struct request *next = &ahead->request[!ahead->taken];
    bool same = next->made && next->stored == stored && next->count == count &&
                !memcmp(next->position, position, count * sizeof *position);
    if (!same) {
        stop_reading(ahead);
        fill_request(next, stored, position, count);
    }
    read_request(ahead, next);
    stop_reading(ahead);
    ahead->taken = !ahead->taken;
    ahead->request[!ahead->taken].made = false;
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
