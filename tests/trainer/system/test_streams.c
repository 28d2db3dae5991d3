/*
 * test_streams.c - how the lines of a message are printed, and what becomes of closed streams.
 */
#include "base/error.h"
#include "support/folder.h"
#include "support/suite.h"
#include "system/streams.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What streams_errors prints of this message. */
static const char *printed(const char *message)
{
    static char text[1024];
    int before = dup(STDERR_FILENO), file = open("err", O_RDWR | O_CREAT | O_TRUNC, 0666);
    ck_assert_int_ge(file, 0);
    dup2(file, STDERR_FILENO);
    error_set(TRAINER_INVALID, "%s", message);
    error_add(TRAINER_INVALID, "x.yaml:1: second");
    streams_errors();
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    ssize_t length = pread(file, text, sizeof text - 1, 0);
    ck_assert_int_ge(length, 0);
    text[length] = '\0';
    close(file);
    return text;
}

START_TEST(lines_without_a_place_name_the_program)
{
    ck_assert_str_eq(printed("runs: no run"), "trainer: runs: no run\ntrainer: x.yaml:1: second\n");
    ck_assert_str_eq(printed("x.yaml:3:7: unknown key"),
                     "x.yaml:3:7: unknown key\ntrainer: x.yaml:1: second\n");
    ck_assert_str_eq(printed("a:b.yaml:3:7: unknown key"),
                     "a:b.yaml:3:7: unknown key\ntrainer: x.yaml:1: second\n");
    ck_assert_str_eq(printed("y.npy: offset 10: wrong"),
                     "y.npy: offset 10: wrong\ntrainer: x.yaml:1: second\n");
    ck_assert_str_eq(printed("y.npy: offset of it: wrong"),
                     "trainer: y.npy: offset of it: wrong\ntrainer: x.yaml:1: second\n");
    ck_assert_str_eq(printed("command line: a=b: wrong"),
                     "command line: a=b: wrong\ntrainer: x.yaml:1: second\n");
}
END_TEST

START_TEST(a_closed_stream_gets_no_other_file)
{
    close(STDIN_FILENO);
    streams_open();
    int file = open("file", O_RDWR | O_CREAT, 0666);
    ck_assert_int_gt(file, STDERR_FILENO);
    char byte;
    ck_assert_int_eq(read(STDIN_FILENO, &byte, 1), 0);
}
END_TEST

START_TEST(results_that_were_lost_are_a_failure)
{
    int full = open("/dev/full", O_WRONLY);
    if (full < 0)
        return;
    dup2(full, STDOUT_FILENO);
    printf("result");
    streams_flush();
    int err = open("err", O_RDWR | O_CREAT, 0666);
    dup2(err, STDERR_FILENO);
    ck_assert_int_eq(streams_close(), TRAINER_FAILED);
}
END_TEST

/* What can be read from a pipe without waiting. */
static size_t drain(int pipe, char *text, size_t size)
{
    size_t length = 0;
    ssize_t got;
    fcntl(pipe, F_SETFL, O_NONBLOCK);
    while (length < size && (got = read(pipe, text + length, size - length)) > 0)
        length += (size_t)got;
    return length;
}

START_TEST(what_nobody_reads_holds_nobody_up_where_that_was_asked_for)
{
    static char text[1 << 20];
    int end[2];
    ck_assert_int_eq(pipe(end), 0);
    dup2(end[1], STDOUT_FILENO);
    streams_wait(true); /* changes nothing */
    ck_assert_int_eq(fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK, 0);
    streams_wait(false);
    for (int i = 0; i < 20000; i++) {
        printf("row %d of more than a pipe holds\n", i);
        streams_flush();
    }
    streams_wait(true);
    ck_assert_int_eq(fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK, 0);
    size_t length = drain(end[0], text, sizeof text);
    ck_assert_uint_gt(length, 4096);
    printf("saved\n");
    ck_assert_int_eq(streams_close(), TRAINER_OK);
    length = drain(end[0], text, sizeof text);
    ck_assert_uint_ge(length, strlen("saved\n"));
    ck_assert(memcmp(text + length - strlen("saved\n"), "saved\n", strlen("saved\n")) == 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("streams");
    TCase *streams = tcase_create("streams");
    tcase_add_checked_fixture(streams, folder_enter, folder_leave);
    tcase_add_test(streams, lines_without_a_place_name_the_program);
    tcase_add_test(streams, a_closed_stream_gets_no_other_file);
    tcase_add_test(streams, results_that_were_lost_are_a_failure);
    tcase_add_test(streams, what_nobody_reads_holds_nobody_up_where_that_was_asked_for);
    suite_add_tcase(suite, streams);
    return suite_run(suite, SUITE_FORKED);
}
