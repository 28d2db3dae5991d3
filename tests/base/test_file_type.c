/*
 * test_file_type.c - files are named by their first bytes, and by nothing less.
 */
#include "base/file_type.h"
#include "support/suite.h"

#include <check.h>
#include <string.h>

static const struct {
    const char *bytes;
    size_t count;
    const char *begin; /* of the name; NULL: none */
} files[] = {
    {"PK\3\4\24\0", 6, "a ZIP archive"},
    {"\x1f\x8b\x08", 3, "a gzip file"},
    {"\x93NUMPY\1\0", 8, "a NumPy array"},
    {"\x89HDF\r\n\x1a\n", 8, "an HDF5 file"},
    {"version https://git-lfs.github.com/spec/v1\n", 43, "a Git LFS pointer"},
    {"<!DOCTYPE html><html>", 21, "a web page"},
    {" \n<HTML lang=en>", 17, "a web page"},
    {"<?xml version=\"1.0\"?>", 21, "a web page"},
    {"PK", 2, NULL},
    {"<", 1, NULL},
    {"<b>", 3, NULL},
    {"version,https\n", 14, NULL},
    {"BZh,a\n", 6, NULL},
    {"name: x\n", 8, NULL},
    {"", 0, NULL},
};

START_TEST(first_bytes_name_a_file)
{
    const char *name = file_type_of((const unsigned char *)files[_i].bytes, files[_i].count);
    if (!files[_i].begin)
        ck_assert_ptr_null(name);
    else
        ck_assert_msg(name && !strncmp(name, files[_i].begin, strlen(files[_i].begin)), "%s",
                      name ? name : "none");
}
END_TEST

START_TEST(a_file_that_cannot_be_read_has_no_name)
{
    ck_assert_ptr_null(file_type_at("/none/such"));
    ck_assert_ptr_null(file_type_at("/"));
    ck_assert_ptr_null(file_type_at("/dev/null"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file_type");
    TCase *group = tcase_create("all");
    tcase_add_loop_test(group, first_bytes_name_a_file, 0, sizeof files / sizeof *files);
    tcase_add_test(group, a_file_that_cannot_be_read_has_no_name);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
