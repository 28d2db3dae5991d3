/*
 * sweep_read.c - the sweep's YAML: its settings, and which keys it varies.
 *
 * A key stands in one place: among the parameters, in one zip, in the repeats, or on the command
 * line.
 */
#include "base/error.h"
#include "base/suggest.h"
#include "config/options.h"
#include "evaluate/columns.h"
#include "sweep_internal.h"
#include "train/settings.h"
#include <stdio.h>
#include <string.h>

enum { TEXT_SIZE = 1024 };

struct output_settings {
    const char *folder;
};

/* What the file says that isn't a setting as it stands. */
struct root {
    struct sweep_settings settings;
    struct output_settings output;
    const struct node *parameters, *zip, *repeats;
};

static const struct option metric_options[] = {
    {"name", OPTION_TEXT, offsetof(struct sweep_metric_settings, name), .required = true,
     .help = "a measured column, such as test_accuracy"},
    {"goal", OPTION_CHOICE, offsetof(struct sweep_metric_settings, goal), .required = true,
     .choices = "maximize,minimize", .help = "which values are better"},
    {0},
};

static const struct option stopping_options[] = {
    {"type", OPTION_CHOICE, offsetof(struct sweep_stopping_settings, type), .standard = "none",
     .choices = "none,asha", .help = "which trials are stopped before their end"},
    {"min_epochs", OPTION_NUMBER, offsetof(struct sweep_stopping_settings, min_epochs),
     .standard = "1", .above_minimum = true, .help = "epochs that every trial gets"},
    {"eta", OPTION_INTEGER, offsetof(struct sweep_stopping_settings, eta), .standard = "3",
     .minimum = 2, .maximum = 1000, .help = "one of so many goes on from a rung"},
    {0},
};

static const struct option parallel_options[] = {
    {"trials", OPTION_INTEGER, offsetof(struct sweep_parallel_settings, trials), .standard = "auto",
     .minimum = 1, .maximum = 1024, .word = "auto", .help = "side by side"},
    {"threads_per_trial", OPTION_INTEGER,
     offsetof(struct sweep_parallel_settings, threads_per_trial), .standard = "auto", .minimum = 1,
     .maximum = 1024, .word = "auto", .help = "threads of a trial"},
    {0},
};

static const struct option output_options[] = {
    {"folder", OPTION_PATH, offsetof(struct output_settings, folder),
     .help = "the sweep's folder; default: runs/<name>"},
    {0},
};

const struct option sweep_file_options[] = {
    {"config", OPTION_TEXT, offsetof(struct root, settings.config), .required = true,
     .help = "the config that the trials vary; relative to this file"},
    {"name", OPTION_TEXT, offsetof(struct root, settings.name),
     .help = "of the sweep; default: the file's"},
    {"method", OPTION_CHOICE, offsetof(struct root, settings.method), .standard = "grid",
     .choices = "grid,random", .help = "all points, or some drawn ones"},
    {"max_trials", OPTION_INTEGER, offsetof(struct root, settings.max_trials), .minimum = 1,
     .maximum = SWEEP_TRIALS_MAX, .help = "points, before repeats"},
    {"seed", OPTION_INTEGER, offsetof(struct root, settings.seed), .standard = "0", .minimum = 0,
     .maximum = 9e15, .help = "of the points that are drawn"},
    {"metric", OPTION_SECTION, offsetof(struct root, settings.metric), .required = true,
     .section = metric_options, .help = "what trials are compared by"},
    {"parameters", OPTION_NODE, offsetof(struct root, parameters), .help = "keys and their values"},
    {"zip", OPTION_NODE, offsetof(struct root, zip), .help = "keys that vary together"},
    {"repeats", OPTION_NODE, offsetof(struct root, repeats), .help = "seeds of each point"},
    {"early_stopping", OPTION_SECTION, offsetof(struct root, settings.early_stopping),
     .section = stopping_options, .help = "ends weak trials early"},
    {"parallel", OPTION_SECTION, offsetof(struct root, settings.parallel),
     .section = parallel_options, .help = "how the processors are shared out"},
    {"on_error", OPTION_CHOICE, offsetof(struct root, settings.on_error), .standard = "continue",
     .choices = "continue,stop", .help = "what a trial that failed does to the others"},
    {"output", OPTION_SECTION, offsetof(struct root, output), .section = output_options,
     .help = "where results go"},
    {0},
};

struct repeats {
    const struct node *seed;
};

static const struct option repeats_options[] = {
    {"seed", OPTION_NODE, offsetof(struct repeats, seed), .required = true,
     .help = "the runs' seeds"},
    {0},
};

