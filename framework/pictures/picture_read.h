/*
 * picture_read.h - a PNG or JPEG as bytes of one size and colour.
 *
 *     decode -> lay over the background -> turn as EXIF says -> gray or RGB -> resize
 *
 * Pixels are those of PIL where nothing is resized, and within 1 of its BILINEAR else. Content
 * decides which decoder reads a file, not its name. 16 bits become the upper 8. Gray is
 * (19595 R + 38470 G + 7471 B + 32768) / 65536, PIL's `L`.
 */
#ifndef TRAINER_PICTURE_READ_H
#define TRAINER_PICTURE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PICTURE_PIXELS_MOST = 100 * 1000 * 1000, PICTURE_FILE_MOST = 1 << 30 };

enum picture_fit {
    PICTURE_STRETCH, /* both sides to the size asked for */
    PICTURE_CROP,    /* the middle, of the size's proportions */
    PICTURE_PAD,     /* all of it, in the middle of the background */
};

/* What is wanted. */
struct picture_form {
    size_t height, width; /* 0: as it is */
    bool rgb;             /* else gray */
    enum picture_fit fit;
    uint8_t background[3]; /* R, G, B */
};

/* Channels: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. */
struct picture {
    size_t height, width, channels;
    uint8_t *pixel; /* (height, width, channels), for free() */
};

/* Reads the file at path in that form; pixel is then (height, width, 1 or 3). Any thread may call.
 * TRAINER_INVALID with "<path>: <what>; expected a whole PNG or JPEG", and no memory is held. */
int picture_read(struct picture *picture, const char *path, const struct picture_form *form);

#endif
