/*
 * runfile_load.h - reading a file that someone else may have made, step by careful step.
 *
 * All of it is called between hdf5_enter and hdf5_leave. A message names the file and the place in
 * it; every refusal is TRAINER_INVALID.
 */
#ifndef TRAINER_RUNFILE_LOAD_H
#define TRAINER_RUNFILE_LOAD_H

#include "runfile_hdf5.h"

enum { LOAD_PARTS_MAX = 4, LOAD_NAME_SIZE = 1024 };

/* Where something is looked for: a path of hard links from the root to a dataset. */
struct load_place {
    const char *part[LOAD_PARTS_MAX]; /* "model", "affine1", "weight"; NULL behind the last */
    char name[LOAD_NAME_SIZE];        /* "/model/affine1/weight" */
};

struct load_place load_place(const char *first, const char *second, const char *third,
                             const char *fourth);

/* Drops a handle of any kind. Nothing was written, so nothing can be lost. */
void load_drop(hid_t handle);

/* The message of a call of libhdf5 that failed. */
int load_fail(const char *path, const char *what);

/* Opens a file of this program's own format, read-only and without a lock. */
int load_open(hid_t *file, const char *path);

/* Opens the dataset at a place, or the group where `group` is set. */
int load_object(hid_t *object, hid_t file, const char *path, const struct load_place *place,
                bool group);

/* A dataset's shape; rank -1 where it has none, or more dimensions than any network. */
struct shape load_shape(hid_t dataset);

/* Bytes of the file that a dataset says it takes; no more than the file has. */
hsize_t load_stored(hid_t dataset);

/* Refuse a dataset of another shape than the one wanted; one whose numbers are not in the file
 * itself, or behind a filter that is not known. */
int load_check_shape(hid_t dataset, const char *path, const char *name, struct shape wanted);
int load_check_storage(hid_t dataset, const char *path, const char *name, struct shape shape);

/* A dataset or attribute that holds one text of variable length. */
struct load_text {
    hid_t type, space;
    hid_t dataset, attribute; /* one of them; the other negative */
};

/* *text is for free(). False where it holds no such text, or it can't be read. */
bool load_text(const struct load_text *source, char **text);

#endif
