/*
 * team.c - the barrier and the split of work.
 *
 * The barrier counts arrivals in one place. Who comes last resets the count and raises
 * `generation`; the others watch that number: some microseconds with the processor's pause
 * instruction, then in the kernel. Spinning is what makes a barrier cheap (well under a
 * microsecond), sleeping is what keeps a team from burning the processor that its slowest thread
 * waits for. A team that has more threads than processors never spins: the one it waits for may
 * need this very processor.
 *
 * How long to spin is learned from the sleeps. In a virtual machine waking up takes 50 microseconds
 * and more, and a thread that woke late lets the others fall asleep at the next barrier: each short
 * sleep doubles the time to spin. Where another process has taken a processor sleeps last
 * milliseconds: each long one halves it.
 */
#include "team.h"
#include "base/clock.h"
#include "base/error.h"
#include "places.h"
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CACHE_LINE = 64 };

/* The least is what falling asleep and waking up costs without a virtual machine, the most what it
 * costs in one. A sleep is short if spinning for that long would have cost little more. */
static const double SPIN_LEAST = 4e-6, SPIN_MOST = 64e-6, SHORT_SLEEP = 200e-6;

struct team {
    int threads;
    int least, most;                             /* of spins */
    atomic_int spins;                            /* looks at `generation` before sleeping */
    _Alignas(CACHE_LINE) atomic_int arrived;     /* at the barrier that is being waited for */
    _Alignas(CACHE_LINE) atomic_uint generation; /* barriers passed */
    atomic_int sleepers;                         /* in the kernel, or on the way there */
};

static void relax(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#elif defined __aarch64__
    __asm__ volatile("yield");
#endif
}

/* Looks that last about SPIN_LEAST. One pause takes 5 to 50 ns, so it is measured; the
 * shortest of several measurements, as another process may have run in between. */
static int measure_spins(void)
{
    enum { LOOKS = 64, TRIES = 5 };
    atomic_uint word = 0;
    double best = 1;
    for (int i = 0; i < TRIES; i++) {
        double begin = clock_seconds();
        for (int j = 0; j < LOOKS && atomic_load_explicit(&word, memory_order_acquire) == 0; j++)
            relax();
        double time = clock_seconds() - begin;
        best = time < best ? time : best;
    }
    return (int)(SPIN_LEAST * LOOKS / (best > 1e-9 ? best : 1e-9));
}

static void *wait_for_release(void *held)
{
    pthread_mutex_lock(held);
    pthread_mutex_unlock(held);
    return NULL;
}

/* Has so many threads at once; 0, or why that can't be. */
static int try_threads(int count)
{
    pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *thread = calloc((size_t)count, sizeof *thread);
    int started = 0, error = thread ? 0 : ENOMEM;
    pthread_mutex_lock(&held);
    while (error == 0 && started < count) {
        error = pthread_create(&thread[started], NULL, wait_for_release, &held);
        started += error == 0;
    }
    pthread_mutex_unlock(&held);
    while (started > 0)
        pthread_join(thread[--started], NULL);
    free(thread);
    return error;
}

int team_check(int threads)
{
    /* OpenMP keeps the threads of a team for the next one, but a forked child has none of them. */
    static struct {
        pid_t process;
        int threads;
    } had;
    if (had.process != getpid()) {
        had.process = getpid();
        had.threads = 1;
    }
    int error = threads > had.threads ? try_threads(threads - had.threads) : 0;
    if (error)
        return error_set(TRAINER_FAILED,
                         "cannot start %d threads: %s; `ulimit -u` says how many processes and "
                         "threads a user may have",
                         threads, strerror(error));
    had.threads = threads > had.threads ? threads : had.threads;
    omp_set_dynamic(0);
    if (omp_get_max_active_levels() < 1)
        omp_set_max_active_levels(1);
    return TRAINER_OK;
}

int team_create(struct team **team, int threads)
{
    *team = NULL;
    int rc = team_check(threads);
    if (rc)
        return rc;
    *team = aligned_alloc(CACHE_LINE, sizeof **team);
    if (!*team)
        return error_memory("a team of threads", sizeof **team);
    (*team)->threads = threads;
    (*team)->least = threads > 1 && threads <= places_processors() ? measure_spins() : 0;
    (*team)->most = (int)((*team)->least * (SPIN_MOST / SPIN_LEAST));
    atomic_init(&(*team)->spins, (*team)->least);
    atomic_init(&(*team)->arrived, 0);
    atomic_init(&(*team)->generation, 0);
    atomic_init(&(*team)->sleepers, 0);
    return TRAINER_OK;
}

