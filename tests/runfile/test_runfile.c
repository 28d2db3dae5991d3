/*
 * test_runfile.c - the writer: snapshots are copies, a file is whole at any moment, errors are
 * told.
 *
 * The tests that fork do so before any thread starts.
 */
#include "base/error.h"
#include "base/file.h"
#include "hdf5/hdf5_image.h"
#include "support/folder.h"
#include "support/network.h"
#include "support/runfile_sample.h"
#include "support/suite.h"
#include <check.h>
#include <hdf5_hl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FILE_LIMIT = 64 << 20, LONG_WAIT = 10000, MILLISECOND = 1000000 };

static struct runfile *open_writer(const char *path)
{
    struct runfile *writer = NULL;
    ck_assert_msg(runfile_open(&writer, path) == TRAINER_OK, "%s", error_text());
    return writer;
}

static void save(struct runfile *writer, const struct snapshot *snapshot, bool wait)
{
    ck_assert_msg(runfile_save(writer, snapshot, wait) == TRAINER_OK, "%s", error_text());
}

static void sleep_milliseconds(long count)
{
    const struct timespec time = {count / 1000, count % 1000 * MILLISECOND};
    nanosleep(&time, NULL);
}

static void wait_for_first_save(struct runfile *writer)
{
    for (int i = 0; i < LONG_WAIT && runfile_cost(writer) <= 0; i++)
        sleep_milliseconds(1);
    ck_assert_double_gt(runfile_cost(writer), 0);
}

/* The root attribute steps_done of the file; fails the test where the file can't be read whole. */
static int64_t read_steps_done(const char *path)
{
    int64_t steps = -1;
    hdf5_enter();
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    herr_t status = H5LTget_attribute(file, "/", "steps_done", H5T_NATIVE_INT64, &steps);
    H5Fclose(file);
    hdf5_leave();
    ck_assert_int_ge(status, 0);
    return steps;
}

/* --- saving --- */

START_TEST(a_save_that_waits_is_on_disk)
{
    struct snapshot snapshot = sample_snapshot();
    struct runfile *writer = open_writer("run.h5");
    ck_assert_double_eq(runfile_cost(writer), 0);
    ck_assert_int_ne(access("run.h5", F_OK), 0);
    save(writer, &snapshot, true);
    ck_assert_int_eq(read_steps_done("run.h5"), 20);
    ck_assert_int_ne(access("run.h5.tmp", F_OK), 0);
    ck_assert_double_gt(runfile_cost(writer), 0);
    runfile_close(writer);
}
END_TEST

START_TEST(closing_writes_what_still_waits)
{
    struct snapshot snapshot = sample_snapshot();
    struct runfile *writer = open_writer("run.h5");
    save(writer, &snapshot, false);
    runfile_close(writer);
    ck_assert_int_eq(read_steps_done("run.h5"), 20);
}
END_TEST

START_TEST(closing_without_a_save_leaves_no_file)
{
    runfile_close(open_writer("run.h5"));
    ck_assert_int_ne(access("run.h5", F_OK), 0);
    runfile_close(NULL);
}
END_TEST

