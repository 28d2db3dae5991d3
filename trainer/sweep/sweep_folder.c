/*
 * sweep_folder.c - the folder of a sweep.
 */
#include "sweep_folder.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/machine.h"
#include "base/text.h"
#include "system/run_folder.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ARGUMENTS_MOST = 1 << 20 };

static const char sweep_lock[] = "sweep.lock", logs[] = "log*.jsonl";

/* "DIR/NAME", "DIR/log-2-of-4.jsonl" in the arena; NULL with a message. */
static const char *name_file(struct sweep_folder *folder, const char *name)
{
    return arena_print(&folder->arena, "%s/%s", folder->path, name);
}

static int name_files(struct sweep_folder *folder, struct sweep_shard shard)
{
    char log[64] = "log.jsonl";
    if (shard.of > 1)
        snprintf(log, sizeof log, "log-%zu-of-%zu.jsonl", shard.number, shard.of);
    folder->log = name_file(folder, log);
    folder->h5 = name_file(folder, "sweep.h5");
    folder->csv = name_file(folder, "sweep.csv");
    return folder->log && folder->h5 && folder->csv ? TRAINER_OK : TRAINER_FAILED;
}

/* Takes a lock, also from a host that is gone. */
static int take_lock(struct sweep_folder *folder, const struct folder_lock *kind,
                     double steal_after)
{
    int lock = folder_lock_take(folder->path, kind);
    if (lock != TRAINER_INVALID || steal_after <= 0)
        return lock;
    struct folder_owner owner = folder_lock_owner(folder->path, kind->name);
    if (!folder_lock_break(folder->path, kind->name, owner.host, steal_after))
        return lock;
    folder->gone = arena_copy(&folder->arena, owner.host, strlen(owner.host));
    return folder->gone ? folder_lock_take(folder->path, kind) : TRAINER_FAILED;
}

/* Files of the folder whose names match; free with globfree. */
static int find_files(const struct sweep_folder *folder, const char *names, glob_t *found)
{
    static const char special[] = "*?[]\\";
    struct text pattern = {0};
    *found = (glob_t){0};
    for (const char *c = folder->path; *c; c++)
        text_print(&pattern, "%s%c", strchr(special, *c) ? "\\" : "", *c);
    text_print(&pattern, "/%s", names);
    int rc = text_status(&pattern);
    if (rc == TRAINER_OK && glob(text_get(&pattern), 0, NULL, found) == GLOB_NOSPACE)
        rc = error_memory("the names of files", pattern.length);
    text_free(&pattern);
    return rc;
}

/* TRAINER_INVALID where a shard of another host holds its own lock, although the common one, which
 * it shares, was granted to this sweep alone: a file system without locks between hosts. */
static int check_shard_locks(const struct sweep_folder *folder)
{
    glob_t found;
    int rc = find_files(folder, "shard-*-of-*.lock", &found);
    for (size_t i = 0; i < found.gl_pathc && rc == TRAINER_OK; i++) {
        const struct folder_lock kind = {.name = strrchr(found.gl_pathv[i], '/') + 1,
                                         .holder = "sweep",
                                         .shared = true,
                                         .kept = true};
        int lock = folder_lock_take(folder->path, &kind);
        if (lock >= 0)
            folder_lock_release(lock);
        else
            rc = lock;
    }
    globfree(&found);
    return rc;
}

static int take_locks(struct sweep_folder *folder, struct sweep_shard shard, double steal_after)
{
    bool whole = shard.of == 1;
    struct folder_lock common = {
        .name = sweep_lock, .holder = "sweep", .shared = !whole, .kept = true};
    struct folder_lock own = {.name = folder->shard_lock_name, .holder = "sweep", .kept = true};
    folder->lock = take_lock(folder, &common, steal_after);
    if (folder->lock < 0 || whole)
        return folder->lock < 0 ? folder->lock : check_shard_locks(folder);
    snprintf(folder->shard_lock_name, sizeof folder->shard_lock_name, "shard-%zu-of-%zu.lock",
             shard.number, shard.of);
    folder->shard_lock = take_lock(folder, &own, steal_after);
    return folder->shard_lock < 0 ? folder->shard_lock : TRAINER_OK;
}

bool sweep_folder_hold(const struct sweep_folder *folder)
{
    bool shard = folder->shard_lock >= 0;
    return folder->reads ||
           folder_lock_keep(shard ? folder->shard_lock : folder->lock, folder->path,
                            shard ? folder->shard_lock_name : sweep_lock);
}

