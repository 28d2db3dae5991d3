/*
 * test_options.c - option tables: values, every message, and resolved trees that read back.
 */
#include "base/error.h"
#include "base/number.h"
#include "config/options.h"
#include "config/registry_tables.h"
#include "support/suite.h"

#include <check.h>
#include <float.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- a registry of initializers, and one layer ------------------------------------------------ */

struct normal {
    double mean, std;
};

static const struct option normal_options[] = {
    {"mean", OPTION_NUMBER, offsetof(struct normal, mean), .standard = "0"},
    {"std", OPTION_NUMBER, offsetof(struct normal, std), .standard = "1", .above_minimum = true},
    {0},
};

struct affine {
    int64_t units;
    struct kind_choice init;
};

static const struct option affine_options[] = {
    {"units", OPTION_INTEGER, offsetof(struct affine, units), .required = true, .minimum = 1},
    {"init", OPTION_KIND, offsetof(struct affine, init), .family = FAMILY_INITIALIZER,
     .standard = "{type: normal, std: 0.01}"},
    {0},
};

static const struct kind normal_kind = {
    .title = "normal", .options = normal_options, .private_size = sizeof(struct normal)};
static const struct kind zeros_kind = {.title = "zeros"};
static const struct kind affine_kind = {.title = "Affine",
                                        .aliases = "Dense",
                                        .options = affine_options,
                                        .private_size = sizeof(struct affine)};
static const struct kind *const initializers[] = {&normal_kind, &zeros_kind};
static const struct kind *const layers[] = {&affine_kind};
static const struct kind *const *const initializer_variants[] = {initializers};
static const struct kind *const *const layer_variants[] = {layers};
static const struct registry_entry initializer_entries[] = {{"normal", FAMILY_INITIALIZER, 0},
                                                            {"zeros", FAMILY_INITIALIZER, 1}};
static const struct registry_entry layer_entries[] = {{"affine", FAMILY_LAYER, 0}};
const struct registry_table registry_tables[FAMILY_COUNT] = {
    [FAMILY_LAYER] = {"layer", 1, layer_entries, layer_variants},
    [FAMILY_INITIALIZER] = {"initializer", 2, initializer_entries, initializer_variants},
    [FAMILY_METRIC] = {"metric", 0, NULL, NULL},
};

/* --- a table with every type ------------------------------------------------------------------ */

struct inner {
    bool on;
    int64_t patience;
};

static const struct option inner_options[] = {
    {"on", OPTION_BOOLEAN, offsetof(struct inner, on), .standard = "true"},
    {"patience", OPTION_INTEGER, offsetof(struct inner, patience), .standard = "5", .minimum = 1},
    {0},
};

static const struct option needy_options[] = {
    {"on", OPTION_BOOLEAN, offsetof(struct inner, on), .standard = "true"},
    {"patience", OPTION_INTEGER, offsetof(struct inner, patience), .required = true, .minimum = 1},
    {0},
};

struct all {
    int64_t steps, threads;
    double rate, share;
    bool flag;
    const char *label, *path;
    int sampling;
    struct option_names input;
    struct option_numbers kernel, weights;
    struct option_interval every;
    struct inner stop, needy;
    struct kind_choice init;
    const struct node *raw;
};