/* The test holds libhdf5, so that the writer can't have begun when the numbers change. */
START_TEST(a_snapshot_is_a_copy)
{
    double loss[SAMPLE_STEPS];
    char error[] = "before", end_time[] = "2026";
    struct snapshot snapshot = sample_snapshot();
    struct run_facts facts = *snapshot.facts;
    facts.error = error;
    facts.end_time = end_time;
    snapshot.facts = &facts;
    struct runfile *writer = open_writer("run.h5");
    hdf5_enter();
    save(writer, &snapshot, false);
    memset(snapshot.steps->value, 0, SAMPLE_STEPS * 4 * sizeof(double));
    memset(snapshot.evaluation->true_class, 0x7f, 8 * sizeof(int32_t));
    memcpy(error, "after!", 6);
    memcpy(end_time, "2027", 4);
    hdf5_leave();
    runfile_close(writer);

    hid_t file = H5Fopen("run.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    ck_assert_int_ge(H5LTread_dataset_double(file, "metrics/step/train_loss", loss), 0);
    ck_assert_double_eq(loss[1], 0.5);
    H5Fclose(file);
    struct runfile_view view = {0};
    ck_assert_int_eq(runfile_read(&view, "run.h5", 0), TRAINER_OK);
    ck_assert_str_eq(view.facts.error, "before");
    ck_assert_str_eq(view.facts.end_time, "2026");
    runfile_view_free(&view);
}
END_TEST

START_TEST(the_newest_waiting_snapshot_wins)
{
    struct snapshot snapshot = sample_snapshot();
    struct run_facts facts = *snapshot.facts;
    snapshot.facts = &facts;
    struct runfile *writer = open_writer("run.h5");
    hdf5_enter();
    for (facts.steps_done = 1; facts.steps_done <= 50; facts.steps_done++)
        save(writer, &snapshot, false);
    hdf5_leave();
    runfile_close(writer);
    ck_assert_int_eq(read_steps_done("run.h5"), 50);
}
END_TEST

/* What is meant for later is written with the next save of another slot, before it. */
START_TEST(a_slot_may_wait_for_company)
{
    struct snapshot snapshot = sample_snapshot(), best = snapshot;
    best.slot = RUNFILE_BEST;
    best.later = true;
    struct runfile *writer = open_writer("run.h5");
    ck_assert_int_eq(runfile_add(writer, RUNFILE_BEST, "best.h5", NULL), TRAINER_OK);
    save(writer, &best, false);
    sleep_milliseconds(50);
    ck_assert_int_ne(access("best.h5", F_OK), 0);
    save(writer, &snapshot, true);
    ck_assert_int_eq(read_steps_done("best.h5"), 20);
    unlink("best.h5");
    save(writer, &best, false);
    ck_assert_int_eq(runfile_flush(writer), TRAINER_OK);
    ck_assert_int_eq(read_steps_done("best.h5"), 20);
    unlink("best.h5");
    save(writer, &best, false);
    runfile_close(writer);
    ck_assert_int_eq(read_steps_done("best.h5"), 20);
}
END_TEST

/* The best row's snapshot is made once: it waits until it can be written, and keeps no other slot
 * from being written. */
START_TEST(what_waits_for_company_is_tried_again_with_each_save)
{
    struct snapshot snapshot = sample_snapshot(), best = snapshot;
    best.slot = RUNFILE_BEST;
    best.later = true;
    struct runfile *writer = open_writer("run.h5");
    ck_assert_int_eq(runfile_add(writer, RUNFILE_BEST, "none/best.h5", NULL), TRAINER_OK);
    save(writer, &best, false);
    save(writer, &snapshot, true);
    ck_assert_int_eq(runfile_flush(writer), TRAINER_FAILED);
    ck_assert_int_eq(runfile_flush(writer), TRAINER_FAILED);
    ck_assert(runfile_failing(writer));
    ck_assert_int_eq(mkdir("none", (mode_t)0777), 0);
    save(writer, &snapshot, true);
    ck_assert_int_eq(runfile_flush(writer), TRAINER_OK);
    ck_assert(!runfile_failing(writer));
    ck_assert_int_eq(read_steps_done("none/best.h5"), 20);
    unlink("none/best.h5");
    rmdir("none");
    save(writer, &best, false);
    runfile_close(writer); /* which tries once */
}
END_TEST

START_TEST(a_flush_tells_whether_the_last_save_of_each_slot_failed)
{
    struct snapshot snapshot = sample_snapshot(), other = snapshot;
    other.slot = RUNFILE_CHECKPOINT;
    struct runfile *writer = open_writer("run.h5");
    ck_assert_int_eq(runfile_add(writer, RUNFILE_CHECKPOINT, "none/checkpoint.h5", NULL),
                     TRAINER_OK);
    save(writer, &other, false);
    save(writer, &snapshot, true);
    ck_assert(runfile_failing(writer));
    ck_assert_int_eq(runfile_poll(writer), TRAINER_FAILED);
    ck_assert_int_eq(runfile_poll(writer), TRAINER_OK);
    ck_assert_int_eq(runfile_flush(writer), TRAINER_FAILED);
    ck_assert_str_eq(error_text(),
                     "none/checkpoint.h5.tmp: cannot create: No such file or directory");
    ck_assert_int_eq(mkdir("none", (mode_t)0777), 0);
    save(writer, &other, false);
    ck_assert_int_eq(runfile_flush(writer), TRAINER_OK);
    ck_assert(!runfile_failing(writer));
    runfile_close(writer);
    unlink("none/checkpoint.h5");
    rmdir("none");
}
END_TEST

START_TEST(texts_that_are_missing_are_empty)
{
    char *text = NULL;
    size_t length = 1;
    const struct run_facts facts = {.status = RUN_COMPLETED};
    struct runfile *writer = open_writer("run.h5");
    save(writer, &(struct snapshot){.facts = &facts}, true);
    runfile_close(writer);
    ck_assert_int_eq(runfile_read_config("run.h5", &text, &length), TRAINER_OK);
    ck_assert_str_eq(text, "");
    ck_assert_uint_eq(length, 0);
    free(text);
}
END_TEST

/* --- failures --- */

static const char no_folder[] = "none/run.h5.tmp: cannot create: No such file or directory";

START_TEST(a_save_that_waits_tells_its_own_failure)
{
    struct snapshot snapshot = sample_snapshot();
    struct runfile *writer = open_writer("none/run.h5");
    ck_assert_int_eq(runfile_save(writer, &snapshot, true), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), no_folder);
    runfile_close(writer);
}
END_TEST