bool sweep_folder_keep_holding(const struct sweep_folder *folder, double *held_at)
{
    double now = clock_seconds();
    if (now - *held_at < FOLDER_LOCK_SIGNS)
        return true;
    *held_at = now;
    return sweep_folder_hold(folder);
}

int sweep_folder_claim(struct sweep_folder *folder, const char *path, struct sweep_shard shard,
                       double steal_after)
{
    *folder = (struct sweep_folder){.lock = -1, .shard_lock = -1};
    folder->path = arena_copy(&folder->arena, path, strlen(path));
    int rc = folder->path ? name_files(folder, shard) : TRAINER_FAILED;
    const char *trials = rc == TRAINER_OK ? name_file(folder, "trials") : NULL;
    if (rc == TRAINER_OK)
        rc = trials ? run_folder_make(trials) : TRAINER_FAILED;
    if (rc == TRAINER_OK)
        rc = take_locks(folder, shard, steal_after);
    if (rc != TRAINER_OK)
        sweep_folder_close(folder);
    return rc;
}

int sweep_folder_join(struct sweep_folder *folder, const char *path)
{
    static const struct sweep_shard none = {1, 1};
    static const struct folder_lock common = {
        .name = sweep_lock, .holder = "sweep", .shared = true, .kept = true};
    *folder = (struct sweep_folder){.lock = -1, .shard_lock = -1, .reads = true};
    folder->path = arena_copy(&folder->arena, path, strlen(path));
    int rc = folder->path ? name_files(folder, none) : TRAINER_FAILED;
    if (rc == TRAINER_OK)
        folder->lock = folder_lock_take(folder->path, &common);
    if (rc == TRAINER_OK && folder->lock < 0)
        rc = folder->lock;
    if (rc != TRAINER_OK)
        sweep_folder_close(folder);
    return rc;
}

void sweep_folder_close(struct sweep_folder *folder)
{
    if (folder->shard_lock >= 0)
        folder_lock_release(folder->shard_lock);
    if (folder->lock >= 0)
        folder_lock_release(folder->lock);
    arena_free(&folder->arena);
    *folder = (struct sweep_folder){.lock = -1, .shard_lock = -1};
}

/* Shards that start at once write the same. */
static int write_file(const struct sweep_folder *folder, const char *name, const char *text)
{
    char *path = run_folder_path(folder->path, name);
    int rc = path ? file_replace_shared(path, text, strlen(text)) : TRAINER_FAILED;
    free(path);
    return rc;
}

int sweep_folder_describe(const struct sweep_folder *folder, const struct sweep *sweep,
                          const char *path, const char *const *arguments, size_t count)
{
    char *absolute = realpath(path, NULL);
    struct text text = {0};
    text_print(&text, "%s\n", absolute ? absolute : path);
    for (size_t i = 0; i < count; i++)
        text_print(&text, "%s\n", arguments[i]);
    int rc = text_status(&text);
    if (rc == TRAINER_OK)
        rc = write_file(folder, "arguments.txt", text_get(&text));
    if (rc == TRAINER_OK)
        rc = write_file(folder, "sweep.yaml", sweep_source(sweep));
    if (rc == TRAINER_OK)
        rc = write_file(folder, "base.yaml", sweep_base_source(sweep));
    text_free(&text);
    free(absolute);
    return rc;
}

/* Cuts the text into its lines: *path gets the first one, arguments the others. */
static int cut_lines(struct arena *arena, char *text, const char **path, const char ***arguments,
                     size_t *count)
{
    size_t lines = 0;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    *arguments = arena_array(arena, lines, sizeof **arguments);
    *count = 0;
    if (!*arguments)
        return TRAINER_FAILED;
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        if (line == text)
            *path = line;
        else
            (*arguments)[(*count)++] = line;
    }
    return TRAINER_OK;
}

int sweep_folder_arguments(struct arena *arena, const char *folder, const char **path,
                           const char ***arguments, size_t *count)
{
    char *file = run_folder_path(folder, "arguments.txt"), *bytes = NULL;
    size_t length = 0;
    int rc = file ? file_read(file, ARGUMENTS_MOST, &bytes, &length) : TRAINER_FAILED;
    char *text = rc == TRAINER_OK ? arena_copy(arena, bytes, length) : NULL;
    if (rc == TRAINER_OK && !text)
        rc = TRAINER_FAILED;
    *path = NULL;
    if (rc == TRAINER_OK)
        rc = cut_lines(arena, text, path, arguments, count);
    if (rc == TRAINER_OK && !*path)
        rc = error_set(TRAINER_INVALID, "%s: is empty", file);
    free(bytes);
    free(file);
    return rc;
}