static const struct option all_options[] = {
    {"steps", OPTION_INTEGER, offsetof(struct all, steps), .standard = "10", .minimum = 1,
     .maximum = 1 << 24},
    {"threads", OPTION_INTEGER, offsetof(struct all, threads), .standard = "auto", .minimum = 1,
     .word = "auto", .word_value = 0},
    {"rate", OPTION_NUMBER, offsetof(struct all, rate), .standard = "0.1", .above_minimum = true},
    {"share", OPTION_NUMBER, offsetof(struct all, share), .minimum = 0, .maximum = 1,
     .above_minimum = true},
    {"flag", OPTION_BOOLEAN, offsetof(struct all, flag), .standard = "false"},
    {"label", OPTION_TEXT, offsetof(struct all, label), .help = "a text"},
    {"path", OPTION_PATH, offsetof(struct all, path), .help = "a path"},
    {"sampling", OPTION_CHOICE, offsetof(struct all, sampling), .standard = "shuffle",
     .choices = "shuffle,with_replacement,sequential"},
    {"input", OPTION_NAMES, offsetof(struct all, input), .help = "names"},
    {"kernel", OPTION_NUMBERS, offsetof(struct all, kernel), .minimum = 1, .maximum = 99,
     .whole = true, .single = true, .least = 2, .most = 2},
    {"weights", OPTION_NUMBERS, offsetof(struct all, weights), .standard = "balanced",
     .above_minimum = true, .word = "balanced", .word_value = 0, .least = 1},
    {"every", OPTION_INTERVAL, offsetof(struct all, every), .standard = "epoch"},
    {"stop", OPTION_SECTION, offsetof(struct all, stop), .section = inner_options},
    {"needy", OPTION_SECTION, offsetof(struct all, needy), .section = needy_options},
    {"init", OPTION_KIND, offsetof(struct all, init), .family = FAMILY_INITIALIZER,
     .standard = "{type: normal, std: 0.01}"},
    {"raw", OPTION_NODE, offsetof(struct all, raw), .help = "any"},
    {0},
};

/* --- helpers ---------------------------------------------------------------------------------- */

static struct config *config;
static struct node *resolved;

static int read_all(const char *text, struct all *all)
{
    config_free(config);
    config = NULL;
    ck_assert_int_eq(config_read_text(&config, "x.yaml", "/data", text, strlen(text), NULL, 0),
                     TRAINER_OK);
    resolved = node_new(config, NODE_MAP, NULL, NULL, NULL);
    struct options_context context = {.config = config, .owner = "trainer", .resolved = resolved};
    memset(all, 0, sizeof *all);
    return options_read(&context, all_options, config_root(config), all);
}

static void expect_value(const char *text, struct all *all)
{
    int rc = read_all(text, all);
    ck_assert_msg(rc == TRAINER_OK, "%s: %s", text, error_text());
}

static void expect_error(const char *text, const char *message)
{
    struct all all;
    ck_assert_int_eq(read_all(text, &all), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), message);
}

static void expect_resolved(const char *text, const char *yaml)
{
    struct all all;
    expect_value(text, &all);
    char *emitted = config_emit(resolved, NULL);
    ck_assert_str_eq(emitted, yaml);
    free(emitted);
}

/* --- values ----------------------------------------------------------------------------------- */

START_TEST(what_is_not_given_has_its_default)
{
    struct all all;
    expect_value("steps: ~\nlabel:\n", &all);
    ck_assert_int_eq(all.steps, 10);
    ck_assert_int_eq(all.threads, 0);
    ck_assert_double_eq(all.rate, 0.1);
    ck_assert_double_eq(all.share, 0);
    ck_assert(!all.flag);
    ck_assert_ptr_null(all.label);
    ck_assert_ptr_null(all.path);
    ck_assert_int_eq(all.sampling, 0);
    ck_assert_uint_eq(all.input.count, 0);
    ck_assert_int_eq(all.every.unit, INTERVAL_EPOCH);
    ck_assert_int_eq(all.stop.patience, 5);
    ck_assert(all.stop.on);
    ck_assert(!all.needy.on);
    ck_assert_ptr_eq(all.init.kind, &normal_kind);
    ck_assert_double_eq(((struct normal *)all.init.private)->std, 0.01);
    ck_assert_double_eq(((struct normal *)all.init.private)->mean, 0);
    ck_assert_ptr_null(all.raw);
}
END_TEST

START_TEST(a_kind_without_a_type_keeps_the_default_one)
{
    struct all all;
    expect_value("init: {std: 0.5}\n", &all);
    ck_assert_ptr_eq(all.init.kind, &normal_kind);
    ck_assert_double_eq(((struct normal *)all.init.private)->std, 0.5);
}
END_TEST

