/*
 * test_zip.c - members of zip archives are read as files are, and broken archives are one line.
 */
#include "base/data_file.h"
#include "base/error.h"
#include "support/folder.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { SIZE = 100000 };

/* An archive that grows. */
struct archive {
    unsigned char bytes[2 * SIZE + 1000];
    size_t size;
};

static void put(struct archive *archive, uint64_t value, int count)
{
    for (int i = 0; i < count; i++)
        archive->bytes[archive->size++] = (unsigned char)(value >> 8 * i);
}

static void put_bytes(struct archive *archive, const void *bytes, size_t count)
{
    memcpy(archive->bytes + archive->size, bytes, count);
    archive->size += count;
}

static unsigned char content[SIZE];

/* One member a.npy, stored or deflated, as numpy.savez and savez_compressed write it. */
static struct archive make_archive(bool deflated)
{
    struct archive archive = {0};
    unsigned char *packed = malloc(SIZE + 1000);
    uLongf length = SIZE + 1000;
    for (size_t i = 0; i < SIZE; i++)
        content[i] = (unsigned char)(i * i / 7);
    z_stream stream = {
        .next_in = content, .avail_in = SIZE, .next_out = packed, .avail_out = SIZE + 1000};
    ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    length = stream.total_out;
    deflateEnd(&stream);
    size_t size = deflated ? length : SIZE;
    uint32_t checksum = (uint32_t)crc32(0, content, SIZE);
    put(&archive, 0x04034b50, 4);
    put(&archive, 20, 2), put(&archive, 0, 2), put(&archive, deflated ? 8 : 0, 2);
    put(&archive, 0, 4), put(&archive, checksum, 4);
    put(&archive, 0xffffffff, 4), put(&archive, 0xffffffff, 4); /* in the 64-bit field */
    put(&archive, 5, 2), put(&archive, 20, 2);
    put_bytes(&archive, "a.npy", 5);
    put(&archive, 1, 2), put(&archive, 16, 2), put(&archive, SIZE, 8), put(&archive, size, 8);
    put_bytes(&archive, deflated ? packed : content, size);
    size_t directory = archive.size;
    put(&archive, 0x02014b50, 4), put(&archive, 20, 2), put(&archive, 20, 2), put(&archive, 0, 2);
    put(&archive, deflated ? 8 : 0, 2), put(&archive, 0, 4), put(&archive, checksum, 4);
    put(&archive, size, 4), put(&archive, SIZE, 4), put(&archive, 5, 2), put(&archive, 0, 2);
    put(&archive, 0, 2), put(&archive, 0, 2), put(&archive, 0, 2), put(&archive, 0, 4);
    put(&archive, 0, 4);
    put_bytes(&archive, "a.npy", 5);
    size_t end = archive.size;
    put(&archive, 0x06054b50, 4), put(&archive, 0, 4), put(&archive, 1, 2), put(&archive, 1, 2);
    put(&archive, end - directory, 4), put(&archive, directory, 4), put(&archive, 0, 2);
    free(packed);
    return archive;
}

/* Reads member a of the archive; the result of the first call that failed. */
static int read_member(const struct archive *archive, const char *name)
{
    static unsigned char bytes[SIZE + 1];
    struct data_file *source;
    size_t got = 0;
    folder_write_bytes("a.npz", archive->bytes, archive->size);
    error_clear();
    int rc = data_file_open_member(&source, "a.npz", name);
    if (!rc)
        rc = data_file_read(source, bytes, SIZE + 1, &got);
    data_file_close(source);
    if (!rc) {
        ck_assert_uint_eq(got, SIZE);
        ck_assert_mem_eq(bytes, content, SIZE);
    }
    return rc;
}

START_TEST(a_member_is_read_whole)
{
    folder_enter();
    struct archive archive = make_archive(_i);
    ck_assert_int_eq(read_member(&archive, "a"), TRAINER_OK);
    ck_assert_int_eq(read_member(&archive, "a.npy"), TRAINER_OK);
    ck_assert_int_eq(read_member(&archive, "b"), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "a.npz: no array 'b'; it has a");
    folder_leave();
}
END_TEST

START_TEST(a_changed_byte_is_found)
{
    folder_enter();
    struct archive archive = make_archive(_i);
    archive.bytes[500] ^= 1;
    ck_assert_int_eq(read_member(&archive, "a"), TRAINER_INVALID);
    ck_assert_int_eq(error_count(), 1);
    folder_leave();
}
END_TEST

/* Cut anywhere, or with any byte of the directory changed: one line, or the content as it was. */
START_TEST(a_damaged_archive_is_one_line)
{
    folder_enter();
    struct archive whole = make_archive(_i);
    for (size_t size = 0; size < whole.size;
         size += size < 100 || size + 200 > whole.size ? 1 : 997) {
        struct archive cut = whole;
        cut.size = size;
        ck_assert_int_ne(read_member(&cut, "a"), TRAINER_OK);
        ck_assert_int_eq(error_count(), 1);
    }
    for (size_t at = whole.size - 73; at < whole.size; at++) {
        struct archive changed = whole;
        changed.bytes[at] = (unsigned char)~changed.bytes[at];
        if (read_member(&changed, "a"))
            ck_assert_int_eq(error_count(), 1);
    }
    folder_leave();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zip");
    TCase *one = tcase_create("one");
    tcase_add_loop_test(one, a_member_is_read_whole, 0, 2);
    tcase_add_loop_test(one, a_changed_byte_is_found, 0, 2);
    tcase_add_loop_test(one, a_damaged_archive_is_one_line, 0, 2);
    suite_add_tcase(suite, one);
    return suite_run(suite, SUITE_FORKED);
}
