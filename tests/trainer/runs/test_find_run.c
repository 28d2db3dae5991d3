/*
 * test_find_run.c - paths given for configs and runs, and what is said of the wrong ones.
 */
#include "base/error.h"
#include "runs/find_run.h"
#include "support/folder.h"
#include "support/suite.h"

#include <check.h>
#include <sys/stat.h>
#include <unistd.h>

/* A config, a numbered run with `latest`, a sweep, a folder of something else. */
static void make_places(void)
{
    static const char *const folders[] = {"runs",   "runs/x",        "runs/x/0001",
                                          "runs/s", "runs/s/trials", "other"};
    folder_enter();
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        ck_assert_int_eq(mkdir(folders[i], 0777), 0);
    folder_write("x.yaml", "name: x\n");
    folder_write("runs/x/0001/config.yaml", "name: x\n");
    folder_write("runs/x/0001/lock", "");
    folder_write("runs/x/0001/run.h5", "\x89HDF\r\n\x1a\n and so on");
    folder_write("runs/s/sweep.yaml", "config: x.yaml\n");
    ck_assert_int_eq(symlink("0001", "runs/x/latest"), 0);
}

START_TEST(places_are_told_apart)
{
    static const struct {
        const char *path;
        enum place place;
    } cases[] = {{"nowhere", PLACE_NOTHING}, {"x.yaml", PLACE_FILE},
                 {"runs/x/0001", PLACE_RUN}, {"runs/x/latest/", PLACE_RUN},
                 {"runs/x", PLACE_RUNS},     {"runs/s", PLACE_SWEEP},
                 {"other", PLACE_FOLDER},    {"runs/x/0001/run.h5", PLACE_RUN_FILE},
                 {"/dev/null", PLACE_FILE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(find_place(cases[i].path) == cases[i].place, "%s", cases[i].path);
}
END_TEST

static void check(int rc, const char *message)
{
    ck_assert_int_eq(rc, TRAINER_INVALID);
    ck_assert_str_eq(error_text(), message);
}

START_TEST(what_is_no_config_names_what_was_meant)
{
    ck_assert_int_eq(find_config("x.yaml"), TRAINER_OK);
    ck_assert_int_eq(find_config("nowhere"), TRAINER_OK);
    check(find_config("runs/x/latest"),
          "runs/x/latest: is the folder of a run, not a config; did you mean "
          "runs/x/latest/config.yaml, or to go on: trainer resume runs/x/latest?");
    check(find_config("runs/x/"),
          "runs/x/: is a folder of runs, not a config; did you mean runs/x/latest/config.yaml, or "
          "to go on: trainer resume runs/x/latest?");
    check(find_config("runs/s"), "runs/s: is the folder of a sweep, not a config; `trainer runs "
                                 "runs/s` lists its trials");
    check(find_config("other"), "other: is a folder, not a config");
    check(find_config("runs/x/0001/run.h5"),
          "runs/x/0001/run.h5: is an HDF5 file, not a config; `trainer config "
          "runs/x/0001/run.h5` prints the config of a run");
}
END_TEST

START_TEST(what_is_no_folder_of_a_run_names_what_was_meant)
{
    ck_assert_int_eq(find_run_folder("runs/x/latest"), TRAINER_OK);
    ck_assert_int_eq(find_run_folder("nowhere"), TRAINER_OK);
    check(find_run_folder("runs/x"), "runs/x: is a folder of runs; did you mean runs/x/latest?");
    check(find_run_folder("runs/x/0001/run.h5"),
          "runs/x/0001/run.h5: is a file, not the folder of a run; did you mean runs/x/0001?");
    check(find_run_folder("x.yaml"),
          "x.yaml: is a file, not the folder of a run; to train it: trainer x.yaml");
    check(find_run_folder("runs/s"),
          "runs/s: is the folder of a sweep; the same `trainer sweep` goes on with it");
    check(find_run_folder("other"), "other: there is no run in this folder");
    ck_assert_int_eq(chdir("runs/x/0001"), 0);
    check(find_run_folder("run.h5"), "run.h5: is a file, not the folder of a run; did you mean .?");
}
END_TEST

START_TEST(a_run_file_is_found_by_its_folder_too)
{
    struct arena arena = {0};
    const char *run;
    ck_assert_int_eq(find_run_file(&arena, "runs/x/0001", &run), TRAINER_OK);
    ck_assert_str_eq(run, "runs/x/0001/run.h5");
    ck_assert_int_eq(find_run_file(&arena, "runs/x/0001/run.h5", &run), TRAINER_OK);
    ck_assert_str_eq(run, "runs/x/0001/run.h5");
    ck_assert_int_eq(find_run_file(&arena, "x.yaml", &run), TRAINER_OK);
    ck_assert_ptr_null(run);
    check(find_run_file(&arena, "other", &run), "other: no run.h5 in this folder");
    check(find_run_file(&arena, "runs/x", &run),
          "runs/x: no run.h5 in this folder; did you mean runs/x/latest?");
    arena_free(&arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("find_run");
    TCase *places = tcase_create("places");
    tcase_add_checked_fixture(places, make_places, folder_leave);
    tcase_add_test(places, places_are_told_apart);
    tcase_add_test(places, what_is_no_config_names_what_was_meant);
    tcase_add_test(places, what_is_no_folder_of_a_run_names_what_was_meant);
    tcase_add_test(places, a_run_file_is_found_by_its_folder_too);
    suite_add_tcase(suite, places);
    return suite_run(suite, SUITE_FORKED);
}
