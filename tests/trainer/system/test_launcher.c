/*
 * test_launcher.c - which environments are those of one process of several.
 */
#include "base/error.h"
#include "support/suite.h"
#include "system/launcher.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Each test is a process of its own: what it sets is gone with it. */
static void forget(void)
{
    unsetenv("OMPI_COMM_WORLD_SIZE");
    unsetenv("PMI_SIZE");
    unsetenv("PMIX_RANK");
    unsetenv("SLURM_STEP_NUM_TASKS");
}

START_TEST(several_processes_are_refused_by_each_launchers_variable)
{
    static const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        forget();
        setenv("PMIX_RANK", "0", 1);
        ck_assert_int_eq(launcher_check("train", false), TRAINER_OK);
        setenv(sizes[i], "3", 1);
        ck_assert_int_eq(launcher_check("train", false), TRAINER_INVALID);
        ck_assert_ptr_nonnull(strstr(error_text(), "train: this is one of 3 processes ("));
        ck_assert_ptr_nonnull(strstr(error_text(), sizes[i]));
        error_clear();
        ck_assert_int_eq(launcher_check("train", true), TRAINER_OK);
    }
}
END_TEST

START_TEST(without_mpi_a_program_joins_nothing)
{
    const struct launcher_wishes together = {0}, alone = {.alone = true};
    struct ranks *ranks;
    forget();
    ck_assert(!launcher_is_there());
    ck_assert_int_eq(launcher_join("train", &together, &ranks), TRAINER_OK);
    ck_assert_ptr_null(ranks);
    setenv("PMI_SIZE", "1", 1);
    ck_assert(launcher_is_there());
    ck_assert_int_eq(launcher_processes(), 1);
    setenv("PMI_SIZE", "4", 1);
    setenv("PMI_RANK", "2", 1);
    ck_assert_int_eq(launcher_processes(), 4);
    ck_assert(!launcher_follows());
    ck_assert_int_eq(launcher_join("train", &together, &ranks), TRAINER_INVALID);
    ck_assert_ptr_nonnull(strstr(error_text(), "trainer-mpi shares it"));
    ck_assert_int_eq(launcher_join("train", &alone, &ranks), TRAINER_OK);
    ck_assert_int_eq(launcher_refuse(TRAINER_INVALID), TRAINER_INVALID);
}
END_TEST

START_TEST(one_process_and_what_is_no_count_are_not)
{
    static const char *const values[] = {"1", "0", "-4", "", "four", "4x"};
    forget();
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        setenv("OMPI_COMM_WORLD_SIZE", values[i], 1);
        ck_assert_int_eq(launcher_check("train", false), TRAINER_OK);
    }
}
END_TEST

START_TEST(tasks_of_slurm_without_pmix_are_not)
{
    forget();
    setenv("SLURM_STEP_NUM_TASKS", "4", 1);
    ck_assert_int_eq(launcher_check("train", false), TRAINER_OK);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        several_processes_are_refused_by_each_launchers_variable,
        without_mpi_a_program_joins_nothing,
        one_process_and_what_is_no_count_are_not,
        tasks_of_slurm_without_pmix_are_not,
        NULL,
    };
    return suite_main("launcher", SUITE_FORKED, 1, tests);
}