/* Told once by the next call; the save of that call succeeds and is followed by silence. */
START_TEST(an_earlier_failure_is_told_by_the_next_call)
{
    struct snapshot snapshot = sample_snapshot();
    struct runfile *writer = open_writer("none/run.h5");
    save(writer, &snapshot, false);
    wait_for_first_save(writer);
    ck_assert_int_eq(mkdir("none", 0777), 0);
    ck_assert_int_eq(runfile_save(writer, &snapshot, false), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), no_folder);
    save(writer, &snapshot, false);
    save(writer, &snapshot, true);
    runfile_close(writer);
    ck_assert_int_eq(read_steps_done("none/run.h5"), 20);
    ck_assert_int_eq(unlink("none/run.h5"), 0);
}
END_TEST

/* What counts at the end of a run is whether its last file was written. */
START_TEST(a_last_save_that_succeeds_is_a_success)
{
    struct snapshot snapshot = sample_snapshot();
    struct runfile *writer = open_writer("none/run.h5");
    save(writer, &snapshot, false);
    wait_for_first_save(writer);
    ck_assert_int_eq(mkdir("none", 0777), 0);
    save(writer, &snapshot, true);
    save(writer, &snapshot, false);
    runfile_close(writer);
    ck_assert_int_eq(unlink("none/run.h5"), 0);
}
END_TEST

/* A limit on a file's size stands for a full disk. */
START_TEST(a_full_disk_leaves_the_file_before)
{
    char *before = NULL, *after = NULL;
    size_t count_before = 0, count_after = 0;
    struct rlimit old, small;
    signal(SIGXFSZ, SIG_IGN);
    struct snapshot snapshot = sample_snapshot();
    struct runfile *writer = open_writer("run.h5");
    save(writer, &snapshot, true);
    ck_assert_int_eq(file_read("run.h5", FILE_LIMIT, &before, &count_before), TRAINER_OK);

    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    small.rlim_cur = count_before / 2;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    ck_assert_int_eq(runfile_save(writer, &snapshot, true), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "run.h5.tmp: cannot write: File too large");
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);

    ck_assert_int_eq(file_read("run.h5", FILE_LIMIT, &after, &count_after), TRAINER_OK);
    ck_assert_uint_eq(count_after, count_before);
    ck_assert_int_eq(memcmp(after, before, count_before), 0);
    ck_assert_int_ne(access("run.h5.tmp", F_OK), 0);
    save(writer, &snapshot, true);
    runfile_close(writer);
    free(before);
    free(after);
}
END_TEST

