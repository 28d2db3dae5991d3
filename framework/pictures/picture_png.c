/*
 * picture_png.c - PNG by libpng: 1 to 16 bits, palettes, transparency, interlaced.
 */
#include "picture_internal.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_MOST = PICTURE_PIXELS_MOST };

/* Where the decoder stands in the file. */
struct reading {
    struct picture_file *file;
    size_t position;
};

static void fail(png_structp png, png_const_charp why)
{
    struct reading *reading = png_get_error_ptr(png);
    snprintf(reading->file->why, sizeof reading->file->why, "%s", why);
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp why)
{
    (void)png;
    (void)why;
}

static void give(png_structp png, png_bytep bytes, size_t count)
{
    struct reading *reading = png_get_io_ptr(png);
    if (count > reading->file->size - reading->position) {
        reading->file->cut_short = true;
        png_error(png, "cut short");
    }
    memcpy(bytes, reading->file->bytes + reading->position, count);
    reading->position += count;
}

/* All files become 8 bits of gray or RGB, with alpha where the file has any. */
static void normalise(png_structp png, png_infop info)
{
    png_byte type = png_get_color_type(png, info);
    if (type == PNG_COLOR_TYPE_PALETTE)
        png_set_palette_to_rgb(png);
    if (type == PNG_COLOR_TYPE_GRAY)
        png_set_expand_gray_1_2_4_to_8(png);
    if (png_get_valid(png, info, PNG_INFO_tRNS))
        png_set_tRNS_to_alpha(png);
    png_set_strip_16(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
}

static void read_orientation(png_structp png, png_infop info, struct picture_file *file)
{
    png_bytep exif = NULL;
    png_uint_32 size = 0;
    if (png_get_eXIf_1(png, info, &size, &exif))
        file->orientation = picture_orientation(exif, size);
}

/* Jumps out through the caller's setjmp where the file is broken. */
static bool decode(png_structp png, png_infop info, struct picture *picture,
                   struct picture_file *file, png_bytepp *rows)
{
    png_read_info(png, info);
    normalise(png, info);
    read_orientation(png, info, file);
    if (!picture_allocate(picture, file, png_get_image_height(png, info),
                          png_get_image_width(png, info), png_get_channels(png, info)))
        return false;
    *rows = malloc(picture->height * sizeof **rows);
    if (!*rows)
        return false;
    for (size_t y = 0; y < picture->height; y++)
        (*rows)[y] = picture->pixel + y * picture->width * picture->channels;
    png_read_image(png, *rows);
    png_read_end(png, NULL);
    return true;
}

bool picture_decode_png(struct picture *picture, struct picture_file *file)
{
    struct reading reading = {.file = file};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reading, fail, ignore);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    png_bytepp *rows = calloc(1, sizeof *rows); /* on the heap: it must survive the jump */
    volatile bool whole = false;                /* read behind the jump */
    if (info && rows && !setjmp(png_jmpbuf(png))) {
        png_set_read_fn(png, &reading, give);
        png_set_user_limits(png, SIDE_MOST, SIDE_MOST);
        png_set_chunk_malloc_max(png, 8 << 20);
        png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
        whole = decode(png, info, picture, file, rows);
    }
    if (rows)
        free(*rows);
    free(rows);
    png_destroy_read_struct(&png, &info, NULL);
    return whole;
}
