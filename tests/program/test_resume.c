/*
 * test_resume.c - runs that are killed, stopped, starved of disk, and gone on with.
 *
 * Each test runs the program itself. TRAINER_SOAK=10 makes ten times as many cases;
 * tests/soak/run.sh runs the long version.
 */
#include "base/error.h"
#include "hdf5/hdf5_image.h"
#include "runfile/runfile.h"
#include "support/child.h"
#include "support/compare_runs.h"
#include "support/folder.h"
#include "support/suite.h"
#include "system/run_folder.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Batches that do not divide the epoch, two splits, and everything that a checkpoint remembers.
 * First weights from which it gets better for long, so that best.h5 is saved again and again. */
static const char yaml[] = "name: small\n"
                           "seed: 5\n"
                           "data: {type: digits, train: 700, test: 200, validation: 100}\n"
                           "model:\n"
                           "  layers:\n"
                           "    - {type: Affine, units: 16, init: {type: normal, std: 0.01}}\n"
                           "    - {type: ReLU}\n"
                           "    - {type: Affine, units: 10, init: {type: normal, std: 0.01}}\n"
                           "    - {type: SoftmaxWithLoss}\n"
                           "optimizer: {type: sgd, learning_rate: 0.1}\n"
                           "trainer:\n"
                           "  batch_size: 32\n"
                           "  max_epochs: 70\n"
                           "  threads: 2\n"
                           "  evaluate: {every: 25 steps}\n"
                           "  early_stopping: {monitor: validation_loss, patience: 1000}\n"
                           "  checkpoint: {every: 7 steps, keep_best: validation_accuracy}\n";

static void enter_folder(void)
{
    folder_enter();
    folder_write("small.yaml", yaml);
}

static struct child_end run(const char *const *argv)
{
    return child_run(&(struct child_plan){.argv = argv});
}

static void assert_status(struct child_end end, int status)
{
    ck_assert_msg(end.status == status, "exit status %d, not %d: %s", end.status, status,
                  child_read("err"));
}

static bool exists(const char *folder, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

/* Every file of the run that is there can be read. Returns whether there is a checkpoint. */
static bool assert_whole(const char *folder)
{
    static const struct {
        const char *name;
        unsigned parts;
    } files[] = {{"run.h5", 0},
                 {"checkpoint.h5", RUNFILE_STATE},
                 {"checkpoint.h5.prev", RUNFILE_STATE},
                 {"best.h5", RUNFILE_STATE}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct runfile_view view = {0};
        char path[256];
        snprintf(path, sizeof path, "%s/%s", folder, files[i].name);
        if (!exists(folder, files[i].name))
            continue;
        ck_assert_msg(runfile_read(&view, path, files[i].parts) == TRAINER_OK, "%s", error_text());
        runfile_view_free(&view);
    }
    return exists(folder, "checkpoint.h5");
}

static void assert_same(const char *folder, const char *but)
{
    static const char *const names[] = {"run.h5", "best.h5"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256], whole[256];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        snprintf(whole, sizeof whole, "whole/%s", names[i]);
        if (i == 0) {
            const char *difference = compare_runs(path, whole, but);
            ck_assert_msg(difference[0] == '\0', "%s: %s", path, difference);
        }
    }
}

static void make_whole(void)
{
    assert_status(run(WORDS("small.yaml", "--output", "whole", "--quiet")), 0);
}

/* --- kills --- */

/* Starts the run, or goes on with it on some number of threads, and kills it after a while; returns
 * whether it came to its end before. */
static bool live_for_a_while(const char *folder, double most)
{
    char threads[32];
    snprintf(threads, sizeof threads, "threads=%d", 1 + child_draw(3));
    int child = exists(folder, "config.yaml")
                    ? child_start(WORDS("resume", folder, threads, "--quiet"))
                    : child_start(WORDS("small.yaml", "--output", folder, "--quiet"));
    child_pause(most * child_draw(1000) / 1000);
    kill(child, SIGKILL);
    struct child_end end = child_wait(child);
    ck_assert_msg(end.status == 0 || end.status == 128 + SIGKILL, "exit status %d: %s", end.status,
                  child_read("err"));
    return end.status == 0;
}