START_TEST(every_type_takes_its_value)
{
    struct all all;
    expect_value("steps: +7\nthreads: 3\nrate: 1e-3\nshare: 1\nflag: TRUE\nlabel: 5\n"
                 "path: ./a/b\nsampling: sequential\ninput: [a, '1']\nevery: 100 steps\n"
                 "stop: {patience: 2}\nneedy: {patience: 9}\n"
                 "init: {type: NORMAL, mean: -2}\nraw: [1, 2]\n",
                 &all);
    ck_assert_int_eq(all.steps, 7);
    ck_assert_int_eq(all.threads, 3);
    ck_assert_double_eq(all.rate, 1e-3);
    ck_assert_double_eq(all.share, 1);
    ck_assert(all.flag);
    ck_assert_str_eq(all.label, "5");
    ck_assert_str_eq(all.path, "/data/a/b");
    ck_assert_int_eq(all.sampling, 2);
    ck_assert_uint_eq(all.input.count, 2);
    ck_assert_str_eq(all.input.name[0], "a");
    ck_assert_str_eq(all.input.name[1], "1");
    ck_assert_int_eq(all.input.node[1]->at.column, 12);
    ck_assert_int_eq(all.every.unit, INTERVAL_STEPS);
    ck_assert_int_eq(all.every.count, 100);
    ck_assert_int_eq(all.stop.patience, 2);
    ck_assert_int_eq(all.needy.patience, 9);
    ck_assert(all.needy.on);
    ck_assert_double_eq(((struct normal *)all.init.private)->mean, -2);
    ck_assert_double_eq(((struct normal *)all.init.private)->std, 1);
    ck_assert_uint_eq(all.raw->count, 2);
}
END_TEST

START_TEST(a_list_of_numbers_takes_one_alone_or_a_word_where_its_row_says_so)
{
    struct all all;
    expect_value("kernel: [3, 5]\nweights: [0.5, 1e-3, 2]\n", &all);
    ck_assert_uint_eq(all.kernel.count, 2);
    ck_assert_double_eq(all.kernel.value[0], 3);
    ck_assert_double_eq(all.kernel.value[1], 5);
    ck_assert_uint_eq(all.weights.count, 3);
    ck_assert_double_eq(all.weights.value[1], 1e-3);
    char *text = config_emit(node_get(resolved, "kernel"), NULL);
    ck_assert_str_eq(text, "[3, 5]\n");
    free(text);
    text = config_emit(node_get(resolved, "weights"), NULL);
    ck_assert_str_eq(text, "[0.5, 0.001, 2]\n");
    free(text);
    expect_value("kernel: 7\n", &all);
    ck_assert_uint_eq(all.kernel.count, 1);
    ck_assert_double_eq(all.kernel.value[0], 7);
    ck_assert_str_eq(node_get(resolved, "kernel")->text, "7");
    ck_assert_uint_eq(all.weights.count, 1);
    ck_assert_double_eq(all.weights.value[0], 0);
    ck_assert_str_eq(node_get(resolved, "weights")->text, "balanced");
}
END_TEST

START_TEST(an_interval_of_epochs_has_a_count)
{
    struct all all;
    expect_value("every: 5 epochs\n", &all);
    ck_assert_int_eq(all.every.unit, INTERVAL_EPOCH);
    ck_assert_int_eq(all.every.count, 5);
    ck_assert_str_eq(node_get(resolved, "every")->text, "5 epochs");
    expect_value("every: 1 epoch\n", &all);
    ck_assert_int_eq(all.every.count, 1);
    ck_assert_str_eq(node_get(resolved, "every")->text, "epoch");
}
END_TEST

START_TEST(short_forms_are_accepted)
{
    struct all all;
    expect_value("input: data\ninit: zeros\nevery: 1 second\npath: /abs\nthreads: auto\n", &all);
    ck_assert_uint_eq(all.input.count, 1);
    ck_assert_str_eq(all.input.name[0], "data");
    ck_assert_ptr_eq(all.init.kind, &zeros_kind);
    ck_assert_int_eq(all.every.unit, INTERVAL_SECONDS);
    ck_assert_int_eq(all.every.count, 1);
    ck_assert_str_eq(all.path, "/abs");
    ck_assert_int_eq(all.threads, 0);
}
END_TEST