/* --- networks --- */

#define NETWORK(units, seed)                                                                       \
    "seed: " seed "\n"                                                                             \
    "data: {type: inline, inputs: {x: [[1, 2], [3, 4]]}}\n"                                        \
    "model: {layers: [{name: a, type: Affine, units: " units "}, {name: r, type: ReLU}]}\n"

static void save_network(const struct network *network)
{
    struct snapshot snapshot = sample_snapshot();
    snapshot.graph = network->graph;
    struct runfile *writer = open_writer("run.h5");
    save(writer, &snapshot, true);
    runfile_close(writer);
}

START_TEST(weights_go_from_one_network_to_another)
{
    struct network from = network_run(NETWORK("3", "1")), to = network_run(NETWORK("3", "2"));
    network_set(&from, "a", "bias", 2, 1.0 / 3);
    save_network(&from);
    ck_assert_double_ne(network_parameter(&from, "a", "weight", 0),
                        network_parameter(&to, "a", "weight", 0));
    ck_assert_msg(runfile_load_weights("run.h5", to.graph) == TRAINER_OK, "%s", error_text());
    for (size_t i = 0; i < 6; i++)
        ck_assert_double_eq(network_parameter(&to, "a", "weight", i),
                            network_parameter(&from, "a", "weight", i));
    ck_assert_double_eq(network_parameter(&to, "a", "bias", 2), 1.0 / 3);
    network_close(&from);
    network_close(&to);
}
END_TEST

/* The blocks of an optimizer lie as the trained parameters do: weight (2, 3), then bias (3). */
START_TEST(blocks_of_an_optimizer_come_back_with_the_weights)
{
    enum { BLOCK = 64 };
    static const struct run_state state = {.step = 20, .row_step = 20};
    static const char *const names[] = {"velocity"};
    double saved[BLOCK], loaded[BLOCK] = {0};
    struct network from = network_run(NETWORK("3", "1")), to = network_run(NETWORK("3", "2"));
    struct snapshot snapshot = sample_snapshot();
    for (int i = 0; i < BLOCK; i++)
        saved[i] = 1 + i;
    snapshot.graph = from.graph;
    snapshot.state = &state;
    snapshot.optimizer =
        (struct snapshot_optimizer){.states = 1, .name = names, .x = (void *[]){saved}};
    ck_assert_int_eq(runfile_write("run.h5", &snapshot), TRAINER_OK);
    snapshot.optimizer.x = (void *[]){loaded};
    ck_assert_msg(runfile_load_checkpoint("run.h5", to.graph, &snapshot.optimizer) == TRAINER_OK,
                  "%s", error_text());
    for (size_t i = 0; i < graph_parameter_count(to.graph); i++) {
        const struct parameter *parameter = graph_parameter(to.graph, i);
        ck_assert_mem_eq(loaded + parameter->offset, saved + parameter->offset,
                         parameter->count * sizeof *saved);
    }
    ck_assert_double_eq(network_parameter(&to, "a", "weight", 5),
                        network_parameter(&from, "a", "weight", 5));
    network_close(&from);
    network_close(&to);
}
END_TEST

START_TEST(weights_of_another_shape_leave_a_network_as_it_was)
{
    struct network from = network_run(NETWORK("3", "1")), to = network_run(NETWORK("4", "2"));
    double before = network_parameter(&to, "a", "weight", 0);
    save_network(&from);
    ck_assert_int_eq(runfile_load_weights("run.h5", to.graph), TRAINER_INVALID);
    ck_assert_str_eq(error_text(),
                     "run.h5: /model/a/weight has shape (2, 3); the network needs (2, 4)");
    ck_assert_double_eq(network_parameter(&to, "a", "weight", 0), before);
    network_close(&from);
    network_close(&to);
}
END_TEST

