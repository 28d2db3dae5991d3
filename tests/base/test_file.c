/* test_file.c - files are replaced whole or not at all, and read up to a limit. */
#include "base/error.h"
#include "base/file.h"
#include "support/suite.h"
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_SIZE = 256, LIMIT = 100000 };

static char folder[PATH_SIZE], path[PATH_SIZE + 8], temporary[PATH_SIZE + 16];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/test_file_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a", folder);
    snprintf(temporary, sizeof temporary, "%s.tmp", path);
    ck_assert_int_eq(chdir(folder), 0);
}

static void remove_folder(void)
{
    unlink(path);
    unlink(temporary);
    ck_assert_int_eq(rmdir(folder), 0);
}

static void ck_assert_file(const char *name, const char *expected)
{
    char *bytes = NULL;
    size_t count = 0;
    ck_assert_msg(file_read(name, LIMIT, &bytes, &count) == TRAINER_OK, "%s", error_text());
    ck_assert_uint_eq(count, strlen(expected));
    ck_assert_str_eq(bytes, expected);
    free(bytes);
}

static void ck_assert_error(int result, int code, const char *format, const char *name)
{
    char expected[2 * PATH_SIZE];
    snprintf(expected, sizeof expected, format, name);
    ck_assert_int_eq(result, code);
    ck_assert_str_eq(error_text(), expected);
}

START_TEST(a_file_is_made_and_then_replaced)
{
    ck_assert_int_eq(file_replace(path, "one", 3), TRAINER_OK);
    ck_assert_file(path, "one");
    ck_assert_int_eq(file_replace(path, "twenty", 6), TRAINER_OK);
    ck_assert_file(path, "twenty");
    ck_assert_int_ne(access(temporary, F_OK), 0);
}
END_TEST

START_TEST(a_name_without_a_folder_is_of_the_current_one)
{
    ck_assert_int_eq(file_replace("a", "one", 3), TRAINER_OK);
    ck_assert_file(path, "one");
}
END_TEST

START_TEST(what_a_killed_process_left_is_overwritten)
{
    ck_assert_int_eq(file_replace(temporary, "rubbish of an older one", 23), TRAINER_OK);
    ck_assert_int_eq(file_replace(path, "one", 3), TRAINER_OK);
    ck_assert_file(path, "one");
    ck_assert_int_ne(access(temporary, F_OK), 0);
}
END_TEST

static void replace_often(const char *text, size_t length)
{
    for (int i = 0; i < 200; i++)
        if (file_replace_shared(path, text, length) != TRAINER_OK)
            _exit(1);
    _exit(0);
}

START_TEST(processes_that_replace_a_file_at_once_leave_one_of_their_texts)
{
    static char text[2][LIMIT];
    char *bytes = NULL;
    size_t count = 0;
    file_sync_after(1e300);
    for (int i = 0; i < 2; i++) {
        memset(text[i], 'a' + i, sizeof text[i]);
        if (fork() == 0)
            replace_often(text[i], i == 0 ? LIMIT : LIMIT / 200);
    }
    for (int ended = 0, status = 0; ended < 2;) {
        ended += waitpid(-1, &status, WNOHANG) > 0;
        ck_assert_int_eq(status, 0);
        if (file_read(path, LIMIT, &bytes, &count) != TRAINER_OK)
            continue; /* there is none yet */
        const char *whole = bytes[0] == 'a' ? text[0] : text[1];
        ck_assert_uint_eq(count, bytes[0] == 'a' ? LIMIT : LIMIT / 200);
        ck_assert_mem_eq(bytes, whole, count);
        free(bytes);
    }
}
END_TEST

START_TEST(the_file_before_is_kept)
{
    ck_assert_int_eq(file_replace_keeping(path, "before", "one", 3), TRAINER_OK);
    ck_assert_int_ne(access("before", F_OK), 0);
    ck_assert_int_eq(file_replace_keeping(path, "before", "two", 3), TRAINER_OK);
    ck_assert_file("before", "one");
    ck_assert_int_eq(file_replace_keeping(path, "before", "three", 5), TRAINER_OK);
    ck_assert_file("before", "two");
    ck_assert_file(path, "three");
    unlink("before");
}
END_TEST