/* --- mistakes --------------------------------------------------------------------------------- */

/* Configs, and the message. */
static const char *const mistakes[][2] = {
    {"step: 5\n", "x.yaml:1:1: unknown key 'step' in trainer; did you mean 'steps'?"},
    {"qqq: 5\n",
     "x.yaml:1:1: unknown key 'qqq' in trainer; known: steps, threads, rate, share, "
     "flag, label, path, sampling, input, kernel, weights, every, stop, needy, init, raw"},
    {"steps: ten\n",
     "x.yaml:1:8: 'steps' in trainer must be an integer from 1 to 16777216, not 'ten'"},
    {"steps: 0\n", "x.yaml:1:8: 'steps' in trainer must be an integer from 1 to 16777216, not 0"},
    {"steps: 16777217\n",
     "x.yaml:1:8: 'steps' in trainer must be an integer from 1 to 16777216, not 16777217"},
    {"steps: 1_000\n",
     "x.yaml:1:8: 'steps' in trainer must be an integer from 1 to 16777216, not '1_000'"},
    {"steps: 1e3\n",
     "x.yaml:1:8: 'steps' in trainer must be an integer from 1 to 16777216, not 1e3"},
    {"steps: '5'\n",
     "x.yaml:1:8: 'steps' in trainer must be an integer from 1 to 16777216, not the text '5'"},
    {"steps: [5]\n",
     "x.yaml:1:8: 'steps' in trainer must be an integer from 1 to 16777216, not a list"},
    {"threads: 0\n", "x.yaml:1:10: 'threads' in trainer must be an integer >= 1 or auto, not 0"},
    {"rate: 0\n", "x.yaml:1:7: 'rate' in trainer must be a number > 0, not 0"},
    {"rate: .nan\n", "x.yaml:1:7: 'rate' in trainer must be a number > 0, not '.nan'"},
    {"share: 1.5\n", "x.yaml:1:8: 'share' in trainer must be a number > 0 and <= 1, not 1.5"},
    {"flag: yes\n", "x.yaml:1:7: 'flag' in trainer must be true or false, not 'yes'"},
    {"flag: 'true'\n", "x.yaml:1:7: 'flag' in trainer must be true or false, not 'true'"},
    {"label: [a]\n", "x.yaml:1:8: 'label' in trainer must be text, not a list"},
    {"path: {a: 1}\n", "x.yaml:1:7: 'path' in trainer must be a path, not a mapping"},
    {"path: ''\n", "x.yaml:1:7: 'path' in trainer must be a path, not ''"},
    {"sampling: random\n", "x.yaml:1:11: 'sampling' in trainer must be one of shuffle, "
                           "with_replacement, sequential, not 'random'"},
    {"sampling: shufle\n", "x.yaml:1:11: 'sampling' in trainer must be one of shuffle, "
                           "with_replacement, sequential, not 'shufle'; did you mean 'shuffle'?"},
    {"input: [a, [b]]\n",
     "x.yaml:1:12: 'input' in trainer must be a name or list of names, not a list"},
    {"every: 5\n",
     "x.yaml:1:8: 'every' in trainer must be never, epoch, N epochs, N steps or N seconds, "
     "not 5"},
    {"every: 0 steps\n", "x.yaml:1:8: 'every' in trainer must be never, epoch, N epochs, N "
                         "steps or N seconds, not '0 steps'"},
    {"every: 5 hours\n", "x.yaml:1:8: 'every' in trainer must be never, epoch, N epochs, N "
                         "steps or N seconds, not '5 hours'"},
    {"every: 0 epochs\n", "x.yaml:1:8: 'every' in trainer must be never, epoch, N epochs, N "
                          "steps or N seconds, not '0 epochs'"},
    {"kernel: [3]\n", "x.yaml:1:9: 'kernel' in trainer must be an integer from 1 to 99 or list of "
                      "2 integers, not a list of 1"},
    {"kernel: [3, 3, 3]\n", "x.yaml:1:9: 'kernel' in trainer must be an integer from 1 to 99 or "
                            "list of 2 integers, not a list of 3"},
    {"kernel: [3, 100]\n", "x.yaml:1:13: 'kernel' in trainer must be an integer from 1 to 99 or "
                           "list of 2 integers, not 100"},
    {"kernel: 2.5\n", "x.yaml:1:9: 'kernel' in trainer must be an integer from 1 to 99 or list of "
                      "2 integers, not 2.5"},
    {"kernel: {h: 1}\n", "x.yaml:1:9: 'kernel' in trainer must be an integer from 1 to 99 or list "
                         "of 2 integers, not a mapping"},
    {"weights: 3\n", "x.yaml:1:10: 'weights' in trainer must be a list of 1 or more numbers > 0 "
                     "or balanced, not 3"},
    {"weights: [1, '2']\n", "x.yaml:1:14: 'weights' in trainer must be a list of 1 or more "
                            "numbers > 0 or balanced, not the text '2'"},
    {"weights: []\n", "x.yaml:1:10: 'weights' in trainer must be a list of 1 or more numbers > 0 "
                      "or balanced, not a list of 0"},
    {"stop: patience:5\n",
     "x.yaml:1:7: 'stop' in trainer must be a mapping of on, patience, not 'patience:5'; a "
     "blank is missing behind its ':'"},
    {"stop: {patience:5}\n", "x.yaml:1:8: unknown key 'patience:5' in trainer.stop; a blank is "
                             "missing behind its ':'"},
    {"init: std:5\n", "x.yaml:1:7: unknown initializer 'std:5'; known: normal, zeros; a blank is "
                      "missing behind its ':'"},
    {"stop: 5\n", "x.yaml:1:7: 'stop' in trainer must be a mapping of on, patience, not 5"},
    {"stop: {patience: 0}\n",
     "x.yaml:1:18: 'patience' in trainer.stop must be an integer >= 1, not 0"},
    {"stop: {patiense: 1}\n",
     "x.yaml:1:8: unknown key 'patiense' in trainer.stop; did you mean 'patience'?"},
    {"needy: {on: true}\n", "x.yaml:1:8: missing key 'patience' in trainer.needy (integer >= 1)"},
    {"init: [normal]\n", "x.yaml:1:7: 'init' in trainer must be a kind of initializer, not a list"},
    {"init: {type: [1]}\n",
     "x.yaml:1:14: 'type' in init of trainer must be a kind of initializer, not a list"},
    {"init: {type: normall}\n", "x.yaml:1:14: unknown initializer 'normall'; did you mean "
                                "'normal'? known: normal, zeros"},
    {"init: glorot\n", "x.yaml:1:7: unknown initializer 'glorot'; known: normal, zeros"},
    {"init: {type: normal, sdt: 1}\n",
     "x.yaml:1:22: unknown key 'sdt' in init of trainer; did you mean 'std'?"},
    {"init: {type: zeros, std: 1}\n",
     "x.yaml:1:21: unknown key 'std' in init of trainer; it is an option of type: normal"},
};

