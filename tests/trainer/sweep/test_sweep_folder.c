/*
 * test_sweep_folder.c - whose sweep a folder has, and what it keeps of it.
 */
#include "base/error.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/sweep_sample.h"
#include "sweep/sweep_folder.h"
#include "system/run_folder.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct sweep_shard whole = {1, 1};

/* Makes the folder `study` of the sweep in sweep.yaml. */
static void make_study(void)
{
    static const char *const arguments[] = {"trainer.max_steps=3", "--max-trials=2"};
    struct sweep *sweep = sweep_sample_open("repeats: {seed: [1, 2]}\n");
    struct sweep_folder folder;
    ck_assert_int_eq(sweep_folder_claim(&folder, "study", whole, 0), TRAINER_OK);
    ck_assert_int_eq(sweep_folder_describe(&folder, sweep, "sweep.yaml", arguments, 2), TRAINER_OK);
    sweep_folder_close(&folder);
    sweep_close(sweep);
}

START_TEST(a_folder_knows_how_its_sweep_was_started)
{
    struct arena arena = {0};
    const char *path, **arguments;
    size_t count;
    make_study();
    ck_assert_int_eq(sweep_folder_arguments(&arena, "study", &path, &arguments, &count),
                     TRAINER_OK);
    ck_assert(*path == '/' && strcmp(strrchr(path, '/'), "/sweep.yaml") == 0);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(arguments[0], "trainer.max_steps=3");
    ck_assert_str_eq(arguments[1], "--max-trials=2");
    arena_free(&arena);
}
END_TEST

START_TEST(the_same_file_goes_on_and_another_one_is_refused_with_both_names)
{
    make_study();
    folder_write("sweep.yaml", "changed: true\n");
    folder_write("other.yaml", "changed: true\n");
    ck_assert_int_eq(sweep_folder_check("study", "./sweep.yaml"), TRAINER_OK);
    ck_assert(sweep_folder_is_of("study", "sweep.yaml"));
    ck_assert_int_eq(sweep_folder_check("study", "other.yaml"), TRAINER_INVALID);
    ck_assert_ptr_nonnull(strstr(error_text(), "study: has the sweep of /"));
    ck_assert_ptr_nonnull(strstr(error_text(), "/sweep.yaml; for the one of other.yaml name "
                                               "another folder: --output DIR"));
    ck_assert(!sweep_folder_is_of("study", "other.yaml"));
}
END_TEST

START_TEST(a_folder_without_a_sweep_or_of_a_file_that_is_gone_is_free)
{
    make_study();
    folder_write("other.yaml", "");
    ck_assert_int_eq(sweep_folder_check("nowhere", "other.yaml"), TRAINER_OK);
    ck_assert_str_eq(error_text(), "");
    ck_assert_int_eq(unlink("sweep.yaml"), 0);
    ck_assert_int_eq(sweep_folder_check("study", "other.yaml"), TRAINER_OK);
}
END_TEST

START_TEST(the_first_shard_chooses_the_kernels)
{
    struct arena arena = {0};
    struct sweep_folder folder;
    ck_assert_ptr_null(sweep_folder_kernels(&arena, "study"));
    ck_assert_int_eq(sweep_folder_claim(&folder, "study", whole, 0), TRAINER_OK);
    ck_assert_int_eq(sweep_folder_keep_kernels(&folder, "avx2", false), TRAINER_OK);
    ck_assert_int_eq(sweep_folder_keep_kernels(&folder, "baseline", false), TRAINER_OK);
    ck_assert_str_eq(sweep_folder_kernels(&arena, "study"), "avx2");
    ck_assert_int_eq(sweep_folder_keep_kernels(&folder, "baseline", true), TRAINER_OK);
    ck_assert_str_eq(sweep_folder_kernels(&arena, "study"), "baseline");
    sweep_folder_close(&folder);
    arena_free(&arena);
    ck_assert_int_eq(system("test \"$(ls study)\" = \"$(printf 'kernels\nsweep.lock\ntrials')\""),
                     0);
}
END_TEST

START_TEST(a_reader_joins_shards_but_no_whole_sweep)
{
    static const struct sweep_shard second = {2, 8};
    struct sweep_folder shard, reader;
    ck_assert_int_eq(sweep_folder_claim(&shard, "study", second, 0), TRAINER_OK);
    folder_write("study/log-2-of-8.jsonl", "");
    ck_assert_int_eq(sweep_folder_join(&reader, "study"), TRAINER_OK);
    ck_assert_uint_eq(sweep_folder_shards(&reader), 8);
    sweep_folder_close(&reader);
    sweep_folder_close(&shard);
    ck_assert_int_eq(sweep_folder_claim(&shard, "study", whole, 0), TRAINER_OK);
    ck_assert_int_eq(sweep_folder_join(&reader, "study"), TRAINER_INVALID);
    sweep_folder_close(&shard);
}
END_TEST

