/*
 * test_dataset_images.c - folders of pictures: which files are read, in what order, as what
 * classes; what is wrong with them. Their pixels: test_picture_read.c.
 */
#include "base/error.h"
#include "data/samples.h"
#include "support/folder.h"
#include "support/open_data.h"
#include "support/suite.h"

#include <check.h>
#include <png.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct open_data data;

/* A gray PNG of one value. */
static void put(const char *path, unsigned height, unsigned width, uint8_t value)
{
    uint8_t pixel[64];
    memset(pixel, value, sizeof pixel);
    png_image image = {
        .version = PNG_IMAGE_VERSION, .height = height, .width = width, .format = PNG_FORMAT_GRAY};
    ck_assert(png_image_write_to_file(&image, path, 0, pixel, 0, NULL));
}

static void set_up(void)
{
    static const char *const folders[] = {"p",           "p/10", "p/9", "p/9/deep",
                                          "p/9/.hidden", "t",    "t/9"};
    folder_enter();
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        ck_assert_int_eq(mkdir(folders[i], 0700), 0);
    put("p/10/a.png", 2, 3, 51);
    put("p/9/z.PNG", 2, 3, 102);
    put("p/9/deep/b.jpg", 2, 3, 153); /* its content is PNG */
    put("p/9/.hidden/c.png", 2, 3, 0);
    put("t/9/d.png", 2, 3, 204);
    folder_write("p/README", "no picture");
    folder_write("p/9/.DS_Store", "none either");
}

static void tear_down(void)
{
    close_data(&data);
    folder_leave();
}

static int open_keys(const char *keys)
{
    return open_data_lines(&data, "type: images\n  train: p", keys);
}

static void check_opens(const char *keys)
{
    ck_assert_msg(open_keys(keys) == TRAINER_OK, "%s", error_text());
}

/* All of the message's first line but the folder. */
static void check_fails(const char *keys, const char *end)
{
    char line[512];
    ck_assert_int_eq(open_keys(keys), TRAINER_INVALID);
    snprintf(line, sizeof line, "%s", error_text());
    line[strcspn(line, "\n")] = '\0';
    ck_assert_msg(strlen(line) >= strlen(end) && !strcmp(line + strlen(line) - strlen(end), end),
                  "%s", line);
}

/* Folders that are whole numbers are classes in numeric order; samples stand in the order of their
 * paths: 10/a.png, 9/deep/b.jpg, 9/z.PNG. */
START_TEST(a_folder_is_a_class)
{
    const int32_t label[] = {1, 0, 0};
    check_opens("color: gray");
    const struct column *inputs = dataset_find(data.dataset, "inputs");
    const struct column *labels = dataset_find(data.dataset, "labels");
    const uint8_t *pixel = inputs->values[SPLIT_TRAIN];
    ck_assert_uint_eq(data.dataset->count[SPLIT_TRAIN], 3);
    ck_assert(shape_equal(inputs->shape, (struct shape){.rank = 2, .dim = {2, 3}}));
    ck_assert(inputs->scale == 1.0 / 255);
    ck_assert_uint_eq(pixel[0], 51);
    ck_assert_uint_eq(pixel[6], 153);
    ck_assert_uint_eq(pixel[12], 102);
    ck_assert_mem_eq(labels->values[SPLIT_TRAIN], label, sizeof label);
    ck_assert_str_eq(labels->class_name[0], "9");
    ck_assert_str_eq(labels->class_name[1], "10");
    ck_assert_ptr_nonnull(strstr(data.dataset->note->text, "p: 1 other file is passed over"));
}
END_TEST

START_TEST(colours_are_channels_and_sizes_are_made)
{
    check_opens("size: [4, 5]");
    const struct column *inputs = dataset_find(data.dataset, "inputs");
    ck_assert(shape_equal(inputs->shape, (struct shape){.rank = 3, .dim = {3, 4, 5}}));
    const uint8_t *pixel = inputs->values[SPLIT_TRAIN];
    for (size_t i = 0; i < 3 * 4 * 5; i++)
        ck_assert_uint_eq(pixel[i], 51);
}
END_TEST

START_TEST(test_data_has_the_classes_of_the_training_data)
{
    check_opens("test: t");
    const struct column *labels = dataset_find(data.dataset, "labels");
    ck_assert_uint_eq(data.dataset->count[SPLIT_TEST], 1);
    ck_assert_int_eq(((const int32_t *)labels->values[SPLIT_TEST])[0], 0);
    ck_assert_int_eq(mkdir("t/cat", 0700), 0);
    check_fails("test: t", "t/cat: class 'cat'; expected 9 or 10, as in the training data");
}
END_TEST

START_TEST(classes_may_be_listed)
{
    const int32_t label[] = {0, 2, 2};
    check_opens("classes: [\"10\", none, \"9\"]");
    const struct column *labels = dataset_find(data.dataset, "labels");
    ck_assert_uint_eq(labels->classes, 3);
    ck_assert_mem_eq(labels->values[SPLIT_TRAIN], label, sizeof label);
    check_fails("resize: crop", "'resize' in data needs a size: [HEIGHT, WIDTH]");
    check_fails("classes: [\"10\", cat]",
                "p/9: class '9'; expected 10 or cat, as in the training data");
}
END_TEST

START_TEST(bad_pictures_are_errors_or_left_out)
{
    const int32_t label[] = {1, 0};
    folder_write("p/9/deep/b.jpg", "junk");
    check_fails("color: gray", "p/9/deep/b.jpg: neither PNG nor JPEG; expected a whole PNG or JPEG "
                               "(bad_images: skip goes on)");
    check_opens("bad_images: skip");
    ck_assert_uint_eq(data.dataset->count[SPLIT_TRAIN], 2);
    ck_assert_mem_eq(dataset_find(data.dataset, "labels")->values[SPLIT_TRAIN], label,
                     sizeof label);
    put("p/9/deep/b.jpg", 3, 3, 1);
    check_fails("color: gray", "p/9/deep/b.jpg: 3 x 3 pixels; expected 2 x 3, as the first picture "
                               "has (size: [2, 3] resizes) (bad_images: skip goes on)");
    folder_write("p/10/a.png", "junk");
    check_fails("color: gray", "p/10/a.png: neither PNG nor JPEG; expected a whole PNG or JPEG "
                               "(bad_images: skip goes on)");
    check_opens("bad_images: skip");
}
END_TEST

START_TEST(what_holds_no_pictures_is_refused)
{
    ck_assert_int_eq(mkdir("p/empty", 0700), 0);
    check_fails("color: gray", "p/empty: no picture; expected .png, .jpg or .jpeg files");
    folder_remove("p");
    ck_assert_int_eq(mkdir("p", 0700), 0);
    check_fails("color: gray", "p: no folder; expected a folder of pictures a class");
    folder_remove("p");
    check_fails("color: gray", "p: cannot open: No such file or directory");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_images");
    TCase *one = tcase_create("one");
    tcase_add_checked_fixture(one, set_up, tear_down);
    tcase_add_test(one, a_folder_is_a_class);
    tcase_add_test(one, colours_are_channels_and_sizes_are_made);
    tcase_add_test(one, test_data_has_the_classes_of_the_training_data);
    tcase_add_test(one, classes_may_be_listed);
    tcase_add_test(one, bad_pictures_are_errors_or_left_out);
    tcase_add_test(one, what_holds_no_pictures_is_refused);
    suite_add_tcase(suite, one);
    return suite_run(suite, SUITE_FORKED);
}