START_TEST(each_mistake_has_its_exact_words)
{
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
        expect_error(mistakes[i][0], mistakes[i][1]);
}
END_TEST

START_TEST(all_mistakes_are_reported_and_defaults_stand_in)
{
    struct all all;
    ck_assert_int_eq(
        read_all("steps: 0\nfoo: 1\nrate: x\ninit: {type: normal, std: -1}\nflag: true\n", &all),
        TRAINER_INVALID);
    ck_assert_int_eq(error_count(), 4);
    ck_assert_int_eq(all.steps, 10);
    ck_assert_double_eq(all.rate, 0.1);
    ck_assert(all.flag);
    ck_assert_double_eq(((struct normal *)all.init.private)->std, 0.01);
}
END_TEST

/* Reads text with an argument, as trainer. */
static void expect_error_with(const char *text, const char *argument, const char *message)
{
    struct all all = {0};
    config_free(config);
    config = NULL;
    ck_assert_int_eq(config_read_text(&config, "x.yaml", NULL, text, strlen(text), &argument, 1),
                     TRAINER_OK);
    struct options_context context = {.config = config, .owner = "trainer"};
    ck_assert_int_eq(options_read(&context, all_options, config_root(config), &all),
                     TRAINER_INVALID);
    ck_assert_str_eq(error_text(), message);
}

