/*
 * test_config_read.c - files and their includes.
 */
#include "base/error.h"
#include "config/config.h"
#include "support/config_check.h"
#include "support/folder.h"
#include "support/suite.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(text_past_a_mebibyte_is_refused)
{
    char *text = repeat("#234567\n", (1 << 17));
    expect_error(text, "x.yaml:1:1: the file is empty; a config is a mapping (key: value)");
    free(text);
    text = repeat("#23456789\n", 1 + (1 << 20) / 10);
    expect_error(text, "x.yaml:1:1: more than 1 MiB of config, includes and arguments counted");
    folder_write("large.yaml", text);
    struct config *config;
    ck_assert_int_eq(config_read(&config, "large.yaml", NULL, 0), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "large.yaml: is larger than 1048576 bytes");
    free(text);
}
END_TEST

START_TEST(later_includes_beat_earlier_ones_and_the_file_beats_both)
{
    ck_assert_int_eq(mkdir("sub", 0700), 0);
    folder_write("sub/a.yaml", "one: a\ntwo: a\nmap: {x: a, y: a, z: a}\nlist: [1, 2, 3]\n");
    folder_write("sub/b.yaml", "include: c.yaml\ntwo: b\nmap: {y: b}\n");
    folder_write("sub/c.yaml", "two: c\nthree: c\nlist: [c]\n");
    folder_write("sub/x.yaml", "include: [a.yaml, b.yaml]\nmap:\n  z: x\n  w: x\n");
    struct config *config;
    ck_assert_int_eq(config_read(&config, "sub/x.yaml", NULL, 0), TRAINER_OK);
    expect_text(config, "one", "a");
    expect_text(config, "two", "b");
    expect_text(config, "three", "c");
    expect_text(config, "map.x", "a");
    expect_text(config, "map.y", "b");
    expect_text(config, "map.z", "x");
    expect_text(config, "map.w", "x");
    ck_assert_uint_eq(at(config, "list")->count, 1);
    ck_assert_ptr_null(node_get(config_root(config), "include"));
    ck_assert_str_eq(at(config, "three")->at.file, "sub/c.yaml");
    ck_assert_int_eq(at(config, "three")->at.line, 2);
    ck_assert_str_eq(at(config, "map")->at.file, "sub/x.yaml");
    ck_assert_str_eq(config_source(config), "include: [a.yaml, b.yaml]\nmap:\n  z: x\n  w: x\n");
    config_free(config);
}
END_TEST

START_TEST(each_node_keeps_the_folder_of_its_file)
{
    char text[256], sub[128];
    ck_assert_int_eq(mkdir("sub", 0700), 0);
    folder_write("sub/base.yaml", "data: {path: p, other: o}\n");
    folder_write("x.yaml", "include: sub/base.yaml\ndata: {other: mine}\n");
    const char *argument = "data.third=t";
    struct config *config;
    ck_assert_int_eq(config_read(&config, "./x.yaml", &argument, 1), TRAINER_OK);
    snprintf(sub, sizeof sub, "%s/sub", folder_path());
    ck_assert_str_eq(at(config, "data.path")->folder, sub);
    ck_assert_str_eq(at(config, "data.path")->at.file, "./sub/base.yaml");
    ck_assert_str_eq(at(config, "data.other")->folder, folder_path());
    ck_assert_str_eq(at(config, "data.third")->folder, folder_path());
    config_free(config);
    snprintf(text, sizeof text, "include: %s/sub/base.yaml\n", folder_path());
    ck_assert_int_eq(config_read_text(&config, "x", "/nowhere", text, strlen(text), NULL, 0),
                     TRAINER_OK);
    expect_text(config, "data.path", "p");
    ck_assert_str_eq(at(config, "data.path")->folder, sub);
    config_free(config);
}
END_TEST

START_TEST(an_include_of_nothing_is_left_out)
{
    static const char *const texts[] = {"include: ~\na: 1\n", "include: []\na: 1\n",
                                        "include:\na: 1\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct config *config = read_plain(texts[i]);
        ck_assert_uint_eq(config_root(config)->count, 1);
        expect_text(config, "a", "1");
        config_free(config);
    }
}
END_TEST

