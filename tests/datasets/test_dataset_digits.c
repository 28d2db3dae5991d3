/* test_dataset_digits.c - the drawn digits: always the same ones, and fit to be learned. */
#include "base/error.h"
#include "base/hash.h"
#include "support/open_data.h"
#include "support/suite.h"
#include <check.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, CLASSES = 10 };

/* Opens `data: <section>`. */
static int open_section(struct open_data *opened, const char *section, uint64_t seed,
                        bool describe_only)
{
    char text[256];
    snprintf(text, sizeof text, "data: %s\n", section);
    return open_data(opened, NULL, text, seed, describe_only);
}

static struct open_data open_digits(const char *section, uint64_t seed)
{
    struct open_data opened;
    ck_assert_msg(open_section(&opened, section, seed, false) == TRAINER_OK, "%s", error_text());
    return opened;
}

/* (count, PIXELS) */
static const unsigned char *images_of(const struct open_data *opened, enum split split)
{
    return opened->dataset->column[0].values[split];
}

/* (count) */
static const int32_t *labels_of(const struct open_data *opened, enum split split)
{
    return opened->dataset->column[1].values[split];
}

static uint64_t hash_split(const struct open_data *opened, enum split split)
{
    size_t count = opened->dataset->count[split];
    uint64_t hash = hash_bytes(HASH_START, images_of(opened, split), count * PIXELS);
    return hash_bytes(hash, labels_of(opened, split), count * sizeof(int32_t));
}

/* ---- what the data set holds ---------------------------------------------------------------- */

START_TEST(columns_are_bytes_and_classes)
{
    struct open_data opened = open_digits("{type: digits, train: 30, test: 20}", 1);
    const struct dataset *dataset = opened.dataset;
    ck_assert_int_eq(dataset->columns, 2);
    ck_assert_uint_eq(dataset->count[SPLIT_TRAIN], 30);
    ck_assert_uint_eq(dataset->count[SPLIT_TEST], 20);
    ck_assert_uint_eq(dataset->count[SPLIT_VALIDATION], 0);
    ck_assert_str_eq(dataset->column[0].name, "inputs");
    ck_assert_int_eq(dataset->column[0].stored, STORED_BYTE);
    ck_assert(shape_equal(dataset->column[0].shape, shape_matrix(SIDE, SIDE)));
    ck_assert(dataset->column[0].scale == 1.0 / 255);
    ck_assert_str_eq(dataset->column[1].name, "labels");
    ck_assert_int_eq(dataset->column[1].stored, STORED_LABEL);
    ck_assert(shape_equal(dataset->column[1].shape, shape_scalar()));
    ck_assert_uint_eq(dataset->column[1].classes, CLASSES);
    close_data(&opened);
}
END_TEST

START_TEST(the_default_is_60000_and_10000)
{
    struct open_data opened;
    ck_assert_int_eq(open_section(&opened, "{type: digits}", 1, true), TRAINER_OK);
    ck_assert_uint_eq(opened.dataset->count[SPLIT_TRAIN], 60000);
    ck_assert_uint_eq(opened.dataset->count[SPLIT_TEST], 10000);
    close_data(&opened);
}
END_TEST

START_TEST(describing_draws_nothing)
{
    struct open_data opened;
    ck_assert_int_eq(open_section(&opened, "{type: digits, train: 10000000}", 1, true), TRAINER_OK);
    ck_assert_uint_eq(opened.dataset->count[SPLIT_TRAIN], 10000000);
    ck_assert_int_eq(opened.dataset->columns, 2);
    ck_assert_ptr_null(images_of(&opened, SPLIT_TRAIN));
    ck_assert_ptr_null(labels_of(&opened, SPLIT_TEST));
    close_data(&opened);
}
END_TEST

START_TEST(a_test_split_may_be_empty)
{
    struct open_data opened = open_digits("{type: digits, train: 1, test: 0}", 1);
    ck_assert_uint_eq(opened.dataset->count[SPLIT_TRAIN], 1);
    ck_assert_uint_eq(opened.dataset->count[SPLIT_TEST], 0);
    ck_assert_ptr_nonnull(images_of(&opened, SPLIT_TRAIN));
    ck_assert_ptr_null(images_of(&opened, SPLIT_TEST));
    ck_assert_ptr_null(labels_of(&opened, SPLIT_TEST));
    close_data(&opened);
}
END_TEST

/* ---- the same digits, always ---------------------------------------------------------------- */

START_TEST(the_bytes_are_the_same_everywhere)
{
    static const int threads[] = {1, 3, 2};
    omp_set_num_threads(threads[_i]);
    struct open_data opened = open_digits("{type: digits, train: 1000, test: 1000}", 42);
    ck_assert_msg(hash_split(&opened, SPLIT_TRAIN) == 0x4208BF90FFB59190u, "train 0x%016llX",
                  (unsigned long long)hash_split(&opened, SPLIT_TRAIN));
    ck_assert_msg(hash_split(&opened, SPLIT_TEST) == 0xB5D9C618166F7D87u, "test 0x%016llX",
                  (unsigned long long)hash_split(&opened, SPLIT_TEST));
    close_data(&opened);
}
END_TEST

