/*
 * test_picture_read.c - PNG and JPEG become the pixels that were written, whatever their mode, turn
 * and size; broken files cost one line each.
 *
 * tests/python/test_images.py holds the same against PIL.
 */
#include "base/error.h"
#include "pictures/picture_read.h"
#include "support/folder.h"
#include "support/suite.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

enum { HEIGHT = 3, WIDTH = 4, JPEG_SIDE = 16 };

static const struct picture_form gray = {.background = {255, 255, 255}};
static const struct picture_form rgb = {.rgb = true, .background = {255, 0, 0}};

static struct picture read_whole(const char *path, const struct picture_form *form)
{
    struct picture picture;
    int rc = picture_read(&picture, path, form);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    return picture;
}

/* (height, width, channels) bytes as PNG. */
static void write_png(const char *path, uint32_t format, unsigned height, unsigned width,
                      const void *pixel)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION, .height = height, .width = width, .format = format};
    ck_assert(png_image_write_to_file(&image, path, 0, pixel, 0, NULL));
}

/* A gray JPEG of one value, with an EXIF orientation. */
static void write_jpeg(const char *path, uint8_t left, uint8_t right, uint8_t orientation)
{
    const uint8_t exif[] = {'E', 'x', 'i',  'f',  0, 0, 'I', 'I', 42, 0, 8,           0, 0, 0,
                            1,   0,   0x12, 0x01, 3, 0, 1,   0,   0,  0, orientation, 0, 0, 0};
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_stdio_dest(&info, file);
    info.image_height = JPEG_SIDE;
    info.image_width = 2 * JPEG_SIDE;
    info.input_components = 1;
    info.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&info);
    jpeg_start_compress(&info, TRUE);
    jpeg_write_marker(&info, JPEG_APP0 + 1, exif, sizeof exif);
    for (int y = 0; y < JPEG_SIDE; y++) {
        uint8_t row[2 * JPEG_SIDE];
        memset(row, left, JPEG_SIDE);
        memset(row + JPEG_SIDE, right, JPEG_SIDE);
        jpeg_write_scanlines(&info, &(JSAMPROW){row}, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(gray_pixels_are_those_of_the_file)
{
    uint8_t pixel[HEIGHT][WIDTH] = {{0, 1, 2, 3}, {250, 251, 252, 253}, {254, 255, 9, 7}};
    folder_enter();
    write_png("a.png", PNG_FORMAT_GRAY, HEIGHT, WIDTH, pixel);
    struct picture picture = read_whole("a.png", &gray);
    ck_assert_uint_eq(picture.height, HEIGHT);
    ck_assert_uint_eq(picture.width, WIDTH);
    ck_assert_uint_eq(picture.channels, 1);
    ck_assert_mem_eq(picture.pixel, pixel, sizeof pixel);
    free(picture.pixel);
    folder_leave();
}
END_TEST

/* (19595 R + 38470 G + 7471 B + 32768) / 65536 */
START_TEST(colours_become_gray_by_their_weights)
{
    const uint8_t pixel[][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {10, 20, 30}};
    const uint8_t expected[] = {76, 150, 29, 18};
    folder_enter();
    write_png("a.png", PNG_FORMAT_RGB, 1, 4, pixel);
    struct picture picture = read_whole("a.png", &gray);
    ck_assert_mem_eq(picture.pixel, expected, sizeof expected);
    free(picture.pixel);
    folder_leave();
}
END_TEST

START_TEST(what_is_clear_shows_the_background)
{
    const uint8_t pixel[][4] = {{0, 0, 0, 0}, {9, 8, 7, 255}, {0, 0, 0, 51}};
    const uint8_t expected[][3] = {{255, 0, 0}, {9, 8, 7}, {204, 0, 0}};
    folder_enter();
    write_png("a.png", PNG_FORMAT_RGBA, 1, 3, pixel);
    struct picture picture = read_whole("a.png", &rgb);
    ck_assert_mem_eq(picture.pixel, expected, sizeof expected);
    free(picture.pixel);
    folder_leave();
}
END_TEST

/* Where the left half, dark, comes to lie. */
START_TEST(a_photograph_is_turned_as_exif_says)
{
    static const struct {
        bool upright;
        bool dark_first; /* left, or above where upright */
    } expected[] = {{false, true}, {false, false}, {false, false}, {false, true},
                    {true, true},  {true, true},   {true, false},  {true, false}};
    folder_enter();
    write_jpeg("a.jpg", 10, 200, (uint8_t)(_i + 1));
    struct picture picture = read_whole("a.jpg", &gray);
    size_t high = expected[_i].upright ? 2 * JPEG_SIDE : JPEG_SIDE;
    ck_assert_uint_eq(picture.height, high);
    ck_assert_uint_eq(picture.width, 3 * JPEG_SIDE - high);
    uint8_t first = picture.pixel[0], last = picture.pixel[high * picture.width - 1];
    ck_assert_uint_eq(first, expected[_i].dark_first ? 10 : 200);
    ck_assert_uint_eq(last, expected[_i].dark_first ? 200 : 10);
    free(picture.pixel);
    folder_leave();
}
END_TEST

/* Halved: each output weighs its four neighbours by 1, 3, 3, 1 of 8, less where there are fewer. */
START_TEST(a_row_is_halved_by_triangles)
{
    const uint8_t pixel[] = {0, 80, 160, 240};
    const struct picture_form half = {.height = 1, .width = 2};
    folder_enter();
    write_png("a.png", PNG_FORMAT_GRAY, 1, 4, pixel);
    struct picture picture = read_whole("a.png", &half);
    ck_assert_uint_eq(picture.pixel[0], 57);  /* (3 * 0 + 3 * 80 + 160) / 7 = 57.1 */
    ck_assert_uint_eq(picture.pixel[1], 183); /* (80 + 3 * 160 + 3 * 240) / 7 = 182.9 */
    free(picture.pixel);
    folder_leave();
}
END_TEST

START_TEST(another_shape_is_cropped_or_padded)
{
    const uint8_t pixel[] = {1, 2, 3, 4};
    const struct picture_form crop = {.height = 1, .width = 2, .fit = PICTURE_CROP};
    const struct picture_form pad = {
        .height = 3, .width = 4, .fit = PICTURE_PAD, .background = {9, 9, 9}};
    const uint8_t padded[] = {9, 9, 9, 9, 1, 2, 3, 4, 9, 9, 9, 9};
    folder_enter();
    write_png("a.png", PNG_FORMAT_GRAY, 1, 4, pixel);
    struct picture picture = read_whole("a.png", &crop);
    ck_assert_mem_eq(picture.pixel, pixel + 1, 2);
    free(picture.pixel);
    picture = read_whole("a.png", &pad);
    ck_assert_mem_eq(picture.pixel, padded, sizeof padded);
    free(picture.pixel);
    folder_leave();
}
END_TEST

static void refused(const char *path, const char *message)
{
    struct picture picture;
    error_clear();
    ck_assert_int_eq(picture_read(&picture, path, &gray), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), message);
    ck_assert_ptr_null(picture.pixel);
}

/* The file's first `size` bytes. */
static void cut(const char *path, size_t size)
{
    char bytes[4096];
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    size_t all = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    ck_assert_uint_ge(all, size);
    folder_write_bytes("cut", bytes, size);
}

START_TEST(a_file_cut_anywhere_is_one_line)
{
    uint8_t pixel[HEIGHT][WIDTH] = {{1, 2, 3, 4}};
    struct picture picture;
    folder_enter();
    write_png("a.png", PNG_FORMAT_GRAY, HEIGHT, WIDTH, pixel);
    write_jpeg("a.jpg", 10, 200, 1);
    for (size_t size = 0; size < 60; size++) {
        cut(size % 2 ? "a.png" : "a.jpg", size);
        error_clear();
        ck_assert_int_eq(picture_read(&picture, "cut", &gray), TRAINER_INVALID);
        ck_assert_int_eq(error_count(), 1);
    }
    cut("a.png", 40);
    refused("cut", "cut: cut short after 40 bytes; expected a whole PNG or JPEG");
    cut("a.jpg", 300);
    refused("cut", "cut: cut short after 300 bytes; expected a whole PNG or JPEG");
    folder_write("text", "no picture");
    refused("text", "text: neither PNG nor JPEG; expected a whole PNG or JPEG");
    folder_write("empty", "");
    refused("empty", "empty: an empty file; expected a whole PNG or JPEG");
    refused(".", ".: it is not a regular file");
    folder_leave();
}
END_TEST

/* The header of a PNG of 100,000 x 100,000: nothing is allocated for it. */
START_TEST(more_than_100_megapixels_are_refused)
{
    const uint8_t header[] = {0x89, 'P',  'N', 'G', '\r', '\n', 0x1a, '\n', 0,    0,    0,
                              13,   'I',  'H', 'D', 'R',  0,    1,    0x86, 0xa0, 0,    1,
                              0x86, 0xa0, 8,   0,   0,    0,    0,    0x4c, 0xc2, 0xac, 0x59};
    uint8_t whole[sizeof header + 12] = {0};
    folder_enter();
    memcpy(whole, header, sizeof header);
    folder_write_bytes("a.png", whole, sizeof whole);
    struct picture picture;
    error_clear();
    ck_assert_int_eq(picture_read(&picture, "a.png", &gray), TRAINER_INVALID);
    ck_assert_int_eq(error_count(), 1);
    folder_leave();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("picture");
    TCase *one = tcase_create("one");
    tcase_add_test(one, gray_pixels_are_those_of_the_file);
    tcase_add_test(one, colours_become_gray_by_their_weights);
    tcase_add_test(one, what_is_clear_shows_the_background);
    tcase_add_loop_test(one, a_photograph_is_turned_as_exif_says, 0, 8);
    tcase_add_test(one, a_row_is_halved_by_triangles);
    tcase_add_test(one, another_shape_is_cropped_or_padded);
    tcase_add_test(one, a_file_cut_anywhere_is_one_line);
    tcase_add_test(one, more_than_100_megapixels_are_refused);
    suite_add_tcase(suite, one);
    return suite_run(suite, SUITE_FORKED);
}