START_TEST(what_a_changed_type_leaves_behind_is_told_with_both_places)
{
    expect_error_with("init: {type: normal, std: 1}\n", "init.type=zeros",
                      "x.yaml:1:22: unknown key 'std' in init of trainer; it is an option of type: "
                      "normal; the type "
                      "'zeros' is from the command line: init.type=zeros");
    expect_error_with("init: {type: zeros, std: [1]}\n", "init.type=normal",
                      "x.yaml:1:26: 'std' in init of trainer must be a number > 0, not a list; the "
                      "type 'normal' is from the command line: init.type=normal");
    expect_error_with("init: {type: normal, sdt: 1}\n", "init.type=Normal",
                      "x.yaml:1:22: unknown key 'sdt' in init of trainer; did you mean 'std'?");
    expect_error_with("init: {type: normal, std: 1}\n", "init={type: zeros, std: 2}",
                      "command line: init={type: zeros, std: 2}: unknown key 'std' in init of "
                      "trainer; it is an option of type: normal");
}
END_TEST

/* Reads text as an Affine layer whose name belongs to the caller. */
static int read_layer(const char *text, bool partial, struct kind_choice *choice)
{
    static const char *const known[] = {"name", NULL};
    config_free(config);
    config = NULL;
    ck_assert_int_eq(config_read_text(&config, "x.yaml", NULL, text, strlen(text), NULL, 0),
                     TRAINER_OK);
    resolved = node_new(config, NODE_MAP, NULL, NULL, NULL);
    struct options_context context = {.config = config,
                                      .owner = "Affine 'affine1'",
                                      .resolved = resolved,
                                      .known = known,
                                      .partial = partial};
    return options_read_kind(&context, FAMILY_LAYER, config_root(config), choice);
}

START_TEST(a_kind_leaves_the_callers_keys_alone)
{
    struct kind_choice choice;
    ck_assert_int_eq(read_layer("name: a\ntype: dense\nunits: 50\n", false, &choice), TRAINER_OK);
    ck_assert_ptr_eq(choice.kind, &affine_kind);
    const struct affine *affine = choice.private;
    ck_assert_int_eq(affine->units, 50);
    ck_assert_ptr_eq(affine->init.kind, &normal_kind);
    char *text = config_emit(resolved, NULL);
    ck_assert_str_eq(text,
                     "type: Affine\nunits: 50\ninit:\n  type: normal\n  mean: 0\n  std: 0.01\n");
    free(text);
}
END_TEST

START_TEST(a_misspelt_key_is_one_mistake_not_two)
{
    struct kind_choice choice;
    ck_assert_int_eq(read_layer("type: Affine\nunit: 50\n", false, &choice), TRAINER_INVALID);
    ck_assert_str_eq(error_text(),
                     "x.yaml:2:1: unknown key 'unit' in Affine 'affine1'; did you mean 'units'?");
    ck_assert_int_eq(read_layer("type: Affine\n", false, &choice), TRAINER_INVALID);
    ck_assert_str_eq(error_text(),
                     "x.yaml:1:1: missing key 'units' in Affine 'affine1' (integer >= 1)");
    ck_assert_int_eq(read_layer("type: Affine\nunits: 1\nx: 2\n", false, &choice), TRAINER_INVALID);
    ck_assert_str_eq(
        error_text(),
        "x.yaml:3:1: unknown key 'x' in Affine 'affine1'; known: units, init, name, type");
    ck_assert_int_eq(read_layer("type: Affine\nunits: 1\nx: 2\n", true, &choice), TRAINER_OK);
}
END_TEST

START_TEST(a_section_that_is_no_mapping_is_one_mistake)
{
    struct all all = {0};
    ck_assert_int_eq(read_all("raw: 5\n", &all), TRAINER_OK);
    struct options_context context = {.config = config, .owner = "trainer"};
    ck_assert_int_eq(options_read(&context, needy_options, all.raw, &all.needy), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "x.yaml:1:6: trainer must be a mapping of on, patience, not 5");
    error_clear();
    ck_assert_int_eq(options_read(&context, needy_options, NULL, &all.needy), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "x.yaml:1:1: missing key 'patience' in trainer (integer >= 1)");
    ck_assert(all.needy.on);
}
END_TEST

