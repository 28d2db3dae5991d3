/*
 * test_config_assign.c - key=value arguments, and the names of list items.
 */
#include "base/error.h"
#include "config/config.h"
#include "config/registry_tables.h"
#include "support/config_check.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- a registry of two layers ----------------------------------------------------------------- */

static const struct kind affine = {.title = "Affine", .aliases = "Dense"};
static const struct kind relu = {.title = "ReLU"};
static const struct kind *const layers[] = {&affine, &relu};
static const struct kind *const *const layer_variants[] = {layers};
static const struct registry_entry layer_entries[] = {{"affine", FAMILY_LAYER, 0},
                                                      {"relu", FAMILY_LAYER, 1}};
const struct registry_table registry_tables[FAMILY_COUNT] = {
    [FAMILY_LAYER] = {"layer", 2, layer_entries, layer_variants},
    [FAMILY_METRIC] = {"metric", 0, NULL, NULL},
};

static const char model[] = "trainer: {max_steps: 5, evaluate: {every: never, train: true}}\n"
                            "model:\n"
                            "  layers:\n"
                            "    - {type: Affine, units: 50}\n"
                            "    - {type: relu}\n"
                            "    - {name: out, type: dense, units: 10}\n"
                            "    - {type: AFFINE, units: 2}\n"
                            "    - {type: SoftmaxWithLoss}\n"
                            "optimizer:\n"
                            "rows: [[1, 2], [3, 4]]\n";

