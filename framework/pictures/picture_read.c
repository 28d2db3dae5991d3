/*
 * picture_read.c - reads a file, has it decoded, and gives it the form that is asked for.
 */
#include "picture_read.h"
#include "base/error.h"
#include "base/file_type.h"
#include "picture_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint8_t png_magic[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
static const uint8_t jpeg_magic[] = {0xff, 0xd8, 0xff};

static bool begins_with(const uint8_t *bytes, size_t count, const uint8_t *magic, size_t length)
{
    return count >= length && !memcmp(bytes, magic, length);
}

bool picture_allocate(struct picture *picture, struct picture_file *file, size_t height,
                      size_t width, size_t channels)
{
    if (height == 0 || width == 0 || height > PICTURE_PIXELS_MOST / width) {
        snprintf(file->why, sizeof file->why, "%zu x %zu pixels are over 100 megapixels", width,
                 height);
        return false;
    }
    *picture = (struct picture){height, width, channels, malloc(height * width * channels)};
    return picture->pixel != NULL;
}

/* --- EXIF ------------------------------------------------------------------------------------- */

static unsigned number_at(const uint8_t *bytes, int count, bool big_endian)
{
    unsigned value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[big_endian ? i : count - 1 - i];
    return value;
}

/* TIFF: byte order, 42, offset of the first directory; that has a count and entries of 12 bytes:
 * tag, type, count, value. */
int picture_orientation(const uint8_t *exif, size_t size)
{
    enum { HEADER = 8, ENTRY = 12, TAG = 0x0112 };
    if (size < HEADER || (memcmp(exif, "II", 2) != 0 && memcmp(exif, "MM", 2) != 0))
        return 1;
    bool big = exif[0] == 'M';
    size_t at = number_at(exif + 4, 4, big);
    if (number_at(exif + 2, 2, big) != 42 || at > size - 2)
        return 1;
    size_t count = number_at(exif + at, 2, big);
    at += 2;
    for (size_t i = 0; i < count && size - at >= ENTRY; i++, at += ENTRY)
        if (number_at(exif + at, 2, big) == TAG) {
            unsigned value = number_at(exif + at + 8, 2, big);
            return value >= 1 && value <= 8 ? (int)value : 1;
        }
    return 1;
}

/* Where pixel (y, x) of the turned picture comes from. */
static size_t source_of(const struct picture *from, int orientation, size_t y, size_t x)
{
    size_t row = orientation >= 5 ? x : y, column = orientation >= 5 ? y : x;
    bool down = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    bool left = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    if (orientation >= 5) {
        /* A turned picture's rows are the other's columns. */
        bool swap = down;
        down = left;
        left = swap;
    }
    row = down ? from->height - 1 - row : row;
    column = left ? from->width - 1 - column : column;
    return (row * from->width + column) * from->channels;
}

static int turn(struct picture *picture, int orientation)
{
    if (orientation == 1)
        return TRAINER_OK;
    struct picture turned = *picture;
    if (orientation >= 5) {
        turned.height = picture->width;
        turned.width = picture->height;
    }
    size_t channels = picture->channels;
    turned.pixel = malloc(picture->height * picture->width * channels);
    if (!turned.pixel)
        return error_memory("a picture", picture->height * picture->width * channels);
    uint8_t *to = turned.pixel;
    for (size_t y = 0; y < turned.height; y++)
        for (size_t x = 0; x < turned.width; x++, to += channels)
            memcpy(to, picture->pixel + source_of(picture, orientation, y, x), channels);
    free(picture->pixel);
    *picture = turned;
    return TRAINER_OK;
}

/* --- colours ---------------------------------------------------------------------------------- */

static uint8_t gray_of(const uint8_t *rgb)
{
    return (uint8_t)((19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 0x8000u) >> 16);
}

/* a over b, alpha of 255. */
static uint8_t blend(unsigned a, unsigned b, unsigned alpha)
{
    unsigned sum = a * alpha + b * (255 - alpha) + 128;
    return (uint8_t)((sum + (sum >> 8)) >> 8);
}

/* One pixel of any channels, over the background, as R, G, B. */
static void flatten(const uint8_t *pixel, size_t channels, const uint8_t *background, uint8_t *rgb)
{
    bool colour = channels >= 3, clear = channels % 2 == 0;
    for (size_t i = 0; i < 3; i++) {
        uint8_t value = pixel[colour ? i : 0];
        rgb[i] = clear ? blend(value, background[i], pixel[channels - 1]) : value;
    }
}

/* The picture in the form's channels. */
static int recolour(struct picture *picture, const struct picture_form *form)
{
    size_t channels = form->rgb ? 3 : 1, count = picture->height * picture->width;
    if (picture->channels == channels)
        return TRAINER_OK;
    uint8_t *pixel = malloc(count * channels);
    if (!pixel)
        return error_memory("a picture", count * channels);
    for (size_t i = 0; i < count; i++) {
        uint8_t rgb[3];
        flatten(picture->pixel + i * picture->channels, picture->channels, form->background, rgb);
        if (form->rgb)
            memcpy(pixel + 3 * i, rgb, 3);
        else
            pixel[i] = rgb[0] == rgb[1] && rgb[1] == rgb[2] ? rgb[0] : gray_of(rgb);
    }
    free(picture->pixel);
    *picture = (struct picture){picture->height, picture->width, channels, pixel};
    return TRAINER_OK;
}

