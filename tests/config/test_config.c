/*
 * test_config.c - YAML text to tree and back: places, limits, includes, arguments, the environment.
 */
#include "base/error.h"
#include "config/config.h"
#include "config/registry_tables.h"
#include "support/folder.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* --- a registry of two layers ----------------------------------------------------------------- */

static const struct kind affine = {.title = "Affine", .aliases = "Dense"};
static const struct kind relu = {.title = "ReLU"};
static const struct kind *const layers[] = {&affine, &relu};
static const struct kind *const *const layer_variants[] = {layers};
static const struct registry_entry layer_entries[] = {{"affine", FAMILY_LAYER, 0},
                                                      {"relu", FAMILY_LAYER, 1}};
const struct registry_table registry_tables[] = {
    [FAMILY_LAYER] = {"layer", 2, layer_entries, layer_variants},
    [FAMILY_METRIC] = {"metric", 0, NULL, NULL},
};

/* --- helpers ---------------------------------------------------------------------------------- */

/* Reads text called x.yaml with up to one argument. */
static struct config *read_with(const char *text, const char *argument)
{
    struct config *config = NULL;
    int rc =
        config_read_text(&config, "x.yaml", NULL, text, strlen(text), &argument, argument ? 1 : 0);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    return config;
}

static struct config *read_plain(const char *text)
{
    return read_with(text, NULL);
}

static void expect_bytes(const char *text, size_t length, const char *argument, const char *message)
{
    struct config *config = NULL;
    int rc = config_read_text(&config, "x.yaml", NULL, text, length, &argument, argument ? 1 : 0);
    ck_assert_str_eq(error_text(), message);
    ck_assert_int_eq(rc, TRAINER_INVALID);
    ck_assert_ptr_null(config);
}

static void expect_error(const char *text, const char *message)
{
    expect_bytes(text, strlen(text), NULL, message);
}

/* The node at "a.b.0.c". */
static const struct node *at(const struct config *config, const char *path)
{
    char copy[128];
    snprintf(copy, sizeof copy, "%s", path);
    const struct node *node = config_root(config);
    char *rest = copy;
    for (const char *part = strsep(&rest, "."); part && node; part = strsep(&rest, ".")) {
        if (node->kind == NODE_MAP) {
            node = node_get(node, part);
            continue;
        }
        int index = atoi(part);
        node = node->first;
        while (node && index-- > 0)
            node = node->next;
    }
    ck_assert_msg(node != NULL, "no %s", path);
    return node;
}

static void expect_text(const struct config *config, const char *path, const char *text)
{
    ck_assert_int_eq(at(config, path)->kind, NODE_SCALAR);
    ck_assert_str_eq(at(config, path)->text, text);
}

static void expect_place(const struct config *config, const char *path, int line, int column,
                         int key_line, int key_column)
{
    const struct node *node = at(config, path);
    ck_assert_str_eq(node->at.file, "x.yaml");
    ck_assert_int_eq(node->at.line, line);
    ck_assert_int_eq(node->at.column, column);
    ck_assert_int_eq(node->key_at.line, key_line);
    ck_assert_int_eq(node->key_at.column, key_column);
}

static bool equal(const struct node *a, const struct node *b)
{
    bool same = a->kind == b->kind && a->count == b->count && !a->key == !b->key &&
                (!a->key || strcmp(a->key, b->key) == 0) && node_is_null(a) == node_is_null(b);
    if (same && a->kind == NODE_SCALAR && !node_is_null(a))
        same = strcmp(a->text, b->text) == 0;
    const struct node *y = b->first;
    for (const struct node *x = a->first; same && x; x = x->next, y = y->next)
        same = equal(x, y);
    return same;
}

/* Of processor time: what else the machine does is not measured. */
static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* --- reading ---------------------------------------------------------------------------------- */

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