START_TEST(an_image_does_not_depend_on_the_counts)
{
    struct open_data many = open_digits("{type: digits, train: 300, test: 200}", 7);
    struct open_data few = open_digits("{type: digits, train: 17, test: 250}", 7);
    ck_assert(!memcmp(images_of(&many, SPLIT_TRAIN), images_of(&few, SPLIT_TRAIN), 17 * PIXELS));
    ck_assert(!memcmp(images_of(&many, SPLIT_TEST), images_of(&few, SPLIT_TEST), 200 * PIXELS));
    for (int i = 0; i < 17; i++)
        ck_assert_int_eq(labels_of(&many, SPLIT_TRAIN)[i], labels_of(&few, SPLIT_TRAIN)[i]);
    close_data(&many);
    close_data(&few);
}
END_TEST

START_TEST(no_two_images_are_the_same)
{
    struct open_data opened = open_digits("{type: digits, train: 400, test: 400}", 7);
    const unsigned char *train = images_of(&opened, SPLIT_TRAIN);
    const unsigned char *test = images_of(&opened, SPLIT_TEST);
    int same = 0;
    for (int i = 0; i < 400; i++)
        for (int j = 0; j < 400; j++) {
            same += i > j && !memcmp(train + i * PIXELS, train + j * PIXELS, PIXELS);
            same += !memcmp(train + i * PIXELS, test + j * PIXELS, PIXELS);
        }
    ck_assert_int_eq(same, 0);
    close_data(&opened);
}
END_TEST

START_TEST(the_seed_of_the_section_beats_that_of_the_run)
{
    struct open_data run = open_digits("{type: digits, train: 50}", 7);
    struct open_data section = open_digits("{type: digits, train: 50, seed: 7}", 8);
    struct open_data other = open_digits("{type: digits, train: 50, seed: auto}", 8);
    struct open_data zero = open_digits("{type: digits, train: 50, seed: 0}", 7);
    ck_assert_uint_eq(hash_split(&section, SPLIT_TRAIN), hash_split(&run, SPLIT_TRAIN));
    ck_assert_uint_ne(hash_split(&other, SPLIT_TRAIN), hash_split(&run, SPLIT_TRAIN));
    ck_assert_uint_ne(hash_split(&zero, SPLIT_TRAIN), hash_split(&run, SPLIT_TRAIN));
    close_data(&run);
    close_data(&section);
    close_data(&other);
    close_data(&zero);
}
END_TEST

/* ---- worth learning ------------------------------------------------------------------------- */

/* 5 standard deviations of a class's count are 5 sqrt(4000 * 0.1 * 0.9) = 95. */
START_TEST(every_class_is_as_frequent)
{
    struct open_data opened = open_digits("{type: digits, train: 4000, test: 4000}", 3);
    for (enum split split = SPLIT_TRAIN; split <= SPLIT_TEST; split++) {
        int count[CLASSES] = {0};
        for (int i = 0; i < 4000; i++) {
            int32_t label = labels_of(&opened, split)[i];
            ck_assert(label >= 0 && label < CLASSES);
            count[label]++;
        }
        for (int c = 0; c < CLASSES; c++)
            ck_assert_msg(abs(count[c] - 400) <= 95, "class %d is drawn %d times", c, count[c]);
    }
    close_data(&opened);
}
END_TEST

/* Pixels that are not black, and those on the image's edge. */
static void count_ink(const unsigned char *image, int *all, int *edge)
{
    *all = *edge = 0;
    for (int i = 0; i < PIXELS; i++) {
        int row = i / SIDE, column = i % SIDE;
        bool at_edge = row % (SIDE - 1) == 0 || column % (SIDE - 1) == 0;
        *all += image[i] > 0;
        *edge += image[i] > 0 && at_edge;
    }
}

START_TEST(ink_covers_12_to_30_percent_and_rarely_the_edge)
{
    enum { COUNT = 2000 };
    struct open_data opened = open_digits("{type: digits, train: 2000}", 3);
    int sum = 0, at_edge = 0;
    for (int i = 0; i < COUNT; i++) {
        const unsigned char *image = images_of(&opened, SPLIT_TRAIN) + i * PIXELS;
        int all, edge, brightest = 0;
        count_ink(image, &all, &edge);
        for (int k = 0; k < PIXELS; k++)
            brightest = image[k] > brightest ? image[k] : brightest;
        ck_assert_msg(all >= 20 && all <= PIXELS / 2, "image %d has %d pixels of ink", i, all);
        ck_assert_msg(brightest >= 128, "image %d's brightest pixel is %d", i, brightest);
        sum += all;
        at_edge += edge > 0;
    }
    double fraction = (double)sum / (COUNT * PIXELS);
    ck_assert_msg(fraction > 0.12 && fraction < 0.30, "%g of the pixels have ink", fraction);
    ck_assert_msg(at_edge < COUNT / 10, "%d digits touch the edge", at_edge);
    close_data(&opened);
}
END_TEST

