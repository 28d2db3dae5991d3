/*
 * run_folder.c - claims a run's folder and keeps its small files.
 *
 * Invariants: whoever writes in a folder holds its lock; a numbered folder is made by exactly one
 * mkdir.
 */
#include "run_folder.h"
#include "base/error.h"
#include "base/file.h"
#include "runfile/run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0777, FILE_MODE = 0666 };

/* What makes a folder one that holds a run; --force unlinks them. */
static const char *const run_files[] = {RUN_FILE, RUN_CHECKPOINT, RUN_CHECKPOINT_BEFORE, RUN_BEST,
                                        RUN_FAILURE};

static const struct folder_lock run_lock = {.name = "lock", .holder = "run"};

char *run_folder_path(const char *folder, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0) {
        error_memory("a path", strlen(folder) + strlen(name) + 2);
        return NULL;
    }
    return path;
}

static int make_folder(const char *path)
{
    if (mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST)
        return TRAINER_OK;
    return error_set(TRAINER_FAILED, "%s: cannot make this folder: %s", path, strerror(errno));
}

int run_folder_make(const char *path)
{
    int rc = TRAINER_OK;
    char *part = strdup(path);
    if (!part)
        return error_memory("a path", strlen(path) + 1);
    for (char *slash = strchr(part + 1, '/'); slash && rc == TRAINER_OK;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        rc = make_folder(part);
        *slash = '/';
    }
    rc = rc == TRAINER_OK ? make_folder(part) : rc;
    free(part);
    return rc;
}

/* The highest number that names an entry of the open folder; 0 where there is none. */
static unsigned long highest_number(int folder)
{
    unsigned long highest = 0;
    int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = copy >= 0 ? fdopendir(copy) : NULL;
    struct dirent *entry;
    while (stream && (entry = readdir(stream))) {
        size_t digits = strspn(entry->d_name, "0123456789");
        if (digits > 0 && digits < 10 && entry->d_name[digits] == '\0') {
            unsigned long number = strtoul(entry->d_name, NULL, 10);
            highest = number > highest ? number : highest;
        }
    }
    if (stream)
        closedir(stream);
    else if (copy >= 0)
        close(copy);
    return highest;
}

/* Points `latest` at the number. Some file systems know no links, so that it fails stops no run. */
static void point_latest(int folder, const char *number)
{
    char temporary[64];
    snprintf(temporary, sizeof temporary, ".latest.%ld", (long)getpid());
    unlinkat(folder, temporary, 0);
    if (symlinkat(number, folder, temporary) == 0 &&
        renameat(folder, temporary, folder, "latest") != 0)
        unlinkat(folder, temporary, 0);
}

/* Makes the next free number in the open folder, as text. The flock only makes `latest` the last
 * one claimed; where a file system has no flock the numbers are still each claimed once, by mkdir.
 */
static int claim_number(int folder, const char *parent, char *number, size_t size)
{
    while (flock(folder, LOCK_EX) != 0 && errno == EINTR) {
    }
    unsigned long next = highest_number(folder) + 1;
    int made;
    do {
        snprintf(number, size, "%04lu", next++);
        made = mkdirat(folder, number, FOLDER_MODE);
    } while (made != 0 && errno == EEXIST);
    if (made != 0) {
        return error_set(TRAINER_FAILED, "%s/%s: cannot make this folder: %s", parent, number,
                         strerror(errno));
    }
    point_latest(folder, number);
    return TRAINER_OK;
}

/* Claims runs/<name>/<number>; *path is for free(). */
static int claim_next(const char *name, char **path)
{
    char number[24];
    char *parent = run_folder_path("runs", name);
    int rc = parent ? run_folder_make(parent) : TRAINER_FAILED;
    int folder = -1;
    if (rc == TRAINER_OK) {
        folder = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        rc = folder >= 0 ? claim_number(folder, parent, number, sizeof number)
                         : error_set(TRAINER_FAILED, "%s: %s", parent, strerror(errno));
    }
    *path = rc == TRAINER_OK ? run_folder_path(parent, number) : NULL;
    if (folder >= 0)
        close(folder);
    free(parent);
    return rc == TRAINER_OK && !*path ? TRAINER_FAILED : rc;
}

static int refuse_run(const char *folder)
{
    for (size_t i = 0; i < sizeof run_files / sizeof run_files[0]; i++) {
        struct stat facts;
        char *path = run_folder_path(folder, run_files[i]);
        bool found = path && lstat(path, &facts) == 0;
        bool failed = !path;
        free(path);
        if (failed)
            return TRAINER_FAILED;
        if (found) {
            return error_set(TRAINER_INVALID,
                             "%s: there is a run in this folder; --force overwrites it", folder);
        }
    }
    return TRAINER_OK;
}

static int remove_run(const char *folder)
{
    for (size_t i = 0; i < sizeof run_files / sizeof run_files[0]; i++) {
        char *path = run_folder_path(folder, run_files[i]);
        bool removed = path && (unlink(path) == 0 || errno == ENOENT);
        if (path && !removed)
            error_set(TRAINER_FAILED, "%s: cannot remove it: %s", path, strerror(errno));
        free(path);
        if (!removed)
            return TRAINER_FAILED;
    }
    return TRAINER_OK;
}

