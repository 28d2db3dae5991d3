/*
 * test_sweep.c - whole sweeps: what they train, and what becomes of them when they are killed,
 * stopped and gone on with.
 *
 * Most tests run the program itself and compare its tables, sweep.csv, with the times left out.
 * TRAINER_SOAK=10 makes ten times as many kills; tests/soak/run.sh runs the long version.
 */
#include "base/error.h"
#include "base/file.h"
#include "data/data.h"
#include "runfile/runfile.h"
#include "support/child.h"
#include "support/compare_runs.h"
#include "support/folder.h"
#include "support/suite.h"
#include "sweep/sweep_jobs.h"
#include "system/run_folder.h"
#include "train/train.h"
#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char base_yaml[] = "seed: 5\n"
                                "data: {type: digits, train: 700, test: 200, validation: 100}\n"
                                "model:\n"
                                "  layers:\n"
                                "    - {name: affine1, type: Affine, units: 16}\n"
                                "    - {type: ReLU}\n"
                                "    - {type: Affine, units: 10}\n"
                                "    - {type: SoftmaxWithLoss}\n"
                                "optimizer: {type: sgd, learning_rate: 0.1}\n"
                                "trainer:\n"
                                "  batch_size: 32\n"
                                "  max_epochs: 12\n"
                                "  checkpoint: {every: 5 steps}\n";

static const char sweep_yaml[] = "config: base.yaml\n"
                                 "name: study\n"
                                 "method: grid\n"
                                 "metric: {name: test_accuracy, goal: maximize}\n"
                                 "parameters:\n"
                                 "  model.layers.affine1.units: [4, 8, 16]\n"
                                 "  optimizer.learning_rate: [0.02, 0.2]\n";

enum { TRIALS = 6, IDS_MAX = 64, TABLE_SIZE = 1 << 16 };

/* The sweep's text with further lines behind. */
static void write_sweep(const char *path, const char *more)
{
    char text[4096];
    snprintf(text, sizeof text, "%s%s", sweep_yaml, more);
    folder_write(path, text);
}

static void enter_folder(void)
{
    folder_enter();
    folder_write("base.yaml", base_yaml);
    folder_write("study.yaml", sweep_yaml);
}

/* Runs the program with the words behind "sweep"; fails unless it ends with this status. */
static void run(const char *const *argv, int status)
{
    struct child_end end = child_run(&(struct child_plan){.argv = argv});
    ck_assert_msg(end.status == status, "exit status %d, not %d: %s", end.status, status,
                  child_read("err"));
}

static void assert_said(const char *file, const char *words)
{
    ck_assert_msg(strstr(child_read(file), words) != NULL, "%s: not '%s' but: %s", file, words,
                  child_read(file));
}

/* --- tables ----------------------------------------------------------------------------------- */

/* DIR/sweep.csv without its column of seconds, into text[TABLE_SIZE]; returns text. */
static char *read_table(const char *folder, char *text)
{
    char path[256], line[4096];
    size_t used = 0, left_out = 0;
    snprintf(path, sizeof path, "%s/sweep.csv", folder);
    FILE *file = fopen(path, "re");
    ck_assert_msg(file != NULL, "there is no %s", path);
    for (size_t rows = 0; fgets(line, sizeof line, file); rows++) {
        char *cell = line, *rest = line;
        line[strcspn(line, "\r\n")] = '\0';
        for (size_t column = 0; (cell = strsep(&rest, ",")); column++) {
            if (rows == 0 && strcmp(cell, "seconds") == 0)
                left_out = column;
            if (left_out == 0 || column != left_out)
                used += (size_t)snprintf(text + used, TABLE_SIZE - used, "%s,", cell);
        }
        used += (size_t)snprintf(text + used, TABLE_SIZE - used, "\n");
        ck_assert_uint_lt(used, TABLE_SIZE);
    }
    fclose(file);
    return text;
}

static void assert_same_table(const char *folder, const char *other)
{
    static char first[TABLE_SIZE], second[TABLE_SIZE];
    read_table(folder, first);
    read_table(other, second);
    ck_assert_msg(strcmp(first, second) == 0, "%s:\n%s\n%s:\n%s", folder, first, other, second);
}

/* How many lines of the table hold the words. */
static int count_rows(const char *folder, const char *words)
{
    static char table[TABLE_SIZE];
    int count = 0;
    for (const char *at = read_table(folder, table); (at = strstr(at, words)); count++)
        at += strcspn(at, "\n");
    return count;
}

