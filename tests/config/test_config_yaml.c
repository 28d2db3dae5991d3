/*
 * test_config_yaml.c - YAML text to nodes with their places, and nodes to text; what is no YAML.
 */
#include "base/error.h"
#include "base/number.h"
#include "config/config.h"
#include "support/config_check.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

START_TEST(scalars_lists_and_mappings_become_nodes)
{
    struct config *config =
        read_plain("name: two\nlist: [1, '2', \"3\"]\nmap:\n  a: |\n    x\n    y\n"
                   "none:\n");
    expect_text(config, "name", "two");
    ck_assert(!at(config, "name")->quoted);
    ck_assert_uint_eq(at(config, "list")->count, 3);
    ck_assert(!at(config, "list.0")->quoted);
    ck_assert(at(config, "list.1")->quoted && at(config, "list.2")->quoted);
    expect_text(config, "map.a", "x\ny\n");
    ck_assert(at(config, "map.a")->quoted);
    ck_assert(node_is_null(at(config, "none")));
    ck_assert_ptr_eq(at(config, "map.a")->parent, at(config, "map"));
    ck_assert_ptr_null(node_get(config_root(config), "other"));
    ck_assert_ptr_null(node_get(NULL, "other"));
    ck_assert_ptr_null(node_get(at(config, "list"), "other"));
    char here[4096];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    ck_assert_str_eq(at(config, "list.0")->folder, here);
    config_free(config);
}
END_TEST

START_TEST(places_are_exact_in_block_and_flow_style)
{
    struct config *config = read_plain("# comment\n"
                                       "model:\n"
                                       "  layers:\n"
                                       "    - {name: \xc3\xa9t\xc3\xa9, units: 50}\n"
                                       "    - type: ReLU\n"
                                       "      on: \"x\"\n"
                                       "empty:\n");
    expect_place(config, "model", 3, 3, 2, 1);
    expect_place(config, "model.layers", 4, 5, 3, 3);
    expect_place(config, "model.layers.0", 4, 7, 4, 7);
    expect_place(config, "model.layers.0.units", 4, 26, 4, 19);
    expect_place(config, "model.layers.1", 5, 7, 5, 7);
    expect_place(config, "model.layers.1.on", 6, 11, 6, 7);
    ck_assert_int_eq(at(config, "empty")->key_at.line, 7);
    config_free(config);
}
END_TEST

START_TEST(a_character_beyond_the_first_plane_takes_one_column)
{
    struct config *config = read_plain("{a: \xf0\x9f\x98\x80, b: 2}");
    expect_text(config, "a", "\xf0\x9f\x98\x80");
    expect_place(config, "b", 1, 11, 1, 8);
    config_free(config);
}
END_TEST

START_TEST(nulls_are_plain_words_only)
{
    struct config *config = read_plain("a: ~\nb: null\nc: 'null'\nd: ''\ne: nul\nf: []\n");
    ck_assert(node_is_null(at(config, "a")) && node_is_null(at(config, "b")));
    ck_assert(!node_is_null(at(config, "c")) && !node_is_null(at(config, "d")));
    ck_assert(!node_is_null(at(config, "e")) && !node_is_null(at(config, "f")));
    ck_assert(node_is_null(NULL));
    config_free(config);
}
END_TEST

START_TEST(an_alias_is_a_copy_at_its_own_key)
{
    struct config *config = read_plain("a: &x {std: [1, 2]}\nb: *x\nc: &x 7\nd: *x\n");
    ck_assert_ptr_ne(at(config, "a"), at(config, "b"));
    expect_text(config, "b.std.1", "2");
    expect_text(config, "d", "7");
    expect_place(config, "b", 1, 4, 2, 1);
    config_free(config);
}
END_TEST

/* --- what is refused -------------------------------------------------------------------------- */

START_TEST(a_duplicate_key_is_reported_with_both_places)
{
    expect_error("a: 1\nb: {c: 1,\n  c: 2}\na: 3\n",
                 "x.yaml:3:3: duplicate key 'c'; it stands at x.yaml:2:5 already\n"
                 "x.yaml:4:1: duplicate key 'a'; it stands at x.yaml:1:1 already");
}
END_TEST

