/*
 * picture_jpeg.c - JPEG by libjpeg-turbo: gray, YCbCr, RGB, CMYK, progressive; EXIF's orientation.
 */
#include "picture_internal.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

enum { SCANS_MOST = 500, EXIF_MOST = 0xffff, CMYK = 4 };

/* libjpeg's own structs first, so that a pointer to them is one to these. */
struct errors {
    struct jpeg_error_mgr base;
    struct picture_file *file;
    jmp_buf jump;
};

_Noreturn static void fail(j_common_ptr info)
{
    struct errors *errors = (struct errors *)info->err;
    char text[JMSG_LENGTH_MAX];
    errors->base.format_message(info, text);
    snprintf(errors->file->why, sizeof errors->file->why, "%s", text);
    longjmp(errors->jump, 1);
}

static void ignore(j_common_ptr info, int level)
{
    (void)info;
    (void)level;
}

/* --- the file in memory ----------------------------------------------------------------------- */

static void start(j_decompress_ptr info)
{
    (void)info;
}

/* Asked for only where the file ends too soon: all of it was given at once. */
static boolean more(j_decompress_ptr info)
{
    ((struct errors *)info->err)->file->cut_short = true;
    ERREXIT(info, JERR_INPUT_EOF);
    return FALSE;
}

static void skip(j_decompress_ptr info, long count)
{
    if (count <= 0)
        return;
    if ((size_t)count > info->src->bytes_in_buffer)
        more(info);
    info->src->next_input_byte += count;
    info->src->bytes_in_buffer -= (size_t)count;
}

/* A file of many scans would keep the decoder busy for hours. */
static void watch(j_common_ptr info)
{
    j_decompress_ptr decoder = (j_decompress_ptr)info;
    if (decoder->input_scan_number > SCANS_MOST)
        ERREXIT(info, JERR_BAD_PROGRESSION);
}

/* --- pixels ----------------------------------------------------------------------------------- */

static void read_orientation(j_decompress_ptr info, struct picture_file *file)
{
    static const char magic[6] = "Exif\0";
    for (jpeg_saved_marker_ptr marker = info->marker_list; marker; marker = marker->next)
        if (marker->marker == JPEG_APP0 + 1 && marker->data_length > sizeof magic &&
            !memcmp(marker->data, magic, sizeof magic)) {
            file->orientation = picture_orientation(marker->data + sizeof magic,
                                                    marker->data_length - sizeof magic);
            return;
        }
}

static uint8_t product(unsigned a, unsigned b)
{
    unsigned sum = a * b + 128;
    return (uint8_t)((sum + (sum >> 8)) >> 8);
}

/* (width) pixels of C, M, Y, K become R, G, B. Adobe's files hold them inverted. */
static void convert_cmyk(const uint8_t *cmyk, size_t width, bool inverted, uint8_t *rgb)
{
    for (size_t x = 0; x < width; x++, cmyk += CMYK, rgb += 3)
        for (int i = 0; i < 3; i++) {
            unsigned ink = inverted ? 255u - cmyk[i] : cmyk[i];
            unsigned light = inverted ? cmyk[3] : 255u - cmyk[3];
            rgb[i] = (uint8_t)(light - product(ink, light));
        }
}

/* Jumps out through the caller's setjmp where the file is broken. */
static bool decode(j_decompress_ptr info, struct picture *picture, struct picture_file *file)
{
    jpeg_save_markers(info, JPEG_APP0 + 1, EXIF_MOST);
    jpeg_read_header(info, TRUE);
    read_orientation(info, file);
    bool inked = info->num_components == CMYK;
    if (inked)
        info->out_color_space = JCS_CMYK;
    else if (info->num_components > 1)
        info->out_color_space = JCS_RGB;
    if (!picture_allocate(picture, file, info->image_height, info->image_width,
                          info->num_components == 1 ? 1 : 3))
        return false;
    jpeg_start_decompress(info);
    size_t width = picture->width, stride = width * picture->channels;
    JSAMPARRAY line =
        info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE, (JDIMENSION)(width * CMYK), 1);
    while (info->output_scanline < info->output_height) {
        uint8_t *row = picture->pixel + info->output_scanline * stride;
        JSAMPROW direct = row;
        jpeg_read_scanlines(info, inked ? line : &direct, 1);
        if (inked)
            convert_cmyk(line[0], width, info->saw_Adobe_marker, row);
    }
    return true;
}

bool picture_decode_jpeg(struct picture *picture, struct picture_file *file)
{
    struct jpeg_decompress_struct info = {0};
    struct errors errors = {.file = file};
    struct jpeg_progress_mgr progress = {.progress_monitor = watch};
    struct jpeg_source_mgr source = {
        .next_input_byte = file->bytes,
        .bytes_in_buffer = file->size,
        .init_source = start,
        .fill_input_buffer = more,
        .skip_input_data = skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = start,
    };
    volatile bool whole = false; /* read behind the jump */
    info.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = fail;
    errors.base.emit_message = ignore;
    if (!setjmp(errors.jump)) {
        jpeg_create_decompress(&info);
        info.src = &source;
        info.progress = &progress;
        whole = decode(&info, picture, file);
    }
    jpeg_destroy_decompress(&info);
    return whole;
}
