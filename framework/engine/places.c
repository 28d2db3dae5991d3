/*
 * places.c - the processors that this process was given.
 *
 * They are listed once, in the order of OpenMP's places, by the first thread.
 */
#include "places.h"
#include "base/machine.h"

#include <limits.h>
#include <omp.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct {
    bool bound;     /* OpenMP is asked to bind threads */
    int *processor; /* [count]; the numbers of the kernel; NULL: memory ran out */
    size_t count;
} given;

/* The part of the processors that this process counts. */
static struct {
    size_t part, parts;
} divided = {0, 1};

static pthread_once_t listed = PTHREAD_ONCE_INIT;

/* Adds a processor that is not there yet. */
static void add(int processor)
{
    for (size_t i = 0; i < given.count; i++)
        if (given.processor[i] == processor)
            return;
    given.processor[given.count++] = processor;
}

/* Those of all of OpenMP's places, in its order; false where it has none. */
static bool list_places(void)
{
    int places = omp_get_num_places(), most = 0, total = 0;
    for (int place = 0; place < places; place++) {
        int size = omp_get_place_num_procs(place);
        total += size;
        most = size > most ? size : most;
    }
    int *id = calloc((size_t)most + 1, sizeof *id);
    given.processor = calloc((size_t)total + 1, sizeof *given.processor);
    for (int place = 0; id && given.processor && place < places; place++) {
        omp_get_place_proc_ids(place, id);
        for (int i = 0; i < omp_get_place_num_procs(place); i++)
            add(id[i]);
    }
    free(id);
    return given.count > 0;
}

static void list_processors(void)
{
    given.bound = omp_get_proc_bind() != omp_proc_bind_false && list_places();
    if (!given.bound) {
        free(given.processor);
        given.processor = machine_affinity(&given.count);
    }
}

/* Binds the calling thread to processors [begin, end) of the list. Where the kernel refuses, for
 * they are gone, the thread stays where it is. */
static void bind_to(size_t begin, size_t end)
{
    int largest = 0;
    for (size_t i = begin; i < end; i++)
        largest = given.processor[i] > largest ? given.processor[i] : largest;
    cpu_set_t *set = CPU_ALLOC((size_t)largest + 1);
    size_t bytes = CPU_ALLOC_SIZE((size_t)largest + 1);
    if (!set)
        return;
    CPU_ZERO_S(bytes, set);
    for (size_t i = begin; i < end; i++)
        CPU_SET_S((size_t)given.processor[i], bytes, set);
    sched_setaffinity(0, bytes, set);
    CPU_FREE(set);
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* A whole number of at least 1, also at the head of a list ("4,2"); INT_MAX where the variable is
 * not set, or is something else. */
static int variable(const char *name)
{
    const char *text = getenv(name);
    char *end;
    long value = text ? strtol(text, &end, 10) : 0;
    return text && end > text && value >= 1 && value < INT_MAX ? (int)value : INT_MAX;
}

static const char slurm[] = "SLURM_CPUS_PER_TASK";

/* Affinity and quota. */
static int processors_of_machine(void)
{
    pthread_once(&listed, list_processors);
    size_t count = given.count, part = divided.part, parts = divided.parts;
    int quota = machine_processor_quota();
    if (quota > 0 && (size_t)quota < count)
        count = (size_t)quota;
    count = count * (part + 1) / parts - count * part / parts;
    return count > 0 ? (int)count : 1;
}

int places_processors(void)
{
    return smaller(processors_of_machine(), variable(slurm));
}

const char *places_processors_limit(void)
{
    return variable(slurm) < processors_of_machine() ? slurm : NULL;
}

int places_thread_limit(const char **why)
{
    int threads = variable("OMP_NUM_THREADS"), most = variable("OMP_THREAD_LIMIT");
    int limit = smaller(threads, most);
    *why = limit == INT_MAX ? NULL : limit == threads ? "OMP_NUM_THREADS" : "OMP_THREAD_LIMIT";
    return limit;
}

int places_thread_most(void)
{
    return omp_get_thread_limit();
}

void places_release(void)
{
    pthread_once(&listed, list_processors);
    if (given.bound)
        bind_to(0, given.count);
}

void places_bind(const struct worker *worker)
{
    pthread_once(&listed, list_processors);
    size_t threads = (size_t)worker->threads, thread = (size_t)worker->thread;
    if (!given.bound)
        return;
    if (threads > given.count)
        bind_to(0, given.count);
    else
        bind_to(given.count * thread / threads, given.count * (thread + 1) / threads);
}

void places_share(size_t part, size_t parts)
{
    pthread_once(&listed, list_processors);
    size_t begin = given.count * part / parts, end = given.count * (part + 1) / parts;
    if (!given.bound || parts > given.count)
        return;
    bind_to(begin, end);
    given.processor += begin;
    given.count = end - begin;
}

void places_divide(size_t part, size_t parts)
{
    if (given.bound) {
        places_share(part, parts);
        return;
    }
    divided.part = part;
    divided.parts = parts;
}