START_TEST(shards_share_a_folder_and_a_whole_sweep_does_not)
{
    static const struct sweep_shard first = {1, 2}, second = {2, 2};
    struct sweep_folder one, two, three;
    ck_assert_int_eq(sweep_folder_claim(&one, "study", first, 0), TRAINER_OK);
    ck_assert_int_eq(sweep_folder_claim(&two, "study", second, 0), TRAINER_OK);
    ck_assert_str_eq(two.log, "study/log-2-of-2.jsonl");
    ck_assert_int_eq(sweep_folder_claim(&three, "study", whole, 0), TRAINER_INVALID);
    ck_assert_ptr_nonnull(strstr(error_text(), "another sweep is writing in this folder"));
    sweep_folder_close(&one);
    sweep_folder_close(&two);
    ck_assert_int_eq(sweep_folder_claim(&three, "study", whole, 0), TRAINER_OK);
    sweep_folder_close(&three);
}
END_TEST

/* A process that holds the shard's lock and says that it is on another host, until it is killed. */
static int hold_elsewhere(void)
{
    static const struct sweep_shard second = {2, 2};
    struct sweep_folder folder;
    int ready[2];
    char byte = 0;
    ck_assert_int_eq(pipe(ready), 0);
    int child = fork();
    if (child == 0) {
        bool had = sweep_folder_claim(&folder, "study", second, 0) == TRAINER_OK;
        folder_write("study/shard-2-of-2.lock", "gone.example 77\n");
        if (had && run_folder_make("study/trials/0123") == TRAINER_OK)
            folder_write("study/trials/0123/lock", "gone.example 77\n");
        (void)!write(ready[1], &byte, 1);
        pause();
        _exit(0);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);
    return child;
}

/* Makes the shard's lock look untouched for so many seconds. */
static void age_lock(long seconds)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= seconds;
    const struct timespec times[2] = {now, now};
    ck_assert_int_eq(utimensat(AT_FDCWD, "study/shard-2-of-2.lock", times, 0), 0);
}

