/*
 * test_data_file.c - files read front to back, plain and gzip. What becomes of broken ones is
 * tested with the data sets that read them (test_dataset_idx.c).
 */
#include "base/data_file.h"
#include "base/error.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* More than a buffer, and than a thread reads at a time. */
enum { SIZE = (4 << 20) + 200000, PATH_SIZE = 64 };

static unsigned char content[SIZE], bytes[SIZE + 1];
static char path[PATH_SIZE], packed_path[PATH_SIZE + 3];

static void set_up(void)
{
    snprintf(path, sizeof path, "/tmp/test_source_XXXXXX");
    int descriptor = mkstemp(path);
    ck_assert_int_ge(descriptor, 0);
    snprintf(packed_path, sizeof packed_path, "%s.gz", path);
    /* Not compressible, so that the packed file is longer than a buffer too. */
    uint32_t state = 1;
    for (size_t i = 0; i < SIZE; i++)
        content[i] = (unsigned char)((state = state * 1664525 + 1013904223) >> 24);
    ck_assert_int_eq(write(descriptor, content, SIZE), SIZE);
    ck_assert_int_eq(close(descriptor), 0);
}

static void tear_down(void)
{
    remove(path);
    remove(packed_path);
}

static void pack_file(void)
{
    gzFile file = gzopen(packed_path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, content, SIZE), SIZE);
    ck_assert_int_eq(gzclose(file), Z_OK);
    remove(path);
}

/* Loop counter 0: plain; 1: packed, and named without .gz. */
static struct data_file *opened(int packed)
{
    struct data_file *source;
    if (packed)
        pack_file();
    ck_assert_int_eq(data_file_open(&source, path, NULL), TRAINER_OK);
    ck_assert_int_eq(data_file_packed(source), packed);
    ck_assert_str_eq(data_file_path(source), packed ? packed_path : path);
    return source;
}

START_TEST(pieces_of_any_size_make_up_the_content)
{
    struct data_file *source = opened(_i);
    size_t got, used = 0;
    for (size_t piece = 1; used < SIZE; piece = 3 * piece + 1) {
        ck_assert_uint_eq(data_file_offset(source), used);
        size_t wanted = piece < SIZE - used ? piece : SIZE - used;
        ck_assert_int_eq(data_file_read(source, bytes + used, wanted, &got), TRAINER_OK);
        ck_assert_uint_eq(got, wanted);
        used += got;
    }
    ck_assert_mem_eq(bytes, content, SIZE);
    ck_assert_int_eq(data_file_read(source, bytes, 1, &got), TRAINER_OK);
    ck_assert_uint_eq(got, 0);
    data_file_close(source);
}
END_TEST

START_TEST(reading_beyond_the_end_gives_what_there_is)
{
    struct data_file *source = opened(_i);
    size_t got;
    ck_assert_int_eq(data_file_read(source, bytes, SIZE + 1, &got), TRAINER_OK);
    ck_assert_uint_eq(got, SIZE);
    ck_assert_uint_eq(data_file_offset(source), SIZE);
    ck_assert_mem_eq(bytes, content, SIZE);
    data_file_close(source);
}
END_TEST

START_TEST(the_size_bounds_the_content)
{
    struct data_file *source = opened(_i);
    uint64_t size = data_file_size(source);
    ck_assert_uint_eq(data_file_most(source), _i ? 1032 * size : SIZE);
    ck_assert_uint_ge(data_file_most(source), SIZE);
    data_file_close(source);
}
END_TEST

START_TEST(a_missing_file_gets_the_hint)
{
    struct data_file *source;
    char expected[4 * PATH_SIZE];
    remove(path);
    error_clear();
    ck_assert_int_eq(data_file_open(&source, path, "look under the bed"), TRAINER_INVALID);
    ck_assert_ptr_null(source);
    snprintf(expected, sizeof expected,
             "%s: cannot open: No such file or directory; nor is there %s; look under the bed",
             path, packed_path);
    ck_assert_str_eq(error_text(), expected);
    data_file_close(NULL);
}
END_TEST

START_TEST(errors_name_file_and_offset)
{
    struct data_file *source = opened(0);
    char expected[2 * PATH_SIZE];
    error_clear();
    ck_assert_int_eq(data_file_error(source, 12, "value %d is wrong", 7), TRAINER_INVALID);
    snprintf(expected, sizeof expected, "%s: offset 12: value 7 is wrong", path);
    ck_assert_str_eq(error_text(), expected);
    data_file_close(source);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("source");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, pieces_of_any_size_make_up_the_content, 0, 2);
    tcase_add_loop_test(tcase, reading_beyond_the_end_gives_what_there_is, 0, 2);
    tcase_add_loop_test(tcase, the_size_bounds_the_content, 0, 2);
    tcase_add_test(tcase, a_missing_file_gets_the_hint);
    tcase_add_test(tcase, errors_name_file_and_offset);
    Suite *suite = suite_create("source");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
