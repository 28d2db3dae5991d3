/*
 * file.c - whole files: replaced atomically, read up to a limit.
 *
 * The order of file_replace's steps is what makes it safe: the new bytes are on disk before the
 * name points to them, and the name is on disk before success is returned.
 */
#include "file.h"
#include "clock.h"
#include "error.h"
#include "machine.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_FIRST = 4096 };

static double synced_after;

void file_sync_after(double seconds)
{
    synced_after = seconds;
}

static bool sync_wanted(void)
{
    return synced_after <= 0 || clock_seconds() >= synced_after;
}

static int tell(int code, const char *what, const char *path)
{
    return error_set(code, "%s: cannot %s: %s", path, what, strerror(errno));
}

static bool write_all(int descriptor, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t written = write(descriptor, bytes, count);
        if (written < 0 && errno != EINTR)
            return false;
        size_t done = written > 0 ? (size_t)written : 0;
        bytes += done;
        count -= done;
    }
    return true;
}

/* Creates path with these bytes and, with `sync`, has them on disk. A symbolic link is not
 * followed: the name is predictable, and the file behind a planted one must stay. */
static int write_new(const char *path, const void *bytes, size_t count, bool sync)
{
    int descriptor =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, (mode_t)0666);
    if (descriptor < 0)
        return tell(TRAINER_FAILED, "create", path);
    int rc = TRAINER_OK;
    if (!write_all(descriptor, bytes, count))
        rc = tell(TRAINER_FAILED, "write", path);
    else if (sync && fsync(descriptor) != 0)
        rc = tell(TRAINER_FAILED, "sync", path);
    /* Some network file systems tell only here that a write failed. */
    if (close(descriptor) != 0 && rc == TRAINER_OK)
        rc = tell(TRAINER_FAILED, "close", path);
    if (rc != TRAINER_OK)
        unlink(path);
    return rc;
}

/* Makes the renaming last. File systems that can't sync a folder say EINVAL; they have nothing to.
 */
static int sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    char *folder = length ? strndup(path, length) : strdup(".");
    if (!folder)
        return error_memory("a path", length + 1);
    int rc = TRAINER_OK;
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        rc = tell(TRAINER_FAILED, "open", folder);
    } else {
        if (fsync(descriptor) != 0 && errno != EINVAL)
            rc = tell(TRAINER_FAILED, "sync", folder);
        close(descriptor);
    }
    free(folder);
    return rc;
}

/* Gives the file at path the second name `previous`. It is linked under a name of its own and
 * renamed, so that there is no moment without a previous one. Where a file system knows no links
 * the file is moved, which leaves a moment in which only `previous` exists. */
static int keep_previous(const char *path, const char *previous)
{
    char *link_name = NULL;
    if (asprintf(&link_name, "%s.tmp", previous) < 0)
        return error_memory("a path", strlen(previous) + sizeof ".tmp");
    unlink(link_name);
    bool kept;
    if (link(path, link_name) == 0) {
        kept = rename(link_name, previous) == 0;
        int error = errno;
        unlink(link_name); /* still there where both are names of one file */
        errno = error;
    } else if (errno == ENOENT) {
        kept = true; /* the first call */
    } else {
        kept = rename(path, previous) == 0;
    }
    free(link_name);
    return kept ? TRAINER_OK : tell(TRAINER_FAILED, "keep", path);
}

/* `temporary` takes the place of path, or is removed. */
static int take_place(const char *path, const char *temporary, bool sync)
{
    if (rename(temporary, path) != 0) {
        int rc = tell(TRAINER_FAILED, "replace", path);
        unlink(temporary);
        return rc;
    }
    return sync ? sync_folder(path) : TRAINER_OK;
}

/* Writes to `temporary`, which takes the place of path; previous NULL: what was there is gone. */
static int replace(const char *path, const char *temporary, const char *previous, const void *bytes,
                   size_t count)
{
    bool sync = sync_wanted();
    int rc = write_new(temporary, bytes, count, sync);
    if (rc == TRAINER_OK && previous) {
        rc = keep_previous(path, previous);
        if (rc != TRAINER_OK)
            unlink(temporary);
    }
    return rc ? rc : take_place(path, temporary, sync);
}

int file_replace_keeping(const char *path, const char *previous, const void *bytes, size_t count)
{
    char *temporary = NULL;
    if (asprintf(&temporary, "%s.tmp", path) < 0)
        return error_memory("a path", strlen(path) + sizeof ".tmp");
    int rc = replace(path, temporary, previous, bytes, count);
    free(temporary);
    return rc;
}

