/*
 * team.c - the barrier, the split of work, and how many processors there are.
 *
 * The barrier counts arrivals in one place. Who comes last resets the count and raises
 * `generation`; the others watch that number: some microseconds with the processor's pause
 * instruction, then in the kernel. Spinning is what makes a barrier cheap (well under a
 * microsecond), sleeping is what keeps a team from burning the processor that its slowest thread
 * waits for. A team that has more threads than processors never spins: the one it waits for may
 * need this very processor.
 */
#include "team.h"
#include "base/error.h"
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    CACHE_LINE = 64,
    SPIN_NANOSECONDS = 4000, /* about what falling asleep and waking up costs */
};

struct team {
    int threads;
    int spins;                                   /* looks at `generation` before sleeping */
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

static int64_t nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Looks that last about SPIN_NANOSECONDS. One pause takes 5 to 50 ns, so it is measured; the
 * shortest of several measurements, as another process may have run in between. */
static int measure_spins(void)
{
    enum { LOOKS = 64, TRIES = 5 };
    atomic_uint word = 0;
    int64_t best = INT64_MAX;
    for (int i = 0; i < TRIES; i++) {
        int64_t begin = nanoseconds();
        for (int j = 0; j < LOOKS && atomic_load_explicit(&word, memory_order_acquire) == 0; j++)
            relax();
        int64_t time = nanoseconds() - begin;
        best = time < best ? time : best;
    }
    return (int)(SPIN_NANOSECONDS * LOOKS / (best > 0 ? best : 1));
}

int team_create(struct team **team, int threads)
{
    *team = aligned_alloc(CACHE_LINE, sizeof **team);
    if (!*team)
        return error_memory("a team of threads", sizeof **team);
    (*team)->threads = threads;
    (*team)->spins = threads > 1 && threads <= team_processors() ? measure_spins() : 0;
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
    for (int i = 0; i < team->spins; i++) {
        if (atomic_load_explicit(&team->generation, memory_order_acquire) != generation)
            return true;
        relax();
    }
    return false;
}

/* The kernel looks at `generation` once more before it puts the thread to sleep, so no wake-up is
 * lost between our look and the call. */
static void sleep_until_passed(struct team *team, unsigned generation)
{
    atomic_fetch_add(&team->sleepers, 1);
    while (atomic_load_explicit(&team->generation, memory_order_acquire) == generation)
        syscall(SYS_futex, &team->generation, FUTEX_WAIT_PRIVATE, generation, NULL, NULL, 0);
    atomic_fetch_sub(&team->sleepers, 1);
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

void team_range(const struct worker *worker, size_t count, size_t grain, size_t *begin, size_t *end)
{
    if (worker->threads == 1) {
        *begin = 0;
        *end = count;
        return;
    }
    size_t pieces = count / grain + (count % grain != 0);
    size_t threads = (size_t)worker->threads, thread = (size_t)worker->thread;
    size_t share = pieces / threads, more = pieces % threads;
    size_t first = thread * share + (thread < more ? thread : more);
    size_t last = first + share + (thread < more);
    *begin = first * grain < count ? first * grain : count;
    *end = last * grain < count ? last * grain : count;
}

static int affinity_count(void)
{
    /* Grows until the kernel's mask fits: machines with more than 1024 processors exist. */
    for (int size = 1024; size <= 1 << 20; size *= 2) {
        cpu_set_t *set = CPU_ALLOC((size_t)size);
        if (!set)
            break;
        size_t bytes = CPU_ALLOC_SIZE((size_t)size);
        int rc = sched_getaffinity(0, bytes, set), reason = errno;
        int count = rc == 0 ? CPU_COUNT_S(bytes, set) : 0;
        CPU_FREE(set);
        if (rc == 0)
            return count;
        if (reason != EINVAL)
            break;
    }
    return 1;
}

/* The first `count` numbers of a file; false where there are fewer ("max" is none). */
static bool read_numbers(const char *folder, const char *name, int count, long long *number)
{
    char path[PATH_MAX + 64];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return false;
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    int found = 0;
    while (found < count && fscanf(file, "%lld", &number[found]) == 1)
        found++;
    fclose(file);
    return found == count;
}

/* The quota of one cgroup, in either version's files; 0 where there is none. */
static int folder_quota(const char *folder)
{
    long long number[2]; /* microseconds of processor time, in a period of microseconds */
    bool limited = read_numbers(folder, "cpu.max", 2, number) ||
                   (read_numbers(folder, "cpu.cfs_quota_us", 1, &number[0]) &&
                    read_numbers(folder, "cpu.cfs_period_us", 1, &number[1]));
    if (!limited || number[0] <= 0 || number[1] <= 0)
        return 0;
    long long processors = number[0] / number[1];
    return processors < 1 ? 1 : processors > INT_MAX ? INT_MAX : (int)processors;
}

/* The smallest quota of a cgroup and those above it, up to the mount. A container often sees only
 * the mount itself: folders that do not exist limit nothing. */
static int path_quota(const char *mount, const char *controller, const char *path)
{
    char folder[PATH_MAX];
    int length = snprintf(folder, sizeof folder, "%s%s%s", mount, controller, path);
    if (length < 0 || length >= (int)sizeof folder)
        return 0;
    size_t top = strlen(mount) + strlen(controller);
    int smallest = 0;
    for (;;) {
        int quota = folder_quota(folder);
        if (quota > 0 && (smallest == 0 || quota < smallest))
            smallest = quota;
        char *slash = strrchr(folder + top, '/');
        if (!slash)
            return smallest;
        *slash = '\0';
    }
}

/* Whether a comma-separated list has the word. */
static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *item = list; item; item = strchr(item, ',')) {
        item += *item == ',';
        if (strncmp(item, word, length) == 0 && (item[length] == ',' || item[length] == '\0'))
            return true;
    }
    return false;
}

int team_quota(const char *list, const char *mount)
{
    FILE *file = fopen(list, "r");
    if (!file)
        return 0;
    char line[PATH_MAX + 64];
    int smallest = 0;
    while (fgets(line, sizeof line, file)) {
        /* "0::/path" in version 2; "4:cpu,cpuacct:/path" in version 1 */
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':');
        char *path = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        controllers++;
        int quota = 0;
        if (*controllers == '\0')
            quota = path_quota(mount, "", path);
        else if (list_has(controllers, "cpu"))
            quota = path_quota(mount, "/cpu", path);
        if (quota > 0 && (smallest == 0 || quota < smallest))
            smallest = quota;
    }
    fclose(file);
    return smallest;
}

int team_processors(void)
{
    static atomic_int known = -1; /* a dozen files are read once, not for each of 10,000 configs */
    int count = affinity_count(), quota = known;
    if (quota < 0)
        known = quota = team_quota("/proc/self/cgroup", "/sys/fs/cgroup");
    return quota > 0 && quota < count ? quota : count;
}
