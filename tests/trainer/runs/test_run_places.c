/*
 * test_run_places.c - the runs and sweeps that a path stands for.
 */
#include "base/error.h"
#include "runs/run_places.h"
#include "support/folder.h"
#include "support/suite.h"

#include <check.h>
#include <sys/stat.h>
#include <unistd.h>

/* Two runs of one name with `latest`, one that has saved nothing, and a sweep of one trial. */
static void make_runs(void)
{
    static const char *const folders[] = {
        "runs",   "runs/x",        "runs/x/0001",        "runs/x/0002",
        "runs/s", "runs/s/trials", "runs/s/trials/0000", "other"};
    folder_enter();
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        ck_assert_int_eq(mkdir(folders[i], 0777), 0);
    folder_write("x.yaml", "name: x\n");
    folder_write("runs/x/0001/run.h5", "\x89HDF\r\n\x1a\n");
    folder_write("runs/x/0001/best.h5", "\x89HDF\r\n\x1a\n");
    folder_write("runs/x/0002/config.yaml", "name: x\n");
    folder_write("runs/x/0002/lock", "");
    folder_write("runs/s/sweep.yaml", "config: x.yaml\n");
    folder_write("runs/s/trials/0000/run.h5", "\x89HDF\r\n\x1a\n");
    ck_assert_int_eq(symlink("0001", "runs/x/latest"), 0);
}

/* A place of the list: its file, "-" where there is none, or "sweep". */
static void check_place(const struct run_places *places, size_t index, const char *folder,
                        const char *file)
{
    ck_assert_uint_lt(index, places->count);
    const struct run_place *place = &places->place[index];
    ck_assert_str_eq(place->folder, folder);
    ck_assert_str_eq(place->sweep ? "sweep" : place->file ? place->file : "-", file);
}

START_TEST(a_path_of_one_run_or_sweep_is_that_one)
{
    static const struct {
        const char *path, *folder, *file;
    } cases[] = {{"runs/x/0001/", "runs/x/0001", "runs/x/0001/run.h5"},
                 {"runs/x/latest", "runs/x/latest", "runs/x/latest/run.h5"},
                 {"runs/x/0001/best.h5", "runs/x/0001", "runs/x/0001/best.h5"},
                 {"runs/x/0002", "runs/x/0002", "-"},
                 {"runs/s/", "runs/s", "sweep"}};
    struct run_places places = {0};
    make_runs();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(run_places_of(&places, cases[i].path), TRAINER_OK);
        ck_assert_uint_eq(places.count, i + 1);
        check_place(&places, i, cases[i].folder, cases[i].file);
    }
    run_places_free(&places);
}
END_TEST

START_TEST(a_folder_stands_for_all_below_it_in_the_order_of_names)
{
    struct run_places places = {0};
    make_runs();
    ck_assert_int_eq(run_places_of(&places, "runs"), TRAINER_OK);
    ck_assert_uint_eq(places.count, 3);
    check_place(&places, 0, "runs/s", "sweep");
    check_place(&places, 1, "runs/x/0001", "runs/x/0001/run.h5");
    check_place(&places, 2, "runs/x/0002", "-");
    run_places_free(&places);
}
END_TEST

START_TEST(below_the_folder_of_a_sweep_are_its_trials)
{
    struct run_places places = {0};
    make_runs();
    ck_assert_int_eq(run_places_below(&places, "runs/s"), TRAINER_OK);
    ck_assert_uint_eq(places.count, 1);
    check_place(&places, 0, "runs/s/trials/0000", "runs/s/trials/0000/run.h5");
    run_places_free(&places);
}
END_TEST

START_TEST(what_is_no_run_is_named)
{
    static const struct {
        const char *path, *message;
    } cases[] = {{"nowhere", "nowhere: No such file or directory"},
                 {"other", "other: there is no run in this folder"},
                 {"x.yaml", "x.yaml: expected a run's folder, its run.h5 or a checkpoint, a "
                            "sweep's folder, or a folder of them"}};
    struct run_places places = {0};
    make_runs();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(run_places_of(&places, cases[i].path), TRAINER_INVALID);
        ck_assert_str_eq(error_text(), cases[i].message);
    }
    ck_assert_uint_eq(places.count, 0);
    run_places_free(&places);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_path_of_one_run_or_sweep_is_that_one,
                                  a_folder_stands_for_all_below_it_in_the_order_of_names,
                                  below_the_folder_of_a_sweep_are_its_trials,
                                  what_is_no_run_is_named, NULL};
    return suite_main("run_places", SUITE_FORKED, 1, tests);
}