/* --- sizes ------------------------------------------------------------------------------------ */

/* The largest window in the middle that has the form's proportions. */
static struct picture_window middle(const struct picture *picture, const struct picture_form *form)
{
    double height = (double)picture->height, width = (double)picture->width;
    double scale = fmin(height / (double)form->height, width / (double)form->width);
    double high = scale * (double)form->height, wide = scale * (double)form->width;
    return (struct picture_window){(height - high) / 2, (width - wide) / 2, high, wide};
}

static size_t rounded(double length, size_t most)
{
    size_t side = (size_t)(length + 0.5);
    return side < 1 ? 1 : side > most ? most : side;
}

/* Puts the picture into the middle of the background. */
static int frame(struct picture *picture, const struct picture_form *form)
{
    size_t channels = picture->channels, bytes = form->height * form->width * channels;
    uint8_t *pixel = malloc(bytes);
    if (!pixel)
        return error_memory("a picture", bytes);
    uint8_t gray = gray_of(form->background);
    for (size_t i = 0; i < bytes; i++)
        pixel[i] = channels == 1 ? gray : form->background[i % channels];
    size_t top = (size_t)rint((double)(form->height - picture->height) / 2); /* as PIL rounds */
    size_t left = (size_t)rint((double)(form->width - picture->width) / 2);
    for (size_t y = 0; y < picture->height; y++)
        memcpy(pixel + ((top + y) * form->width + left) * channels,
               picture->pixel + y * picture->width * channels, picture->width * channels);
    free(picture->pixel);
    *picture = (struct picture){form->height, form->width, channels, pixel};
    return TRAINER_OK;
}

static int resize(struct picture *picture, const struct picture_form *form)
{
    struct picture_window all = {0, 0, (double)picture->height, (double)picture->width};
    if (!form->height || (picture->height == form->height && picture->width == form->width))
        return TRAINER_OK;
    if (form->fit == PICTURE_STRETCH)
        return picture_resize(picture, all, form->height, form->width);
    if (form->fit == PICTURE_CROP)
        return picture_resize(picture, middle(picture, form), form->height, form->width);
    double scale = fmin((double)form->height / all.height, (double)form->width / all.width);
    int rc = picture_resize(picture, all, rounded(scale * all.height, form->height),
                            rounded(scale * all.width, form->width));
    return rc ? rc : frame(picture, form);
}

/* --- files ------------------------------------------------------------------------------------ */

static int broken(const struct picture_file *file)
{
    if (file->cut_short)
        return error_add(TRAINER_INVALID,
                         "%s: cut short after %zu bytes; expected a whole PNG or JPEG", file->path,
                         file->size);
    return error_add(TRAINER_INVALID, "%s: %s; expected a whole PNG or JPEG", file->path,
                     file->why);
}

static int decode(struct picture *picture, struct picture_file *file)
{
    bool png = begins_with(file->bytes, file->size, png_magic, sizeof png_magic);
    bool jpeg = begins_with(file->bytes, file->size, jpeg_magic, sizeof jpeg_magic);
    const char *type = png || jpeg ? NULL : file_type_of(file->bytes, file->size);
    if (!png && !jpeg)
        snprintf(file->why, sizeof file->why, "%s",
                 type         ? type
                 : file->size ? "neither PNG nor JPEG"
                              : "an empty file");
    else if (png ? picture_decode_png(picture, file) : picture_decode_jpeg(picture, file))
        return TRAINER_OK;
    if (!file->why[0])
        return error_memory("a picture", picture->height * picture->width * picture->channels);
    return broken(file);
}

/* The whole file, for free(). */
static int read_bytes(const char *path, uint8_t **bytes, size_t *size)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    int rc = TRAINER_OK;
    *bytes = NULL;
    *size = 0;
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        rc = error_add(TRAINER_INVALID, "%s: cannot open: %s", path, strerror(errno));
    else if (!S_ISREG(status.st_mode) || status.st_size > PICTURE_FILE_MOST)
        rc = error_add(TRAINER_INVALID, "%s: %s", path,
                       S_ISREG(status.st_mode) ? "a picture of more than 1 GiB"
                                               : "it is not a regular file");
    else if (!(*bytes = malloc((size_t)status.st_size + 1)))
        rc = error_memory(path, (size_t)status.st_size);
    while (!rc && *size < (size_t)status.st_size) {
        ssize_t got = read(descriptor, *bytes + *size, (size_t)status.st_size - *size);
        if (got < 0 && errno != EINTR)
            rc = error_add(TRAINER_FAILED, "%s: cannot read: %s", path, strerror(errno));
        if (got == 0)
            break;
        *size += got > 0 ? (size_t)got : 0;
    }
    if (descriptor >= 0)
        close(descriptor);
    return rc;
}

int picture_read(struct picture *picture, const char *path, const struct picture_form *form)
{
    uint8_t *bytes;
    struct picture_file file = {.path = path, .orientation = 1};
    *picture = (struct picture){0};
    int rc = read_bytes(path, &bytes, &file.size);
    file.bytes = bytes;
    if (!rc)
        rc = decode(picture, &file);
    free(bytes);
    if (!rc)
        rc = recolour(picture, form);
    if (!rc)
        rc = turn(picture, file.orientation);
    if (!rc)
        rc = resize(picture, form);
    if (rc) {
        free(picture->pixel);
        *picture = (struct picture){0};
    }
    return rc;
}
