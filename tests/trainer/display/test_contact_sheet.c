/* test_contact_sheet.c - contact sheets, read back by libpng. */
#include "base/error.h"
#include "display/contact_sheet.h"
#include "support/suite.h"
#include <check.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEIGHT = 2, WIDTH = 3, COUNT = 5, GREY = 96 };

static char folder[] = "/tmp/test_sheet_XXXXXX";
static char path[64];

/* Picture i of the training split is full of 10 + i, of the test split of 200. */
static unsigned char train[COUNT][HEIGHT * WIDTH], test[1][HEIGHT * WIDTH];

static void make_folder(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/sheet.png", folder);
}

static void remove_folder(void)
{
    unlink(path);
    rmdir(folder);
}

static struct dataset make_dataset(void)
{
    for (int i = 0; i < COUNT; i++)
        memset(train[i], 10 + i, sizeof train[i]);
    memset(test, 200, sizeof test);
    return (struct dataset){
        .count = {[SPLIT_TRAIN] = COUNT, [SPLIT_TEST] = 1},
        .columns = 2,
        .column = {{.name = "labels", .stored = STORED_LABEL, .classes = 10},
                   {.name = "inputs",
                    .stored = STORED_BYTE,
                    .shape = {2, {HEIGHT, WIDTH}},
                    .values = {[SPLIT_TRAIN] = train, [SPLIT_TEST] = test}}},
    };
}

/* Reads the sheet back: pixels (*height, *width) for free(). */
static unsigned char *read_sheet(int *height, int *width)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    ck_assert_msg(png_image_begin_read_from_file(&image, path), "%s", image.message);
    ck_assert_uint_eq(image.format, PNG_FORMAT_GRAY);
    unsigned char *pixels = malloc(PNG_IMAGE_SIZE(image));
    ck_assert_ptr_nonnull(pixels);
    ck_assert(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    *height = (int)image.height;
    *width = (int)image.width;
    return pixels;
}

START_TEST(samples_stand_in_rows_with_gaps_of_two_pixels)
{
    struct dataset dataset = make_dataset();
    ck_assert_int_eq(contact_sheet_write(path, &dataset, SPLIT_TRAIN, 3, 2), TRAINER_OK);
    int height, width;
    unsigned char *pixels = read_sheet(&height, &width);
    ck_assert_int_eq(height, 2 + 3 * (HEIGHT + 2));
    ck_assert_int_eq(width, 2 + 2 * (WIDTH + 2));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            int row = (y - 2) / (HEIGHT + 2), column = (x - 2) / (WIDTH + 2);
            bool gap = y < 2 || x < 2 || (y - 2) % (HEIGHT + 2) >= HEIGHT ||
                       (x - 2) % (WIDTH + 2) >= WIDTH || row * 2 + column >= COUNT;
            ck_assert_int_eq(pixels[y * width + x], gap ? GREY : 10 + row * 2 + column);
        }
    free(pixels);
}
END_TEST

/* The first picture of a sheet of one. */
static int first_pixel(const struct dataset *dataset, enum split split)
{
    ck_assert_int_eq(contact_sheet_write(path, dataset, split, 1, 1), TRAINER_OK);
    int height, width;
    unsigned char *pixels = read_sheet(&height, &width);
    int first = pixels[2 * width + 2];
    free(pixels);
    return first;
}

START_TEST(each_split_shows_its_own_samples)
{
    struct dataset dataset = make_dataset();
    uint32_t training[] = {1, 2, 4}, validation[] = {0, 3};
    ck_assert_int_eq(first_pixel(&dataset, SPLIT_TRAIN), 10);
    ck_assert_int_eq(first_pixel(&dataset, SPLIT_TEST), 200);
    dataset.position[SPLIT_TRAIN] = training;
    dataset.position[SPLIT_VALIDATION] = validation + 1;
    dataset.count[SPLIT_TRAIN] = 3;
    dataset.count[SPLIT_VALIDATION] = 1;
    ck_assert_int_eq(first_pixel(&dataset, SPLIT_TRAIN), 11);
    ck_assert_int_eq(first_pixel(&dataset, SPLIT_VALIDATION), 13);
}
END_TEST

/* Below the second picture of a sheet stands a 7; below the first, where the class has a name, as
 * much of it as fits. */
