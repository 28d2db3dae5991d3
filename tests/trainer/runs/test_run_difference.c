/*
 * test_run_difference.c - what differs between the configs of runs that have one name.
 */
#include "base/error.h"
#include "runs/run_difference.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#define CONFIG(name, units, second, rate, more)                                                    \
    "name: " name "\nmodel:\n  layers:\n  - {name: a, type: Affine, units: " units "}\n"           \
    "  - {name: b, type: Affine, units: " second "}\n"                                             \
    "optimizer: {type: sgd, learning_rate: " rate "}\n" more

static struct run_differences *collect(const char *const *yaml)
{
    struct run_differences *differences = run_differences_new(RUNS_OF_ONE_NAME);
    ck_assert_ptr_nonnull(differences);
    for (; *yaml; yaml++)
        ck_assert_int_eq(run_differences_add(differences, *yaml), TRAINER_OK);
    return differences;
}

/* "key=value ..." of a run, with the brief keys. */
static void check_run(const struct run_differences *differences, size_t run, const char *expected)
{
    struct run_difference list[8];
    char text[512] = "";
    size_t count = run_differences_of(differences, run, list, 8);
    ck_assert_uint_le(count, 8);
    for (size_t i = 0; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s=%s", i > 0 ? " " : "",
                 list[i].brief, list[i].value);
    ck_assert_str_eq(text, expected);
}

START_TEST(only_runs_of_one_name_are_compared)
{
    const char *const yaml[] = {CONFIG("x", "5", "2", "0.1", ""), CONFIG("y", "6", "2", "0.2", ""),
                                CONFIG("x", "5", "2", "0.3", ""), NULL};
    struct run_differences *differences = collect(yaml);
    check_run(differences, 0, "learning_rate=0.1");
    check_run(differences, 1, "");
    check_run(differences, 2, "learning_rate=0.3");
    struct run_difference one;
    ck_assert_uint_eq(run_differences_of(differences, 0, &one, 1), 1);
    ck_assert_str_eq(one.key, "optimizer.learning_rate");
    run_differences_free(differences);
}
END_TEST

START_TEST(a_key_is_as_long_as_it_has_to_be)
{
    const char *const yaml[] = {CONFIG("x", "5", "2", "0.1", ""), CONFIG("x", "6", "3", "0.1", ""),
                                NULL};
    struct run_differences *differences = collect(yaml);
    check_run(differences, 0, "a.units=5 b.units=2");
    check_run(differences, 1, "a.units=6 b.units=3");
    run_differences_free(differences);
}
END_TEST

START_TEST(a_key_that_one_run_lacks_differs)
{
    const char *const yaml[] = {CONFIG("x", "5", "2", "0.1", "seed: 7\n"),
                                CONFIG("x", "5", "2", "0.1", ""), NULL};
    struct run_differences *differences = collect(yaml);
    check_run(differences, 0, "seed=7");
    check_run(differences, 1, "");
    run_differences_free(differences);
}
END_TEST

START_TEST(what_leaves_the_numbers_alone_is_not_compared)
{
    const char *const yaml[] = {
        CONFIG("x", "5", "2", "0.1", "output: {folder: /a}\ntrainer: {threads: 1, max_steps: 2}\n"),
        CONFIG("x", "5", "2", "0.1", "output: {folder: /b}\ntrainer: {threads: 2, max_steps: 2}\n"),
        NULL};
    struct run_differences *differences = collect(yaml);
    check_run(differences, 0, "");
    check_run(differences, 1, "");
    run_differences_free(differences);
}
END_TEST

START_TEST(a_long_list_is_cut_and_compared_whole)
{
    static const char start[] = "data: {values: [1111111111, 2222222222, 3333333333, 444444444, ";
    char one[512], other[512];
    snprintf(one, sizeof one, "%s%s5]}\n", "name: x\n", start);
    snprintf(other, sizeof other, "%s%s6]}\n", "name: x\n", start);
    const char *const yaml[] = {one, other, "no: [config", NULL};
    struct run_differences *differences = collect(yaml);
    check_run(differences, 0, "values=1111111111,2222222222,3333333333,444444444...");
    check_run(differences, 1, "values=1111111111,2222222222,3333333333,444444444...");
    check_run(differences, 2, "");
    run_differences_free(differences);
}
END_TEST

START_TEST(a_long_word_is_whole)
{
    static const char folder[] = "/a/folder/whose/path/is/longer/than/forty/characters";
    char one[512], other[512], expected[512];
    snprintf(one, sizeof one, "name: x\ndata: {train: %s/1.csv}\n", folder);
    snprintf(other, sizeof other, "name: x\ndata: {train: %s/2.csv}\n", folder);
    const char *const yaml[] = {one, other, NULL};
    struct run_differences *differences = collect(yaml);
    snprintf(expected, sizeof expected, "train=%s/2.csv", folder);
    check_run(differences, 1, expected);
    run_differences_free(differences);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        only_runs_of_one_name_are_compared,
        a_key_is_as_long_as_it_has_to_be,
        a_key_that_one_run_lacks_differs,
        what_leaves_the_numbers_alone_is_not_compared,
        a_long_list_is_cut_and_compared_whole,
        a_long_word_is_whole,
        NULL,
    };
    return suite_main("run_difference", SUITE_FORKED, 1, tests);
}