START_TEST(a_run_that_is_killed_again_and_again_ends_as_if_it_never_was)
{
    enter_folder();
    make_whole();
    int kills = child_count(20), killed = 0;
    for (int lives = 0; killed < kills && lives < 4 * kills; lives++) {
        bool over = live_for_a_while("killed", 0.25);
        killed += !over;
        assert_whole("killed");
        if (over || killed == kills) {
            /* Killed before it had a config, a run has nothing to go on from, as above. */
            bool begun = exists("killed", "config.yaml");
            assert_status(begun ? run(WORDS("resume", "killed", "threads=2", "--quiet"))
                                : run(WORDS("small.yaml", "--output", "killed", "--quiet")),
                          0);
            assert_same("killed", "config*");
            folder_remove("killed");
        }
    }
    ck_assert_int_eq(killed, kills);
    printf("random kills: %d, 0 differences\n", killed);
    folder_leave();
}
END_TEST

START_TEST(a_kill_before_any_change_of_a_file_leaves_whole_files)
{
    if (!child_traceable())
        return;
    enter_folder();
    make_whole();
    int kills = child_count(10), missing = 0;
    const char *const *words = WORDS("small.yaml", "--output", "killed", "--quiet");
    int calls = child_run(&(struct child_plan){.argv = words, .traced = true}).calls;
    ck_assert_int_gt(calls, 20);
    for (int i = 0; i < kills; i++) {
        folder_remove("killed");
        int from = 1 + (int)((long)i * calls / kills) % calls;
        struct child_end end = child_run(
            &(struct child_plan){.argv = words, .traced = true, .from = from, .signal = SIGKILL});
        ck_assert_msg(end.status == 128 + SIGKILL || end.status == 0, "exit status %d at call %d",
                      end.status, from);
        bool begun = assert_whole("killed");
        missing += !begun;
        if (i % 4 == 3 && exists("killed", "config.yaml")) {
            /* Without a checkpoint it starts over, from config.yaml. */
            assert_status(run(WORDS("resume", "killed", "--quiet")), 0);
            assert_same("killed", begun ? NULL : "config,config_origins");
        }
    }
    printf("kills before a call: %d of %d calls, 0 unreadable, %d before the first checkpoint\n",
           kills, calls, missing);
    folder_leave();
}
END_TEST

/* --- signals --- */

static void wait_for_file(const char *folder, const char *name)
{
    for (int i = 0; i < 2000 && !exists(folder, name); i++)
        child_pause(0.005);
    ck_assert_msg(exists(folder, name), "%s/%s: was never written: %s", folder, name,
                  child_read("err"));
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};
enum { SIGNALS = sizeof signals / sizeof *signals };

/* The files are whole; what is there can be gone on with, and ends as it would have. */
static void assert_resumable(const char *folder)
{
    struct runfile_view view = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/run.h5", folder);
    bool begun = assert_whole(folder);
    if (!exists(folder, "config.yaml"))
        return;
    if (exists(folder, "run.h5")) {
        ck_assert_int_eq(runfile_read(&view, path, 0), TRAINER_OK);
        ck_assert_msg(view.facts.status == RUN_INTERRUPTED || view.facts.status == RUN_COMPLETED,
                      "status %d", (int)view.facts.status);
        runfile_view_free(&view);
    }
    assert_status(run(WORDS("resume", folder, "--quiet")), 0);
    assert_same(folder, begun ? NULL : "config,config_origins");
}

START_TEST(a_signal_while_loading_ends_the_program_with_its_status)
{
    enter_folder();
    for (int i = 0; i < child_count(SIGNALS); i++) {
        int child = child_start(WORDS("small.yaml", "--output", "loading", "data.train=60000"));
        child_pause(0.03 + 0.03 * child_draw(1000) / 1000);
        kill(child, signals[i % SIGNALS]);
        assert_status(child_wait(child), 128 + signals[i % SIGNALS]);
        assert_whole("loading");
        folder_remove("loading");
    }
    folder_leave();
}
END_TEST