/* --- at any moment --- */

static void save_for_ever(void)
{
    struct runfile *writer = NULL;
    struct snapshot snapshot = sample_snapshot();
    if (runfile_open(&writer, "run.h5") != TRAINER_OK)
        _exit(EXIT_FAILURE);
    for (;;)
        if (runfile_save(writer, &snapshot, true) != TRAINER_OK)
            _exit(EXIT_FAILURE);
}

/* Kills come 0 to 19 ms after the first file is there: before, in and behind a write. */
START_TEST(a_kill_at_any_moment_leaves_a_whole_file)
{
    char *text = NULL;
    size_t length = 0;
    int status = 0;
    unlink("run.h5");
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        save_for_ever();
    for (int i = 0; i < LONG_WAIT && access("run.h5", F_OK) != 0; i++)
        sleep_milliseconds(1);
    sleep_milliseconds(_i);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

    ck_assert_msg(runfile_read_config("run.h5", &text, &length) == TRAINER_OK, "%s", error_text());
    ck_assert_str_eq(text, "name: two_layer\nseed: 42\n");
    ck_assert_int_eq(read_steps_done("run.h5"), 20);
    free(text);
}
END_TEST

enum { SAVERS = 4, SAVES = 15 };

struct saver {
    struct runfile *writer;
    struct snapshot snapshot;
    atomic_int *failures;
};

static void *save_often(void *argument)
{
    struct saver *saver = argument;
    for (int i = 0; i < SAVES; i++)
        if (runfile_save(saver->writer, &saver->snapshot, i % 3 == 2) != TRAINER_OK)
            atomic_fetch_add(saver->failures, 1);
    return NULL;
}

START_TEST(threads_may_save_and_read_at_once)
{
    pthread_t threads[SAVERS];
    atomic_int failures = 0;
    struct saver saver = {open_writer("run.h5"), sample_snapshot(), &failures};
    save(saver.writer, &saver.snapshot, true);
    for (int i = 0; i < SAVERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, save_often, &saver), 0);
    for (int i = 0; i < SAVES; i++)
        ck_assert_int_eq(read_steps_done("run.h5"), 20);
    for (int i = 0; i < SAVERS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    runfile_close(saver.writer);
    ck_assert_int_eq(failures, 0);
    ck_assert_int_ne(access("run.h5.tmp", F_OK), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("runfile");
    TCase *group = tcase_create("writer");
    tcase_add_checked_fixture(group, folder_enter, folder_leave);
    tcase_set_timeout(group, 60);
    tcase_add_test(group, a_save_that_waits_is_on_disk);
    tcase_add_test(group, closing_writes_what_still_waits);
    tcase_add_test(group, closing_without_a_save_leaves_no_file);
    tcase_add_test(group, a_snapshot_is_a_copy);
    tcase_add_test(group, the_newest_waiting_snapshot_wins);
    tcase_add_test(group, a_slot_may_wait_for_company);
    tcase_add_test(group, what_waits_for_company_is_tried_again_with_each_save);
    tcase_add_test(group, a_flush_tells_whether_the_last_save_of_each_slot_failed);
    tcase_add_test(group, texts_that_are_missing_are_empty);
    tcase_add_test(group, a_save_that_waits_tells_its_own_failure);
    tcase_add_test(group, an_earlier_failure_is_told_by_the_next_call);
    tcase_add_test(group, a_last_save_that_succeeds_is_a_success);
    tcase_add_test(group, a_full_disk_leaves_the_file_before);
    tcase_add_test(group, weights_go_from_one_network_to_another);
    tcase_add_test(group, blocks_of_an_optimizer_come_back_with_the_weights);
    tcase_add_test(group, weights_of_another_shape_leave_a_network_as_it_was);
    tcase_add_loop_test(group, a_kill_at_any_moment_leaves_a_whole_file, 0, 20);
    tcase_add_test(group, threads_may_save_and_read_at_once);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