START_TEST(byte_order_mark_and_crlf_change_no_place)
{
    struct config *config = read_plain("\xef\xbb\xbfname: x\r\nseed: 4\r\n");
    expect_place(config, "name", 1, 7, 1, 1);
    expect_place(config, "seed", 2, 7, 2, 1);
    expect_text(config, "name", "x");
    ck_assert_str_eq(config_source(config), "\xef\xbb\xbfname: x\r\nseed: 4\r\n");
    config_free(config);
    config = read_plain("a: 1\rb: 2\r");
    expect_place(config, "b", 2, 4, 2, 1);
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
        {"a: !!int 5\n", "x.yaml:1:4: tags such as !!int are not supported"},
        {"a: !!map {}\n", "x.yaml:1:4: tags such as !!map are not supported"},
        {"a: *x\n", "x.yaml:1:4: unknown alias '*x'; an anchor '&x' must stand before it"},
        {"a: &x [1, *x]\n", "x.yaml:1:11: alias '*x' stands inside its own anchor"},
        {"a: \"x\\0y\"\n", "x.yaml:1:4: a text cannot hold a NUL character"},
        {"a:\n\tb: 1\n", "x.yaml:2:1: a tab cannot indent; use spaces"},
        {"a: b: c\n", "x.yaml:1:5: mapping values are not allowed in this context"},
        {"a: [1, 2\n", "x.yaml:2:1: did not find expected ',' or ']', "
                       "while parsing a flow sequence"},
        {"a: \"\\q\"\n", "x.yaml:1:5: found unknown escape character, "
                         "while parsing a quoted scalar"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_error(cases[i][0], cases[i][1]);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_refused_with_their_place)
{
    static const struct {
        const char *text;
        size_t length;
        const char *message;
    } cases[] = {
        {"a: 1\nb: \xff\n", 10,
         "x.yaml:2:4: invalid UTF-8 (byte 0xff); is this UTF-16? "
         "save it as UTF-8"},
        {"a: \xc3\xa9\xc3(\n", 8, "x.yaml:1:5: invalid UTF-8 (byte 0xc3)"},
        {"a: \xc0\x80", 5, "x.yaml:1:4: invalid UTF-8 (byte 0xc0)"},
        {"a: \xed\xa0\x80", 6, "x.yaml:1:4: invalid UTF-8 (byte 0xed)"},
        {"a: \xf4\x90\x80\x80", 7, "x.yaml:1:4: invalid UTF-8 (byte 0xf4)"},
        {"a: \xf0\x9f\x98", 6, "x.yaml:1:4: invalid UTF-8 (byte 0xf0)"},
        {"a: \x80", 4, "x.yaml:1:4: invalid UTF-8 (byte 0x80)"},
        {"a:\r\n b\0c", 8, "x.yaml:2:3: a NUL byte; a config is text"},
        {"a: \x7f", 4, "x.yaml:1:4: control character U+007F"},
        {"a: \xc2\x80", 5, "x.yaml:1:4: control character U+0080"},
        {"a: \xef\xbf\xbe", 6, "x.yaml:1:4: control character U+FFFE"},
        {"a: 1\xc2\x85 \x80", 8, "x.yaml:2:2: invalid UTF-8 (byte 0x80)"},
        {"a: 1\xe2\x80\xa8 \x80", 9, "x.yaml:2:2: invalid UTF-8 (byte 0x80)"},
        {"a: 1\xe2\x80\xa9 \x80", 9, "x.yaml:2:2: invalid UTF-8 (byte 0x80)"},
        {"a: 1\r \x80", 7, "x.yaml:2:2: invalid UTF-8 (byte 0x80)"},
        {"a: \x1b[0m\n", 8, "x.yaml:1:4: control character U+001B"},
        {"a: 1\n\xef\xbb\xbf"
         "b: 2\n",
         13, "x.yaml:2:1: a byte order mark may only stand at the start of a file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_bytes(cases[i].text, cases[i].length, NULL, cases[i].message);
}
END_TEST

/* --- limits ----------------------------------------------------------------------------------- */

static char *repeat(const char *text, size_t times)
{
    size_t length = strlen(text);
    char *all = malloc(times * length + 1);
    ck_assert_ptr_nonnull(all);
    for (size_t i = 0; i < times; i++)
        memcpy(all + i * length, text, length);
    all[times * length] = '\0';
    return all;
}

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

START_TEST(text_past_a_mebibyte_is_refused)
{
    char *text = repeat("#234567\n", (1 << 17));
    expect_error(text, "x.yaml:1:1: the file is empty; a config is a mapping (key: value)");
    free(text);
    text = repeat("#23456789\n", 1 + (1 << 20) / 10);
    expect_error(text, "x.yaml:1:1: more than 1 MiB of config, includes and arguments counted");
    folder_write("large.yaml", text);
    struct config *config;
    ck_assert_int_eq(config_read(&config, "large.yaml", NULL, 0), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "large.yaml: is larger than 1048576 bytes");
    free(text);
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

/* --- includes --------------------------------------------------------------------------------- */

START_TEST(later_includes_beat_earlier_ones_and_the_file_beats_both)
{
    ck_assert_int_eq(mkdir("sub", 0700), 0);
    folder_write("sub/a.yaml", "one: a\ntwo: a\nmap: {x: a, y: a, z: a}\nlist: [1, 2, 3]\n");
    folder_write("sub/b.yaml", "include: c.yaml\ntwo: b\nmap: {y: b}\n");
    folder_write("sub/c.yaml", "two: c\nthree: c\nlist: [c]\n");
    folder_write("sub/x.yaml", "include: [a.yaml, b.yaml]\nmap:\n  z: x\n  w: x\n");
    struct config *config;
    ck_assert_int_eq(config_read(&config, "sub/x.yaml", NULL, 0), TRAINER_OK);
    expect_text(config, "one", "a");
    expect_text(config, "two", "b");
    expect_text(config, "three", "c");
    expect_text(config, "map.x", "a");
    expect_text(config, "map.y", "b");
    expect_text(config, "map.z", "x");
    expect_text(config, "map.w", "x");
    ck_assert_uint_eq(at(config, "list")->count, 1);
    ck_assert_ptr_null(node_get(config_root(config), "include"));
    ck_assert_str_eq(at(config, "three")->at.file, "sub/c.yaml");
    ck_assert_int_eq(at(config, "three")->at.line, 2);
    ck_assert_str_eq(at(config, "map")->at.file, "sub/x.yaml");
    ck_assert_str_eq(config_source(config), "include: [a.yaml, b.yaml]\nmap:\n  z: x\n  w: x\n");
    config_free(config);
}
END_TEST

START_TEST(each_node_keeps_the_folder_of_its_file)
{
    char text[256], sub[128];
    ck_assert_int_eq(mkdir("sub", 0700), 0);
    folder_write("sub/base.yaml", "data: {path: p, other: o}\n");
    folder_write("x.yaml", "include: sub/base.yaml\ndata: {other: mine}\n");
    const char *argument = "data.third=t";
    struct config *config;
    ck_assert_int_eq(config_read(&config, "./x.yaml", &argument, 1), TRAINER_OK);
    snprintf(sub, sizeof sub, "%s/sub", folder_path());
    ck_assert_str_eq(at(config, "data.path")->folder, sub);
    ck_assert_str_eq(at(config, "data.path")->at.file, "./sub/base.yaml");
    ck_assert_str_eq(at(config, "data.other")->folder, folder_path());
    ck_assert_str_eq(at(config, "data.third")->folder, folder_path());
    config_free(config);
    snprintf(text, sizeof text, "include: %s/sub/base.yaml\n", folder_path());
    ck_assert_int_eq(config_read_text(&config, "x", "/nowhere", text, strlen(text), NULL, 0),
                     TRAINER_OK);
    expect_text(config, "data.path", "p");
    ck_assert_str_eq(at(config, "data.path")->folder, sub);
    config_free(config);
}
END_TEST

START_TEST(an_include_of_nothing_is_left_out)
{
    static const char *const texts[] = {"include: ~\na: 1\n", "include: []\na: 1\n",
                                        "include:\na: 1\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct config *config = read_plain(texts[i]);
        ck_assert_uint_eq(config_root(config)->count, 1);
        expect_text(config, "a", "1");
        config_free(config);
    }
}
END_TEST

static void expect_file_error(const char *path, const char *message)
{
    struct config *config = NULL;
    ck_assert_int_eq(config_read(&config, path, NULL, 0), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), message);
    ck_assert_ptr_null(config);
}

START_TEST(include_mistakes_are_told_with_their_place)
{
    folder_write("a.yaml", "name: a\ninclude: b.yaml\n");
    folder_write("b.yaml", "include: [./a.yaml]\n");
    expect_file_error("a.yaml", "b.yaml:1:11: include loop: a.yaml -> b.yaml -> ./a.yaml");
    folder_write("self.yaml", "include: self.yaml\n");
    expect_file_error("self.yaml", "self.yaml:1:10: include loop: self.yaml -> self.yaml");
    folder_write("gone.yaml", "include:\n  - no.yaml\n");
    expect_file_error("gone.yaml",
                      "gone.yaml:2:5: cannot read 'no.yaml': No such file or directory");
    folder_write("map.yaml", "include: {a: 1}\n");
    expect_file_error("map.yaml", "map.yaml:1:10: `include` must be a file or a list of files");
    folder_write("none.yaml", "include: [~]\n");
    expect_file_error("none.yaml", "none.yaml:1:11: `include` must be a file or a list of files");
    folder_write("empty.yaml", "include: ''\n");
    expect_file_error("empty.yaml", "empty.yaml:1:10: `include` must be a file or a list of files");
    folder_write("wrong.yaml", "include: bad.yaml\n");
    folder_write("bad.yaml", "a: 1\na: 2\n");
    expect_file_error("wrong.yaml",
                      "bad.yaml:2:1: duplicate key 'a'; it stands at bad.yaml:1:1 already");
    folder_write("folder.yaml", "include: .\n");
    char message[256];
    snprintf(message, sizeof message, "folder.yaml:1:10: %s/.: is not a regular file",
             folder_path());
    expect_file_error("folder.yaml", message);
    expect_file_error("missing.yaml", "missing.yaml: No such file or directory");
    expect_file_error("/missing.yaml", "/missing.yaml: No such file or directory");
}
END_TEST

/* Files of /proc lie on another file system and say that they are empty. */
START_TEST(a_file_of_another_file_system_is_no_loop)
{
    folder_write("x.yaml", "include: y.yaml\n");
    folder_write("y.yaml", "include: /proc/sys/kernel/ostype\n");
    expect_file_error("x.yaml", "/proc/sys/kernel/ostype:1:1: a config must be a mapping "
                                "(key: value), not a value");
}
END_TEST

START_TEST(a_loop_of_many_long_names_is_cut_short)
{
    char name[16][256], text[300];
    for (int i = 0; i < 16; i++)
        snprintf(name[i], sizeof name[i], "%0240d.yaml", i);
    for (int i = 0; i < 16; i++) {
        snprintf(text, sizeof text, "include: %s\n", name[(i + 1) % 16]);
        folder_write(name[i], text);
    }
    struct config *config = NULL;
    ck_assert_int_eq(config_read(&config, name[0], NULL, 0), TRAINER_INVALID);
    snprintf(text, sizeof text, "%s:1:10: include loop: ", name[15]);
    ck_assert_msg(strncmp(error_text(), text, strlen(text)) == 0, "%s", error_text());
    ck_assert_ptr_nonnull(strstr(error_text(), name[5]));
    ck_assert_ptr_null(strstr(error_text(), name[9]));
}
END_TEST

START_TEST(seventeen_files_in_a_row_are_read_and_no_more)
{
    for (int i = 0; i < 20; i++) {
        char name[32], text[32];
        snprintf(name, sizeof name, "f%d.yaml", i);
        snprintf(text, sizeof text, i < 19 ? "include: f%d.yaml\n" : "last: yes\n", i + 1);
        folder_write(name, text);
    }
    struct config *config;
    ck_assert_int_eq(config_read(&config, "f3.yaml", NULL, 0), TRAINER_OK);
    expect_text(config, "last", "yes");
    config_free(config);
    expect_file_error("f2.yaml", "f18.yaml:1:10: includes go more than 16 files deep");
}
END_TEST

START_TEST(an_include_bomb_is_refused)
{
    for (int i = 0; i < 10; i++) {
        char name[32], item[32], text[2048] = "include: [";
        snprintf(name, sizeof name, "f%d.yaml", i);
        snprintf(item, sizeof item, "f%d.yaml, ", i + 1);
        for (int j = 0; j < 50; j++)
            strcat(text, item);
        strcat(text, "]\n");
        folder_write(name, i < 9 ? text : "a: 1\n");
    }
    struct config *config;
    double before = seconds_now();
    ck_assert_int_eq(config_read(&config, "f0.yaml", NULL, 0), TRAINER_INVALID);
    ck_assert_ptr_nonnull(strstr(error_text(), "more than 1"));
    ck_assert_double_lt(seconds_now() - before, 5);
}
END_TEST

/* --- arguments -------------------------------------------------------------------------------- */

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
        {"trainer.max_steps=", "trainer.max_steps", ""},
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
        {"a=\xff", "command line: a=\xff: invalid UTF-8 (byte 0xff); is this UTF-16? save it as "
                   "UTF-8"},
    };
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

/* --- the environment -------------------------------------------------------------------------- */

START_TEST(the_environment_is_read_as_text)
{
    setenv("TRAINER_TEST_A", "[1, 2]: x", 1);
    setenv("TRAINER_TEST_EMPTY", "", 1);
    unsetenv("TRAINER_TEST_NONE");
    struct config *config = read_plain("a: ${TRAINER_TEST_A}\n"
                                       "b: p/${TRAINER_TEST_NONE:-x}/${TRAINER_TEST_EMPTY:-y}\n"
                                       "c: '$${HOME} $$ $'\n"
                                       "d: \"${TRAINER_TEST_EMPTY}\"\n"
                                       "e: ${TRAINER_TEST_NONE:-}\n"
                                       "f: $$${TRAINER_TEST_A}\n");
    expect_text(config, "a", "[1, 2]: x");
    expect_text(config, "b", "p/x/y");
    expect_text(config, "c", "${HOME} $$ $");
    expect_text(config, "d", "");
    ck_assert(!node_is_null(at(config, "d")));
    ck_assert(node_is_null(at(config, "e")));
    expect_text(config, "f", "$${TRAINER_TEST_A}");
    config_free(config);
    config = read_with("a: 1\n", "a='${TRAINER_TEST_A}'");
    expect_text(config, "a", "[1, 2]: x");
    config_free(config);
}
END_TEST

START_TEST(wrong_references_are_told_with_their_place)
{
    unsetenv("TRAINER_TEST_NONE");
    setenv("TRAINER_TEST_BAD", "a\xff", 1);
    expect_error("a: ${TRAINER_TEST_NONE}\nb:\n  c: 'x${TRAINER_TEST_NONE'\nd: ${1A}\n"
                 "e: ${A:x}\nf: '${}'\ng: ${TRAINER_TEST_BAD}\n",
                 "x.yaml:1:4: the environment variable TRAINER_TEST_NONE is not set; "
                 "${TRAINER_TEST_NONE:-default} gives a default\n"
                 "x.yaml:3:6: '${' without '}'; a literal '${' is written '$${'\n"
                 "x.yaml:4:4: '${1A}' is neither ${VAR} nor ${VAR:-default}\n"
                 "x.yaml:5:4: '${A:x}' is neither ${VAR} nor ${VAR:-default}\n"
                 "x.yaml:6:4: '${}' is neither ${VAR} nor ${VAR:-default}\n"
                 "x.yaml:7:4: the environment variable TRAINER_TEST_BAD is not valid UTF-8");
}
END_TEST

START_TEST(the_environment_cannot_blow_a_config_up)
{
    char *value = repeat("x", 100000), *list = repeat("${TRAINER_TEST_BIG},", 20);
    setenv("TRAINER_TEST_BIG", value, 1);
    char text[1024];
    snprintf(text, sizeof text, "a: ['%s']", list);
    expect_error(text, "x.yaml:1:5: the environment adds more than 1 MiB of text");
    free(value);
    free(list);
}
END_TEST

/* --- default names and suggestions ------------------------------------------------------------ */

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
                           "  n: \"5\"\n"
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

static void add_text_tests(TCase *tests)
{
    tcase_add_test(tests, scalars_lists_and_mappings_become_nodes);
    tcase_add_test(tests, places_are_exact_in_block_and_flow_style);
    tcase_add_test(tests, byte_order_mark_and_crlf_change_no_place);
    tcase_add_test(tests, a_character_beyond_the_first_plane_takes_one_column);
    tcase_add_test(tests, nulls_are_plain_words_only);
    tcase_add_test(tests, an_alias_is_a_copy_at_its_own_key);
    tcase_add_test(tests, a_duplicate_key_is_reported_with_both_places);
    tcase_add_test(tests, what_is_no_config_is_refused_with_its_place);
    tcase_add_test(tests, bytes_that_are_no_text_are_refused_with_their_place);
    tcase_add_test(tests, a_mebibyte_of_nesting_is_refused_at_once);
    tcase_add_test(tests, sixty_four_levels_pass);
    tcase_add_test(tests, an_alias_bomb_is_refused_at_once);
    tcase_add_test(tests, crowds_of_keys_anchors_and_values_are_refused_at_once);
    tcase_add_test(tests, an_argument_beats_the_file);
    tcase_add_test(tests, an_assigned_node_has_the_argument_as_its_place);
    tcase_add_test(tests, wrong_arguments_are_told_in_full);
    tcase_add_test(tests, only_names_are_known);
    tcase_add_test(tests, a_value_is_set_at_a_path_or_refused_at_its_place);
    tcase_add_test(tests, all_wrong_arguments_are_reported);
    tcase_add_test(tests, arguments_cannot_nest_past_the_limit);
    tcase_add_test(tests, the_environment_is_read_as_text);
    tcase_add_test(tests, wrong_references_are_told_with_their_place);
    tcase_add_test(tests, the_environment_cannot_blow_a_config_up);
    tcase_add_test(tests, default_names_count_each_kind_in_order);
    tcase_add_test(tests, default_names_of_unknown_kinds_are_in_snake_case);
    tcase_add_test(tests, emitted_text_is_block_style_with_lists_in_flow_style);
    tcase_add_test(tests, built_nodes_are_emitted_and_copied);
    tcase_add_test(tests, a_long_config_is_emitted_whole);
    tcase_add_test(tests, what_is_emitted_reads_back_as_the_same_tree);
    tcase_add_test(tests, no_input_crashes_the_reader);
}

static void add_file_tests(TCase *tests)
{
    tcase_add_test(tests, text_past_a_mebibyte_is_refused);
    tcase_add_test(tests, later_includes_beat_earlier_ones_and_the_file_beats_both);
    tcase_add_test(tests, each_node_keeps_the_folder_of_its_file);
    tcase_add_test(tests, an_include_of_nothing_is_left_out);
    tcase_add_test(tests, include_mistakes_are_told_with_their_place);
    tcase_add_test(tests, a_file_of_another_file_system_is_no_loop);
    tcase_add_test(tests, a_loop_of_many_long_names_is_cut_short);
    tcase_add_test(tests, seventeen_files_in_a_row_are_read_and_no_more);
    tcase_add_test(tests, an_include_bomb_is_refused);
}

int main(void)
{
    Suite *suite = suite_create("config");
    TCase *plain = tcase_create("text"), *files = tcase_create("files");
    tcase_set_timeout(plain, 30);
    tcase_set_timeout(files, 30);
    add_text_tests(plain);
    tcase_add_checked_fixture(files, folder_enter, folder_leave);
    add_file_tests(files);
    suite_add_tcase(suite, plain);
    suite_add_tcase(suite, files);
    return suite_run(suite, SUITE_FORKED);
}