static void signal_while(const char *setting, int count)
{
    for (int i = 0; i < count; i++) {
        int child = child_start(WORDS("small.yaml", "--output", "stopped", "trainer.max_epochs=1e6",
                                      "trainer.early_stopping.patience=0",
                                      "trainer.checkpoint.keep_best=null", setting));
        wait_for_file("stopped", "checkpoint.h5");
        wait_for_file("stopped", "run.h5");
        child_pause(0.1 * child_draw(1000) / 1000);
        kill(child, signals[i % SIGNALS]);
        assert_status(child_wait(child), 128 + signals[i % SIGNALS]);
        assert_whole("stopped");
        ck_assert_ptr_nonnull(strstr(child_read("out"), "go on with: trainer resume "));
        struct runfile_view view = {0};
        ck_assert_int_eq(runfile_read(&view, "stopped/checkpoint.h5", RUNFILE_STATE), TRAINER_OK);
        ck_assert_int_eq(view.facts.status, RUN_INTERRUPTED);
        ck_assert_int_eq(view.state.step, (int64_t)view.facts.steps_done);
        runfile_view_free(&view);
        folder_remove("stopped");
    }
}

START_TEST(a_signal_while_training_saves_and_says_how_to_go_on)
{
    enter_folder();
    signal_while("trainer.evaluate.every=never", child_count(SIGNALS));
    folder_leave();
}
END_TEST

START_TEST(a_signal_while_evaluating_saves_and_says_how_to_go_on)
{
    enter_folder();
    signal_while("trainer.evaluate.every=1 steps", child_count(SIGNALS));
    folder_leave();
}
END_TEST

/* A run in a copy of its own config from `words`, hit by a signal before a call that changes a
 * file.
 */
START_TEST(a_signal_while_saving_leaves_what_can_be_gone_on_with)
{
    if (!child_traceable())
        return;
    enter_folder();
    make_whole();
    const char *const *words = WORDS("small.yaml", "--output", "saving", "--quiet");
    for (int i = 0; i < child_count(SIGNALS); i++) {
        int signal = signals[i % SIGNALS];
        struct child_end end = child_run(&(struct child_plan){
            .argv = words, .traced = true, .from = 1 + child_draw(120), .signal = signal});
        ck_assert_msg(end.status == 128 + signal || end.status == 0, "exit status %d: %s",
                      end.status, child_read("err"));
        assert_resumable("saving");
        folder_remove("saving");
    }
    folder_leave();
}
END_TEST

START_TEST(a_second_signal_leaves_at_once_with_whole_files)
{
    if (!child_traceable())
        return;
    enter_folder();
    const char *const *words = WORDS("small.yaml", "--output", "twice", "--quiet");
    for (int i = 0; i < child_count(SIGNALS); i++) {
        int signal = signals[i % SIGNALS], from = 12 + child_draw(100);
        struct child_end end = child_run(&(struct child_plan){.argv = words,
                                                              .traced = true,
                                                              .from = from,
                                                              .signal = signal,
                                                              .again = from + 1 + child_draw(4)});
        ck_assert_msg(end.status == 128 + signal || end.status == 0, "exit status %d: %s",
                      end.status, child_read("err"));
        assert_whole("twice");
        folder_remove("twice");
    }
    folder_leave();
}
END_TEST

/* --- disks --- */

static const int errors[] = {ENOSPC, EDQUOT, EROFS, EIO, ENOENT};
enum { ERRORS = sizeof errors / sizeof *errors };

START_TEST(a_disk_that_fails_for_a_while_costs_a_warning)
{
    if (!child_traceable())
        return;
    enter_folder();
    make_whole();
    const char *const *words = WORDS("small.yaml", "--output", "ill", "--quiet");
    for (int i = 0; i < child_count(ERRORS); i++) {
        int from = 21 + child_draw(4);
        struct child_end end = child_run(&(struct child_plan){.argv = words,
                                                              .traced = true,
                                                              .from = from,
                                                              .until = from + 20 + child_draw(10),
                                                              .error = errors[i % ERRORS]});
        const char *said = child_read("err");
        assert_status(end, 0);
        ck_assert_msg(strstr(said, "trainer: warning: ") != NULL, "no warning: %s", said);
        ck_assert_msg(strstr(said, strerror(errors[i % ERRORS])) != NULL, "not %s: %s",
                      strerror(errors[i % ERRORS]), said);
        assert_whole("ill");
        assert_same("ill", NULL);
        folder_remove("ill");
    }
    folder_leave();
}
END_TEST