/* The number of trial folders; their names into id, where it isn't NULL. */
static int list_trials(const char *folder, char id[IDS_MAX][32])
{
    char path[256];
    int count = 0;
    snprintf(path, sizeof path, "%s/trials", folder);
    DIR *stream = opendir(path);
    ck_assert_ptr_nonnull(stream);
    for (struct dirent *entry; (entry = readdir(stream));)
        if (entry->d_name[0] != '.') {
            ck_assert_int_lt(count, IDS_MAX);
            if (id)
                snprintf(id[count], sizeof id[count], "%.31s", entry->d_name);
            count++;
        }
    closedir(stream);
    return count;
}

static void make_whole(void)
{
    run(WORDS("sweep", "study.yaml", "--output", "whole", "--quiet"), 0);
}

/* --- what a sweep trains ---------------------------------------------------------------------- */

START_TEST(a_trial_is_the_run_of_its_config)
{
    enter_folder();
    make_whole();
    run(WORDS("base.yaml", "model.layers.affine1.units=8", "optimizer.learning_rate=0.2",
              "--output", "alone", "--quiet"),
        0);
    char id[IDS_MAX][32];
    int count = list_trials("whole", id), same = 0;
    ck_assert_int_eq(count, TRIALS);
    for (int i = 0; i < count; i++) {
        char path[256];
        snprintf(path, sizeof path, "whole/trials/%.31s/run.h5", id[i]);
        same += compare_runs(path, "alone/run.h5", "config*")[0] == '\0';
    }
    ck_assert_int_eq(same, 1);
    folder_leave();
}
END_TEST

START_TEST(the_table_does_not_depend_on_trials_side_by_side_nor_on_threads)
{
    enter_folder();
    make_whole();
    run(WORDS("sweep", "study.yaml", "--output", "one", "--jobs", "1", "--quiet"), 0);
    run(WORDS("sweep", "study.yaml", "--output", "five", "--jobs", "5", "--threads", "2",
              "--quiet"),
        0);
    assert_same_table("one", "whole");
    assert_same_table("five", "whole");
    folder_leave();
}
END_TEST

/* The time at which a trial's run file was replaced last. */
static struct timespec changed(const char *folder, const char *id)
{
    char path[256];
    struct stat facts;
    snprintf(path, sizeof path, "%s/trials/%s/run.h5", folder, id);
    ck_assert_int_eq(stat(path, &facts), 0);
    return facts.st_mtim;
}

START_TEST(a_trial_that_is_done_is_never_run_again)
{
    enter_folder();
    make_whole();
    char id[IDS_MAX][32];
    struct timespec before[IDS_MAX];
    int count = list_trials("whole", id);
    for (int i = 0; i < count; i++)
        before[i] = changed("whole", id[i]);
    run(WORDS("sweep", "study.yaml", "--output", "whole"), 0);
    assert_said("out", "6 trials (6 done already)");
    /* Without its table the sweep finds the trials' own files. */
    ck_assert_int_eq(unlink("whole/sweep.h5"), 0);
    run(WORDS("sweep", "study.yaml", "--output", "whole"), 0);
    assert_said("out", "6 trials (6 done already)");
    for (int i = 0; i < count; i++) {
        struct timespec after = changed("whole", id[i]);
        ck_assert(before[i].tv_sec == after.tv_sec && before[i].tv_nsec == after.tv_nsec);
    }
    folder_leave();
}
END_TEST

START_TEST(a_changed_sweep_adds_trials_and_keeps_the_old_ones)
{
    enter_folder();
    make_whole();
    run(WORDS("sweep", "study.yaml", "--output", "whole", "trainer.max_epochs=3", "--quiet"), 0);
    ck_assert_int_eq(list_trials("whole", NULL), 2 * TRIALS);
    ck_assert_int_eq(count_rows("whole", ",completed,"), 2 * TRIALS);
    run(WORDS("sweep", "study.yaml", "--output", "whole", "--quiet"), 0);
    ck_assert_int_eq(list_trials("whole", NULL), 2 * TRIALS);
    folder_leave();
}
END_TEST

