/*
 * test_run_folder.c - folders of runs: numbers claimed by one process each, runs that are never
 * overwritten.
 *
 * Each test runs in an empty folder of its own.
 */
#include "base/error.h"
#include "support/child.h"
#include "support/folder.h"
#include "support/suite.h"
#include "system/run_folder.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES = 8, ROUNDS = 5 };

static bool exists(const char *path)
{
    struct stat facts;
    return lstat(path, &facts) == 0;
}

static void check_file(const char *path, const char *expected)
{
    char text[1024] = "";
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    ck_assert_uint_eq(length, strlen(expected));
    ck_assert_str_eq(text, expected);
}

static void check_latest(const char *name, const char *expected)
{
    char path[128], target[128] = "";
    snprintf(path, sizeof path, "runs/%s/latest", name);
    ck_assert_int_gt((int)readlink(path, target, sizeof target - 1), 0);
    ck_assert_str_eq(target, expected);
}

/* Claims and lets go of the next number, which must be this one. */
static void claim(const char *name, const char *expected)
{
    struct run_folder rundir;
    ck_assert_msg(run_folder_claim(&rundir, name, NULL, false) == TRAINER_OK, "%s", error_text());
    ck_assert_str_eq(rundir.folder, expected);
    run_folder_close(&rundir);
}

START_TEST(runs_are_numbered_and_latest_points_at_the_last)
{
    claim("net", "runs/net/0001");
    check_latest("net", "0001");
    claim("net", "runs/net/0002");
    claim("other", "runs/other/0001");
    check_latest("net", "0002");
    ck_assert(exists("runs/net/latest/lock"));
}
END_TEST

START_TEST(the_next_number_follows_the_highest)
{
    ck_assert_int_eq(mkdir("runs", 0777), 0);
    ck_assert_int_eq(mkdir("runs/net", 0777), 0);
    ck_assert_int_eq(mkdir("runs/net/0003", 0777), 0);
    ck_assert_int_eq(mkdir("runs/net/9000x", 0777), 0);
    claim("net", "runs/net/0004");
    ck_assert_int_eq(mkdir("runs/net/9999", 0777), 0);
    claim("net", "runs/net/10000");
}
END_TEST

START_TEST(a_file_in_the_way_of_a_number_is_passed_over)
{
    claim("net", "runs/net/0001");
    folder_write("runs/net/0002", "mine");
    claim("net", "runs/net/0003");
    check_file("runs/net/0002", "mine");
}
END_TEST

/* Waits for the gate's end of file, then claims; writes the claimed number to `results`. */
static void claim_in_child(const int *gate, int results)
{
    struct run_folder rundir;
    char byte;
    close(gate[1]);
    while (read(gate[0], &byte, 1) > 0) {
    }
    if (run_folder_claim(&rundir, "net", NULL, false) != TRAINER_OK)
        _exit(EXIT_FAILURE);
    int number = atoi(strrchr(rundir.folder, '/') + 1);
    _exit(write(results, &number, sizeof number) == sizeof number ? EXIT_SUCCESS : EXIT_FAILURE);
}

START_TEST(processes_that_start_at_once_get_different_folders)
{
    int last = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int gate[2], results[2];
        bool taken[ROUNDS * PROCESSES + 1] = {false};
        ck_assert_int_eq(pipe(gate), 0);
        ck_assert_int_eq(pipe(results), 0);
        for (int i = 0; i < PROCESSES; i++) {
            pid_t child = fork();
            ck_assert_int_ge(child, 0);
            if (child == 0)
                claim_in_child(gate, results[1]);
        }
        close(gate[0]);
        close(gate[1]);
        for (int i = 0; i < PROCESSES; i++) {
            int status, number;
            ck_assert_int_gt(wait(&status), 0);
            ck_assert_int_eq(status, 0);
            ck_assert_int_eq((int)read(results[0], &number, sizeof number), sizeof number);
            ck_assert(number > last && number <= last + PROCESSES && !taken[number]);
            taken[number] = true;
        }
        close(results[0]);
        close(results[1]);
        last += PROCESSES;
        char expected[16];
        snprintf(expected, sizeof expected, "%04d", last);
        check_latest("net", expected);
    }
}
END_TEST

START_TEST(a_named_folder_is_made_with_those_above_it)
{
    struct run_folder rundir;
    ck_assert_int_eq(run_folder_claim(&rundir, "net", "a/b/c", false), TRAINER_OK);
    ck_assert_str_eq(rundir.folder, "a/b/c");
    ck_assert_str_eq(rundir.run_path, "a/b/c/run.h5");
    run_folder_close(&rundir);
    ck_assert(exists("a/b/c/log.txt"));
    ck_assert(!exists("runs"));
}
END_TEST

START_TEST(a_run_is_overwritten_only_by_force)
{
    struct run_folder rundir;
    ck_assert_int_eq(mkdir("mine", 0777), 0);
    folder_write("mine/run.h5", "old");
    folder_write("mine/notes", "kept");
    ck_assert_int_eq(run_folder_claim(&rundir, "net", "mine", false), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "mine: there is a run in this folder; --force overwrites it");
    check_file("mine/run.h5", "old");
    ck_assert(!exists("mine/lock"));

    ck_assert_int_eq(run_folder_claim(&rundir, "net", "mine", true), TRAINER_OK);
    run_folder_close(&rundir);
    ck_assert(!exists("mine/run.h5"));
    check_file("mine/notes", "kept");
}
END_TEST