/* As where a process was killed before its last step. */
START_TEST(a_file_before_that_is_the_same_file_does_no_harm)
{
    ck_assert_int_eq(file_replace(path, "one", 3), TRAINER_OK);
    ck_assert_int_eq(link(path, "before"), 0);
    ck_assert_int_eq(link(path, "before.tmp"), 0);
    ck_assert_int_eq(file_replace_keeping(path, "before", "two", 3), TRAINER_OK);
    ck_assert_file("before", "one");
    ck_assert_file(path, "two");
    ck_assert_int_ne(access("before.tmp", F_OK), 0);
    unlink("before");
}
END_TEST

START_TEST(where_the_file_before_can_not_be_kept_both_stay)
{
    ck_assert_int_eq(file_replace(path, "one", 3), TRAINER_OK);
    ck_assert_int_eq(mkdir("before", (mode_t)0777), 0);
    ck_assert_error(file_replace_keeping(path, "before", "two", 3), TRAINER_FAILED,
                    "%s: cannot keep: Is a directory", path);
    ck_assert_file(path, "one");
    ck_assert_int_ne(access(temporary, F_OK), 0);
    ck_assert_int_ne(access("before.tmp", F_OK), 0);
    rmdir("before");
}
END_TEST

START_TEST(an_open_reader_keeps_the_old_bytes)
{
    char bytes[4] = "";
    ck_assert_int_eq(file_replace(path, "old", 3), TRAINER_OK);
    FILE *reader = fopen(path, "rb");
    ck_assert_ptr_nonnull(reader);
    ck_assert_int_eq(file_replace(path, "new", 3), TRAINER_OK);
    ck_assert_uint_eq(fread(bytes, 1, 3, reader), 3);
    ck_assert_str_eq(bytes, "old");
    fclose(reader);
}
END_TEST

/* A limit on a file's size stands for a full disk: write() stops half-way and then fails. */
START_TEST(a_full_disk_leaves_the_old_file_and_nothing_else)
{
    static char big[LIMIT];
    struct rlimit old, small;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(file_replace(path, "old", 3), TRAINER_OK);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = LIMIT / 2;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    int result = file_replace(path, big, sizeof big);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);

    ck_assert_error(result, TRAINER_FAILED, "%s: cannot write: File too large", temporary);
    ck_assert_file(path, "old");
    ck_assert_int_ne(access(temporary, F_OK), 0);
}
END_TEST

START_TEST(a_missing_folder_is_named)
{
    ck_assert_error(file_replace("none/a", "x", 1), TRAINER_FAILED,
                    "%s: cannot create: No such file or directory", "none/a.tmp");
}
END_TEST

START_TEST(a_folder_is_not_replaced)
{
    ck_assert_int_eq(mkdir("sub", 0777), 0);
    int result = file_replace("sub", "x", 1);
    ck_assert_int_eq(rmdir("sub"), 0);
    ck_assert_error(result, TRAINER_FAILED, "%s: cannot replace: Is a directory", "sub");
    ck_assert_int_ne(access("sub.tmp", F_OK), 0);
}
END_TEST

START_TEST(a_planted_link_is_not_followed)
{
    ck_assert_int_eq(file_replace(path, "precious", 8), TRAINER_OK);
    ck_assert_int_eq(symlink(path, "b.tmp"), 0);
    int result = file_replace("b", "x", 1);
    ck_assert_int_eq(unlink("b.tmp"), 0);
    ck_assert_error(result, TRAINER_FAILED, "%s: cannot create: Too many levels of symbolic links",
                    "b.tmp");
    ck_assert_file(path, "precious");
}
END_TEST

/* Sizes around those at which the buffer grows; _i of them. */
static const size_t sizes[] = {0, 1, 4094, 4095, 4096, 8191, 8192, 50000};