START_TEST(a_last_save_that_fails_makes_the_status_1_and_keeps_older_files)
{
    if (!child_traceable())
        return;
    enter_folder();
    make_whole();
    const char *const *words = WORDS("resume", "ill", "max_steps=unlimited", "--quiet");
    for (int i = 0; i < child_count(ERRORS); i++) {
        assert_status(
            run(WORDS("small.yaml", "trainer.max_steps=75", "--output", "ill", "--quiet")), 0);
        struct child_end end = child_run(&(struct child_plan){.argv = words,
                                                              .traced = true,
                                                              .from = 12 + child_draw(60),
                                                              .until = INT_MAX,
                                                              .error = errors[i % ERRORS]});
        assert_status(end, 1);
        ck_assert_msg(strstr(child_read("err"), strerror(errors[i % ERRORS])) != NULL, "%s",
                      child_read("err"));
        ck_assert(assert_whole("ill"));
        assert_status(run(WORDS("resume", "ill", "max_steps=unlimited", "--quiet")), 0);
        assert_same("ill", "config_resolved,config_origins");
        folder_remove("ill");
    }
    folder_leave();
}
END_TEST

/* The files that were there are whole whatever the limit, and the run can be gone on with. */
START_TEST(a_limit_on_the_size_of_files_leaves_older_ones_whole)
{
    if (!child_limitable()) {
        printf("skipped: ThreadSanitizer writes a file of its own, which must not be limited\n");
        return;
    }
    enter_folder();
    make_whole();
    struct stat facts;
    ck_assert_int_eq(stat("whole/checkpoint.h5", &facts), 0);
    long most = (long)facts.st_size + 4096, step = most / child_count(6) / 512 * 512;
    step = step < 512 ? 512 : step;
    int sizes = 0, failed = 0;
    for (long size = 2048; size < most; size += step, sizes++) {
        assert_status(
            run(WORDS("small.yaml", "trainer.max_epochs=2", "--output", "small", "--quiet")), 0);
        struct child_end end = child_run(&(struct child_plan){
            .argv = WORDS("resume", "small", "max_epochs=70", "--quiet"), .size_limit = size});
        ck_assert_msg(end.status == 0 || end.status == 1, "exit status %d at %ld bytes: %s",
                      end.status, size, child_read("err"));
        if (end.status == 1)
            ck_assert_msg(strstr(child_read("err"), strerror(EFBIG)) != NULL, "%s",
                          child_read("err"));
        failed += end.status;
        ck_assert(assert_whole("small"));
        ck_assert(!exists("small", "run.h5.tmp") && !exists("small", "checkpoint.h5.tmp"));
        folder_remove("small");
    }
    ck_assert_int_gt(failed, 0);
    printf("size limits: %d, %d last saves failed, 0 files damaged\n", sizes, failed);
    folder_leave();
}
END_TEST

START_TEST(a_folder_that_vanishes_makes_the_status_1_and_keeps_its_files)
{
    enter_folder();
    int child = child_start(WORDS("small.yaml", "--output", "home", "--quiet",
                                  "trainer.max_epochs=1e6", "trainer.early_stopping.patience=0"));
    wait_for_file("home", "checkpoint.h5");
    wait_for_file("home", "run.h5");
    ck_assert_int_eq(rename("home", "away"), 0);
    kill(child, SIGTERM);
    assert_status(child_wait(child), 1);
    ck_assert_msg(strstr(child_read("err"), strerror(ENOENT)) != NULL, "%s", child_read("err"));
    ck_assert(assert_whole("away"));
    assert_status(run(WORDS("resume", "away", "max_epochs=70", "--quiet")), 0);
    folder_leave();
}
END_TEST

/* --- one run, one trainer --- */