/* Of the six trials two have the units of the weights; the others fail before their first step. */
START_TEST(other_first_weights_in_the_same_file_are_other_trials)
{
    enter_folder();
    for (int seed = 1; seed <= 2; seed++) {
        const char *first = seed == 1 ? "seed=1" : "seed=2";
        run(WORDS("base.yaml", "--output", "first", "--force", "--quiet", first), 0);
        run(WORDS("sweep", "study.yaml", "--output", "warm", "model.weights=first/run.h5",
                  "--quiet"),
            1);
        assert_said("err", "trainer: 4 of 6 trials failed");
        ck_assert_int_eq(count_rows("warm", ",completed,"), 2 * seed);
        ck_assert_int_eq(count_rows("warm", ",failed,"), 4 * seed);
    }
    folder_leave();
}
END_TEST

/* The weights of the second trial grow until an output overflows. */
static void make_overflowing(const char *more)
{
    char text[1024];
    folder_write("base.yaml",
                 "seed: 1\n"
                 "data: {type: inline, inputs: {x: [[1, 1], [1, 2]]}, labels: [1, 0]}\n"
                 "model: {layers: [{type: Affine, units: 2}, {type: SoftmaxWithLoss}]}\n"
                 "optimizer: {type: sgd, learning_rate: 1000000}\n"
                 "trainer: {max_steps: 9, batch_size: 1, sampling: sequential}\n");
    snprintf(text, sizeof text,
             "config: base.yaml\n"
             "metric: {name: batch_loss, goal: minimize}\n"
             "parameters: {data.inputs.x: [[[1, 2], [1, 1]], [[1.0e+30, 1], [1, 2]], [[3, 2], [1, "
             "1]]]}\n%s",
             more);
    folder_write("study.yaml", text);
}

START_TEST(a_trial_whose_numbers_fail_harms_no_other_and_is_not_tried_again)
{
    enter_folder();
    make_overflowing("");
    for (int i = 0; i < 2; i++) {
        run(WORDS("sweep", "study.yaml", "--output", "study"), 1);
        assert_said("err", "trainer: 1 of 3 trials failed");
        ck_assert_int_eq(count_rows("study", ",completed,"), 2);
        ck_assert_int_eq(count_rows("study", ",failed,\"step 3: the output of 'affine1' is -inf"),
                         1);
    }
    assert_said("out", "3 trials (3 done already)");
    run(WORDS("sweep", "--collect", "study"), 1);
    assert_said("err", "trainer: 1 of 3 trials failed");
    folder_leave();
}
END_TEST

START_TEST(on_error_stop_ends_the_sweep_and_names_the_trial)
{
    enter_folder();
    make_overflowing("on_error: stop\n");
    run(WORDS("sweep", "study.yaml", "--output", "study", "--jobs", "1"), 1);
    assert_said("err", " failed: step 3: the output of 'affine1' is -inf");
    ck_assert_int_eq(count_rows("study", ",completed,"), 1);
    folder_leave();
}
END_TEST

START_TEST(the_shards_of_a_sweep_make_the_whole_sweep)
{
    enter_folder();
    make_whole();
    int second =
        child_start(WORDS("sweep", "study.yaml", "--shard", "2/2", "--output", "parts", "--quiet"));
    int first =
        child_start(WORDS("sweep", "study.yaml", "--shard", "1/2", "--output", "parts", "--quiet"));
    ck_assert_int_eq(child_wait(first).status, 0);
    ck_assert_int_eq(child_wait(second).status, 0);
    ck_assert_int_ne(access("parts/sweep.csv", F_OK), 0);
    run(WORDS("sweep", "--collect", "parts"), 0);
    assert_same_table("parts", "whole");
    folder_leave();
}
END_TEST

/* --- stopped early ---------------------------------------------------------------------------- */

static const char asha[] = "early_stopping: {type: asha, min_epochs: 1, eta: 2}\n";

START_TEST(trials_stopped_early_keep_their_checkpoints_and_repeat_from_the_log)
{
    enter_folder();
    write_sweep("study.yaml", asha);
    run(WORDS("sweep", "study.yaml", "--output", "study", "--jobs", "1", "--quiet"), 0);
    int stopped = count_rows("study", ",stopped,");
    ck_assert_int_gt(stopped, 0);
    ck_assert_int_eq(stopped + count_rows("study", ",completed,"), TRIALS);
    run(WORDS("sweep", "study.yaml", "--output", "again", "--jobs", "1", "--quiet"), 0);
    assert_same_table("again", "study");
    /* The table and the trials' files are gone: the log decides, and nothing is decided anew. */
    ck_assert_int_eq(unlink("again/sweep.h5"), 0);
    folder_remove("again/trials");
    run(WORDS("sweep", "study.yaml", "--output", "again", "--jobs", "3"), 0);
    char id[IDS_MAX][32];
    int count = list_trials("study", id), resumable = 0;
    for (int i = 0; i < count; i++) {
        char folder[256];
        snprintf(folder, sizeof folder, "study/trials/%.31s", id[i]);
        struct child_end end =
            child_run(&(struct child_plan){.argv = WORDS("resume", folder, "--quiet")});
        resumable += end.status == 0;
    }
    ck_assert_int_ge(resumable, stopped); /* and completed ones that took more than a moment */
    folder_leave();
}
END_TEST