START_TEST(classes_stand_below_their_samples)
{
    enum { LABEL = 7, INK = 255 };
    static const int32_t labels[COUNT] = {2, 7, 0, 0, 0};
    static const char *const names[10] = {"zero", "one", "t", "3", "4", "5", "6", "7", "8", "9"};
    static const char *const drawn[] = {"###", "  #", "  #", " # ", " # "};
    static const char *const letter[] = {"###", " # ", " # ", " # ", " # "};
    struct dataset dataset = make_dataset();
    dataset.column[0].values[SPLIT_TRAIN] = labels;
    dataset.column[0].class_name = names;
    ck_assert_int_eq(contact_sheet_write(path, &dataset, SPLIT_TRAIN, 3, 2), TRAINER_OK);
    int height, width;
    unsigned char *pixels = read_sheet(&height, &width);
    ck_assert_int_eq(height, 2 + 3 * (HEIGHT + LABEL + 2));
    for (int y = 0; y < 5; y++)
        for (int x = 0; x < 3; x++) {
            int row = 2 + HEIGHT + 1 + y;
            ck_assert_int_eq(pixels[row * width + 2 + x], letter[y][x] == '#' ? INK : GREY);
            ck_assert_int_eq(pixels[row * width + 2 + WIDTH + 2 + x],
                             drawn[y][x] == '#' ? INK : GREY);
        }
    ck_assert_int_eq(pixels[(2 + HEIGHT + LABEL + 2) * width + 2], 12);
    free(pixels);
}
END_TEST

/* Nothing was written: neither the sheet nor a part of it. */
static void check_refused(const struct dataset *dataset, enum split split, size_t columns, int code,
                          const char *message)
{
    error_clear();
    ck_assert_int_eq(contact_sheet_write(path, dataset, split, 1, columns), code);
    ck_assert_str_eq(error_text(), message);
    ck_assert_int_ne(access(path, F_OK), 0);
}

START_TEST(what_is_no_picture_is_refused)
{
    struct dataset dataset = make_dataset();
    check_refused(&dataset, SPLIT_VALIDATION, 1, TRAINER_INVALID,
                  "no sheet: there are no validation samples");
    check_refused(&dataset, SPLIT_TRAIN, 10000, TRAINER_INVALID,
                  "no sheet: 1 x 10000 pictures of 2 x 3 are wider or higher than 32768 pixels");
    check_refused(&dataset, SPLIT_TRAIN, SIZE_MAX, TRAINER_INVALID,
                  "no sheet: 1 x 18446744073709551615 pictures of 2 x 3 are wider or higher than "
                  "32768 pixels");
    dataset.column[1].shape = shape_vector(HEIGHT * WIDTH);
    check_refused(&dataset, SPLIT_TRAIN, 1, TRAINER_INVALID,
                  "no sheet: 'inputs' of shape (6) are not (height, width) bytes");
    dataset.column[1].shape = shape_matrix(HEIGHT, WIDTH);
    dataset.column[1].stored = STORED_FLOAT;
    check_refused(&dataset, SPLIT_TRAIN, 1, TRAINER_INVALID,
                  "no sheet: 'inputs' of shape (2, 3) are not (height, width) bytes");
    dataset.columns = 1;
    check_refused(&dataset, SPLIT_TRAIN, 1, TRAINER_INVALID,
                  "no sheet: the data set has no column 'inputs'");
}
END_TEST

START_TEST(a_failed_write_leaves_no_file_and_says_why)
{
    struct dataset dataset = make_dataset();
    const char *missing = "/tmp/test_sheet_missing/sheet.png";
    ck_assert_int_eq(contact_sheet_write(missing, &dataset, SPLIT_TRAIN, 1, 1), TRAINER_FAILED);
    ck_assert_ptr_nonnull(strstr(error_text(), "No such file or directory"));
    ck_assert_int_eq(error_count(), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sheet");
    TCase *sheets = tcase_create("sheets");
    tcase_add_checked_fixture(sheets, make_folder, remove_folder);
    tcase_add_test(sheets, samples_stand_in_rows_with_gaps_of_two_pixels);
    tcase_add_test(sheets, each_split_shows_its_own_samples);
    tcase_add_test(sheets, classes_stand_below_their_samples);
    tcase_add_test(sheets, what_is_no_picture_is_refused);
    tcase_add_test(sheets, a_failed_write_leaves_no_file_and_says_why);
    suite_add_tcase(suite, sheets);

    return suite_run(suite, SUITE_FORKED);
}