/* The label of the nearest of count images (count, PIXELS), by the sum of squares. */
static int32_t nearest_label(const unsigned char *image, const unsigned char *images,
                             const int32_t *labels, int count)
{
    int best = 0, least = INT32_MAX;
    for (int i = 0; i < count; i++) {
        int distance = 0;
        for (int k = 0; k < PIXELS; k++) {
            int difference = image[k] - images[i * PIXELS + k];
            distance += difference * difference;
        }
        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return labels[best];
}

/* Chance would read 15 of 150. The labels belong to their images, and those of the test split are
 * written by the same hands. */
START_TEST(test_images_are_read_by_their_nearest_training_image)
{
    enum { TRAIN = 2000, TEST = 150 };
    struct open_data opened = open_digits("{type: digits, train: 2000, test: 150}", 3);
    int right[CLASSES] = {0}, sum = 0;
    for (int i = 0; i < TEST; i++) {
        const unsigned char *image = images_of(&opened, SPLIT_TEST) + i * PIXELS;
        int32_t label = labels_of(&opened, SPLIT_TEST)[i];
        bool same = label == nearest_label(image, images_of(&opened, SPLIT_TRAIN),
                                           labels_of(&opened, SPLIT_TRAIN), TRAIN);
        right[label] += same;
        sum += same;
    }
    ck_assert_msg(sum >= 105, "%d of %d are read", sum, TEST);
    for (int c = 0; c < CLASSES; c++)
        ck_assert_msg(right[c] >= 3, "only %d of class %d are read", right[c], c);
    close_data(&opened);
}
END_TEST

/* ---- what is rejected ----------------------------------------------------------------------- */

static const struct {
    const char *section, *message;
} rejected[] = {
    {"{type: digits, train: 0}",
     "x.yaml:1:29: 'train' in data must be an integer from 1 to 10000000, not 0"},
    {"{type: digits, train: 10000001}",
     "x.yaml:1:29: 'train' in data must be an integer from 1 to 10000000, not 10000001"},
    {"{type: digits, test: -1}",
     "x.yaml:1:28: 'test' in data must be an integer from 0 to 10000000, not -1"},
    {"{type: digits, test: 10000001}",
     "x.yaml:1:28: 'test' in data must be an integer from 0 to 10000000, not 10000001"},
    {"{type: digits, train: many}",
     "x.yaml:1:29: 'train' in data must be an integer from 1 to 10000000, not 'many'"},
    {"{type: digits, train: 1.5}",
     "x.yaml:1:29: 'train' in data must be an integer from 1 to 10000000, not 1.5"},
    {"{type: digits, seed: -1}", "x.yaml:1:28: 'seed' in data must be an integer from 0 to "
                                 "9007199254740992 or auto, not -1"},
    {"{type: digits, trian: 10}",
     "x.yaml:1:22: unknown key 'trian' in data; did you mean 'train'?"},
};

START_TEST(a_wrong_option_is_named)
{
    struct open_data opened;
    int rc = open_section(&opened, rejected[_i].section, 1, false);
    ck_assert_int_eq(rc, TRAINER_INVALID);
    ck_assert_ptr_null(opened.dataset);
    ck_assert_str_eq(error_text(), rejected[_i].message);
    close_data(&opened);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_digits");
    TCase *contents = tcase_create("contents");
    tcase_add_test(contents, columns_are_bytes_and_classes);
    tcase_add_test(contents, the_default_is_60000_and_10000);
    tcase_add_test(contents, describing_draws_nothing);
    tcase_add_test(contents, a_test_split_may_be_empty);
    tcase_add_loop_test(contents, a_wrong_option_is_named, 0, sizeof rejected / sizeof *rejected);
    suite_add_tcase(suite, contents);

    TCase *drawing = tcase_create("drawing");
    tcase_add_loop_test(drawing, the_bytes_are_the_same_everywhere, 0, 3);
    tcase_add_test(drawing, an_image_does_not_depend_on_the_counts);
    tcase_add_test(drawing, no_two_images_are_the_same);
    tcase_add_test(drawing, the_seed_of_the_section_beats_that_of_the_run);
    tcase_add_test(drawing, every_class_is_as_frequent);
    tcase_add_test(drawing, ink_covers_12_to_30_percent_and_rarely_the_edge);
    tcase_add_test(drawing, test_images_are_read_by_their_nearest_training_image);
    suite_add_tcase(suite, drawing);

    /* OpenMP's threads don't survive a fork */
    return suite_run(suite, SUITE_IN_PROCESS);
}