/* --- signals and kills ------------------------------------------------------------------------ */

/* The children of a process, as many as fit. */
static int list_children(int process, int *child, int most)
{
    char path[64];
    int count = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", process, process);
    FILE *file = fopen(path, "re");
    while (file && count < most && fscanf(file, "%d", &child[count]) == 1)
        count++;
    if (file)
        fclose(file);
    return count;
}

/* Lets a sweep live for a while and kills it, or some of its trials first, or one and the other. */
static bool live_for_a_while(const char *folder, double most, int *killed)
{
    enum { CHILDREN = 8 };
    int child[CHILDREN];
    int sweep =
        child_start(WORDS("sweep", "study.yaml", "--output", folder, "--quiet", "--jobs", "3"));
    child_pause(most * child_draw(1000) / 1000);
    int kind = child_draw(3);
    int children = kind > 0 ? list_children(sweep, child, CHILDREN) : 0;
    for (int i = 0; i < children; i++)
        if (i == 0 || child_draw(2))
            *killed += kill(child[i], SIGKILL) == 0;
    if (kind != 1)
        *killed += kill(sweep, SIGKILL) == 0;
    struct child_end end = child_wait(sweep);
    ck_assert_msg(end.status == 0 || end.status == 1 || end.status == 128 + SIGKILL,
                  "exit status %d: %s", end.status, child_read("err"));
    return end.status == 0;
}

START_TEST(a_sweep_that_is_killed_again_and_again_ends_as_if_it_never_was)
{
    enter_folder();
    make_whole();
    int kills = child_count(6), killed = 0, sweeps = 0;
    for (int lives = 0; killed < kills && lives < 20 * kills; lives++) {
        bool over = live_for_a_while("killed", 0.4, &killed);
        if (over || killed >= kills) {
            run(WORDS("sweep", "study.yaml", "--output", "killed", "--quiet"), 0);
            assert_same_table("killed", "whole");
            ck_assert_int_eq(list_trials("killed", NULL), TRIALS);
            folder_remove("killed");
            sweeps++;
        }
    }
    ck_assert_int_ge(killed, kills);
    printf("random kills: %d in %d sweeps, 0 differences\n", killed, sweeps);
    folder_leave();
}
END_TEST

/* The second shard is killed, the first is started twice, and shards of other numbers, which have
 * trials of both, run at the same time. */
START_TEST(shards_that_are_killed_started_twice_or_overlap_end_as_the_whole_sweep)
{
    static const char *const shards[] = {"1/2", "2/2", "1/2", "1/3"};
    enum { SHARDS = sizeof shards / sizeof *shards };
    enter_folder();
    make_whole();
    for (int round = 0; round < child_count(3); round++) {
        int shard[SHARDS];
        for (int i = 0; i < SHARDS; i++)
            shard[i] = child_start(WORDS("sweep", "study.yaml", "--shard", shards[i], "--output",
                                         "parts", "--quiet", "--jobs", "1"));
        child_pause(0.3 * child_draw(1000) / 1000);
        kill(shard[1], SIGKILL);
        for (int i = 0; i < SHARDS; i++) {
            struct child_end end = child_wait(shard[i]);
            ck_assert_msg(end.status <= 2 || end.status == 128 + SIGKILL, "exit status %d: %s",
                          end.status, child_read("err"));
        }
        struct child_end end =
            child_run(&(struct child_plan){.argv = WORDS("sweep", "--collect", "parts")});
        ck_assert_msg(end.status <= 1, "%s", child_read("err")); /* 1: some trials were killed */
        run(WORDS("sweep", "study.yaml", "--shard", "1/2", "--output", "parts", "--quiet"), 0);
        run(WORDS("sweep", "study.yaml", "--shard", "2/2", "--output", "parts", "--quiet"), 0);
        run(WORDS("sweep", "--collect", "parts", "--quiet"), 0);
        assert_same_table("parts", "whole");
        ck_assert_int_eq(list_trials("parts", NULL), TRIALS);
        folder_remove("parts");
    }
    folder_leave();
}
END_TEST