START_TEST(two_trainers_never_write_one_run)
{
    enter_folder();
    int child =
        child_start(WORDS("small.yaml", "--output", "shared", "--quiet", "trainer.max_epochs=1e6"));
    wait_for_file("shared", "run.h5");
    wait_for_file("shared", "checkpoint.h5");
    assert_status(run(WORDS("resume", "shared")), 2);
    char words[128];
    snprintf(words, sizeof words, "another run is writing in this folder (process %d on ", child);
    ck_assert_msg(strstr(child_read("err"), words) != NULL, "%s", child_read("err"));
    assert_status(run(WORDS("runs", ".")), 0);
    ck_assert_msg(strstr(child_read("out"), " running ") != NULL, "%s", child_read("out"));
    kill(child, SIGKILL);
    child_wait(child);
    assert_status(run(WORDS("runs", ".")), 0);
    ck_assert_msg(strstr(child_read("out"), " interrupted ") != NULL, "%s", child_read("out"));
    assert_status(run(WORDS("watch", "shared")), 0);
    ck_assert_msg(strstr(child_read("out"), "go on with: trainer resume shared") != NULL, "%s",
                  child_read("out"));
    folder_leave();
}
END_TEST

START_TEST(watching_ends_when_the_run_ends)
{
    enter_folder();
    int child =
        child_start(WORDS("small.yaml", "--output", "seen", "--quiet", "trainer.max_epochs=100"));
    wait_for_file("seen", "run.h5");
    assert_status(run(WORDS("watch", "seen")), 0);
    char *said = strdup(child_read("out"));
    assert_status(child_wait(child), 0);
    ck_assert_msg(strstr(said, " steps in ") != NULL, "%s", said);
    ck_assert_msg(strchr(said, '\r') == NULL, "%s", said);
    free(said);
    folder_leave();
}
END_TEST

START_TEST(a_copy_goes_on_and_says_from_where)
{
    enter_folder();
    make_whole();
    assert_status(run(WORDS("small.yaml", "trainer.max_steps=75", "--output", "short", "--quiet")),
                  0);
    assert_status(
        run(WORDS("resume", "short", "max_steps=unlimited", "--output", "long", "--quiet")), 0);
    assert_same("long", "config_resolved,config_origins");
    struct runfile_view view = {0};
    ck_assert_int_eq(runfile_read(&view, "long/run.h5", 0), TRAINER_OK);
    ck_assert_msg(strstr(view.facts.resumed_from, "/short") != NULL, "%s", view.facts.resumed_from);
    runfile_view_free(&view);
    ck_assert_int_eq(runfile_read(&view, "short/run.h5", 0), TRAINER_OK);
    ck_assert_str_eq(view.facts.resumed_from, "");
    runfile_view_free(&view);
    folder_leave();
}
END_TEST

/* --- refusals --- */

static void damage(const char *path, long at)
{
    FILE *file = fopen(path, "r+e");
    ck_assert_ptr_nonnull(file);
    fseek(file, at, SEEK_SET);
    fputc(0xff, file);
    fclose(file);
}

START_TEST(what_can_not_be_gone_on_with_is_told_in_one_line)
{
    static const struct {
        const char *const words[6];
        const char *said;
    } cases[] = {
        {{"resume", "whole", "seed=3"},
         "trainer: 'seed' can't change when a run goes on; max_steps, "},
        {{"resume", "whole", "optimizer.learning_rate=3"},
         "trainer: 'optimizer.learning_rate' can't change when a run goes on; "},
        {{"resume", "whole", "max_steps=5"},
         "trainer: whole/checkpoint.h5: 1330 steps are done already, more than 5\n"},
        {{"resume", "nowhere"}, "trainer: nowhere/config.yaml: there is no run: "},
        {{"resume", "whole", "--output", "whole"}, "trainer: "},
        {{"replay", "whole/run.h5"}, "trainer: whole/run.h5: is a run file, not a checkpoint\n"},
        {{"replay", "whole/checkpoint.h5"},
         "trainer: whole/checkpoint.h5: is not a failure but a checkpoint file\n"},
        {{"runs", "nowhere"}, "trainer: nowhere: "},
        {{"watch", "nowhere"}, "trainer: nowhere: there is no run in this folder\n"},
    };
    enter_folder();
    make_whole();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_status(run(cases[i].words), 2);
        ck_assert_msg(strncmp(child_read("err"), cases[i].said, strlen(cases[i].said)) == 0,
                      "not '%s' but: %s", cases[i].said, child_read("err"));
    }
    assert_status(run(WORDS("resume", "whole", "--quiet")), 0);
    assert_same("whole", NULL);
    folder_leave();
}
END_TEST