START_TEST(an_argument_beats_the_file)
{
    static const struct {
        const char *argument, *path, *text;
    } cases[] = {
        {"trainer.max_steps=100", "trainer.max_steps", "100"},
        {"trainer.evaluate={every: epoch}", "trainer.evaluate.every", "epoch"},
        {"trainer.evaluate={every: epoch}", "trainer.evaluate.train", "true"},
        {"rows=[9]", "rows.0", "9"},
        {"trainer=5", "trainer", "5"},
        {"new.deep.key=a b", "new.deep.key", "a b"},
        {"optimizer.rate=1e-3", "optimizer.rate", "1e-3"},
        {"trainer.max_steps=null", "trainer.max_steps", "null"},
        {"trainer.max_steps=''", "trainer.max_steps", ""},
        {"name='a=b'", "name", "a=b"},
        {"model.layers.affine1.units=7", "model.layers.0.units", "7"},
        {"model.layers.relu1.slope=0.1", "model.layers.1.slope", "0.1"},
        {"model.layers.out.units=7", "model.layers.2.units", "7"},
        {"model.layers.affine3.units=7", "model.layers.3.units", "7"},
        {"model.layers.affine3.init={type: he}", "model.layers.3.init.type", "he"},
        {"model.layers.out={units: 3}", "model.layers.2.name", "out"},
        {"model.layers.relu1=none", "model.layers.1", "none"},
        {"model.layers.softmax_with_loss1.x=1", "model.layers.4.x", "1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config *config = read_with(model, cases[i].argument);
        expect_text(config, cases[i].path, cases[i].text);
        ck_assert_int_eq(at(config, "rows")->parent->kind, NODE_MAP);
        config_free(config);
    }
}
END_TEST

/* The names that the items of model.layers have, in one line. */
static void expect_layers(const struct config *config, const char *names)
{
    char line[256] = "", text[64];
    for (const struct node *n = at(config, "model.layers")->first; n; n = n->next) {
        const struct node *name = node_get(n, "name");
        const char *said = name ? name->text : node_default_name(n, text, sizeof text);
        snprintf(line + strlen(line), sizeof line - strlen(line), "%s:%s ", said,
                 node_get(n, "type")->text);
    }
    ck_assert_str_eq(line, names);
}

START_TEST(a_layer_of_another_kind_keeps_place_name_and_input)
{
    static const char four[] = "model: {layers: [{type: Affine, units: 5, input: data},\n"
                               "  {type: ReLU}, {type: Affine, units: 2}, {type: relu}]}\n";
    struct config *config = read_with(four, "model.layers.affine1={type: ReLU, slope: 1}");
    expect_layers(config, "affine1:ReLU relu1:ReLU affine2:Affine relu2:relu ");
    ck_assert_ptr_null(node_get(at(config, "model.layers.0"), "units"));
    expect_text(config, "model.layers.0.input", "data");
    expect_text(config, "model.layers.0.slope", "1");
    config_free(config);
    config = read_with(four, "model.layers.affine1={type: ReLU, name: r, input: other}");
    expect_layers(config, "r:ReLU relu1:ReLU affine2:Affine relu2:relu ");
    expect_text(config, "model.layers.0.input", "other");
    config_free(config);
    config = read_with(four, "model.layers.affine1={type: dense, bias: false}");
    expect_layers(config, "affine1:dense relu1:ReLU affine2:Affine relu2:relu ");
    expect_text(config, "model.layers.0.units", "5");
    ck_assert(!at(config, "model.layers.0.type")->retyped);
    config_free(config);
}
END_TEST

START_TEST(a_type_set_alone_changes_that_key_only)
{
    struct config *config = read_with(model, "model.layers.affine1.type=ReLU");
    expect_layers(config, "affine1:ReLU relu1:relu out:dense affine3:AFFINE "
                          "softmax_with_loss1:SoftmaxWithLoss ");
    expect_text(config, "model.layers.0.units", "50");
    ck_assert(at(config, "model.layers.0.type")->retyped);
    config_free(config);
    config = read_with(model, "model.layers.affine1.type=Dense");
    ck_assert(!at(config, "model.layers.0.type")->retyped);
    config_free(config);
}
END_TEST

START_TEST(an_assigned_node_has_the_argument_as_its_place)
{
    struct config *config = read_with(model, "trainer.extra={a: 1}");
    const struct node *node = at(config, "trainer.extra.a");
    ck_assert_str_eq(node->at.file, "trainer.extra={a: 1}");
    ck_assert_int_eq(node->at.line, 0);
    error_clear();
    ck_assert_int_eq(config_error(&node->at, "wrong %d", 1), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "command line: trainer.extra={a: 1}: wrong 1");
    error_clear();
    config_error(NULL, "plain");
    config_error(&at(config, "rows")->at, "placed");
    ck_assert_str_eq(error_text(), "plain\nx.yaml:10:7: placed");
    config_free(config);
}
END_TEST

START_TEST(wrong_arguments_are_told_in_full)
{
    static const char *const cases[][2] = {
        {"foo", "command line: foo: expected key=value, such as trainer.max_steps=100"},
        {"=5", "command line: =5: empty key; expected key=value, such as trainer.max_steps=100"},
        {"a..b=5",
         "command line: a..b=5: empty key; expected key=value, such as trainer.max_steps=100"},
        {"a.=5",
         "command line: a.=5: empty key; expected key=value, such as trainer.max_steps=100"},
        {"trainer.max_steps=", "command line: trainer.max_steps=: 'trainer.max_steps' is empty; "
                               "write null for the default"},
        {"trainer.max_steps=  # 5", "command line: trainer.max_steps=  # 5: 'trainer.max_steps' is "
                                    "empty; write null for the default"},
        {"trainer.max_steps=${TRAINER_TEST_EMPTY}",
         "command line: trainer.max_steps=${TRAINER_TEST_EMPTY}: 'trainer.max_steps' is empty; "
         "write null for the default"},
        {"trainer={evaluate: {every: }}", "command line: trainer={evaluate: {every: }}: 'every' is "
                                          "empty; write null for the default"},
        {"rows=[[1, {a: }]]", "command line: rows=[[1, {a: }]]: 'a' is empty; write null for the "
                              "default"},
        {"include=a.yaml", "command line: include=a.yaml: `include` can only stand in a file"},
        {"trainer.max_steps.x=5",
         "command line: trainer.max_steps.x=5: 'trainer.max_steps' is a value and has no keys"},
        {"trainer.max_steps.x.y.z=5", "command line: trainer.max_steps.x.y.z=5: "
                                      "'trainer.max_steps' is a value and has no keys"},
        {"model.layers.affine9.units=3",
         "command line: model.layers.affine9.units=3: there is no 'affine9' in model.layers; did "
         "you "
         "mean 'affine1'? known: affine1, relu1, out, affine3, softmax_with_loss1"},
        {"model.layers.conv1=3", "command line: model.layers.conv1=3: there is no 'conv1' in "
                                 "model.layers; known: affine1, relu1, out, affine3, "
                                 "softmax_with_loss1"},
        {"rows.0=1", "command line: rows.0=1: there is no '0' in rows"},
        {"a={b: 1, b: 2}", "command line: a={b: 1, b: 2}: duplicate key 'b'"},
        {"a=[1", "command line: a=[1: did not find expected ',' or ']', while parsing a flow "
                 "sequence"},
        {"a=\xff", "command line: a=?: invalid UTF-8 (byte 0xff); is this UTF-16? save it as "
                   "UTF-8"},
    };
    setenv("TRAINER_TEST_EMPTY", "", 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_bytes(model, strlen(model), cases[i][0], cases[i][1]);
}
END_TEST

/* What is no name can't be addressed, and of a thousand names the first are listed. */
START_TEST(only_names_are_known)
{
    static const char named[] = "rows: [{name: [a]}, 7, {name: b}]\n";
    expect_bytes(named, strlen(named), "rows.c.x=1",
                 "command line: rows.c.x=1: there is no 'c' in rows; known: b");
    char *items = repeat("{name: b}, ", 1200), *text = malloc(strlen(items) + 64);
    sprintf(text, "rows: [%s]\n", items);
    struct config *config = NULL;
    const char *argument = "rows.c.x=1";
    ck_assert_int_eq(config_read_text(&config, "x.yaml", NULL, text, strlen(text), &argument, 1),
                     TRAINER_INVALID);
    ck_assert_ptr_nonnull(strstr(error_text(), "there is no 'c' in rows; known: b, b, b"));
    ck_assert_int_eq(error_count(), 1);
    free(text);
    free(items);
}
END_TEST

/* As a sweep sets its keys, whose names are its user's. */
START_TEST(a_value_is_set_at_a_path_or_refused_at_its_place)
{
    struct config *config = read_plain("a: {b: 1}\nc: [2]\n");
    const struct node *list = at(config, "c");
    ck_assert_int_eq(config_set(config, "a.new.d", list, &list->at), TRAINER_OK);
    expect_text(config, "a.new.d.0", "2");
    expect_place(config, "a.new.d", 2, 4, 2, 4);
    ck_assert_int_eq(config_set(config, "a..d", list, &list->at), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "x.yaml:2:4: empty key; expected key=value, such as "
                                   "trainer.max_steps=100");
    config_free(config);
}
END_TEST

START_TEST(all_wrong_arguments_are_reported)
{
    const char *arguments[] = {"one", "trainer.max_steps=1", "two"};
    struct config *config = NULL;
    ck_assert_int_eq(config_read_text(&config, "x.yaml", NULL, model, strlen(model), arguments, 3),
                     TRAINER_INVALID);
    ck_assert_str_eq(error_text(),
                     "command line: one: expected key=value, such as trainer.max_steps=100\n"
                     "command line: two: expected key=value, such as trainer.max_steps=100");
}
END_TEST

START_TEST(arguments_cannot_nest_past_the_limit)
{
    char *path = repeat("a.", 64);
    char argument[256];
    snprintf(argument, sizeof argument, "%sa=1", path);
    char message[512];
    snprintf(message, sizeof message, "command line: %s: nested more than 64 levels deep",
             argument);
    expect_bytes("a: {}", 5, argument, message);
    snprintf(argument, sizeof argument, "%sa=1", path + 2);
    config_free(read_with("a: {}", argument));
    snprintf(argument, sizeof argument, "%sa=[1]", path + 2);
    snprintf(message, sizeof message, "command line: %s: nested more than 64 levels deep",
             argument);
    expect_bytes("a: {}", 5, argument, message);
    free(path);
}
END_TEST

START_TEST(default_names_count_each_kind_in_order)
{
    static const char *const names[] = {"affine1", "relu1", "affine2", "affine3",
                                        "softmax_with_loss1"};
    struct config *config = read_plain(model);
    const struct node *item = at(config, "model.layers")->first;
    char text[64];
    for (int i = 0; i < 5; i++, item = item->next)
        ck_assert_str_eq(node_default_name(item, text, sizeof text), names[i]);
    ck_assert_ptr_null(node_default_name(at(config, "trainer"), text, sizeof text));
    config_free(config);
}
END_TEST

/* A kind that the registry doesn't know is named all the same; items without a type don't count. */
START_TEST(default_names_of_unknown_kinds_are_in_snake_case)
{
    static const char *const names[] = {"long_lstm1", NULL, NULL, "long_lstm2", "b1"};
    struct config *config = read_plain("l: [{type: LongLSTM}, {type: [x]}, 7, {type: LongLSTM},\n"
                                       "    {type: B}]\ntype: Root\n");
    const struct node *item = at(config, "l")->first;
    char text[64], *word = repeat("w", 300);
    for (int i = 0; i < 5; i++, item = item->next) {
        const char *name = node_default_name(item, text, sizeof text);
        ck_assert_msg(!name == !names[i] && (!name || strcmp(name, names[i]) == 0), "%d: %s", i,
                      name);
    }
    ck_assert_str_eq(node_default_name(config_root(config), text, sizeof text), "root1");
    struct node *map = node_new(config, NODE_MAP, NULL, NULL, NULL);
    node_new(config, NODE_SCALAR, map, "type", word);
    ck_assert_uint_eq(strlen(node_default_name(map, text, sizeof text)), 63);
    free(word);
    config_free(config);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config_assign");
    TCase *tests = tcase_create("config_assign");
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, an_argument_beats_the_file);
    tcase_add_test(tests, a_layer_of_another_kind_keeps_place_name_and_input);
    tcase_add_test(tests, a_type_set_alone_changes_that_key_only);
    tcase_add_test(tests, an_assigned_node_has_the_argument_as_its_place);
    tcase_add_test(tests, wrong_arguments_are_told_in_full);
    tcase_add_test(tests, only_names_are_known);
    tcase_add_test(tests, a_value_is_set_at_a_path_or_refused_at_its_place);
    tcase_add_test(tests, all_wrong_arguments_are_reported);
    tcase_add_test(tests, arguments_cannot_nest_past_the_limit);
    tcase_add_test(tests, default_names_count_each_kind_in_order);
    tcase_add_test(tests, default_names_of_unknown_kinds_are_in_snake_case);
    suite_add_tcase(suite, tests);
    return suite_run(suite, SUITE_FORKED);
}