START_TEST(what_is_no_config_is_refused_with_its_place)
{
    static const char *const cases[][2] = {
        {"", "x.yaml:1:1: the file is empty; a config is a mapping (key: value)"},
        {"# nothing\n", "x.yaml:1:1: the file is empty; a config is a mapping (key: value)"},
        {"- a\n", "x.yaml:1:1: a config must be a mapping (key: value), not a list"},
        {"\n word\n", "x.yaml:2:2: a config must be a mapping (key: value), not a value"},
        {"a: 1\n---\nb: 2\n", "x.yaml:2:1: a second document begins; a config is a single one"},
        {"a: {<<: 1}\n", "x.yaml:1:5: '<<' is not supported; `include` merges files"},
        {"a: 1\n[b]: 2\n", "x.yaml:2:1: a key must be a word, not a list, mapping or alias"},
        {"a: &x 1\n*x : 2\n", "x.yaml:2:1: a key must be a word, not a list, mapping or alias"},
        {"'': 1\n", "x.yaml:1:1: a key must be a word"},
        {"&x a: 1\n", "x.yaml:1:1: a key can have no anchor and no tag"},
        {"!!str a: 1\n", "x.yaml:1:1: a key can have no anchor and no tag"},
        {"\"a\\0b\": 1\n", "x.yaml:1:1: a key must be a word"},
        {"a: !!int 5\n", "x.yaml:1:4: tags such as !!int are not supported, and a text that "
                         "begins with '!' must stand in quotes"},
        {"a: !!map {}\n", "x.yaml:1:4: tags such as !!map are not supported"},
        {"a: *x\n", "x.yaml:1:4: unknown alias '*x'; an anchor '&x' must stand before it, and a "
                    "text that begins with '*' in quotes"},
        {"a: &x\nb: 1\n", "x.yaml:1:4: an anchor without a value; a text that begins with '&' must "
                          "stand in quotes"},
        {"a: @x\n", "x.yaml:1:4: a text that begins with '@' must stand in quotes"},
        {"a: %x\n", "x.yaml:1:4: a text that begins with '%' must stand in quotes"},
        {"a: 1\nb\nc: 2\n",
         "x.yaml:2:1: a key without ':'; the lines of a mapping are `key: value`"},
        {"a: 1\nb\n", "x.yaml:2:1: a key without ':'; the lines of a mapping are `key: value`"},
        {"a: 'x\nb: 1\n", "x.yaml:3:1: found unexpected end of stream, while scanning a quoted "
                          "scalar that begins in line 1"},
        {"a: &x [1, *x]\n", "x.yaml:1:11: alias '*x' stands inside its own anchor"},
        {"a: \"x\\0y\"\n", "x.yaml:1:4: a text cannot hold a NUL character"},
        {"a:\n\tb: 1\n", "x.yaml:2:1: a tab cannot indent; use spaces"},
        {"a: b: c\n", "x.yaml:1:5: mapping values are not allowed in this context"},
        {"a: [1, 2\n", "x.yaml:2:1: did not find expected ',' or ']', "
                       "while parsing a flow sequence that begins in line 1"},
        {"a: \"\\q\"\n", "x.yaml:1:5: found unknown escape character, "
                         "while parsing a quoted scalar"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_error(cases[i][0], cases[i][1]);
}
END_TEST

/* --- limits ----------------------------------------------------------------------------------- */

START_TEST(a_mebibyte_of_nesting_is_refused_at_once)
{
    static const char *const openers[][2] = {
        {"[", "x.yaml:1:65: nested more than 64 levels deep"},
        {"- ", "x.yaml:1:129: nested more than 64 levels deep"},
        {"{a: ", "x.yaml:1:257: nested more than 64 levels deep"},
    };
    for (size_t i = 0; i < 3; i++) {
        char *text = repeat(openers[i][0], (1 << 20) / strlen(openers[i][0]));
        double before = seconds_now();
        expect_error(text, openers[i][1]);
        ck_assert_double_lt(seconds_now() - before, 0.5);
        free(text);
    }
}
END_TEST

START_TEST(sixty_four_levels_pass)
{
    char *open = repeat("[", 63), *close = repeat("]", 63);
    char text[256];
    snprintf(text, sizeof text, "a: %s%s", open, close);
    config_free(read_plain(text));
    snprintf(text, sizeof text, "a: [%s%s]", open, close);
    expect_error(text, "x.yaml:1:67: nested more than 64 levels deep");
    snprintf(text, sizeof text, "a: &x %s%s\nb: [*x]\n", open, close);
    expect_error(text, "x.yaml:2:5: nested more than 64 levels deep");
    free(open);
    free(close);
}
END_TEST

START_TEST(an_alias_bomb_is_refused_at_once)
{
    double before = seconds_now();
    expect_error("a: &a [1,1,1,1,1,1,1,1,1,1]\n"
                 "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                 "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
                 "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                 "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
                 "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
                 "x.yaml:5:29: more than 100000 values, aliases counted");
    ck_assert_double_lt(seconds_now() - before, 0.5);
}
END_TEST

START_TEST(crowds_of_keys_anchors_and_values_are_refused_at_once)
{
    char *text = malloc(1 << 20);
    size_t used = 0;
    double before = seconds_now();
    for (int i = 0; i < 100000; i++)
        used += (size_t)sprintf(text + used, "k%d:\n", i);
    expect_error(text, "x.yaml:1001:1: more than 1000 keys in a mapping");
    used = (size_t)sprintf(text, "a:\n");
    for (int i = 0; i < 70000; i++)
        used += (size_t)sprintf(text + used, "- &k%d x\n", i);
    expect_error(text, "x.yaml:1002:3: more than 1000 anchors");
    char *commas = repeat("1,", 500000);
    snprintf(text, 1 << 20, "a: [%s]", commas);
    expect_error(text, "x.yaml:1:200001: more than 100000 values, aliases counted");
    ck_assert_double_lt(seconds_now() - before, 2);
    free(commas);
    free(text);
}
END_TEST

/* --- writing ---------------------------------------------------------------------------------- */

START_TEST(emitted_text_is_block_style_with_lists_in_flow_style)
{
    struct config *config = read_plain(
        "{name: x, rows: [[1, 2], [3]], layers: [{type: a, n: '5'}, {}], none: ~, e: [],\n"
        " text: \"two\\nlines\", s: 'a: b', v: '$${X}', neg: -1.5}");
    size_t length;
    char *text = config_emit(config_root(config), &length);
    ck_assert_str_eq(text, "name: x\n"
                           "rows: [[1, 2], [3]]\n"
                           "layers:\n"
                           "- type: a\n"
                           "  \"n\": \"5\"\n"
                           "- {}\n"
                           "none: null\n"
                           "e: []\n"
                           "text: \"two\\nlines\"\n"
                           "s: \"a: b\"\n"
                           "v: \"$${X}\"\n"
                           "neg: -1.5\n");
    ck_assert_uint_eq(length, strlen(text));
    free(text);
    config_free(config);
}
END_TEST

static bool equal(const struct node *a, const struct node *b)
{
    bool same = a->kind == b->kind && a->count == b->count && !a->key == !b->key &&
                (!a->key || strcmp(a->key, b->key) == 0) && node_is_null(a) == node_is_null(b);
    double x, y; /* numbers may be spelled otherwise */
    bool numbers = same && a->kind == NODE_SCALAR && !a->quoted && number_parse(a->text, &x);
    if (numbers)
        same = !b->quoted && number_parse(b->text, &y) && x == y;
    else if (same && a->kind == NODE_SCALAR && !node_is_null(a))
        same = strcmp(a->text, b->text) == 0;
    const struct node *other = b->first;
    for (const struct node *n = a->first; same && n; n = n->next, other = other->next)
        same = equal(n, other);
    return same;
}

/* The text of one scalar, plain in its source, as it is emitted. */
static void expect_emitted(const char *plain, const char *emitted)
{
    char source[128], line[128];
    snprintf(source, sizeof source, "a: [%s]", plain);
    struct config *config = read_plain(source);
    char *text = config_emit(at(config, "a"), NULL);
    snprintf(line, sizeof line, "[%s]\n", emitted);
    ck_assert_str_eq(text, line);
    free(text);
    config_free(config);
}

START_TEST(scalars_are_emitted_so_that_every_reader_sees_the_same)
{
    static const char *const same[] = {"0",         "-1",    "1.5",   "1.0e-05",
                                       "0.5e+3",    "true",  "FALSE", "word",
                                       "100 steps", "a/b.c", "null",  "1234567890123"};
    static const char *const others[][2] = {
        {"1e-05", "1.0e-05"}, {"1E5", "1.0E+5"},  {"-3e+22", "-3.0e+22"}, {"1.5e3", "1.5e+3"},
        {"-.5", "-0.5"},      {".5e1", "0.5e+1"}, {"010", "10"},          {"-007", "-7"},
        {"+00", "+0"},        {"5.e3", "5.e+3"},
    };
    static const char *const quoted[] = {"yes",        "No",    "ON",    "off",  "y",    "N",
                                         "2026-11-27", "1_000", "0x10",  "0o17", ".inf", "-.nan",
                                         "1e",         "tRue",  "12-30", "-a"};
    char text[64];
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        expect_emitted(same[i], same[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        expect_emitted(others[i][0], others[i][1]);
    for (size_t i = 0; i < sizeof quoted / sizeof *quoted; i++) {
        snprintf(text, sizeof text, "\"%s\"", quoted[i]);
        expect_emitted(quoted[i], text);
    }
}
END_TEST

START_TEST(texts_and_keys_that_look_like_something_else_are_quoted)
{
    struct config *config = read_plain("a: 1\n");
    struct node *map = node_new(config, NODE_MAP, NULL, NULL, NULL);
    ck_assert_ptr_nonnull(node_new_text(config, map, "name", "null"));
    ck_assert_ptr_nonnull(node_new_text(config, map, "no", "1e-5"));
    ck_assert_ptr_nonnull(node_new_text(config, map, "2026-11-27", "true"));
    ck_assert_ptr_nonnull(node_new_text(config, map, "null", "plain"));
    char *text = config_emit(map, NULL);
    ck_assert_str_eq(text, "name: \"null\"\n\"no\": \"1e-5\"\n\"2026-11-27\": \"true\"\n"
                           "\"null\": plain\n");
    free(text);
    config_free(config);
}
END_TEST

START_TEST(a_long_config_is_emitted_whole)
{
    char *items = repeat("[1, 2, 3], ", 20000), *text = malloc(strlen(items) + 64);
    sprintf(text, "rows: [%s]\n", items);
    struct config *config = read_plain(text), *again;
    size_t length;
    char *emitted = config_emit(config_root(config), &length);
    ck_assert_uint_gt(length, 200000);
    ck_assert_uint_eq(strlen(emitted), length);
    again = read_plain(emitted);
    ck_assert(equal(config_root(config), config_root(again)));
    config_free(again);
    config_free(config);
    free(emitted);
    free(text);
    free(items);
}
END_TEST

/* A generator of trees; any will do. */
static unsigned draw(unsigned *state, unsigned below)
{
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 10) % below;
}

/* What YAML and its escapes are made of. */
// clang-format off
static const char *const parts[] = {
    "a", "B9", " ", "  ", "\n", "\t", ":", ": ", "#", " #", "- ", "-", "--- ", "...", "'", "\"",
    "\\", "[", "]", "{", "}", ",", "&x", "*x", "!", "|", ">", "%", "@", "`", "?", "~", "null",
    "0x", "1e3", "true", "${", "$$", "}", "=", "<<", "\xc3\xa9", "\r", "\x01", "\x7f", "\xc2\x85",
    "\xe2\x80\xa8", "\xef\xbb\xbf", "\xf0\x9f\x98\x80", "\xc2\xa0", "/", ".", "+1",
};
// clang-format on

static const char *random_text(unsigned *state, char *text)
{
    text[0] = '\0';
    for (unsigned n = draw(state, 6); n > 0; n--)
        strcat(text, parts[draw(state, sizeof parts / sizeof *parts)]);
    return text;
}

static void grow(struct config *config, struct node *parent, unsigned *state, int depth)
{
    char text[256], key[300];
    unsigned count = draw(state, 5);
    for (unsigned i = 0; i < count; i++) {
        enum node_kind kind = depth > 4 ? NODE_SCALAR : (enum node_kind)draw(state, 3);
        snprintf(key, sizeof key, "%s%u", draw(state, 3) ? "k" : random_text(state, text), i);
        struct node *node = node_new(config, kind, parent, parent->kind == NODE_MAP ? key : NULL,
                                     kind == NODE_SCALAR ? random_text(state, text) : NULL);
        ck_assert_ptr_nonnull(node);
        node->quoted = kind == NODE_SCALAR && draw(state, 2);
        if (kind != NODE_SCALAR)
            grow(config, node, state, depth + 1);
    }
}

START_TEST(what_is_emitted_reads_back_as_the_same_tree)
{
    unsigned state = 1;
    for (int round = 0; round < 3000; round++) {
        struct config *config = read_plain("a: 1\n"), *again = NULL;
        struct node *root = node_new(config, NODE_MAP, NULL, NULL, NULL);
        grow(config, root, &state, 0);
        size_t length;
        char *text = config_emit(root, &length);
        ck_assert_msg(text != NULL, "round %d: %s", round, error_text());
        int rc = config_read_text(&again, "again", NULL, text, length, NULL, 0);
        ck_assert_msg(rc == TRAINER_OK, "round %d: %s\n%s", round, error_text(), text);
        ck_assert_msg(equal(root, config_root(again)), "round %d:\n%s", round, text);
        char *second = config_emit(config_root(again), NULL);
        ck_assert_str_eq(second, text);
        free(second);
        free(text);
        config_free(again);
        config_free(config);
    }
}
END_TEST

/* --- what nobody thought of ------------------------------------------------------------------- */

START_TEST(no_input_crashes_the_reader)
{
    static const char seedling[] = "a: &x {b: [1, *x, 'q'], c: \"d\\n\"}\n? k\n: - v\n  - |\n   t\n"
                                   "e: ${HOME:-x}\ninclude: []\n# c\n";
    unsigned state = 7;
    char text[sizeof seedling];
    for (int round = 0; round < 5000; round++) {
        memcpy(text, seedling, sizeof text);
        for (unsigned n = draw(&state, 8) + 1; n > 0; n--) {
            unsigned where = draw(&state, sizeof text - 1);
            text[where] =
                draw(&state, 3) ? seedling[draw(&state, sizeof text - 1)] : (char)draw(&state, 256);
        }
        struct config *config = NULL;
        int rc =
            config_read_text(&config, "x.yaml", NULL, text, draw(&state, sizeof text), NULL, 0);
        ck_assert(rc == TRAINER_OK || (rc == TRAINER_INVALID && error_count() > 0));
        config_free(config);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config_yaml");
    TCase *tests = tcase_create("config_yaml");
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, scalars_lists_and_mappings_become_nodes);
    tcase_add_test(tests, places_are_exact_in_block_and_flow_style);
    tcase_add_test(tests, a_character_beyond_the_first_plane_takes_one_column);
    tcase_add_test(tests, nulls_are_plain_words_only);
    tcase_add_test(tests, an_alias_is_a_copy_at_its_own_key);
    tcase_add_test(tests, a_duplicate_key_is_reported_with_both_places);
    tcase_add_test(tests, what_is_no_config_is_refused_with_its_place);
    tcase_add_test(tests, a_mebibyte_of_nesting_is_refused_at_once);
    tcase_add_test(tests, sixty_four_levels_pass);
    tcase_add_test(tests, an_alias_bomb_is_refused_at_once);
    tcase_add_test(tests, crowds_of_keys_anchors_and_values_are_refused_at_once);
    tcase_add_test(tests, emitted_text_is_block_style_with_lists_in_flow_style);
    tcase_add_test(tests, scalars_are_emitted_so_that_every_reader_sees_the_same);
    tcase_add_test(tests, texts_and_keys_that_look_like_something_else_are_quoted);
    tcase_add_test(tests, a_long_config_is_emitted_whole);
    tcase_add_test(tests, what_is_emitted_reads_back_as_the_same_tree);
    tcase_add_test(tests, no_input_crashes_the_reader);
    suite_add_tcase(suite, tests);
    return suite_run(suite, SUITE_FORKED);
}
