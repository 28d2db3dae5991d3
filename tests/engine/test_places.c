/*
 * test_places.c - the threads of a team run on processors of their own, whatever OpenMP was asked.
 *
 * OpenMP reads its variables before main: this program calls itself again with each of them
 *
 *     test_places --report     exit status 0 where all is as it should be
 */
#include "base/machine.h"
#include "engine/places.h"
#include "support/suite.h"

#include <limits.h>
#include <omp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TEAM_MAX = 64, PROCESSORS_MAX = 4096 };

static size_t affinity(void)
{
    size_t count;
    free(machine_affinity(&count));
    return count;
}

/* Counts how often each processor is in the affinity of a thread of a team. */
static void count_uses(int threads, int *uses)
{
#pragma omp parallel num_threads(threads)
    {
        size_t count;
        places_bind(
            &(struct worker){.thread = omp_get_thread_num(), .threads = omp_get_num_threads()});
        int *processor = machine_affinity(&count);
#pragma omp critical
        for (size_t i = 0; i < count; i++)
            uses[processor[i]]++;
        free(processor);
    }
}

/* Whether each processor belongs to one thread of a team, when there is one for each. */
static bool team_is_apart(int threads)
{
    int uses[PROCESSORS_MAX] = {0}, used = 0;
    count_uses(threads, uses);
    for (int i = 0; i < PROCESSORS_MAX; i++) {
        if (uses[i] > 1)
            return false;
        used += uses[i];
    }
    return used >= threads;
}

/* As many as test_places has without any variable. */
static int report(int processors)
{
    if (places_processors() != processors) {
        fprintf(stderr, "%d processors, not %d\n", places_processors(), processors);
        return 1;
    }
    places_release();
    if (affinity() < (size_t)processors)
        return 2;
    if (!team_is_apart(processors < TEAM_MAX ? processors : TEAM_MAX))
        return 3;
    places_release();
    places_share(0, 2);
    return processors > 1 && affinity() > (size_t)(processors + 1) / 2 ? 4 : 0;
}

/* The exit status of this program with a variable set. */
static int status_with(const char *name, const char *value)
{
    int status = 0;
    char processors[32];
    snprintf(processors, sizeof processors, "%d", places_processors());
    pid_t child = fork();
    if (child == 0) {
        setenv(name, value, 1);
        execl("/proc/self/exe", "test_places", "--report", processors, (char *)NULL);
        _exit(99);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

static const char *const bindings[][2] = {
    {"OMP_PROC_BIND", "true"},   {"OMP_PROC_BIND", "close"}, {"OMP_PROC_BIND", "spread"},
    {"OMP_PROC_BIND", "master"}, {"OMP_PLACES", "threads"},  {"OMP_PLACES", "cores"},
};
enum { BINDINGS = sizeof bindings / sizeof *bindings };

START_TEST(a_team_has_processors_of_its_own_under_any_binding)
{
    ck_assert_msg(status_with(bindings[_i][0], bindings[_i][1]) == 0, "%s=%s: %d", bindings[_i][0],
                  bindings[_i][1], status_with(bindings[_i][0], bindings[_i][1]));
}
END_TEST

/* "0-1" for the processors that there are. */
START_TEST(a_list_of_processors_is_taken_whole)
{
    char list[8192] = "";
    size_t count;
    int *processor = machine_affinity(&count);
    for (size_t i = 0; i < count; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%d", i ? " " : "",
                 processor[i]);
    free(processor);
    ck_assert_int_eq(status_with("GOMP_CPU_AFFINITY", list), 0);
}
END_TEST

START_TEST(without_a_wish_threads_are_left_to_the_kernel)
{
    size_t before = affinity();
    places_release();
    places_bind(&(struct worker){.threads = 2});
    places_share(0, 2);
    ck_assert_uint_eq(affinity(), before);
}
END_TEST

/* As many processes as there are processors, and one more. */
START_TEST(processes_divide_their_processors_and_each_has_one)
{
    unsetenv("SLURM_CPUS_PER_TASK");
    size_t all = (size_t)places_processors(), sum = 0;
    for (size_t part = 0; part < all; part++) {
        places_divide(part, all);
        sum += (size_t)places_processors();
    }
    ck_assert_uint_eq(sum, all);
    places_divide(0, all + 1);
    ck_assert_int_eq(places_processors(), 1);
}
END_TEST

START_TEST(variables_bound_the_threads)
{
    const char *why;
    unsetenv("OMP_NUM_THREADS");
    unsetenv("OMP_THREAD_LIMIT");
    ck_assert_int_eq(places_thread_limit(&why), INT_MAX);
    ck_assert_ptr_null(why);
    setenv("OMP_NUM_THREADS", "3,2", 1);
    ck_assert_int_eq(places_thread_limit(&why), 3);
    ck_assert_str_eq(why, "OMP_NUM_THREADS");
    setenv("OMP_THREAD_LIMIT", "2", 1);
    ck_assert_int_eq(places_thread_limit(&why), 2);
    ck_assert_str_eq(why, "OMP_THREAD_LIMIT");
    setenv("OMP_NUM_THREADS", "many", 1);
    setenv("OMP_THREAD_LIMIT", "0", 1);
    ck_assert_int_eq(places_thread_limit(&why), INT_MAX);
}
END_TEST

START_TEST(slurm_says_how_many_processors_a_task_has)
{
    setenv("SLURM_CPUS_PER_TASK", "1", 1);
    ck_assert_int_eq(places_processors(), 1);
    if (affinity() > 1)
        ck_assert_str_eq(places_processors_limit(), "SLURM_CPUS_PER_TASK");
    setenv("SLURM_CPUS_PER_TASK", "1000000", 1);
    ck_assert_ptr_null(places_processors_limit());
    ck_assert_int_le(places_processors(), (int)affinity());
    ck_assert_int_ge(places_processors(), 1);
}
END_TEST

int main(int count, char **arguments)
{
    if (count == 3 && strcmp(arguments[1], "--report") == 0)
        return report(atoi(arguments[2]));
    Suite *suite = suite_create("places");
    TCase *group = tcase_create("places");
    tcase_add_loop_test(group, a_team_has_processors_of_its_own_under_any_binding, 0, BINDINGS);
    tcase_add_test(group, a_list_of_processors_is_taken_whole);
    tcase_add_test(group, without_a_wish_threads_are_left_to_the_kernel);
    tcase_add_test(group, processes_divide_their_processors_and_each_has_one);
    tcase_add_test(group, variables_bound_the_threads);
    tcase_add_test(group, slurm_says_how_many_processors_a_task_has);
    suite_add_tcase(suite, group);
    return suite_run(suite, SUITE_FORKED);
}