static void set_kernels(const char *path, const char *kernels)
{
    hdf5_enter();
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t attribute = H5Aopen(file, "kernels", H5P_DEFAULT), type = H5Aget_type(attribute);
    ck_assert_int_ge(H5Awrite(attribute, type, &kernels), 0);
    H5Tclose(type);
    H5Aclose(attribute);
    H5Fclose(file);
    hdf5_leave();
}

START_TEST(a_run_goes_on_with_the_kernels_that_it_began_with)
{
    enter_folder();
    assert_status(run(WORDS("small.yaml", "--kernels", "baseline", "--output", "slow", "--quiet",
                            "trainer.max_steps=75")),
                  0);
    assert_status(run(WORDS("resume", "slow", "max_steps=100", "--quiet")), 0);
    struct runfile_view view = {0};
    ck_assert_int_eq(runfile_read(&view, "slow/run.h5", 0), TRAINER_OK);
    ck_assert_str_eq(view.facts.kernels, "baseline");
    runfile_view_free(&view);
    set_kernels("slow/checkpoint.h5", "sve2");
    assert_status(run(WORDS("resume", "slow", "max_steps=125")), 2);
    const char *said = "trainer: slow/checkpoint.h5: the run began with sve2 kernels, and others "
                       "would give other numbers: ";
    ck_assert_msg(strncmp(child_read("err"), said, strlen(said)) == 0, "%s", child_read("err"));
    folder_leave();
}
END_TEST

START_TEST(where_the_newest_checkpoint_is_damaged_the_one_before_serves)
{
    enter_folder();
    make_whole();
    assert_status(run(WORDS("small.yaml", "trainer.max_steps=75", "--output", "hurt", "--quiet")),
                  0);
    assert_status(run(WORDS("resume", "hurt", "max_steps=150", "--quiet")), 0);
    damage("hurt/checkpoint.h5", 0);
    assert_status(run(WORDS("resume", "hurt", "max_steps=unlimited", "--quiet")), 0);
    ck_assert_msg(strstr(child_read("err"),
                         "hurt/checkpoint.h5: is not an HDF5 file; going on from "
                         "hurt/checkpoint.h5.prev") != NULL,
                  "%s", child_read("err"));
    assert_same("hurt", "config_resolved,config_origins");
    folder_leave();
}
END_TEST

/* With a word: only the tests whose names hold it. */
int main(int argc, char **argv)
{
    const TTest *tests[] = {a_run_that_is_killed_again_and_again_ends_as_if_it_never_was,
                            a_kill_before_any_change_of_a_file_leaves_whole_files,
                            a_signal_while_loading_ends_the_program_with_its_status,
                            a_signal_while_training_saves_and_says_how_to_go_on,
                            a_signal_while_evaluating_saves_and_says_how_to_go_on,
                            a_signal_while_saving_leaves_what_can_be_gone_on_with,
                            a_second_signal_leaves_at_once_with_whole_files,
                            a_disk_that_fails_for_a_while_costs_a_warning,
                            a_last_save_that_fails_makes_the_status_1_and_keeps_older_files,
                            a_limit_on_the_size_of_files_leaves_older_ones_whole,
                            a_folder_that_vanishes_makes_the_status_1_and_keeps_its_files,
                            two_trainers_never_write_one_run,
                            watching_ends_when_the_run_ends,
                            a_copy_goes_on_and_says_from_where,
                            what_can_not_be_gone_on_with_is_told_in_one_line,
                            a_run_goes_on_with_the_kernels_that_it_began_with,
                            where_the_newest_checkpoint_is_damaged_the_one_before_serves,
                            NULL};
    size_t kept = 0;
    for (size_t i = 0; tests[i]; i++)
        if (argc < 2 || strstr(tests[i]->name, argv[1]))
            tests[kept++] = tests[i];
    tests[kept] = NULL;
    return suite_main("resume", SUITE_FORKED, 1, tests);
}