/* --- settings --- */

/* The name that a sweep of this file had when a name ended at the file's first dot. */
static const char *former_name(struct sweep *sweep, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    const char *name = arena_copy(config_arena(sweep->config), base, strcspn(base, "."));
    return name && settings_name_valid(name) ? name : "sweep";
}

static int read_name(struct sweep *sweep, const char *name)
{
    struct sweep_settings *settings = &sweep->settings;
    const char *path = config_root(sweep->config)->at.file;
    settings->name = name;
    if (!name) {
        settings->name = settings_default_name(config_arena(sweep->config), path, "sweep");
        if (!settings->name)
            return TRAINER_FAILED;
        const char *former = former_name(sweep, path);
        settings->former_name = strcmp(former, settings->name) == 0 ? NULL : former;
    }
    if (settings_name_valid(settings->name))
        return TRAINER_OK;
    return config_error(&node_get(config_root(sweep->config), "name")->at,
                        "'name' must be letters, digits, '_', '-' and '.', and start with none of "
                        "'.', not '%s'",
                        name);
}

static int find_metric(struct sweep *sweep)
{
    struct sweep_metric_settings *metric = &sweep->settings.metric;
    struct series steps, epochs;
    char text[TEXT_SIZE] = "";
    sweep->metric = node_get(config_root(sweep->config), "metric");
    int column = columns_find(metric->name);
    metric->column = (size_t)column;
    if (column >= 0)
        return TRAINER_OK;
    if (columns_list(config_arena(sweep->config), &steps, &epochs, NULL))
        return TRAINER_FAILED;
    return config_error(
        &node_get(sweep->metric, "name")->at, "unknown metric '%s'%s", metric->name,
        suggest_words(text, sizeof text, metric->name, epochs.name, (size_t)epochs.columns, false));
}

/* The base config stands beside the file that names it, and is called as that one is. */
static const char *base_path(struct sweep *sweep, const struct node *config)
{
    return config_beside(config_arena(sweep->config), config->at.file, config->text);
}

static int read_settings(struct sweep *sweep, struct root *root, int64_t max_trials)
{
    struct options_context context = {.config = sweep->config, .owner = "the sweep"};
    const struct node *map = config_root(sweep->config);
    int rc = options_read(&context, sweep_file_options, map, root);
    const char *name = root->settings.name;
    sweep->settings = root->settings; /* the axes are read by its method, even after a mistake */
    if (rc)
        return rc;
    sweep->settings.folder = root->output.folder;
    sweep->settings.config = base_path(sweep, node_get(map, "config"));
    if (!sweep->settings.config)
        return TRAINER_FAILED;
    if (max_trials)
        sweep->settings.max_trials = max_trials;
    int name_rc = read_name(sweep, name), metric_rc = find_metric(sweep);
    if (sweep->settings.method == SWEEP_RANDOM && !sweep->settings.max_trials)
        return config_error(&map->at,
                            "missing key 'max_trials' in the sweep (integer from 1 to %d)",
                            SWEEP_TRIALS_MAX);
    return name_rc ? name_rc : metric_rc;
}

/* --- keys --- */

/* Whether `inner` is `outer` or a key inside it: "trainer.batch_size" in "trainer". */
static bool is_within(const char *inner, const char *outer)
{
    size_t length = strlen(outer);
    return strncmp(inner, outer, length) == 0 && (inner[length] == '\0' || inner[length] == '.');
}

/* What the identity of a trial leaves out can't tell two trials apart. */
static bool is_reserved(const char *key)
{
    static const char *const reserved[] = {"name", "output", "trainer.threads",
                                           "trainer.checkpoint"};
    bool found = false;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        found = found || is_within(key, reserved[i]);
    return found;
}

static int refuse_reserved(const struct node *node, const char *key)
{
    return config_error(&node->key_at, "'%s' can't be varied: it does not tell trials apart", key);
}

/* Refuses what is reserved inside a value that stands for the key. */
static int check_value(struct sweep *sweep, const struct node *value, const char *key)
{
    int rc = TRAINER_OK;
    for (const struct node *n = value->kind == NODE_MAP ? value->first : NULL; n; n = n->next) {
        const char *inner = arena_print(config_arena(sweep->config), "%s.%s", key, n->key);
        if (!inner)
            return TRAINER_FAILED;
        int own = is_reserved(inner) ? refuse_reserved(n, inner) : check_value(sweep, n, inner);
        rc = own ? own : rc;
    }
    return rc;
}