START_TEST(a_killed_trial_is_marked_so_and_the_next_sweep_goes_on_with_it)
{
    enter_folder();
    int child[4], count = 0;
    const char *const *words =
        WORDS("sweep", "study.yaml", "--max-trials", "2", "trainer.max_epochs=100", "--output",
              "killed", "--jobs", "1", "--threads", "1");
    int sweep = child_start(words);
    for (int tries = 0; count == 0 && tries < 10000; tries++) {
        child_pause(0.001);
        count = list_children(sweep, child, 4);
    }
    ck_assert_int_eq(kill(child[0], SIGKILL), 0);
    struct child_end end = child_wait(sweep);
    ck_assert_int_eq(end.status, 1);
    assert_said("out", ": killed by SIGKILL");
    assert_said("err", "trainer: 1 trial was killed; go on with: trainer sweep study.yaml ");
    ck_assert_int_eq(count_rows("killed", ",killed,"), 1);
    run(words, 0);
    assert_said("out", "2 trials (1 done already)");
    ck_assert_int_eq(count_rows("killed", ",completed,"), 2);
    folder_leave();
}
END_TEST

/* Starts a sweep and sends it a signal while its trials run; false where it was faster. */
static bool interrupt(int signal)
{
    int sweep = child_start(WORDS("sweep", "study.yaml", "--output", "stopped"));
    struct stat log = {0};
    for (int tries = 0; log.st_size == 0 && tries < 10000; tries++) {
        child_pause(0.001);
        stat("stopped/log.jsonl", &log);
    }
    child_pause(0.03 * child_draw(1000) / 1000);
    kill(sweep, signal);
    struct child_end end = child_wait(sweep);
    ck_assert_msg(end.status == 128 + signal || end.status == 0, "exit status %d: %s", end.status,
                  child_read("err"));
    return end.status != 0;
}

START_TEST(a_signal_lets_the_trials_save_themselves_and_says_how_to_go_on)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGXCPU};
    enter_folder();
    make_whole();
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        int tries = 0;
        while (!interrupt(signals[i]) && ++tries < 20)
            folder_remove("stopped");
        ck_assert_int_lt(tries, 20);
        assert_said("out", "go on with: trainer sweep study.yaml --output stopped");
        run(WORDS("sweep", "study.yaml", "--output", "stopped", "--quiet"), 0);
        assert_same_table("stopped", "whole");
        folder_remove("stopped");
    }
    folder_leave();
}
END_TEST

START_TEST(two_sweeps_never_write_in_one_folder)
{
    enter_folder();
    const char *const *words =
        WORDS("sweep", "study.yaml", "trainer.max_epochs=2000", "--output", "study", "--quiet");
    int first = child_start(words);
    for (int tries = 0; access("study/sweep.yaml", F_OK) != 0 && tries < 1000; tries++)
        child_pause(0.01);
    run(words, 2);
    assert_said("err", "trainer: study: another sweep is writing in this folder (process ");
    kill(first, SIGTERM);
    child_wait(first);
    folder_leave();
}
END_TEST

/* --- pieces ----------------------------------------------------------------------------------- */

