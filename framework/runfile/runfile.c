/*
 * runfile.c - snapshots of a run, and the thread that writes them.
 *
 *     caller:  copy -> waiting in its slot (an older one that still waits there is dropped)
 *     writer:  waiting -> image in memory -> file_replace -> result
 *
 * All that both sides see stands in struct runfile behind its mutex; `changed` is broadcast at each
 * change. A snapshot belongs to the caller until it is `waiting`, and to the writer once taken.
 * Snapshots are numbered; a slot's `finished` is the number of its last one that was written or
 * failed.
 */
#include "runfile.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/machine.h"
#include "runfile_layout.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_SIZE = 1024, NAME_SIZE = 256 };

/* A snapshot's own copy of everything, in one arena. */
struct copy {
    struct arena arena;
    struct image_contents contents;
    uint64_t number;
};

struct slot {
    char *path, *previous; /* NULL: none */
    struct copy *waiting;  /* the newest one handed over; NULL */
    bool later;            /* it waits for company */
    uint64_t finished;
    int result;                 /* of the last finished save */
    bool untold;                /* a failure that no call has told yet */
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

/* --- copying --- */

static void copy_free(struct copy *copy)
{
    if (copy) {
        arena_free(&copy->arena);
        free(copy);
    }
}

/* The functions below return NULL, or false, with a message when memory ran out. */
static void *copy_array(struct copy *copy, const void *from, size_t count, size_t size)
{
    void *to = arena_array(&copy->arena, count, size);
    if (to && count > 0)
        memcpy(to, from, count * size);
    return to;
}

/* Replaces a borrowed text by a copy. */
static bool own_text(struct copy *copy, const char **text)
{
    const char *from = *text ? *text : "";
    *text = arena_copy(&copy->arena, from, strlen(from));
    return *text != NULL;
}

static bool own_texts(struct copy *copy, const char *const **texts, size_t count)
{
    const char **own = copy_array(copy, *texts, count, sizeof *own);
    bool done = own != NULL;
    for (size_t i = 0; done && i < count; i++)
        done = own_text(copy, &own[i]);
    *texts = own;
    return done;
}

static bool copy_facts(struct copy *copy, const struct run_facts *from)
{
    struct run_facts *facts = &copy->contents.facts;
    *facts = *from;
    const char **const texts[] = {
        &facts->error,        &facts->start_time,       &facts->end_time,
        &facts->precision,    &facts->kernels,          &facts->sparse_input,
        &facts->command_line, &facts->data_fingerprint, &facts->resumed_from,
        &facts->config,       &facts->config_resolved,
    };
    bool done = true;
    for (size_t i = 0; done && i < sizeof texts / sizeof *texts; i++)
        done = own_text(copy, texts[i]);
    return done;
}

static bool copy_series(struct copy *copy, struct series *series, const struct series *from)
{
    if (!from)
        return true;
    size_t columns = (size_t)from->columns;
    *series = *from;
    series->capacity = series->rows;
    series->value = copy_array(copy, from->value, from->rows * columns, sizeof *from->value);
    if (from->absent && !(series->absent = copy_array(copy, from->absent, columns, sizeof(bool))))
        return false;
    return series->value && own_texts(copy, &series->name, columns) &&
           own_texts(copy, &series->unit, columns) && own_texts(copy, &series->long_name, columns);
}

static bool copy_evaluation(struct copy *copy, const struct evaluation *from)
{
    struct evaluation *evaluation = &copy->contents.evaluation;
    if (!from || from->samples == 0)
        return true;
    *evaluation = *from;
    evaluation->true_class =
        copy_array(copy, from->true_class, from->samples, sizeof *from->true_class);
    evaluation->predicted_class =
        copy_array(copy, from->predicted_class, from->samples, sizeof *from->predicted_class);
    return evaluation->true_class && evaluation->predicted_class;
}

/* The parameters and states of graph as plain arrays that lie in the graph; NULL with a message
 * when memory ran out. */
static struct image_tensor *list_tensors(struct arena *arena, const struct graph *graph)
{
    size_t count = graph_parameter_count(graph);
    struct image_tensor *tensors = arena_array(arena, count, sizeof *tensors);
    for (size_t i = 0; tensors && i < count; i++) {
        const struct parameter *parameter = graph_parameter(graph, i);
        tensors[i] = (struct image_tensor){.layer = parameter->layer,
                                           .name = parameter->name,
                                           .shape = parameter->shape,
                                           .real_size = graph_engine(graph)->real_size,
                                           .x = parameter->x};
    }
    return tensors;
}

static bool own_tensors(struct copy *copy, struct image_tensor *tensors, size_t count)
{
    bool done = true;
    for (size_t i = 0; done && i < count; i++) {
        struct image_tensor *tensor = &tensors[i];
        tensor->x = copy_array(copy, tensor->x, shape_size(tensor->shape), tensor->real_size);
        done = tensor->x && own_text(copy, &tensor->layer) && own_text(copy, &tensor->name);
    }
    return done;
}

static bool copy_tensors(struct copy *copy, const struct graph *graph)
{
    size_t count = graph_parameter_count(graph);
    struct image_tensor *tensors = list_tensors(&copy->arena, graph);
    copy->contents.tensor = tensors;
    copy->contents.tensors = count;
    return tensors && own_tensors(copy, tensors, count);
}

/* The blocks of an optimizer's state, as tensors that lie in them; NULL with a message when memory
 * ran out. Trained parameters come first in the graph's list, and stand in the block at their
 * offsets. */
static struct image_state *list_states(struct arena *arena, const struct graph *graph,
                                       const struct snapshot_optimizer *optimizer)
{
    size_t count = graph_parameter_count(graph), size = graph_engine(graph)->real_size;
    struct image_state *states = arena_array(arena, (size_t)optimizer->states, sizeof *states);
    for (int s = 0; states && s < optimizer->states; s++) {
        struct image_tensor *tensors = list_tensors(arena, graph);
        if (!tensors)
            return NULL;
        size_t trained = 0;
        for (; trained < count && graph_parameter(graph, trained)->g; trained++)
            tensors[trained].x =
                (char *)optimizer->x[s] + graph_parameter(graph, trained)->offset * size;
        states[s] = (struct image_state){optimizer->name[s], tensors, trained};
    }
    return states;
}

static bool copy_state(struct copy *copy, const struct snapshot *snapshot)
{
    struct image_contents *contents = &copy->contents;
    contents->state = copy_array(copy, snapshot->state, 1, sizeof *snapshot->state);
    struct image_state *states = list_states(&copy->arena, snapshot->graph, &snapshot->optimizer);
    bool done = contents->state && states;
    for (int s = 0; done && s < snapshot->optimizer.states; s++)
        done = own_text(copy, &states[s].name) &&
               own_tensors(copy, (struct image_tensor *)(uintptr_t)states[s].tensor,
                           states[s].tensors);
    contents->optimizer = states;
    contents->optimizer_states = (size_t)snapshot->optimizer.states;
    contents->samples = snapshot->samples;
    contents->sample =
        copy_array(copy, snapshot->sample, snapshot->samples, sizeof *snapshot->sample);
    return done && contents->sample;
}

static bool copy_layers(struct copy *copy, const struct graph *graph)
{
    size_t count = graph_layer_count(graph);
    struct image_layer *layers = arena_array(&copy->arena, count, sizeof *layers);
    bool done = layers != NULL;
    for (size_t i = 0; done && i < count; i++) {
        struct layer_facts facts = graph_layer_facts(graph, i);
        layers[i] = (struct image_layer){.name = facts.name, .kind = facts.title};
        done = own_text(copy, &layers[i].name) && own_text(copy, &layers[i].kind);
    }
    copy->contents.layer = layers;
    copy->contents.layers = count;
    return done;
}

static bool note_time(struct copy *copy)
{
    char text[CLOCK_TEXT_SIZE];
    copy->contents.machine.updated_time = clock_text(text, sizeof text);
    return own_text(copy, &copy->contents.machine.updated_time);
}

static int copy_snapshot(struct copy **result, const char *path,
                         const struct image_machine *machine, const struct snapshot *snapshot)
{
    struct copy *copy = calloc(1, sizeof *copy);
    if (!copy)
        return error_memory(path, sizeof *copy);
    struct image_contents *contents = &copy->contents;
    contents->kind = snapshot->samples ? "failure" : snapshot->state ? "checkpoint" : "run";
    contents->machine = *machine;
    bool done = note_time(copy) && copy_facts(copy, snapshot->facts) &&
                copy_series(copy, &contents->steps, snapshot->steps) &&
                copy_series(copy, &contents->epochs, snapshot->epochs) &&
                copy_evaluation(copy, snapshot->evaluation);
    if (done && snapshot->graph)
        done = copy_layers(copy, snapshot->graph) && copy_tensors(copy, snapshot->graph);
    if (done && snapshot->state)
        done = copy_state(copy, snapshot);
    if (!done) {
        copy_free(copy);
        return TRAINER_FAILED;
    }
    *result = copy;
    return TRAINER_OK;
}

/* --- the writer --- */

static int write_copy(const char *path, const char *previous, const struct copy *copy)
{
    void *bytes = NULL;
    size_t count = 0;
    int rc = runfile_image(&bytes, &count, path, &copy->contents);
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
    bool due = file->closing;
    for (int i = 0; i < RUNFILE_SLOTS; i++) {
        struct slot *slot = &file->slot[i];
        due = due || (slot->waiting && !slot->later);
        next = slot->waiting ? slot : next;
    }
    return due ? next : NULL;
}

/* Called and returns with the mutex held; writes without it. */
static void write_waiting(struct runfile *file, struct slot *slot)
{
    struct copy *copy = slot->waiting;
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
    slot->finished = copy->number;
    if (rc != TRAINER_OK) {
        slot->untold = true;
        snprintf(slot->message, sizeof slot->message, "%s", error_text());
    }
    pthread_cond_broadcast(&file->changed);
    copy_free(copy);
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

/* Signals are for the program's own threads: the writer blocks them all. */
static int start_writer(struct runfile *file)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&file->writer, NULL, write_snapshots, file);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
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

/* With the mutex held: a failure that was not told yet, if any. */
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
    struct image_machine machine = {.hostname = file->hostname, .cpu_model = file->cpu_model};
    struct copy *copy = NULL;
    int rc = copy_snapshot(&copy, slot->path, &machine, snapshot);
    if (rc != TRAINER_OK)
        return rc;
    pthread_mutex_lock(&file->mutex);
    uint64_t number = copy->number = ++file->handed;
    struct copy *dropped = slot->waiting;
    slot->waiting = copy;
    slot->later = snapshot->later;
    pthread_cond_broadcast(&file->changed);
    rc = wait ? wait_for(file, slot, number) : tell_failure(file);
    pthread_mutex_unlock(&file->mutex);
    copy_free(dropped);
    return rc;
}

