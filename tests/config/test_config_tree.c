/*
 * test_config_tree.c - nodes: made, found, merged; messages with places.
 */
#include "base/error.h"
#include "config/config.h"
#include "support/config_check.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    tcase_add_test(tests, built_nodes_are_emitted_and_copied);
    suite_add_tcase(suite, tests);
    return suite_run(suite, SUITE_FORKED);
}