START_TEST(a_shard_is_taken_over_from_a_host_that_shows_no_sign_of_life)
{
    static const struct sweep_shard second = {2, 2};
    struct sweep_folder folder;
    int child = hold_elsewhere();
    age_lock(100);
    ck_assert_int_eq(sweep_folder_claim(&folder, "study", second, 0), TRAINER_INVALID);
    ck_assert_int_eq(sweep_folder_claim(&folder, "study", second, 200), TRAINER_INVALID);
    ck_assert_ptr_nonnull(strstr(error_text(), "(process 77 on gone.example)"));
    ck_assert_int_eq(sweep_folder_claim(&folder, "study", second, 60), TRAINER_OK);
    ck_assert_str_eq(folder.gone, "gone.example");
    ck_assert(sweep_folder_hold(&folder));
    char *trial = sweep_folder_trial(&folder, "0123"), text[64] = "";
    FILE *lock = fopen("study/trials/0123/lock", "r");
    ck_assert_ptr_nonnull(lock);
    ck_assert_ptr_null(fgets(text, sizeof text, lock)); /* nobody signs it any more */
    fclose(lock);
    free(trial);
    ck_assert_int_eq(unlink("study/shard-2-of-2.lock"), 0);
    ck_assert(sweep_folder_hold(&folder)); /* a file that is gone is nobody else's */
    folder_write("study/shard-2-of-2.lock", "third.example 5\n");
    ck_assert(!sweep_folder_hold(&folder));
    sweep_folder_close(&folder);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
END_TEST

START_TEST(no_lock_of_this_host_is_taken_over)
{
    struct sweep_folder folder;
    char host[128] = "", text[256];
    int child = hold_elsewhere();
    gethostname(host, sizeof host - 1);
    snprintf(text, sizeof text, "%s %ld\n", host, (long)child);
    folder_write("study/shard-2-of-2.lock", text);
    age_lock(100);
    ck_assert_int_eq(sweep_folder_claim(&folder, "study", (struct sweep_shard){2, 2}, 60),
                     TRAINER_INVALID);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
END_TEST

/* As on NFS without lockd: another host's lock is seen by its signature alone, which it touches. */
static int live_elsewhere(const char *lock)
{
    folder_write(lock, "far.example 99\n");
    int child = fork();
    if (child == 0)
        for (;;) {
            usleep(200 * 1000);
            utimensat(AT_FDCWD, lock, NULL, 0);
        }
    return child;
}

START_TEST(a_signature_that_shows_life_holds_a_lock_that_the_kernel_grants)
{
    static const struct sweep_shard second = {2, 2};
    static const struct {
        const char *lock;
        struct sweep_shard shard;
        int rc;
    } cases[] = {{"study/shard-2-of-2.lock", {2, 2}, TRAINER_INVALID},
                 {"study/shard-2-of-2.lock", {1, 2}, TRAINER_OK},
                 {"study/shard-2-of-2.lock", {1, 1}, TRAINER_INVALID},
                 {"study/sweep.lock", {2, 2}, TRAINER_INVALID}};
    struct sweep_folder folder;
    ck_assert_int_eq(sweep_folder_claim(&folder, "study", second, 0), TRAINER_OK);
    sweep_folder_close(&folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int child = live_elsewhere(cases[i].lock);
        int rc = sweep_folder_claim(&folder, "study", cases[i].shard, 0);
        ck_assert_msg(rc == cases[i].rc, "case %zu: %s", i, error_text());
        if (rc == TRAINER_OK)
            sweep_folder_close(&folder);
        else
            ck_assert_ptr_nonnull(strstr(error_text(), "(process 99 on far.example)"));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        folder_write(cases[i].lock, "");
    }
}
END_TEST

START_TEST(a_signature_without_a_sign_of_life_holds_nothing)
{
    static const struct sweep_shard second = {2, 2};
    struct sweep_folder folder;
    ck_assert_int_eq(sweep_folder_claim(&folder, "study", second, 0), TRAINER_OK);
    sweep_folder_close(&folder);
    folder_write("study/shard-2-of-2.lock", "far.example 99\n");
    age_lock(100);
    ck_assert_int_eq(sweep_folder_claim(&folder, "study", second, 0), TRAINER_OK);
    ck_assert(sweep_folder_hold(&folder));
    folder_write("study/shard-2-of-2.lock", "far.example 99\n"); /* both were granted it at once */
    ck_assert(!sweep_folder_hold(&folder));
    double held_at = 0;
    ck_assert(!sweep_folder_keep_holding(&folder, &held_at));
    ck_assert_double_gt(held_at, 0);
    ck_assert(sweep_folder_keep_holding(&folder, &held_at)); /* not asked again so soon */
    sweep_folder_close(&folder);
}
END_TEST

START_TEST(who_lets_go_of_a_folder_leaves_no_signature)
{
    struct sweep_folder folder;
    struct stat facts;
    ck_assert_int_eq(sweep_folder_claim(&folder, "study", whole, 0), TRAINER_OK);
    ck_assert_int_eq(folder_lock_owner("study", "sweep.lock").pid, getpid());
    sweep_folder_close(&folder);
    ck_assert_int_eq(stat("study/sweep.lock", &facts), 0);
    ck_assert_int_eq(facts.st_size, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_folder");
    TCase *tcase = tcase_create("sweep_folder");
    tcase_add_checked_fixture(tcase, sweep_sample_start, folder_leave);
    tcase_add_test(tcase, a_folder_knows_how_its_sweep_was_started);
    tcase_add_test(tcase, the_same_file_goes_on_and_another_one_is_refused_with_both_names);
    tcase_add_test(tcase, a_folder_without_a_sweep_or_of_a_file_that_is_gone_is_free);
    tcase_add_test(tcase, the_first_shard_chooses_the_kernels);
    tcase_add_test(tcase, a_reader_joins_shards_but_no_whole_sweep);
    tcase_add_test(tcase, a_shard_is_taken_over_from_a_host_that_shows_no_sign_of_life);
    tcase_add_test(tcase, no_lock_of_this_host_is_taken_over);
    tcase_add_test(tcase, a_signature_that_shows_life_holds_a_lock_that_the_kernel_grants);
    tcase_add_test(tcase, a_signature_without_a_sign_of_life_holds_nothing);
    tcase_add_test(tcase, who_lets_go_of_a_folder_leaves_no_signature);
    tcase_add_test(tcase, shards_share_a_folder_and_a_whole_sweep_does_not);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