static void expect_file_error(const char *path, const char *message)
{
    struct config *config = NULL;
    ck_assert_int_eq(config_read(&config, path, NULL, 0), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), message);
    ck_assert_ptr_null(config);
}

START_TEST(include_mistakes_are_told_with_their_place)
{
    folder_write("a.yaml", "name: a\ninclude: b.yaml\n");
    folder_write("b.yaml", "include: [./a.yaml]\n");
    expect_file_error("a.yaml", "b.yaml:1:11: include loop: a.yaml -> b.yaml -> ./a.yaml");
    folder_write("self.yaml", "include: self.yaml\n");
    expect_file_error("self.yaml", "self.yaml:1:10: include loop: self.yaml -> self.yaml");
    folder_write("gone.yaml", "include:\n  - no.yaml\n");
    expect_file_error("gone.yaml",
                      "gone.yaml:2:5: cannot read 'no.yaml': No such file or directory");
    folder_write("map.yaml", "include: {a: 1}\n");
    expect_file_error("map.yaml", "map.yaml:1:10: `include` must be a file or a list of files");
    folder_write("none.yaml", "include: [~]\n");
    expect_file_error("none.yaml", "none.yaml:1:11: `include` must be a file or a list of files");
    folder_write("empty.yaml", "include: ''\n");
    expect_file_error("empty.yaml", "empty.yaml:1:10: `include` must be a file or a list of files");
    folder_write("wrong.yaml", "include: bad.yaml\n");
    folder_write("bad.yaml", "a: 1\na: 2\n");
    expect_file_error("wrong.yaml",
                      "bad.yaml:2:1: duplicate key 'a'; it stands at bad.yaml:1:1 already");
    folder_write("folder.yaml", "include: .\n");
    char message[256];
    snprintf(message, sizeof message, "folder.yaml:1:10: %s/.: is not a regular file",
             folder_path());
    expect_file_error("folder.yaml", message);
    expect_file_error("missing.yaml", "missing.yaml: No such file or directory");
    expect_file_error("/missing.yaml", "/missing.yaml: No such file or directory");
}
END_TEST

/* Files of /proc lie on another file system and say that they are empty. */
START_TEST(a_file_of_another_file_system_is_no_loop)
{
    folder_write("x.yaml", "include: y.yaml\n");
    folder_write("y.yaml", "include: /proc/sys/kernel/ostype\n");
    expect_file_error("x.yaml", "/proc/sys/kernel/ostype:1:1: a config must be a mapping "
                                "(key: value), not a value");
}
END_TEST

START_TEST(a_loop_of_many_long_names_is_cut_short)
{
    char name[16][256], text[300];
    for (int i = 0; i < 16; i++)
        snprintf(name[i], sizeof name[i], "%0240d.yaml", i);
    for (int i = 0; i < 16; i++) {
        snprintf(text, sizeof text, "include: %s\n", name[(i + 1) % 16]);
        folder_write(name[i], text);
    }
    struct config *config = NULL;
    ck_assert_int_eq(config_read(&config, name[0], NULL, 0), TRAINER_INVALID);
    snprintf(text, sizeof text, "%s:1:10: include loop: ", name[15]);
    ck_assert_msg(strncmp(error_text(), text, strlen(text)) == 0, "%s", error_text());
    ck_assert_ptr_nonnull(strstr(error_text(), name[5]));
    ck_assert_ptr_null(strstr(error_text(), name[9]));
}
END_TEST

START_TEST(seventeen_files_in_a_row_are_read_and_no_more)
{
    for (int i = 0; i < 20; i++) {
        char name[32], text[32];
        snprintf(name, sizeof name, "f%d.yaml", i);
        snprintf(text, sizeof text, i < 19 ? "include: f%d.yaml\n" : "last: yes\n", i + 1);
        folder_write(name, text);
    }
    struct config *config;
    ck_assert_int_eq(config_read(&config, "f3.yaml", NULL, 0), TRAINER_OK);
    expect_text(config, "last", "yes");
    config_free(config);
    expect_file_error("f2.yaml", "f18.yaml:1:10: includes go more than 16 files deep");
}
END_TEST