START_TEST(a_shared_data_set_has_the_values_lists_and_fingerprint_of_the_first)
{
    static const char text[] =
        "seed: 3\n"
        "data: {type: digits, train: 300, test: 50, validation: 40}\n"
        "model: {layers: [{type: Affine, units: 10}, {type: SoftmaxWithLoss}]}\n"
        "optimizer: {type: sgd}\n"
        "trainer: {max_steps: 1}\n";
    struct config *config, *other;
    struct dataset *shared;
    struct session *session, *alone;
    char fingerprint[FINGERPRINT_TEXT], expected[FINGERPRINT_TEXT];
    const char *seed[] = {"seed=9", "data.seed=3"};
    const char *sparse[] = {"trainer.sparse_input=never"};
    ck_assert_int_eq(config_read_text(&config, "x", NULL, text, strlen(text), &seed[1], 1), 0);
    ck_assert_int_eq(config_read_text(&other, "x", NULL, text, strlen(text), seed, 2), 0);
    const struct node *section = node_get(config_root(config), "data");
    ck_assert_int_eq(dataset_open(&shared, config, section, NULL, 3, false), 0);
    ck_assert(!shared->seeded);
    ck_assert_int_eq(dataset_prepare(shared, SPARSE_AUTO), 0);
    ck_assert_int_eq(session_open(&session, other, &(struct session_options){.data = shared}), 0);
    ck_assert_int_eq(session_open(&alone, other, &(struct session_options){0}), 0);
    const struct dataset *mine = session_dataset(session), *own = session_dataset(alone);
    ck_assert_ptr_eq(mine->column[0].values[SPLIT_TRAIN], shared->column[0].values[SPLIT_TRAIN]);
    ck_assert_ptr_nonnull(mine->column[0].sparse[SPLIT_TRAIN]);
    ck_assert_ptr_eq(mine->column[0].sparse[SPLIT_TRAIN], shared->column[0].sparse[SPLIT_TRAIN]);
    /* The split is that of its own seed. */
    ck_assert_uint_eq(mine->count[SPLIT_TRAIN], 260);
    ck_assert_mem_eq(mine->position[SPLIT_VALIDATION], own->position[SPLIT_VALIDATION],
                     40 * sizeof *own->position[SPLIT_VALIDATION]);
    dataset_fingerprint(mine, fingerprint);
    dataset_fingerprint(own, expected);
    ck_assert_str_eq(fingerprint, expected);
    session_close(session);
    session_close(alone);
    config_free(other);
    ck_assert_int_eq(config_read_text(&other, "x", NULL, text, strlen(text), sparse, 1), 0);
    ck_assert_int_eq(session_open(&session, other, &(struct session_options){.data = shared}), 0);
    ck_assert_ptr_null(session_dataset(session)->column[0].sparse[SPLIT_TRAIN]);
    session_close(session);
    config_free(other);
    dataset_close(shared);
    config_free(config);
}
END_TEST

START_TEST(what_is_wrong_with_the_command_line_is_told_in_one_line)
{
    static const struct {
        const char *word[4], *said;
    } wrong[] = {
        {{"sweep"}, "trainer: SWEEP.yaml is missing; usage: trainer sweep SWEEP.yaml | CONFIG"},
        {{"sweep", "study.yaml", "--jobs", "0"},
         "trainer: --jobs must be a whole number of at least 1, or auto, not '0'"},
        {{"sweep", "study.yaml", "--max-trials", "2.5"},
         "trainer: --max-trials must be a whole number of at least 1, not '2.5'"},
        {{"sweep", "study.yaml", "--shard", "3/2"},
         "trainer: --shard must be I/N with 1 <= I <= N, such as 2/4, or auto, not '3/2'"},
        {{"sweep", "study.yaml", "--collect", "x"}, "trainer: --collect takes no file"},
        {{"sweep", "--collect", "nowhere"},
         "trainer: nowhere/arguments.txt: No such file or directory"},
    };
    enter_folder();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *words[5] = {0};
        memcpy(words, wrong[i].word, sizeof wrong[i].word);
        run(words, 2);
        assert_said("err", wrong[i].said);
    }
    folder_leave();
}
END_TEST

/* With a word: only the tests whose names hold it. */
int main(int argc, char **argv)
{
    const TTest *tests[] = {a_trial_is_the_run_of_its_config,
                            the_table_does_not_depend_on_trials_side_by_side_nor_on_threads,
                            a_trial_that_is_done_is_never_run_again,
                            a_changed_sweep_adds_trials_and_keeps_the_old_ones,
                            other_first_weights_in_the_same_file_are_other_trials,
                            a_trial_whose_numbers_fail_harms_no_other_and_is_not_tried_again,
                            on_error_stop_ends_the_sweep_and_names_the_trial,
                            the_shards_of_a_sweep_make_the_whole_sweep,
                            trials_stopped_early_keep_their_checkpoints_and_repeat_from_the_log,
                            a_sweep_that_is_killed_again_and_again_ends_as_if_it_never_was,
                            shards_that_are_killed_started_twice_or_overlap_end_as_the_whole_sweep,
                            a_killed_trial_is_marked_so_and_the_next_sweep_goes_on_with_it,
                            a_signal_lets_the_trials_save_themselves_and_says_how_to_go_on,
                            two_sweeps_never_write_in_one_folder,
                            a_shared_data_set_has_the_values_lists_and_fingerprint_of_the_first,
                            what_is_wrong_with_the_command_line_is_told_in_one_line,
                            NULL};
    size_t kept = 0;
    for (size_t i = 0; tests[i]; i++)
        if (argc < 2 || strstr(tests[i]->name, argv[1]))
            tests[kept++] = tests[i];
    tests[kept] = NULL;
    return suite_main("sweep", SUITE_FORKED, 1, tests);
}