static int check_values(struct sweep *sweep, const struct sweep_axis *axis)
{
    int rc = TRAINER_OK;
    for (size_t i = 0; i < axis->count * axis->keys; i++) {
        const char *key = sweep->key[axis->first + i % axis->keys].name;
        int own = check_value(sweep, axis->value[i], key);
        rc = own ? own : rc;
    }
    return rc;
}

/* "sweep.yaml:8:3", or the word of the command line. */
static const char *place_text(const struct position *at, char *text, size_t size)
{
    if (at->line == 0)
        snprintf(text, size, "%s", at->file);
    else
        snprintf(text, size, "%s:%d:%d", at->file, at->line, at->column);
    return text;
}

/* One of the two would be lost. */
static int refuse_inner(const struct node *inner, const struct node *outer)
{
    char place[TEXT_SIZE];
    return config_error(&inner->key_at, "'%s' lies in '%s', which is varied too (%s)", inner->key,
                        outer->key, place_text(&outer->key_at, place, sizeof place));
}

/* Gives a key its column. */
static int add_key(struct sweep *sweep, const struct node *node)
{
    char place[TEXT_SIZE];
    if (is_reserved(node->key))
        return refuse_reserved(node, node->key);
    for (size_t k = 0; k < sweep->keys; k++) {
        const struct node *other = sweep->key_node[k];
        if (strcmp(other->key, node->key) == 0)
            return config_error(&node->key_at, "'%s' stands in %s too", node->key,
                                place_text(&other->key_at, place, sizeof place));
        if (is_within(node->key, other->key))
            return refuse_inner(node, other);
        if (is_within(other->key, node->key))
            return refuse_inner(other, node);
    }
    sweep->key[sweep->keys].name = node->key;
    sweep->key_node[sweep->keys++] = node;
    return TRAINER_OK;
}

/* An axis of the mapping's first `keys` children. */
static int add_axis(struct sweep *sweep, const struct node *first, size_t keys)
{
    struct arena *arena = config_arena(sweep->config);
    struct sweep_axis axis = {.name = first->key, .first = sweep->keys, .keys = keys};
    const struct node **spec = arena_array(arena, keys, sizeof *spec);
    if (!spec)
        return TRAINER_FAILED;
    for (size_t k = 0; k < keys; k++, first = first->next) {
        int rc = add_key(sweep, first);
        if (rc)
            return rc;
        spec[k] = first;
        axis.name = k ? arena_print(arena, "%s,%s", axis.name, first->key) : axis.name;
        if (!axis.name)
            return TRAINER_FAILED;
    }
    int rc = sweep_axis_read(sweep, &axis, spec);
    sweep->axis[sweep->axes++] = axis;
    return rc ? rc : check_values(sweep, &axis);
}

static int read_parameters(struct sweep *sweep, const struct node *map)
{
    int rc = TRAINER_OK;
    if (map && map->kind != NODE_MAP)
        return config_error(&map->at, "'parameters' must be a mapping of keys to their values");
    for (const struct node *n = map ? map->first : NULL; n; n = n->next) {
        int own = add_axis(sweep, n, 1);
        rc = own ? own : rc;
    }
    return rc;
}

static int read_zip(struct sweep *sweep, const struct node *list)
{
    int rc = TRAINER_OK;
    bool single = list && list->kind == NODE_MAP;
    if (list && list->kind == NODE_SCALAR)
        return config_error(&list->at, "'zip' must be a list of mappings");
    for (const struct node *n = single ? list
                                : list ? list->first
                                       : NULL;
         n; n = single ? NULL : n->next) {
        bool whole = n->kind == NODE_MAP && n->count > 0;
        int own = whole
                      ? add_axis(sweep, n->first, n->count)
                      : config_error(&n->at, "an item of 'zip' must be a mapping of keys to lists");
        rc = own ? own : rc;
    }
    return rc;
}

static int read_repeats(struct sweep *sweep, const struct node *map)
{
    struct options_context context = {.config = sweep->config, .owner = "repeats"};
    struct repeats repeats = {0};
    if (!map)
        return TRAINER_OK;
    int rc = options_read(&context, repeats_options, map, &repeats);
    if (rc)
        return rc;
    rc = add_axis(sweep, repeats.seed, 1);
    sweep->repeats = rc == TRAINER_OK;
    if (rc == TRAINER_OK && sweep->key[sweep->keys - 1].type != SWEEP_INTEGER)
        rc = config_error(&repeats.seed->at, "'seed' in repeats must be a list of integers");
    return rc;
}