START_TEST(a_file_that_others_write_takes_its_place_at_the_end_or_never)
{
    char *begun;
    ck_assert_int_eq(file_replace(path, "old", 3), TRAINER_OK);
    ck_assert_int_eq(symlink("aim", temporary), 0);
    ck_assert_int_eq(file_begin(path, &begun), TRAINER_OK);
    ck_assert_str_eq(begun, temporary);
    FILE *file = fopen(begun, "w");
    ck_assert_int_ge(fputs("new", file), 0);
    fclose(file);
    ck_assert_int_ne(access("aim", F_OK), 0);
    ck_assert_file(path, "old");
    ck_assert_int_eq(file_end(path, begun, TRAINER_OK), TRAINER_OK);
    ck_assert_file(path, "new");
    ck_assert_int_ne(access(temporary, F_OK), 0);
    ck_assert_int_eq(file_begin(path, &begun), TRAINER_OK);
    ck_assert_int_eq(file_end(path, begun, TRAINER_INVALID), TRAINER_INVALID);
    ck_assert_file(path, "new");
    ck_assert_int_ne(access(temporary, F_OK), 0);
    ck_assert_error(file_begin("none/a", &begun), TRAINER_FAILED,
                    "%s: cannot create: No such file or directory", "none/a.tmp");
    ck_assert_int_eq(file_end("none/a", begun, TRAINER_FAILED), TRAINER_FAILED);
}
END_TEST

START_TEST(a_file_of_any_size_comes_back)
{
    static char bytes[LIMIT];
    char *back = NULL;
    size_t count = 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7 % 251);
    ck_assert_int_eq(file_replace(path, bytes, sizes[_i]), TRAINER_OK);
    ck_assert_int_eq(file_read(path, sizes[_i], &back, &count), TRAINER_OK);
    ck_assert_uint_eq(count, sizes[_i]);
    ck_assert_int_eq(memcmp(back, bytes, count), 0);
    ck_assert_int_eq(back[count], '\0');
    free(back);

    if (sizes[_i] > 0) {
        char expected[PATH_SIZE];
        snprintf(expected, sizeof expected, "%%s: is larger than %zu bytes", sizes[_i] - 1);
        ck_assert_error(file_read(path, sizes[_i] - 1, &back, &count), TRAINER_INVALID, expected,
                        path);
    }
}
END_TEST

START_TEST(a_file_that_tells_no_size_is_read)
{
    char *bytes = NULL;
    size_t count = 0;
    ck_assert_int_eq(file_read("/proc/self/status", LIMIT, &bytes, &count), TRAINER_OK);
    ck_assert_uint_gt(count, 100);
    free(bytes);
}
END_TEST

START_TEST(what_is_not_a_readable_file_is_told)
{
    char *bytes = NULL;
    size_t count = 0;
    ck_assert_error(file_read("none", LIMIT, &bytes, &count), TRAINER_INVALID,
                    "%s: No such file or directory", "none");
    ck_assert_error(file_read(folder, LIMIT, &bytes, &count), TRAINER_INVALID,
                    "%s: is not a regular file", folder);
    ck_assert_int_eq(mkfifo("pipe", 0666), 0);
    int result = file_read("pipe", LIMIT, &bytes, &count);
    unlink("pipe");
    ck_assert_error(result, TRAINER_INVALID, "%s: is not a regular file", "pipe");
    ck_assert_ptr_null(bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file");
    TCase *group = tcase_create("file");
    tcase_add_checked_fixture(group, make_folder, remove_folder);
    tcase_add_test(group, a_file_is_made_and_then_replaced);
    tcase_add_test(group, a_name_without_a_folder_is_of_the_current_one);
    tcase_add_test(group, what_a_killed_process_left_is_overwritten);
    tcase_add_test(group, processes_that_replace_a_file_at_once_leave_one_of_their_texts);
    tcase_add_test(group, the_file_before_is_kept);
    tcase_add_test(group, a_file_before_that_is_the_same_file_does_no_harm);
    tcase_add_test(group, where_the_file_before_can_not_be_kept_both_stay);
    tcase_add_test(group, an_open_reader_keeps_the_old_bytes);
    tcase_add_test(group, a_full_disk_leaves_the_old_file_and_nothing_else);
    tcase_add_test(group, a_missing_folder_is_named);
    tcase_add_test(group, a_folder_is_not_replaced);
    tcase_add_test(group, a_planted_link_is_not_followed);
    tcase_add_test(group, a_file_that_others_write_takes_its_place_at_the_end_or_never);
    tcase_add_loop_test(group, a_file_of_any_size_comes_back, 0, sizeof sizes / sizeof *sizes);
    tcase_add_test(group, a_file_that_tells_no_size_is_read);
    tcase_add_test(group, what_is_not_a_readable_file_is_told);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