int file_replace_shared(const char *path, const void *bytes, size_t count)
{
    char host[256], *temporary = NULL;
    machine_hostname(host, sizeof host);
    if (asprintf(&temporary, "%s.%s.%ld.tmp", path, host, (long)getpid()) < 0)
        return error_memory("a path", strlen(path) + sizeof host);
    int rc = replace(path, temporary, NULL, bytes, count);
    free(temporary);
    return rc;
}

int file_begin(const char *path, char **temporary)
{
    if (asprintf(temporary, "%s.tmp", path) < 0) {
        *temporary = NULL;
        return error_memory("a path", strlen(path) + sizeof ".tmp");
    }
    unlink(*temporary); /* whoever opens the name again must not follow a planted link */
    int rc = write_new(*temporary, NULL, 0, false);
    if (rc) {
        free(*temporary);
        *temporary = NULL;
    }
    return rc;
}

int file_end(const char *path, char *temporary, int rc)
{
    bool sync = sync_wanted();
    int descriptor = temporary && !rc && sync ? open(temporary, O_RDONLY | O_CLOEXEC) : -1;
    if (temporary && !rc && sync && (descriptor < 0 || fsync(descriptor) != 0))
        rc = tell(TRAINER_FAILED, "sync", temporary);
    if (descriptor >= 0)
        close(descriptor);
    if (temporary && rc)
        unlink(temporary);
    else if (temporary)
        rc = take_place(path, temporary, sync);
    free(temporary);
    return rc;
}

int file_sync_folder(const char *folder)
{
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = descriptor < 0            ? tell(TRAINER_FAILED, "open", folder)
             : syncfs(descriptor) != 0 ? tell(TRAINER_FAILED, "sync", folder)
                                       : TRAINER_OK;
    if (descriptor >= 0)
        close(descriptor);
    return rc;
}

int file_replace(const char *path, const void *bytes, size_t count)
{
    return file_replace_keeping(path, NULL, bytes, count);
}

const char *file_short(const char *path)
{
    char folder[4096];
    size_t length = getcwd(folder, sizeof folder) ? strlen(folder) : 0;
    bool below = length > 1 && !strncmp(path, folder, length) && path[length] == '/';
    return below ? path + length + 1 : path;
}

bool file_exists(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0;
}

int file_check(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return error_set(TRAINER_INVALID, "%s: %s", path, strerror(errno));
    struct stat facts;
    int rc = TRAINER_OK;
    if (fstat(descriptor, &facts) != 0)
        rc = error_set(TRAINER_INVALID, "%s: %s", path, strerror(errno));
    else if (!S_ISREG(facts.st_mode))
        rc = error_set(TRAINER_INVALID, "%s: is not a regular file", path);
    close(descriptor);
    return rc;
}

/* Reads to the end into a growing buffer of at most limit + 1 bytes and a NUL: what a file says of
 * its size is only a guess (0 for those of /proc). */
static int read_all(FILE *file, const char *path, size_t limit, char **bytes, size_t *count)
{
    size_t capacity = 0, used = 0;
    char *buffer = NULL;
    do {
        capacity = capacity < READ_FIRST ? READ_FIRST : 2 * capacity;
        capacity = capacity > limit + 2 ? limit + 2 : capacity;
        char *grown = realloc(buffer, capacity);
        if (!grown) {
            free(buffer);
            return error_memory(path, capacity);
        }
        buffer = grown;
        used += fread(buffer + used, 1, capacity - 1 - used, file);
    } while (used == capacity - 1 && used <= limit);

    if (ferror(file) || used > limit) {
        int rc = ferror(file)
                     ? tell(TRAINER_INVALID, "read", path)
                     : error_set(TRAINER_INVALID, "%s: is larger than %zu bytes", path, limit);
        free(buffer);
        return rc;
    }
    buffer[used] = '\0';
    *bytes = buffer;
    *count = used;
    return TRAINER_OK;
}

int file_read_stream(const char *path, size_t limit, char **bytes, size_t *count)
{
    assert(limit <= SIZE_MAX / 4);
    FILE *file = fopen(path, "rbe");
    if (!file)
        return tell(TRAINER_INVALID, "open", path);
    int rc = read_all(file, path, limit, bytes, count);
    fclose(file);
    return rc;
}

int file_read(const char *path, size_t limit, char **bytes, size_t *count)
{
    int rc = file_check(path);
    return rc == TRAINER_OK ? file_read_stream(path, limit, bytes, count) : rc;
}