char *sweep_folder_trial(const struct sweep_folder *folder, const char *id)
{
    char *path;
    if (asprintf(&path, "%s/trials/%s", folder->path, id) < 0) {
        error_memory("a path", strlen(folder->path) + strlen(id));
        return NULL;
    }
    if (folder->gone)
        run_folder_break_lock(path, folder->gone);
    return path;
}

size_t sweep_folder_shards(const struct sweep_folder *folder)
{
    size_t most = 0;
    glob_t found;
    int rc = find_files(folder, logs, &found);
    for (size_t i = 0; i < found.gl_pathc && rc == TRAINER_OK; i++) {
        const char *name = strrchr(found.gl_pathv[i], '/');
        size_t of;
        if (name && sscanf(name, "/log-%*u-of-%6zu.jsonl", &of) == 1 && of > most)
            most = of;
    }
    globfree(&found);
    return most;
}

int sweep_folder_logs(const struct sweep_folder *folder,
                      int (*read)(void *context, const char *path), void *context)
{
    glob_t found;
    int rc = find_files(folder, logs, &found);
    for (size_t i = 0; i < found.gl_pathc && rc == TRAINER_OK; i++)
        rc = read(context, found.gl_pathv[i]);
    globfree(&found);
    return rc;
}

/* --- kernels --- */

static const char kernels_file[] = "kernels";

const char *sweep_folder_kernels(struct arena *arena, const char *folder)
{
    enum { LONGEST = 64 };
    char *path = run_folder_path(folder, kernels_file), *bytes = NULL;
    size_t length;
    const char *kernels = NULL;
    if (path && file_read(path, LONGEST, &bytes, &length) == TRAINER_OK && length > 0)
        kernels = arena_copy(arena, bytes, strcspn(bytes, "\n"));
    free(bytes);
    free(path);
    error_clear();
    return kernels;
}

/* The file gets its name when it is whole; of shards that start at once one names it. */
int sweep_folder_keep_kernels(const struct sweep_folder *folder, const char *kernels, bool replace)
{
    char line[64], host[256], name[sizeof host + 64];
    machine_hostname(host, sizeof host);
    snprintf(line, sizeof line, "%s\n", kernels);
    snprintf(name, sizeof name, "%s.%s.%ld", kernels_file, host, (long)getpid());
    char *path = run_folder_path(folder->path, kernels_file);
    char *own = run_folder_path(folder->path, name);
    int rc = path && own ? file_replace(own, line, strlen(line)) : TRAINER_FAILED;
    /* Some file systems have no links. */
    bool named = rc == TRAINER_OK && !replace && (link(own, path) == 0 || file_exists(path));
    if (named)
        unlink(own);
    else if (rc == TRAINER_OK && rename(own, path) != 0)
        rc = error_set(TRAINER_FAILED, "%s: %s", path, strerror(errno));
    free(path);
    free(own);
    return rc;
}

/* --- whose sweep it is --- */

/* The file whose sweep a folder has, in the arena; NULL where it has none. */
static const char *file_of(struct arena *arena, const char *folder)
{
    const char *path = NULL, **arguments;
    size_t count;
    return sweep_folder_arguments(arena, folder, &path, &arguments, &count) == TRAINER_OK ? path
                                                                                          : NULL;
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

bool sweep_folder_is_of(const char *folder, const char *path)
{
    struct arena arena = {0};
    const char *own = file_of(&arena, folder);
    bool same = own && is_same_file(own, path);
    arena_free(&arena);
    return same;
}

int sweep_folder_check(const char *folder, const char *path)
{
    struct arena arena = {0};
    const char *own = file_of(&arena, folder);
    int rc = TRAINER_OK;
    error_clear();
    if (own && access(own, F_OK) == 0 && !is_same_file(own, path))
        rc = error_set(TRAINER_INVALID,
                       "%s: has the sweep of %s; for the one of %s name another folder: "
                       "--output DIR",
                       folder, own, path);
    arena_free(&arena);
    return rc;
}