int runfile_flush(struct runfile *file)
{
    int rc = TRAINER_OK;
    pthread_mutex_lock(&file->mutex);
    for (int i = 0; i < RUNFILE_SLOTS; i++)
        file->slot[i].later = false;
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
    struct copy *copy = NULL;
    const struct image_machine machine = {.hostname = machine_hostname(hostname, NAME_SIZE),
                                          .cpu_model = machine_cpu_model(cpu_model, NAME_SIZE)};
    int rc = copy_snapshot(&copy, path, &machine, snapshot);
    if (rc == TRAINER_OK)
        rc = write_copy(path, NULL, copy);
    copy_free(copy);
    return rc;
}

/* --- weights --- */

int runfile_load_checkpoint(const char *path, struct graph *graph,
                            const struct snapshot_optimizer *optimizer)
{
    struct arena arena = {0};
    const struct image_tensor *tensors = list_tensors(&arena, graph);
    const struct image_state *states = list_states(&arena, graph, optimizer);
    int rc = tensors && states ? runfile_load_tensors(path, tensors, graph_parameter_count(graph),
                                                      states, (size_t)optimizer->states)
                               : TRAINER_FAILED;
    arena_free(&arena);
    return rc;
}

int runfile_load_weights(const char *path, struct graph *graph)
{
    return runfile_load_checkpoint(path, graph, &(struct snapshot_optimizer){0});
}