START_TEST(bounds_are_described_in_words)
{
    static const struct {
        struct option option;
        const char *text;
    } cases[] = {
        {{.type = OPTION_INTEGER}, "integer"},
        {{.type = OPTION_INTEGER, .minimum = 1}, "integer >= 1"},
        {{.type = OPTION_INTEGER, .minimum = 0, .maximum = HUGE_VAL}, "integer >= 0"},
        {{.type = OPTION_NUMBER, .minimum = -1, .maximum = 0}, "number from -1 to 0"},
        {{.type = OPTION_NUMBER, .minimum = -HUGE_VAL, .maximum = 2}, "number <= 2"},
        {{.type = OPTION_NUMBER, .above_minimum = true}, "number > 0"},
        {{.type = OPTION_NUMBER, .minimum = 1e-9, .maximum = 0.5}, "number from 1e-09 to 0.5"},
        {{.type = OPTION_BOOLEAN}, "true or false"},
        {{.type = OPTION_CHOICE, .choices = "a,b"}, "one of a, b"},
        {{.type = OPTION_KIND, .family = FAMILY_INITIALIZER}, "kind of initializer"},
        {{.type = OPTION_INTERVAL}, "never, epoch, N epochs, N steps or N seconds"},
        {{.type = OPTION_NUMBERS}, "list of numbers"},
        {{.type = OPTION_NUMBERS, .whole = true, .minimum = 1, .least = 2, .most = 2},
         "list of 2 integers >= 1"},
        {{.type = OPTION_NUMBERS,
          .whole = true,
          .minimum = 1,
          .least = 2,
          .most = 2,
          .single = true},
         "integer >= 1 or list of 2 integers"},
        {{.type = OPTION_NUMBERS, .least = 1, .most = 3}, "list of 1 to 3 numbers"},
        {{.type = OPTION_NUMBERS, .least = 1, .above_minimum = true, .word = "balanced"},
         "list of 1 or more numbers > 0 or balanced"},
    };
    char text[128];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(options_describe(&cases[i].option, text, sizeof text), cases[i].text);
}
END_TEST

/* --- resolved trees --------------------------------------------------------------------------- */

START_TEST(the_resolved_tree_has_every_value)
{
    expect_resolved("label: '007'\npath: p\ninput: a\nevery: 1 steps\nraw: {b: [1]}\nsteps: +5\n"
                    "rate: 1e-1\nflag: True\n",
                    "steps: 5\n"
                    "threads: auto\n"
                    "rate: 0.1\n"
                    "flag: true\n"
                    "label: \"007\"\n"
                    "path: /data/p\n"
                    "sampling: shuffle\n"
                    "input: [a]\n"
                    "weights: balanced\n"
                    "every: 1 step\n"
                    "stop:\n"
                    "  \"on\": true\n"
                    "  patience: 5\n"
                    "init:\n"
                    "  type: normal\n"
                    "  mean: 0\n"
                    "  std: 0.01\n"
                    "raw:\n"
                    "  b: [1]\n");
}
END_TEST

START_TEST(texts_that_look_like_something_else_are_quoted)
{
    static const char *const words[] = {"true", "No", "null", "~", "1e3",        "0x10",
                                        "-",    ".5", "on",   "",  "2024-01-01", "a: b"};
    struct all all;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char text[64];
        snprintf(text, sizeof text, "label: '%s'\n", words[i]);
        expect_value(text, &all);
        char *emitted = config_emit(node_get(resolved, "label"), NULL);
        ck_assert_int_eq(emitted[0], '"');
        free(emitted);
    }
}
END_TEST

