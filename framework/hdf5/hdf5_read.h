/*
 * hdf5_read.h - reading a file that someone else may have made, step by careful step.
 *
 * All of it is called between hdf5_enter and hdf5_leave. A message names the file and the place in
 * it; every refusal is TRAINER_INVALID.
 */
#ifndef TRAINER_HDF5_READ_H
#define TRAINER_HDF5_READ_H

#include "base/arena.h"
#include "hdf5_image.h"

enum { LOAD_PARTS_MAX = 16, LOAD_NAME_SIZE = 1024 };

/* Where something is looked for: a path of hard links from the root to a dataset. */
struct hdf5_read_place {
    const char *part[LOAD_PARTS_MAX]; /* "model", "affine1", "weight"; NULL behind the last */
    char name[LOAD_NAME_SIZE];        /* "/model/affine1/weight" */
    char text[LOAD_NAME_SIZE];        /* of hdf5_read_path */
};

struct hdf5_read_place hdf5_read_place(const char *first, const char *second, const char *third,
                                       const char *fourth);

/* The same of a path as a user writes it, "/a/b" or "a/b", whose parts lie in place->text.
 * TRAINER_INVALID where it is none, or too long. */
int hdf5_read_path(struct hdf5_read_place *place, const char *path, const char *where);

/* Drops a handle of any kind. Nothing was written, so nothing can be lost. */
void hdf5_read_drop(hid_t handle);

/* The message of a call of libhdf5 that failed. */
int hdf5_read_fail(const char *path, const char *what);

/* Opens a file of this program's own format, read-only and without a lock. */
int hdf5_read_open(hid_t *file, const char *path);

/* The same of any HDF5 file. */
int hdf5_read_open_any(hid_t *file, const char *path);

/* Opens the dataset at a place, or the group where `group` is set. */
int hdf5_read_object(hid_t *object, hid_t file, const char *path,
                     const struct hdf5_read_place *place, bool group);

/* A dataset's shape; rank -1 where it has none, or more dimensions than any network. */
struct shape hdf5_read_shape(hid_t dataset);

/* Bytes of the file that a dataset says it takes; no more than the file has. */
hsize_t hdf5_read_stored(hid_t dataset);

/* The most bytes of numbers that those can be: 1032 times as many where they go through deflate,
 * that format's limit: 258 bytes from 2 bits. */
enum { HDF5_READ_PACKED_MOST = 1032 };
hsize_t hdf5_read_most(hid_t dataset);

/* Refuse a dataset of other numbers than 32- or 64-bit floats; one of another shape than the one
 * wanted; one whose numbers are not in the file itself, or behind a filter that is not known; the
 * same, or whose chunks are larger than itself. */
int hdf5_read_check_type(hid_t dataset, const char *path, const char *name);
int hdf5_read_check_shape(hid_t dataset, const char *path, const char *name, struct shape wanted);
int hdf5_read_check_source(hid_t dataset, const char *path, const char *name);
int hdf5_read_check_storage(hid_t dataset, const char *path, const char *name, struct shape shape);

/* A dataset or attribute that holds one text of variable length. */
struct hdf5_read_text {
    hid_t type, space;
    hid_t dataset, attribute; /* one of them; the other negative */
};

/* H5Dread of all texts of variable length, with a buffer of HDF5_TEXT_BUFFER bytes. */
herr_t hdf5_read_texts(hid_t dataset, hid_t type, void *texts);

/* *text is for free(). False where it holds no such text, or it can't be read. */
bool hdf5_read_text(const struct hdf5_read_text *source, char **text);

/* A text attribute, in the arena; "" where there is none, as older files lack some. NULL with a
 * message when memory ran out. */
const char *hdf5_read_words(struct arena *arena, hid_t object, const char *name);

/* An attribute that is one number of class `class`, as `type`; false where there is none. */
bool hdf5_read_scalar(hid_t object, const char *name, H5T_class_t class, hid_t type, void *value);

/* A dataset at the root that is one text, in the arena. */
int hdf5_read_document(const char **text, struct arena *arena, hid_t file, const char *path,
                       const char *name);

#endif
