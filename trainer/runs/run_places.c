/*
 * run_places.c - where runs and sweeps are.
 */
#include "run_places.h"
#include "base/error.h"
#include "find_run.h"
#include "runfile/run.h"
#include "sweep_listing.h"
#include "system/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 4 };

static bool exists(const char *folder, const char *name)
{
    struct stat facts;
    char *path = run_folder_path(folder, name);
    bool found = path && lstat(path, &facts) == 0 && S_ISREG(facts.st_mode);
    free(path);
    return found;
}

/* The file that tells most of the run in a folder; NULL where there is none, or memory ran out. */
static const char *file_of(struct arena *arena, const char *folder)
{
    static const char *const name[] = {RUN_FILE, RUN_CHECKPOINT};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++)
        if (exists(folder, name[i]))
            return arena_print(arena, "%s/%s", folder, name[i]);
    return NULL;
}

/* file: NULL: the folder's own, where there is one. */
static int add(struct run_places *places, const char *folder, const char *file, bool sweep)
{
    if (places->count == places->capacity) {
        size_t capacity = places->capacity ? 2 * places->capacity : 64;
        struct run_place *grown = realloc(places->place, capacity * sizeof *grown);
        if (!grown)
            return error_memory("a list of runs", capacity * sizeof *grown);
        places->place = grown;
        places->capacity = capacity;
    }
    struct run_place *place = &places->place[places->count];
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    *place =
        (struct run_place){.folder = arena_copy(&places->arena, folder, length), .sweep = sweep};
    if (!place->folder)
        return TRAINER_FAILED;
    if (!sweep)
        place->file = file ? arena_copy(&places->arena, file, strlen(file))
                           : file_of(&places->arena, place->folder);
    places->count++;
    return TRAINER_OK;
}

static int visible_folder(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN);
}

static int add_folder(struct run_places *places, const char *folder, int depth);

/* Looks into the folders of a folder, in the order of their names. */
static int add_folders(struct run_places *places, const char *folder, int depth)
{
    struct dirent **entry = NULL;
    int count = scandir(folder, &entry, visible_folder, alphasort);
    int rc = TRAINER_OK;
    if (count < 0)
        return depth == 0 ? error_set(TRAINER_INVALID, "%s: %s", folder, strerror(errno))
                          : TRAINER_OK;
    for (int i = 0; i < count; i++) {
        char *path = rc == TRAINER_OK ? run_folder_path(folder, entry[i]->d_name) : NULL;
        if (rc == TRAINER_OK)
            rc = path ? add_folder(places, path, depth + 1) : TRAINER_FAILED;
        free(path);
        free(entry[i]);
    }
    free(entry);
    return rc;
}

static int add_folder(struct run_places *places, const char *folder, int depth)
{
    struct stat facts;
    if (depth > DEPTH_MAX || (depth > 0 && (lstat(folder, &facts) != 0 || !S_ISDIR(facts.st_mode))))
        return TRAINER_OK;
    if (depth > 0 && sweep_listing_found(folder))
        return add(places, folder, NULL, true);
    if (exists(folder, RUN_FILE) || exists(folder, "lock"))
        return add(places, folder, NULL, false);
    return add_folders(places, folder, depth);
}

int run_places_below(struct run_places *places, const char *folder)
{
    size_t before = places->count;
    int rc = add_folder(places, folder, 0);
    if (rc == TRAINER_OK && places->count == before)
        rc = error_set(TRAINER_INVALID, "%s: there is no run in this folder", folder);
    return rc;
}

/* A run by its file: the folder is the one that the file lies in. */
static int add_file(struct run_places *places, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + (slash == path) : 1;
    const char *folder = arena_copy(&places->arena, slash ? path : ".", length);
    return folder ? add(places, folder, path, false) : TRAINER_FAILED;
}

int run_places_of(struct run_places *places, const char *path)
{
    struct stat facts;
    switch (find_place(path)) {
    case PLACE_RUN_FILE:
        return add_file(places, path);
    case PLACE_SWEEP:
        return add(places, path, NULL, true);
    case PLACE_RUN:
        return add(places, path, NULL, false);
    case PLACE_RUNS:
    case PLACE_FOLDER:
        return run_places_below(places, path);
    case PLACE_NOTHING:
        if (stat(path, &facts) != 0)
            return error_set(TRAINER_INVALID, "%s: %s", path, strerror(errno));
        break;
    case PLACE_FILE:
        break;
    }
    return error_set(TRAINER_INVALID,
                     "%s: expected a run's folder, its %s or a checkpoint, a sweep's folder, or a "
                     "folder of them",
                     path, RUN_FILE);
}

void run_places_free(struct run_places *places)
{
    free(places->place);
    arena_free(&places->arena);
    *places = (struct run_places){0};
}