/* Reads the path while another process writes the text into the pipe. */
static struct config *read_stream(const char *path, int into, const char *text)
{
    struct config *config = NULL;
    ck_assert_int_eq(write(into, text, strlen(text)), (ssize_t)strlen(text));
    close(into);
    int rc = config_read(&config, path, NULL, 0);
    ck_assert_msg(rc == TRAINER_OK, "%s: %s", path, error_text());
    return config;
}

START_TEST(streams_are_read_as_files_are)
{
    static const char text[] = "include: sub/base.yaml\npath: p\n";
    char path[64];
    int ends[2];
    ck_assert_int_eq(mkdir("sub", 0700), 0);
    folder_write("sub/base.yaml", "a: 1\n");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(pipe(ends), 0);
        ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
        snprintf(path, sizeof path, i ? "/dev/fd/%d" : "-", ends[0]);
        struct config *config = read_stream(path, ends[1], text);
        expect_text(config, "a", "1");
        ck_assert_str_eq(at(config, "a")->at.file, "sub/base.yaml");
        ck_assert_str_eq(at(config, "path")->folder, folder_path());
        ck_assert_str_eq(at(config, "path")->at.file, i ? path : "/dev/stdin");
        config_free(config);
        close(ends[0]);
    }
    ck_assert_int_eq(mkfifo("sub/fifo", 0600), 0);
    int into = open("sub/fifo", O_RDWR), from = open("sub/fifo", O_RDONLY | O_NONBLOCK);
    ck_assert_int_eq(write(into, "b: 2\n", 5), 5);
    pid_t child = fork();
    if (child == 0) { /* closes its end once the reader has opened its own */
        usleep(100000);
        _exit(0);
    }
    close(into);
    struct config *config = NULL;
    ck_assert_int_eq(config_read(&config, "sub/fifo", NULL, 0), TRAINER_OK);
    expect_text(config, "b", "2");
    config_free(config);
    close(from);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    expect_file_error("/dev/zero", "/dev/zero: is larger than 1048576 bytes");
}
END_TEST

START_TEST(an_include_bomb_is_refused)
{
    for (int i = 0; i < 10; i++) {
        char name[32], item[32], text[2048] = "include: [";
        snprintf(name, sizeof name, "f%d.yaml", i);
        snprintf(item, sizeof item, "f%d.yaml, ", i + 1);
        for (int j = 0; j < 50; j++)
            strcat(text, item);
        strcat(text, "]\n");
        folder_write(name, i < 9 ? text : "a: 1\n");
    }
    struct config *config;
    double before = seconds_now();
    ck_assert_int_eq(config_read(&config, "f0.yaml", NULL, 0), TRAINER_INVALID);
    ck_assert_ptr_nonnull(strstr(error_text(), "more than 1"));
    ck_assert_double_lt(seconds_now() - before, 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config_read");
    TCase *tests = tcase_create("config_read");
    tcase_set_timeout(tests, 30);
    tcase_add_checked_fixture(tests, folder_enter, folder_leave);
    tcase_add_test(tests, text_past_a_mebibyte_is_refused);
    tcase_add_test(tests, later_includes_beat_earlier_ones_and_the_file_beats_both);
    tcase_add_test(tests, each_node_keeps_the_folder_of_its_file);
    tcase_add_test(tests, an_include_of_nothing_is_left_out);
    tcase_add_test(tests, include_mistakes_are_told_with_their_place);
    tcase_add_test(tests, a_file_of_another_file_system_is_no_loop);
    tcase_add_test(tests, a_loop_of_many_long_names_is_cut_short);
    tcase_add_test(tests, seventeen_files_in_a_row_are_read_and_no_more);
    tcase_add_test(tests, streams_are_read_as_files_are);
    tcase_add_test(tests, an_include_bomb_is_refused);
    suite_add_tcase(suite, tests);
    return suite_run(suite, SUITE_FORKED);
}