START_TEST(a_resolved_tree_reads_back_to_the_same_tree)
{
    static const char *const texts[] = {
        "steps: 3\n",
        "label: \"two\\nlines ${HOME}\"\npath: '$${x}/\xc3\xa9'\n",
        "input: [null_, '5', 'a b']\nevery: never\nneedy: {patience: 3}\ninit: zeros\n",
        "rate: 123456789.123456789\nshare: 4.9e-324\nthreads: 2\nevery: 3 seconds\n",
        "kernel: [1, 9]\nweights: [1e-300, 0.1]\nevery: 2 epochs\n",
        "input: []\nraw: [[1, 2], {a: 'x'}]\nlabel: ''\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct all all;
        expect_value(texts[i], &all);
        char *first = config_emit(resolved, NULL);
        expect_value(first, &all);
        char *second = config_emit(resolved, NULL);
        ck_assert_str_eq(second, first);
        free(second);
        free(first);
    }
}
END_TEST

START_TEST(doubles_are_written_in_the_shortest_text_that_reads_back)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {1e6, "1000000"},
                 {1.0 / 3, "0.3333333333333333"},
                 {1e-3, "0.001"},
                 {1e22, "1e+22"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {DBL_MAX, "1.7976931348623157e+308"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        struct all all;
        snprintf(text, sizeof text, "rate: %.17g\n", cases[i].value);
        expect_value(text, &all);
        ck_assert_double_eq(all.rate, cases[i].value);
        ck_assert_str_eq(node_get(resolved, "rate")->text, cases[i].text);
    }
    unsigned state = 1;
    for (int i = 0; i < 2000; i++) {
        state = state * 1664525u + 1013904223u;
        double value = ldexp(1 + state * 0x1p-32, (int)(state >> 8) % 600 - 300), back;
        char text[64];
        struct all all;
        snprintf(text, sizeof text, "rate: %.17g\n", value);
        expect_value(text, &all);
        ck_assert(number_parse(node_get(resolved, "rate")->text, &back) && back == value);
    }
}
END_TEST

START_TEST(numbers_have_a_point_in_every_locale)
{
    static const char *const commas[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "nl_NL.UTF-8"};
    for (size_t i = 0; i < 4 && !setlocale(LC_NUMERIC, commas[i]); i++) {
    }
    struct all all;
    expect_value("rate: 0.25\n", &all);
    ck_assert_double_eq(all.rate, 0.25);
    ck_assert_str_eq(node_get(resolved, "rate")->text, "0.25");
}
END_TEST

static void free_config(void)
{
    config_free(config);
    config = NULL;
}

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *tests = tcase_create("options");
    tcase_add_checked_fixture(tests, NULL, free_config);
    tcase_add_test(tests, what_is_not_given_has_its_default);
    tcase_add_test(tests, a_kind_without_a_type_keeps_the_default_one);
    tcase_add_test(tests, every_type_takes_its_value);
    tcase_add_test(tests, a_list_of_numbers_takes_one_alone_or_a_word_where_its_row_says_so);
    tcase_add_test(tests, an_interval_of_epochs_has_a_count);
    tcase_add_test(tests, short_forms_are_accepted);
    tcase_add_test(tests, each_mistake_has_its_exact_words);
    tcase_add_test(tests, all_mistakes_are_reported_and_defaults_stand_in);
    tcase_add_test(tests, what_a_changed_type_leaves_behind_is_told_with_both_places);
    tcase_add_test(tests, a_kind_leaves_the_callers_keys_alone);
    tcase_add_test(tests, a_misspelt_key_is_one_mistake_not_two);
    tcase_add_test(tests, a_section_that_is_no_mapping_is_one_mistake);
    tcase_add_test(tests, bounds_are_described_in_words);
    tcase_add_test(tests, the_resolved_tree_has_every_value);
    tcase_add_test(tests, texts_that_look_like_something_else_are_quoted);
    tcase_add_test(tests, a_resolved_tree_reads_back_to_the_same_tree);
    tcase_add_test(tests, doubles_are_written_in_the_shortest_text_that_reads_back);
    tcase_add_test(tests, numbers_have_a_point_in_every_locale);
    suite_add_tcase(suite, tests);
    return suite_run(suite, SUITE_FORKED);
}
