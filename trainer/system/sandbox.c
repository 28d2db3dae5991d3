/*
 * sandbox.c - reads a file in a child with limits on processor time and memory first.
 *
 * What the child says on standard error, such as glibc's words on a damaged heap, is dropped, and
 * it leaves no core file.
 */
#include "sandbox.h"
#include "base/error.h"
#include "evaluate/columns.h"
#include "hdf5/hdf5_image.h"
#include "runfile/runfile_data.h"
#include "subprocess.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child may take. Reading is far faster, even on a slow disk. */
enum { BYTES_LEAST = 512 << 20, BYTES_PER_BYTE = 8 };
static const double SECONDS_LEAST = 5, BYTES_PER_SECOND = 8e6;

/* --- the child --- */

/* Bytes of address space that this process has: sanitizers reserve terabytes. */
static size_t address_space(void)
{
    size_t pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file && fscanf(file, "%zu", &pages) != 1)
        pages = 0;
    if (file)
        fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* False where the limit that the user has set is lower. */
static bool lower(struct rlimit *limit, rlim_t most)
{
    bool lowers = most < limit->rlim_cur;
    if (lowers)
        limit->rlim_cur = most;
    return lowers;
}

static void set_limits(const struct sandbox_limits *limits)
{
    struct rlimit core, processor, memory;
    size_t used = address_space(), most;
    if (getrlimit(RLIMIT_CORE, &core) == 0 && lower(&core, 0))
        setrlimit(RLIMIT_CORE, &core);
    if (getrlimit(RLIMIT_CPU, &processor) == 0 && lower(&processor, (rlim_t)ceil(limits->seconds)))
        setrlimit(RLIMIT_CPU, &processor);
    if (used > 0 && !__builtin_add_overflow(used, limits->bytes, &most) &&
        getrlimit(RLIMIT_AS, &memory) == 0 && lower(&memory, most))
        setrlimit(RLIMIT_AS, &memory);
}

static void silence(void)
{
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0)
        dup2(nowhere, STDERR_FILENO);
}

struct call {
    const struct sandbox_limits *limits;
    int (*work)(void *context);
    void *context;
};

static int call_limited(void *context, void *result)
{
    const struct call *call = context;
    (void)result;
    signal(SIGXCPU, SIG_DFL);
    silence();
    set_limits(call->limits);
    return call->work(call->context);
}

/* --- this process --- */

static int tell_end(const char *path, const struct sandbox_limits *limits, int status)
{
    int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (number == SIGXCPU || number == SIGKILL)
        return error_set(TRAINER_INVALID,
                         "%s: cannot be read within %.0f s and %.3g GB of memory; the file is "
                         "damaged",
                         path, ceil(limits->seconds), (double)limits->bytes / 1e9);
    return error_set(TRAINER_INVALID,
                     "%s: libhdf5 crashed while it read the file (%s); the file "
                     "is damaged",
                     path, number ? strsignal(number) : "it left");
}

int sandbox_call(const char *path, const struct sandbox_limits *limits, int (*work)(void *context),
                 void *context)
{
    struct call call = {limits, work, context};
    int status = 0, rc = subprocess_call(path, call_limited, &call, NULL, 0, &status);
    return rc == SUBPROCESS_LOST ? tell_end(path, limits, status) : rc;
}

/* --- files --- */

/* Both by the file's size. Honest weights are hardly smaller in a file than in memory. */
static struct sandbox_limits limits_of(const char *path)
{
    struct stat facts = {0};
    stat(path, &facts);
    return (struct sandbox_limits){.seconds =
                                       SECONDS_LEAST + (double)facts.st_size / BYTES_PER_SECOND,
                                   .bytes = BYTES_LEAST + BYTES_PER_BYTE * (size_t)facts.st_size};
}

struct reading {
    struct runfile_view *view;
    const char *path;
    unsigned parts;
};

static int try_weights(void *context)
{
    const struct reading *reading = context;
    return runfile_try_weights(reading->path);
}

/* All that resuming from a file will read. */
static int try_all(const struct reading *reading)
{
    struct runfile_view view = {0};
    int rc = columns_list(&view.arena, &view.steps, &view.epochs, NULL);
    if (rc == TRAINER_OK)
        rc = runfile_read(&view, reading->path, RUNFILE_METRICS | RUNFILE_STATE);
    return rc == TRAINER_OK ? runfile_try_weights(reading->path) : rc;
}

static int try_parts(void *context)
{
    const struct reading *reading = context;
    return reading->parts & RUNFILE_STATE
               ? try_all(reading)
               : runfile_read(reading->view, reading->path, reading->parts);
}

static int try_data(void *context)
{
    const struct reading *reading = context;
    struct arena arena = {0};
    struct learned learned;
    int rc = runfile_read_data(reading->path, &arena, &learned);
    arena_free(&arena);
    return rc;
}

/* What it learned of its data is not in files of earlier versions. */
static int try_trained(void *context)
{
    int rc = try_parts(context);
    if (rc == TRAINER_OK)
        rc = try_weights(context);
    if (rc == TRAINER_OK)
        try_data(context);
    return rc;
}

/* The library is made ready here, once, rather than in each child. */
static int try(int (*work)(void *context), struct reading *reading)
{
    const struct sandbox_limits limits = limits_of(reading->path);
    hdf5_prepare();
    return sandbox_call(reading->path, &limits, work, reading);
}

int sandbox_read(struct runfile_view *view, const char *path, unsigned parts)
{
    int rc = try(try_parts, &(struct reading){view, path, parts});
    return rc == TRAINER_OK ? runfile_read(view, path, parts) : rc;
}

int sandbox_read_trained(struct runfile_view *view, const char *path)
{
    int rc = try(try_trained, &(struct reading){.view = view, .path = path});
    return rc == TRAINER_OK ? runfile_read(view, path, 0) : rc;
}

int sandbox_try_config(const char *path)
{
    struct runfile_view view = {0};
    return try(try_parts, &(struct reading){.view = &view, .path = path});
}

int sandbox_try_weights(const char *path)
{
    return try(try_weights, &(struct reading){.path = path});
}

int sandbox_read_data(const char *path, struct arena *arena, struct learned *learned)
{
    int rc = try(try_data, &(struct reading){.path = path});
    return rc == TRAINER_OK ? runfile_read_data(path, arena, learned) : rc;
}