struct folder_owner run_folder_owner(const char *folder)
{
    return folder_lock_owner(folder, run_lock.name);
}

void run_folder_break_lock(const char *folder, const char *host)
{
    folder_lock_break(folder, run_lock.name, host, 0);
}

/* Claims a folder that the user named. A run in it is looked for before the lock too, so that a
 * folder that is refused is left untouched. */
static int claim_named(struct run_folder *rundir, const char *folder, bool force)
{
    struct stat facts;
    if (stat(folder, &facts) == 0 && !S_ISDIR(facts.st_mode))
        return error_set(TRAINER_INVALID, "%s: this is not a folder", folder);
    if (stat(folder, &facts) != 0 && lstat(folder, &facts) == 0)
        return error_set(TRAINER_INVALID, "%s: this is a link that leads nowhere", folder);
    int rc = force ? TRAINER_OK : refuse_run(folder);
    rc = rc == TRAINER_OK ? run_folder_make(folder) : rc;
    rundir->folder = rc == TRAINER_OK ? strdup(folder) : NULL;
    if (rc == TRAINER_OK && !rundir->folder)
        rc = error_memory("a path", strlen(folder) + 1);
    if (rc == TRAINER_OK) {
        rundir->lock = folder_lock_take(folder, &run_lock);
        rc = rundir->lock < 0 ? rundir->lock : TRAINER_OK;
    }
    if (rc == TRAINER_OK)
        rc = force ? remove_run(folder) : refuse_run(folder);
    return rc;
}

static int claim_numbered(struct run_folder *rundir, const char *name)
{
    int rc = claim_next(name, &rundir->folder);
    if (rc == TRAINER_OK) {
        rundir->lock = folder_lock_take(rundir->folder, &run_lock);
        rc = rundir->lock < 0 ? rundir->lock : TRAINER_OK;
    }
    return rc;
}

/* mode: "w" or "a". A planted link is not followed: nothing is written outside of the folder. */
static int open_log(struct run_folder *rundir, const char *mode)
{
    char *path = run_folder_path(rundir->folder, "log.txt");
    int how = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (*mode == 'a' ? O_APPEND : O_TRUNC);
    int file = path ? open(path, how, FILE_MODE) : -1;
    rundir->log = file >= 0 ? fdopen(file, mode) : NULL;
    if (file >= 0 && !rundir->log)
        close(file);
    int rc = rundir->log ? TRAINER_OK : TRAINER_FAILED;
    if (path && !rundir->log)
        error_set(TRAINER_FAILED, "%s: %s", path, strerror(errno));
    free(path);
    return rc;
}

/* Opens the log of a folder that was claimed, if `code` says that it was; else releases it. */
static int open_files(struct run_folder *rundir, int code, const char *mode)
{
    if (code == TRAINER_OK) {
        rundir->run_path = run_folder_path(rundir->folder, run_files[0]);
        code = rundir->run_path ? open_log(rundir, mode) : TRAINER_FAILED;
    }
    if (code != TRAINER_OK)
        run_folder_close(rundir);
    return code;
}

int run_folder_claim(struct run_folder *rundir, const char *name, const char *folder, bool force)
{
    *rundir = (struct run_folder){.lock = -1};
    int rc = folder ? claim_named(rundir, folder, force) : claim_numbered(rundir, name);
    return open_files(rundir, rc, "w");
}

int run_folder_reopen(struct run_folder *rundir, const char *folder)
{
    struct stat facts;
    *rundir = (struct run_folder){.lock = -1};
    char *config = run_folder_path(folder, "config.yaml");
    if (!config)
        return TRAINER_FAILED;
    int rc = stat(config, &facts) == 0
                 ? TRAINER_OK
                 : error_set(TRAINER_INVALID, "%s: there is no run: %s", config, strerror(errno));
    free(config);
    if (rc == TRAINER_OK) {
        rundir->lock = folder_lock_take(folder, &run_lock);
        rc = rundir->lock < 0 ? rundir->lock : TRAINER_OK;
    }
    rundir->folder = rc == TRAINER_OK ? strdup(folder) : NULL;
    if (rc == TRAINER_OK && !rundir->folder)
        rc = error_memory("a path", strlen(folder) + 1);
    return open_files(rundir, rc, "a");
}

int run_folder_write_config(const struct run_folder *rundir, const char *yaml, size_t length)
{
    char *path = run_folder_path(rundir->folder, "config.yaml");
    int rc = path ? file_replace(path, yaml, length) : TRAINER_FAILED;
    free(path);
    return rc;
}

void run_folder_log(struct run_folder *rundir, const char *line)
{
    if (!rundir->log)
        return;
    for (; *line; line++) {
        unsigned char c = (unsigned char)*line;
        fputc(c < 0x20 || c == 0x7f ? '?' : c, rundir->log);
    }
    fputc('\n', rundir->log);
    fflush(rundir->log);
}

void run_folder_close(struct run_folder *rundir)
{
    if (rundir->log)
        fclose(rundir->log);
    if (rundir->lock >= 0)
        close(rundir->lock);
    free(rundir->folder);
    free(rundir->run_path);
    *rundir = (struct run_folder){.lock = -1};
}