/* How many children there are two levels down: the keys of all zips. */
static size_t count_keys(const struct root *root)
{
    size_t count = 1 + (root->parameters ? root->parameters->count : 0);
    for (const struct node *n = root->zip ? root->zip->first : NULL; n; n = n->next)
        count += n->count + 1;
    return count;
}

static int read_axes(struct sweep *sweep, const struct root *root)
{
    struct arena *arena = config_arena(sweep->config);
    size_t most = count_keys(root);
    sweep->key = arena_array(arena, most, sizeof *sweep->key);
    sweep->key_node = arena_array(arena, most, sizeof *sweep->key_node);
    sweep->axis = arena_array(arena, most, sizeof *sweep->axis);
    if (!sweep->key || !sweep->key_node || !sweep->axis)
        return TRAINER_FAILED;
    int rcs[] = {read_parameters(sweep, root->parameters), read_zip(sweep, root->zip),
                 read_repeats(sweep, root->repeats)};
    for (size_t i = 0; i < sizeof rcs / sizeof *rcs; i++)
        if (rcs[i])
            return rcs[i];
    return sweep->axes ? TRAINER_OK
                       : config_error(&config_root(sweep->config)->at,
                                      "the sweep varies nothing: give it parameters, zip or "
                                      "repeats");
}

/* An argument for a key that the sweep varies, or for one inside it, would be lost. */
static int check_argument(const struct sweep *sweep, const char *argument)
{
    char place[TEXT_SIZE];
    struct position at = {.file = argument};
    int rc = TRAINER_OK;
    for (size_t k = 0; k < sweep->keys; k++) {
        const char *name = sweep->key[k].name;
        size_t length = strlen(name);
        bool starts = strncmp(argument, name, length) == 0 &&
                      strcmp(argument, sweep->key_node[k]->at.file) != 0;
        place_text(&sweep->key_node[k]->key_at, place, sizeof place);
        if (starts && argument[length] == '=')
            rc = config_error(&at, "the sweep varies this key (%s)", place);
        else if (starts && argument[length] == '.')
            rc = config_error(&at, "the sweep varies '%s', in which this key lies (%s)", name,
                              place);
    }
    return rc;
}

/* So would what an argument for a section says of a varied key inside it: the base config then has
 * that key from the argument. */
static int check_sections(const struct sweep *sweep, const struct sweep_options *options)
{
    char place[TEXT_SIZE];
    int rc = TRAINER_OK;
    for (size_t k = 0; k < sweep->keys; k++) {
        const struct node *node = config_find(sweep->base, sweep->key[k].name);
        for (size_t i = 0; node && i < options->count; i++)
            if (strcmp(node->at.file, options->assignments[i]) == 0)
                rc = config_error(&node->at, "the sweep varies '%s' (%s)", sweep->key[k].name,
                                  place_text(&sweep->key_node[k]->key_at, place, sizeof place));
    }
    return rc;
}

/* Reads the file; one that is a config and no sweep becomes a sweep by the words beside it. */
static int read_file(struct sweep *sweep, const char *path, const struct sweep_options *options)
{
    int rc = config_read(&sweep->config, path, NULL, 0);
    if (rc)
        return rc;
    const struct node *root = config_root(sweep->config);
    if (!node_get(root, "config") && (node_get(root, "model") || options->metric)) {
        struct config *config = sweep->config;
        sweep->config = NULL;
        rc = sweep_words_read(sweep, config, options);
        config_free(config);
        return rc;
    }
    sweep->source = config_source(sweep->config);
    if (options->metric || options->goal)
        return config_error(&root->at, "the sweep's file says what its metric is; --metric and "
                                       "--goal go with a config");
    return TRAINER_OK;
}

/* Reads the base config, unless it is read already, and refuses arguments for what the sweep
 * varies. */
static int read_base(struct sweep *sweep, const struct sweep_options *options)
{
    int rc = TRAINER_OK;
    for (size_t i = 0; i < options->count; i++) {
        int argument_rc = check_argument(sweep, options->assignments[i]);
        rc = rc ? rc : argument_rc;
    }
    if (rc == TRAINER_OK && !sweep->base)
        rc =
            config_read(&sweep->base, sweep->settings.config, options->assignments, options->count);
    return rc ? rc : check_sections(sweep, options);
}

int sweep_read(struct sweep *sweep, const char *path, const struct sweep_options *options)
{
    struct root root = {0};
    int rc = read_file(sweep, path, options);
    if (rc)
        return rc;
    rc = read_settings(sweep, &root, options->max_trials);
    int axes_rc = rc == TRAINER_FAILED ? rc : read_axes(sweep, &root);
    rc = rc ? rc : axes_rc;
    return rc ? rc : read_base(sweep, options);
}
