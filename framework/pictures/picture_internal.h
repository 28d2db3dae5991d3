/*
 * picture_internal.h - what the decoders and picture_read.c share.
 */
#ifndef TRAINER_PICTURE_INTERNAL_H
#define TRAINER_PICTURE_INTERNAL_H

#include "picture_read.h"

/* A file in memory, and what its decoder found. */
struct picture_file {
    const char *path;
    const uint8_t *bytes; /* [size] */
    size_t size;
    int orientation; /* of EXIF, 1 to 8; 1 where it says nothing */
    bool cut_short;  /* the decoder asked for bytes behind the last one */
    char why[256];   /* the decoder's own words for what is wrong */
};

/* Each fills picture->height, width, channels and pixel. False where the file is broken, with the
 * reason in the file, or where memory ran out, with `why` empty; pixel may then be set, and is
 * freed by the caller. */
bool picture_decode_png(struct picture *picture, struct picture_file *file);
bool picture_decode_jpeg(struct picture *picture, struct picture_file *file);

/* Memory for a picture of these sides. False with the reason where it has too many pixels. */
bool picture_allocate(struct picture *picture, struct picture_file *file, size_t height,
                      size_t width, size_t channels);

/* The orientation of an EXIF block, which begins with a TIFF header; 1 where there is none. */
int picture_orientation(const uint8_t *exif, size_t size);

/* Replaces the picture by one of another size. The window of `from` that is read has its corner at
 * (top, left), in pixels of `from`, and may end between pixels. TRAINER_FAILED when memory ran out;
 * the picture is then as it was. */
struct picture_window {
    double top, left, height, width;
};
int picture_resize(struct picture *picture, struct picture_window window, size_t height,
                   size_t width);

#endif
