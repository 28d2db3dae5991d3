/*
 * test_settings.c - names of runs, and the trainer's section read on its own.
 */
#include "base/arena.h"
#include "config/config.h"
#include "support/suite.h"
#include "train/settings.h"
#include <stdio.h>
#include <string.h>

START_TEST(names_are_letters_digits_and_three_signs)
{
    static const char *const good[] = {"a", "two_layer", "v1.2-b", "_", "9"};
    static const char *const wrong[] = {"", ".", ".x", "a b", "a/b", "\xc3\xbc"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(settings_name_valid(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!settings_name_valid(wrong[i]), "%s", wrong[i]);
    char longest[129];
    memset(longest, 'a', 128);
    longest[128] = '\0';
    ck_assert(!settings_name_valid(longest));
    longest[127] = '\0';
    ck_assert(settings_name_valid(longest));
}
END_TEST

START_TEST(a_file_gives_its_name_without_folder_and_last_ending)
{
    static const struct {
        const char *path, *name;
    } files[] = {
        {"configs/two_layer.yaml", "two_layer"},
        {"exp1.1.yaml", "exp1.1"},
        {"plain", "plain"},
        {"a b.yaml", "a_b"},
        {NULL, "run"},
        {"x/.hidden", "_hidden"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *name = settings_default_name(&arena, files[i].path, "run");
        ck_assert_str_eq(name, files[i].name);
        ck_assert(settings_name_valid(name));
    }
    arena_free(&arena);
}
END_TEST

START_TEST(the_section_trainer_can_be_read_alone)
{
    static const char yaml[] = "trainer: {max_steps: 7, unknown: 1, sparse_input: never}\n";
    struct config *config;
    ck_assert_int_eq(config_read_text(&config, "test.yaml", NULL, yaml, strlen(yaml), NULL, 0), 0);
    struct trainer_settings trainer = settings_trainer_of(config);
    ck_assert_int_eq(trainer.max_steps, 7);
    ck_assert_int_eq(trainer.batch_size, 100);
    ck_assert_int_eq(trainer.accumulate, 1);
    ck_assert_int_eq(trainer.sparse_input, 2);
    ck_assert_double_eq(trainer.max_epochs, UNLIMITED);
    config_free(config);
}
END_TEST

START_TEST(keys_beside_an_optimizers_own_are_those_of_the_two_tables)
{
    size_t keys = 0, options = 0;
    while (settings_optimizer_keys[keys])
        keys++;
    for (const struct option *o = settings_optimizer; o->key; o++)
        ck_assert_str_eq(o->key, settings_optimizer_keys[options++]);
    for (const struct option *o = settings_schedule; o->key; o++)
        ck_assert_str_eq(o->key, settings_optimizer_keys[options++]);
    ck_assert_uint_eq(keys, options);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {names_are_letters_digits_and_three_signs,
                                  a_file_gives_its_name_without_folder_and_last_ending,
                                  the_section_trainer_can_be_read_alone,
                                  keys_beside_an_optimizers_own_are_those_of_the_two_tables, NULL};
    return suite_main("settings", SUITE_IN_PROCESS, 1, tests);
}
