/*
 * find_run.c - what a path is that a user gave for a config or a run.
 */
#include "find_run.h"
#include "base/error.h"
#include "runfile/run.h"
#include "sweep_listing.h"
#include "system/run_folder.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Whether the file starts as HDF5 files do. One that can't be read does not. */
static bool is_hdf5(const char *path)
{
    static const char signature[] = "\x89HDF\r\n\x1a\n";
    char start[sizeof signature - 1];
    FILE *file = fopen(path, "rb");
    bool found = file && fread(start, 1, sizeof start, file) == sizeof start &&
                 memcmp(start, signature, sizeof start) == 0;
    if (file)
        fclose(file);
    return found;
}

static bool has(const char *folder, const char *name)
{
    struct stat facts;
    char *path = run_folder_path(folder, name);
    bool found = path && stat(path, &facts) == 0;
    free(path);
    return found;
}

enum place find_place(const char *path)
{
    struct stat facts;
    if (stat(path, &facts) != 0)
        return PLACE_NOTHING;
    if (S_ISREG(facts.st_mode))
        return is_hdf5(path) ? PLACE_RUN_FILE : PLACE_FILE;
    if (!S_ISDIR(facts.st_mode))
        return PLACE_FILE;
    if (sweep_listing_found(path))
        return PLACE_SWEEP;
    if (has(path, RUN_FILE) || has(path, RUN_CHECKPOINT) ||
        (has(path, "config.yaml") && has(path, "lock")))
        return PLACE_RUN;
    return has(path, "latest/config.yaml") ? PLACE_RUNS : PLACE_FOLDER;
}

/* Bytes of a path without the slashes at its end. */
static int bare(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    return (int)length;
}

/* Bytes of the folder that a file is in; 0: it is in the current one. */
static int folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (int)(slash - path) + (slash == path) : 0;
}

int find_run_file(struct arena *arena, const char *path, const char **run)
{
    enum place place = find_place(path);
    *run = NULL;
    if (place == PLACE_RUNS)
        return error_set(TRAINER_INVALID, "%s: no run.h5 in this folder; did you mean %.*s/latest?",
                         path, bare(path), path);
    if (place == PLACE_SWEEP)
        return error_set(TRAINER_INVALID,
                         "%s: is the folder of a sweep; its trials are runs: %.*s/trials/ID", path,
                         bare(path), path);
    if ((place == PLACE_RUN && !has(path, RUN_FILE)) || place == PLACE_FOLDER)
        return error_set(TRAINER_INVALID, "%s: no run.h5 in this folder", path);
    if (place == PLACE_RUN_FILE)
        *run = path;
    else if (place == PLACE_RUN && !(*run = arena_print(arena, "%s/run.h5", path)))
        return TRAINER_FAILED;
    return TRAINER_OK;
}

/* Adds to the message that the file `other` is there; false where it is not. */
static bool offer(int rc, const char *other)
{
    struct stat facts;
    char *said = stat(other, &facts) == 0 ? strdup(error_text()) : NULL;
    if (said)
        error_set(rc, "%s; %s can be given in its place", said, other);
    bool there = said != NULL;
    free(said);
    return there;
}

int find_beside(int rc, const char *path)
{
    static const char *const name[] = {RUN_FILE, RUN_CHECKPOINT, RUN_CHECKPOINT_BEFORE};
    enum { NAMES = sizeof name / sizeof *name };
    const char *slash = strrchr(path, '/'), *own = slash ? slash + 1 : path;
    bool offered = rc != TRAINER_INVALID;
    size_t i = 0;
    while (i < NAMES && strcmp(own, name[i]) != 0)
        i++;
    for (i++; i < NAMES && !offered; i++) {
        char *other = NULL;
        if (asprintf(&other, "%.*s%s", (int)(own - path), path, name[i]) < 0)
            break;
        offered = offer(rc, other);
        free(other);
    }
    return rc;
}

int find_config(const char *path)
{
    switch (find_place(path)) {
    case PLACE_RUN_FILE:
        return error_set(TRAINER_INVALID,
                         "%s: is an HDF5 file, not a config; `trainer config %s` prints the config "
                         "of a run",
                         path, path);
    case PLACE_RUN:
        return error_set(TRAINER_INVALID,
                         "%s: is the folder of a run, not a config; did you mean "
                         "%.*s/config.yaml, or to go on: trainer resume %s?",
                         path, bare(path), path, path);
    case PLACE_RUNS:
        return error_set(TRAINER_INVALID,
                         "%s: is a folder of runs, not a config; did you mean "
                         "%.*s/latest/config.yaml, or to go on: trainer resume %.*s/latest?",
                         path, bare(path), path, bare(path), path);
    case PLACE_SWEEP:
        return error_set(TRAINER_INVALID,
                         "%s: is the folder of a sweep, not a config; `trainer runs %s` lists its "
                         "trials",
                         path, path);
    case PLACE_FOLDER:
        return error_set(TRAINER_INVALID, "%s: is a folder, not a config", path);
    case PLACE_NOTHING:
    case PLACE_FILE:
        break;
    }
    return TRAINER_OK;
}

int find_sweep(const char *path)
{
    switch (find_place(path)) {
    case PLACE_RUN_FILE:
        return error_set(TRAINER_INVALID, "%s: is an HDF5 file, not a sweep", path);
    case PLACE_RUN:
    case PLACE_RUNS:
        return error_set(TRAINER_INVALID,
                         "%s: is the folder of a run; to vary keys of its config: trainer sweep "
                         "%.*s%s/config.yaml key=value,value",
                         path, bare(path), path, find_place(path) == PLACE_RUN ? "" : "/latest");
    case PLACE_SWEEP:
        return find_run_folder(path);
    case PLACE_FOLDER:
        return error_set(TRAINER_INVALID, "%s: is a folder, not a sweep", path);
    case PLACE_NOTHING:
    case PLACE_FILE:
        break;
    }
    return TRAINER_OK;
}

int find_data(const char *path)
{
    enum place place = find_place(path);
    bool other = place == PLACE_RUN || place == PLACE_RUNS || place == PLACE_SWEEP;
    return other ? find_config(path) : TRAINER_OK;
}

int find_run_folder(const char *path)
{
    int folder = folder_of(path);
    switch (find_place(path)) {
    case PLACE_RUNS:
        return error_set(TRAINER_INVALID, "%s: is a folder of runs; did you mean %.*s/latest?",
                         path, bare(path), path);
    case PLACE_SWEEP:
        return error_set(TRAINER_INVALID,
                         "%s: is the folder of a sweep; the same `trainer sweep` goes on with it",
                         path);
    case PLACE_RUN_FILE:
        return error_set(TRAINER_INVALID,
                         "%s: is a file, not the folder of a run; did you mean %.*s?", path,
                         folder ? folder : 1, folder ? path : ".");
    case PLACE_FILE:
        return error_set(TRAINER_INVALID,
                         "%s: is a file, not the folder of a run; to train it: trainer %s", path,
                         path);
    case PLACE_FOLDER:
        if (!has(path, "lock") && !has(path, "config.yaml"))
            return error_set(TRAINER_INVALID, "%s: there is no run in this folder", path);
        break;
    case PLACE_NOTHING:
    case PLACE_RUN:
        break;
    }
    return TRAINER_OK;
}