START_TEST(a_run_that_goes_on_is_not_overwritten_even_by_force)
{
    struct run_folder first, second;
    ck_assert_int_eq(run_folder_claim(&first, "net", "mine", false), TRAINER_OK);
    for (int force = 0; force < 2; force++) {
        ck_assert_int_eq(run_folder_claim(&second, "net", "mine", force), TRAINER_INVALID);
        char words[512];
        snprintf(words, sizeof words,
                 "mine: another run is writing in this folder (process %ld on ", (long)getpid());
        ck_assert_msg(strncmp(error_text(), words, strlen(words)) == 0, "%s", error_text());
    }
    run_folder_close(&first);
    ck_assert_int_eq(run_folder_claim(&second, "net", "mine", false), TRAINER_OK);
    run_folder_close(&second);
}
END_TEST

/* The child keeps the lock for a while longer than the process that took it. */
static void claim_and_be_killed(void)
{
    struct run_folder rundir;
    int claimed = run_folder_claim(&rundir, "net", "mine", false);
    if (claimed == TRAINER_OK && fork() == 0) {
        child_pause(0.2);
        _exit(0);
    }
    raise(SIGKILL);
}

START_TEST(the_folder_of_a_killed_run_is_had_when_its_children_have_ended)
{
    struct run_folder rundir;
    pid_t child = fork();
    if (child == 0)
        claim_and_be_killed();
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    ck_assert(run_folder_owner("mine").alive);
    ck_assert_msg(run_folder_claim(&rundir, "net", "mine", false) == TRAINER_OK, "%s",
                  error_text());
    ck_assert_int_eq(run_folder_owner("mine").pid, getpid());
    run_folder_close(&rundir);
}
END_TEST

START_TEST(a_file_is_no_folder)
{
    struct run_folder rundir;
    folder_write("mine", "text");
    ck_assert_int_eq(run_folder_claim(&rundir, "net", "mine", true), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "mine: this is not a folder");
    check_file("mine", "text");
}
END_TEST

START_TEST(a_link_that_leads_nowhere_is_told)
{
    struct run_folder rundir;
    ck_assert_int_eq(symlink("nowhere", "mine"), 0);
    ck_assert_int_eq(run_folder_claim(&rundir, "net", "mine", false), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "mine: this is a link that leads nowhere");
}
END_TEST

START_TEST(a_folder_that_cannot_be_made_is_a_failure)
{
    struct run_folder rundir;
    folder_write("runs", "text");
    ck_assert_int_eq(run_folder_claim(&rundir, "net", NULL, false), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "runs/net: cannot make this folder: Not a directory");
}
END_TEST

START_TEST(the_log_has_no_control_characters)
{
    struct run_folder rundir;
    ck_assert_int_eq(run_folder_claim(&rundir, "net", "mine", false), TRAINER_OK);
    run_folder_log(&rundir, "one\r\x1b[K two");
    check_file("mine/log.txt", "one??[K two\n");
    run_folder_log(&rundir, "three");
    run_folder_close(&rundir);
    run_folder_log(&rundir, "four");
    check_file("mine/log.txt", "one??[K two\nthree\n");
}
END_TEST

START_TEST(nothing_is_written_through_a_planted_link)
{
    struct run_folder rundir;
    folder_write("precious", "as it was");
    ck_assert_int_eq(mkdir("mine", (mode_t)0777), 0);
    ck_assert_int_eq(symlink("../precious", "mine/log.txt"), 0);
    ck_assert_int_eq(run_folder_claim(&rundir, "net", "mine", false), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "mine/log.txt: Too many levels of symbolic links");
    folder_write("mine/config.yaml", "name: net\n");
    ck_assert_int_eq(run_folder_reopen(&rundir, "mine"), TRAINER_FAILED);
    check_file("precious", "as it was");
}
END_TEST

START_TEST(the_config_is_written_whole)
{
    struct run_folder rundir;
    ck_assert_int_eq(run_folder_claim(&rundir, "net", "mine", false), TRAINER_OK);
    ck_assert_int_eq(run_folder_write_config(&rundir, "seed: 1\n", 8), TRAINER_OK);
    run_folder_close(&rundir);
    check_file("mine/config.yaml", "seed: 1\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rundir");
    TCase *folders = tcase_create("folders");
    tcase_add_checked_fixture(folders, folder_enter, folder_leave);
    tcase_add_test(folders, runs_are_numbered_and_latest_points_at_the_last);
    tcase_add_test(folders, the_next_number_follows_the_highest);
    tcase_add_test(folders, a_file_in_the_way_of_a_number_is_passed_over);
    tcase_add_test(folders, processes_that_start_at_once_get_different_folders);
    tcase_add_test(folders, a_named_folder_is_made_with_those_above_it);
    tcase_add_test(folders, a_run_is_overwritten_only_by_force);
    tcase_add_test(folders, a_run_that_goes_on_is_not_overwritten_even_by_force);
    tcase_add_test(folders, the_folder_of_a_killed_run_is_had_when_its_children_have_ended);
    tcase_add_test(folders, a_file_is_no_folder);
    tcase_add_test(folders, a_link_that_leads_nowhere_is_told);
    tcase_add_test(folders, a_folder_that_cannot_be_made_is_a_failure);
    tcase_add_test(folders, the_log_has_no_control_characters);
    tcase_add_test(folders, nothing_is_written_through_a_planted_link);
    tcase_add_test(folders, the_config_is_written_whole);
    suite_add_tcase(suite, folders);

    return suite_run(suite, SUITE_FORKED);
}