void team_free(struct team *team)
{
    free(team);
}

static bool spin(struct team *team, unsigned generation)
{
    const int spins = atomic_load_explicit(&team->spins, memory_order_relaxed);
    for (int i = 0; i < spins; i++) {
        if (atomic_load_explicit(&team->generation, memory_order_acquire) != generation)
            return true;
        relax();
    }
    return false;
}

/* Threads may overwrite each other's, which is then learned a sleep later. */
static void learn(struct team *team, double slept)
{
    int spins = atomic_load_explicit(&team->spins, memory_order_relaxed);
    spins = slept < SHORT_SLEEP ? 2 * spins : spins / 2;
    spins = spins < team->least ? team->least : spins > team->most ? team->most : spins;
    atomic_store_explicit(&team->spins, spins, memory_order_relaxed);
}

/* The kernel looks at `generation` once more before it puts the thread to sleep, so no wake-up is
 * lost between our look and the call. */
static void sleep_until_passed(struct team *team, unsigned generation)
{
    double began = clock_seconds();
    atomic_fetch_add(&team->sleepers, 1);
    while (atomic_load_explicit(&team->generation, memory_order_acquire) == generation)
        syscall(SYS_futex, &team->generation, FUTEX_WAIT_PRIVATE, generation, NULL, NULL, 0);
    atomic_fetch_sub(&team->sleepers, 1);
    learn(team, clock_seconds() - began);
}

void team_barrier(const struct worker *worker)
{
    struct team *team = worker->team;
    if (!team || team->threads == 1)
        return;
    unsigned generation = atomic_load_explicit(&team->generation, memory_order_relaxed);
    int before = atomic_fetch_add_explicit(&team->arrived, 1, memory_order_acq_rel);
    if (before + 1 < team->threads) {
        if (!spin(team, generation))
            sleep_until_passed(team, generation);
        return;
    }
    atomic_store_explicit(&team->arrived, 0, memory_order_relaxed);
    /* Both sequentially consistent, as is the sleepers' count: either we see the sleeper here, or
     * it sees the new generation. */
    atomic_store(&team->generation, generation + 1);
    if (atomic_load(&team->sleepers) > 0)
        syscall(SYS_futex, &team->generation, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

/* Cuts [*begin, *end) into `parts`, as even as can be, and leaves the one of index `part`. */
static void cut(size_t part, size_t parts, size_t *begin, size_t *end)
{
    size_t pieces = *end - *begin, share = pieces / parts, more = pieces % parts;
    size_t first = *begin + part * share + (part < more ? part : more);
    *begin = first;
    *end = first + share + (part < more);
}

/* From pieces of `grain` items to items. */
static void scale(size_t grain, size_t count, size_t *begin, size_t *end)
{
    *begin = *begin * grain < count ? *begin * grain : count;
    *end = *end * grain < count ? *end * grain : count;
}

/* The part of [0, *end) that is a team's own. */
static void cut_rank(const struct worker *worker, size_t *begin, size_t *end)
{
    size_t slices = (size_t)worker->slices, pieces = *end, first = 0, last = slices;
    if (slices == 0) {
        cut((size_t)worker->rank, (size_t)worker->ranks, begin, end);
        return;
    }
    cut((size_t)worker->rank, (size_t)worker->ranks, &first, &last);
    *begin = first * pieces / slices;
    *end = last * pieces / slices;
}

void team_range(const struct worker *worker, size_t count, size_t grain, size_t *begin, size_t *end)
{
    *begin = 0;
    *end = count;
    if (worker->threads == 1 && worker->ranks == 0)
        return;
    *end = count / grain + (count % grain != 0);
    if (worker->ranks > 0)
        cut_rank(worker, begin, end);
    cut((size_t)worker->thread, (size_t)worker->threads, begin, end);
    scale(grain, count, begin, end);
}

void team_range_of_all(const struct worker *worker, size_t count, size_t grain, size_t *begin,
                       size_t *end)
{
    struct worker all = *worker;
    all.thread = 0;
    all.threads = 1;
    team_range(&all, count, grain, begin, end);
}
