/*
 * test_config_origins.c - the keys of a config, and where their values come from.
 */
#include "base/error.h"
#include "config/config_leaves.h"
#include "config/config_origins.h"
#include "support/folder.h"
#include "support/suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static int add_leaf(void *context, const char *key, const struct node *value)
{
    struct text *text = context;
    text_print(text, "%s=", key);
    config_leaf_text(text, value);
    text_string(text, ";");
    return TRAINER_OK;
}

static struct config *read_text(const char *yaml)
{
    struct config *config = NULL;
    ck_assert_int_eq(config_read_text(&config, "x.yaml", NULL, yaml, strlen(yaml), NULL, 0), 0);
    return config;
}

START_TEST(keys_are_those_of_arguments)
{
    struct config *config = read_text("name: x\n"
                                      "model:\n"
                                      "  layers:\n"
                                      "    - {name: a, units: 5, init: {std: 0.1}}\n"
                                      "    - {name: b}\n"
                                      "list: [1, [2, x]]\n"
                                      "none: ~\n");
    struct text text = {0};
    ck_assert_int_eq(config_leaves(config_root(config), add_leaf, &text), TRAINER_OK);
    ck_assert_str_eq(text_get(&text),
                     "name=x;model.layers.a.name=a;model.layers.a.units=5;"
                     "model.layers.a.init.std=0.1;model.layers.b.name=b;list=[1, [2, x]];none=~;");
    text_free(&text);
    config_free(config);
}
END_TEST

static int stop(void *context, const char *key, const struct node *value)
{
    (void)key;
    (void)value;
    ++*(int *)context;
    return TRAINER_FAILED;
}

START_TEST(what_a_visitor_returns_ends_the_walk)
{
    struct config *config = read_text("a: 1\nb: 2\n");
    int calls = 0;
    ck_assert_int_eq(config_leaves(config_root(config), stop, &calls), TRAINER_FAILED);
    ck_assert_int_eq(calls, 1);
    config_free(config);
}
END_TEST

/* The resolved config of a run has all keys; here they are those given and one more. */
static char *origins_of(struct config *given, const char *before)
{
    struct config *resolved = read_text("seed: 1\nbatch: 2\nrate: 3\nlayers: [{name: a, units: 4, "
                                        "init: {type: he, mode: fan_in}}]\nother: 5\n");
    char *origins = config_origins(given, config_root(resolved), before);
    ck_assert_ptr_nonnull(origins);
    config_free(resolved);
    return origins;
}

START_TEST(file_include_argument_and_default_are_told_apart)
{
    static const char *const arguments[] = {"rate=3"};
    struct config *given;
    folder_enter();
    folder_write("common.yaml", "batch: 2\nseed: 7\n");
    folder_write("main.yaml",
                 "include: [common.yaml]\nseed: 1\nlayers:\n  - {name: a, units: 4, init: he}\n");
    ck_assert_int_eq(config_read(&given, "main.yaml", arguments, 1), TRAINER_OK);
    char *origins = origins_of(given, NULL);
    ck_assert_str_eq(origins, "seed\tfile main.yaml:2\n"
                              "batch\tinclude common.yaml:1\n"
                              "rate\tcommand line\n"
                              "layers.a.name\tfile main.yaml:4\n"
                              "layers.a.units\tfile main.yaml:4\n"
                              "layers.a.init.type\tfile main.yaml:4\n"
                              "layers.a.init.mode\tdefault\n"
                              "other\tdefault\n");
    free(origins);
    config_free(given);
}
END_TEST

START_TEST(a_resumed_run_keeps_what_no_argument_has_set)
{
    static const char *const arguments[] = {"rate=3"};
    static const char yaml[] =
        "seed: 1\nbatch: 2\nrate: 9\nlayers: [{name: a, units: 4}]\nother: 5\n";
    struct config *given;
    ck_assert_int_eq(
        config_read_text(&given, "checkpoint.h5", NULL, yaml, strlen(yaml), arguments, 1),
        TRAINER_OK);
    char *origins = origins_of(given, "seed\tfile main.yaml:2\nrate\tdefault\nother\tdefault\n");
    ck_assert_str_eq(origins, "seed\tfile main.yaml:2\n"
                              "batch\tfile checkpoint.h5:2\n"
                              "rate\tcommand line\n"
                              "layers.a.name\tfile checkpoint.h5:4\n"
                              "layers.a.units\tfile checkpoint.h5:4\n"
                              "layers.a.init.type\tdefault\n"
                              "layers.a.init.mode\tdefault\n"
                              "other\tdefault\n");
    free(origins);
    config_free(given);
}
END_TEST

START_TEST(an_origin_is_found_by_its_whole_key)
{
    static const char origins[] = "ab\tfile x:1\na\tdefault\nb\t\nlast\tcommand line";
    char origin[16];
    ck_assert_str_eq(config_origin(origins, "a", origin, sizeof origin), "default");
    ck_assert_str_eq(config_origin(origins, "ab", origin, sizeof origin), "file x:1");
    ck_assert_str_eq(config_origin(origins, "last", origin, sizeof origin), "command line");
    ck_assert_str_eq(config_origin(origins, "b", origin, sizeof origin), "");
    ck_assert_str_eq(config_origin(origins, "c", origin, sizeof origin), "");
    ck_assert_str_eq(config_origin("", "a", origin, sizeof origin), "");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {keys_are_those_of_arguments,
                                  what_a_visitor_returns_ends_the_walk,
                                  file_include_argument_and_default_are_told_apart,
                                  a_resumed_run_keeps_what_no_argument_has_set,
                                  an_origin_is_found_by_its_whole_key,
                                  NULL};
    return suite_main("config_origins", SUITE_FORKED, 1, tests);
}
