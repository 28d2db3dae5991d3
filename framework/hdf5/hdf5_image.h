/*
 * hdf5_image.h - libhdf5 in small words: a lock, its errors, and the parts of a file image.
 *
 * libhdf5 is not thread-safe: it is called, and its handles are held, only between hdf5_enter and
 * hdf5_leave.
 *
 * The image_ calls build a file in memory and read like a description of it, because the image
 * remembers its first failure: that call leaves a message, names what failed, and all later ones do
 * nothing (closing excepted). So no caller checks each one; image_finish returns the first failure.
 * Handles that a call returns are closed by image_close.
 */
#ifndef TRAINER_HDF5_IMAGE_H
#define TRAINER_HDF5_IMAGE_H

#include "base/shape.h"
#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Locks the library for this thread, which may have locked it already. The first call makes it
 * ready: no work at exit, no plugins loaded from folders, no printing of errors. */
void hdf5_enter(void);
void hdf5_leave(void);

/* Makes libhdf5 ready, which takes some milliseconds: for a process whose children use it. */
void hdf5_prepare(void);

/* The version of libhdf5, "1.10.8". Starts nothing of that library. */
const char *hdf5_version(void);

/* The root attributes `format` and `format_version` of every file of ours. */
#define HDF5_STAMP "trainer"
enum { HDF5_STAMP_VERSION = 1 };

/* Bytes of texts that are converted at a time. libhdf5's own buffer is 1 MB, and it clears that for
 * every dataset of texts. */
enum { HDF5_TEXT_BUFFER = 1 << 14 };

/* What libhdf5 says of the call that failed last: the outermost and innermost line of its error
 * stack, as "unable to create dataset: name already exists", into text[0..size). Returns text. */
const char *hdf5_reason(char *text, size_t size);

struct image {
    const char *path; /* the file to be, for messages */
    bool failed;      /* a message is left, later calls do nothing */
    hid_t file;
    hid_t group_made_by; /* property lists: creation order is kept */
    hid_t data_made_by;
    hid_t written_by;
    hid_t text; /* variable-length UTF-8 */
};

/* A dataset: `shape` numbers or texts at `data`, stored as `stored`, given as `given`. */
struct image_array {
    const char *name, *long_name, *units; /* units "": of no dimension, written as "1" */
    struct shape shape;
    hid_t stored, given;
    const void *data; /* NULL: no values are written */
    bool checksum;    /* fletcher32 on every chunk */
};

/* Begins an image that will take about `expected` bytes. */
void image_open(struct image *image, const char *path, size_t expected);

/* The same for a file that need not fit into memory: it is written to the empty one called
 * `written` (file_begin). */
void image_open_file(struct image *image, const char *path, const char *written);

/* Closes everything. Where all went well, *bytes is the file, for free(); of image_open_file both
 * are NULL. */
int image_finish(struct image *image, void **bytes, size_t *count);

/* A new group, its creation order tracked. */
hid_t image_group(struct image *image, hid_t parent, const char *name);

/* Attributes. A number is stored as int64, with which most languages reckon as expected; only where
 * it does not fit (a seed) as uint64. */
void image_text(struct image *image, hid_t object, const char *name, const char *text);
void image_texts(struct image *image, hid_t object, const char *name, const char *const *texts,
                 size_t count);
void image_number(struct image *image, hid_t object, const char *name, uint64_t value);
void image_real(struct image *image, hid_t object, const char *name, double value);

hid_t image_dataset(struct image *image, hid_t parent, const struct image_array *array);

/* Writes rows [first, first + count) of a dataset without a checksum, of that shape: (count, ...)
 * at `data`. */
void image_rows(struct image *image, hid_t dataset, const struct image_array *array, size_t first,
                size_t count, const void *data);

/* A text of any length at the top of the file: a dataset, as attributes end at 64 KiB. */
void image_document(struct image *image, const char *name, const char *long_name, const char *text);

/* A dataset that only names a dimension of that size and holds no numbers, by netCDF's convention.
 */
hid_t image_dimension(struct image *image, hid_t parent, const char *name, size_t size);

/* Makes a dataset the scale (coordinate) of a dimension of that name; gives a dataset's axis its
 * scale. */
void image_scale(struct image *image, hid_t dataset, const char *dimension);
void image_attach(struct image *image, hid_t dataset, int axis, hid_t scale);

/* Drops a handle of any kind; one that was never got is no mistake. */
void image_close(struct image *image, hid_t handle);

/* Zeroed memory for columns and counts, for free(); without it the image has failed. */
void *image_memory(struct image *image, size_t count, size_t size);

#endif
