/*
 * test_config_tree.c - nodes: made, found, merged; messages with places.
 */
#include "base/error.h"
#include "config/config.h"
#include "config/registry_tables.h"
#include "support/config_check.h"
#include "support/folder.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- a registry of kinds ---------------------------------------------------------------------- */

static const struct kind normal = {.title = "normal", .aliases = "gaussian"};
static const struct kind uniform = {.title = "uniform"};
static const struct kind *const initializers[] = {&normal, &uniform};
static const struct kind *const *const initializer_variants[] = {initializers};
static const struct registry_entry initializer_entries[] = {{"normal", FAMILY_INITIALIZER, 0},
                                                            {"uniform", FAMILY_INITIALIZER, 1}};
const struct registry_table registry_tables[FAMILY_COUNT] = {
    [FAMILY_INITIALIZER] = {"initializer", 2, initializer_entries, initializer_variants},
};

/* --- merging ---------------------------------------------------------------------------------- */

/* What an argument makes of {x: BASE}, and what an including file makes of it: the same. */
static void expect_merged(const char *base, const char *over, const char *yaml)
{
    char text[256], argument[256], message[512];
    snprintf(text, sizeof text, "x: %s\n", base);
    snprintf(argument, sizeof argument, "x=%s", over);
    snprintf(message, sizeof message, "%s over %s", over, base);
    struct config *config = read_with(text, argument);
    char *emitted = config_emit(config_root(config), NULL);
    ck_assert_msg(strcmp(emitted, yaml) == 0, "%s: %s", message, emitted);
    free(emitted);
    config_free(config);
    folder_write("base.yaml", text);
    snprintf(text, sizeof text, "include: base.yaml\nx: %s\n", over);
    folder_write("x.yaml", text);
    ck_assert_int_eq(config_read(&config, "x.yaml", NULL, 0), TRAINER_OK);
    emitted = config_emit(config_root(config), NULL);
    ck_assert_msg(strcmp(emitted, yaml) == 0, "included: %s: %s", message, emitted);
    free(emitted);
    config_free(config);
}

START_TEST(a_mapping_of_another_kind_replaces_and_others_merge)
{
    folder_enter();
    expect_merged("{type: normal, std: 1}", "{type: uniform, min: 2}",
                  "x:\n  type: uniform\n  min: 2\n");
    expect_merged("{type: normal, std: 1, mean: 3}", "{type: normal, std: 2}",
                  "x:\n  type: normal\n  std: 2\n  mean: 3\n");
    expect_merged("{type: normal, std: 1}", "{type: Gaussian, mean: 2}",
                  "x:\n  type: Gaussian\n  std: 1\n  mean: 2\n");
    expect_merged("{type: NORMAL, std: 1}", "{mean: 2}",
                  "x:\n  type: NORMAL\n  std: 1\n  mean: 2\n");
    expect_merged("{std: 1}", "{type: uniform, min: 2}",
                  "x:\n  std: 1\n  type: uniform\n  min: 2\n");
    expect_merged("{type: normal, std: 1}", "uniform", "x: uniform\n");
    expect_merged("{type: unheard_of, a: 1}", "{type: Unheard-Of, b: 2}",
                  "x:\n  type: Unheard-Of\n  a: 1\n  b: 2\n");
    expect_merged("{type: unheard_of, a: 1}", "{type: other, b: 2}", "x:\n  type: other\n  b: 2\n");
    expect_merged("{y: {type: normal, std: 1}, z: 2}", "{y: {type: uniform, min: 2}}",
                  "x:\n  \"y\":\n    type: uniform\n    min: 2\n  z: 2\n");
    folder_leave();
}
END_TEST

START_TEST(a_word_that_names_a_kind_is_its_type)
{
    folder_enter();
    expect_merged("gaussian", "{std: 2}", "x:\n  std: 2\n  type: gaussian\n");
    expect_merged("gaussian", "{type: uniform}", "x:\n  type: uniform\n");
    expect_merged("'gaussian'", "{std: 2}", "x:\n  std: 2\n");
    expect_merged("other", "{std: 2}", "x:\n  std: 2\n");
    struct config *config = read_with("x: {y: normal, z: 1}\n", "x.y.std=3");
    expect_text(config, "x.y.type", "normal");
    expect_text(config, "x.y.std", "3");
    expect_place(config, "x.y.type", 1, 8, 1, 5);
    config_free(config);
    folder_leave();
}
END_TEST

START_TEST(a_place_is_a_line_or_an_argument)
{
    char text[64];
    struct config *config = read_with("a: 1\n", "b=2");
    ck_assert_str_eq(config_place(&at(config, "a")->at, text, sizeof text), "x.yaml:1:4");
    ck_assert_str_eq(config_place(&at(config, "b")->at, text, sizeof text),
                     "the command line: b=2");
    config_free(config);
}
END_TEST

/* --- building --------------------------------------------------------------------------------- */

START_TEST(built_nodes_are_emitted_and_copied)
{
    struct config *config = read_plain("a: {b: ['5', 6]}\n");
    struct node *map = node_new(config, NODE_MAP, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(node_new(config, NODE_SCALAR, map, "type", "Affine"));
    ck_assert_ptr_nonnull(node_new(config, NODE_SCALAR, map, "nothing", NULL));
    struct node *copy = node_copy(config, at(config, "a.b"), map, "copied");
    ck_assert_ptr_nonnull(copy);
    ck_assert_int_eq(copy->at.column, 8);
    ck_assert_ptr_eq(copy->parent, map);
    char *text = config_emit(map, NULL);
    ck_assert_str_eq(text, "type: Affine\nnothing: null\ncopied: [\"5\", 6]\n");
    free(text);
    node_new(config, NODE_SCALAR, map, "bad", "\xff");
    ck_assert_ptr_null(config_emit(map, NULL));
    ck_assert_str_eq(error_text(),
                     "cannot write the config as YAML: a text is not UTF-8, or memory "
                     "ran out");
    config_free(config);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config_tree");
    TCase *tests = tcase_create("config_tree");
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, a_mapping_of_another_kind_replaces_and_others_merge);
    tcase_add_test(tests, a_word_that_names_a_kind_is_its_type);
    tcase_add_test(tests, a_place_is_a_line_or_an_argument);
    tcase_add_test(tests, built_nodes_are_emitted_and_copied);
    suite_add_tcase(suite, tests);
    return suite_run(suite, SUITE_FORKED);
}
