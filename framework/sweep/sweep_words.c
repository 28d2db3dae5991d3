/*
 * sweep_words.c - a sweep without a file: a config, and key=value words of which some list values.
 *
 *     trainer sweep two_layer.yaml optimizer.learning_rate=0.01,0.1 seed=1,2 --metric test_loss
 *
 * is the sweep
 *
 *     config: two_layer.yaml
 *     name: two_layer-learning_rate          # the config's name and what is varied
 *     metric: {name: test_loss, goal: minimize}
 *     parameters: {optimizer.learning_rate: [0.01, 0.1]}
 *     repeats: {seed: [1, 2]}                # several seeds are repeats
 *
 * A value is YAML; a comma outside brackets and quotes ends it. A word with one value
 * changes the base config. The same keys make the same name, so the same command, or one with other
 * values, goes on in the same folder. Nodes have the word as their place.
 */
#include "base/error.h"
#include "evaluate/columns.h"
#include "sweep_internal.h"
#include "train/settings.h"
#include <stdlib.h>
#include <string.h>

enum { NAME_MOST = 120 };

/* What the sweep is made from. */
struct words {
    struct sweep *sweep;
    const char *path;
    const struct sweep_options *options;
    struct node *parameters, *repeats; /* NULL: no such words */
    const char **key;                  /* [keys]: varied, without the seed */
    size_t keys;
    const char **fixed; /* [fixeds]: words of one value */
    size_t fixeds;
};

static void set_place(struct node *node, const char *word)
{
    node->at = node->key_at = (struct position){.file = word};
    for (struct node *child = node->first; child; child = child->next)
        set_place(child, word);
}

/* A new node that says it was written in these words. */
static struct node *add_node(struct words *words, enum node_kind kind, struct node *parent,
                             const char *key, const char *text, const char *place)
{
    struct node *node = node_new(words->sweep->config, kind, parent, key, text);
    if (node)
        set_place(node, place);
    return node;
}

/* The section, made where it isn't there. */
static struct node *section_of(struct words *words, struct node **section, const char *key)
{
    if (!*section)
        *section =
            add_node(words, NODE_MAP, config_root(words->sweep->config), key, NULL, words->path);
    return *section;
}

/* Adds a word whose list of values was read. */
static int add_list(struct words *words, const char *key, const struct node *list, const char *word)
{
    bool seed = strcmp(key, "seed") == 0;
    struct node *section = seed ? section_of(words, &words->repeats, "repeats")
                                : section_of(words, &words->parameters, "parameters");
    const char *name = arena_copy(config_arena(words->sweep->config), key, strlen(key));
    struct node *copy = section ? node_copy(words->sweep->config, list, section, key) : NULL;
    if (!copy || !name)
        return TRAINER_FAILED;
    set_place(copy, word);
    if (!seed)
        words->key[words->keys++] = name;
    return TRAINER_OK;
}

/* Reads "key=a,b" as `key=[a,b]`. A word that is none, or has one value, belongs to the base. */
static int read_word(struct words *words, const char *given)
{
    struct arena *arena = config_arena(words->sweep->config);
    const char *word = arena_copy(arena, given, strlen(given)), *equals = strchr(given, '=');
    const char *key = equals ? arena_copy(arena, given, (size_t)(equals - given)) : NULL;
    const char *whole = key ? arena_print(arena, "%s=[%s]", key, equals + 1) : NULL;
    struct config *scratch = NULL;
    if (!word || (equals && !whole))
        return TRAINER_FAILED;
    int rc = whole ? config_read_text(&scratch, given, NULL, "{}", 2, &whole, 1) : TRAINER_INVALID;
    const struct node *list = rc == TRAINER_OK ? config_find(scratch, key) : NULL;
    bool several = list && list->kind == NODE_LIST && list->count > 1;
    if (rc == TRAINER_INVALID)
        error_clear(); /* reading the base config reports it */
    rc = rc == TRAINER_FAILED ? rc : several ? add_list(words, key, list, word) : TRAINER_OK;
    if (!several)
        words->fixed[words->fixeds++] = word;
    config_free(scratch);
    return rc;
}

static int read_words(struct words *words)
{
    struct arena *arena = config_arena(words->sweep->config);
    size_t most = words->options->count + 1;
    words->key = arena_array(arena, most, sizeof *words->key);
    words->fixed = arena_array(arena, most, sizeof *words->fixed);
    int rc = words->key && words->fixed ? TRAINER_OK : TRAINER_FAILED;
    for (size_t i = 0; i < words->options->count && rc == TRAINER_OK; i++)
        rc = read_word(words, words->options->assignments[i]);
    if (rc == TRAINER_OK && !words->parameters && !words->repeats)
        rc = error_set(TRAINER_INVALID,
                       "%s is a config, and no key=value has several values; such as "
                       "optimizer.learning_rate=0.01,0.1",
                       words->path);
    return rc;
}

/* The end of a key, as long as it has to be to differ from the ends of the others. */
static const char *key_end(const struct words *words, size_t key)
{
    const char *name = words->key[key], *end = name + strlen(name);
    for (bool unique = false; !unique && end > name;) {
        for (end--; end > name && end[-1] != '.';)
            end--;
        unique = true;
        for (size_t i = 0; i < words->keys; i++) {
            size_t length = strlen(words->key[i]), own = strlen(end);
            if (i != key && length >= own && strcmp(words->key[i] + length - own, end) == 0)
                unique = false;
        }
    }
    return end;
}

/* "two_layer-learning_rate-units". A name given on the command line is the sweep's as it stands. */
static const char *make_name(const struct words *words)
{
    struct arena *arena = config_arena(words->sweep->config);
    const struct node *given = node_get(config_root(words->sweep->base), "name");
    const char *name = node_is_null(given) || !given->text
                           ? settings_default_name(arena, words->path, "sweep")
                           : given->text;
    if (given && given->at.line == 0)
        return name;
    for (size_t i = 0; i < words->keys && name; i++)
        name = arena_print(arena, "%s-%s", name, key_end(words, i));
    if (name && words->keys == 0)
        name = arena_print(arena, "%s-seed", name);
    return name && strlen(name) > NAME_MOST ? arena_copy(arena, name, NAME_MOST) : name;
}

static int add_metric(struct words *words, struct node *root)
{
    const char *name = words->options->metric, *goal = words->options->goal;
    const char *place = arena_print(config_arena(words->sweep->config), "--metric %s", name);
    int column = columns_find(name);
    bool larger = column >= 0 && columns_facts(column).direction == DIRECTION_LARGER;
    if (!goal)
        goal = larger ? "maximize" : "minimize";
    struct node *metric =
        place ? add_node(words, NODE_MAP, root, "metric", NULL, words->path) : NULL;
    bool made = metric && add_node(words, NODE_SCALAR, metric, "name", name, place) &&
                add_node(words, NODE_SCALAR, metric, "goal", goal, "--goal");
    return made ? TRAINER_OK : TRAINER_FAILED;
}

/* Adds the rest of the sweep, and keeps its text. */
static int complete(struct words *words)
{
    struct sweep *sweep = words->sweep;
    struct node *root = config_root(sweep->config);
    const char *name = make_name(words);
    if (!name || !add_node(words, NODE_SCALAR, root, "config", words->path, "") ||
        !add_node(words, NODE_SCALAR, root, "name", name, words->path) || add_metric(words, root))
        return TRAINER_FAILED;
    size_t length;
    char *text = config_emit(root, &length);
    sweep->source = text ? arena_copy(config_arena(sweep->config), text, length) : NULL;
    free(text);
    return sweep->source ? TRAINER_OK : TRAINER_FAILED;
}

int sweep_words_read(struct sweep *sweep, const struct config *config,
                     const struct sweep_options *options)
{
    const struct node *root = config_root(config);
    const char *path = root->at.file, *text = config_source(config);
    struct words words = {.sweep = sweep, .options = options};
    if (!options->metric)
        return error_set(TRAINER_INVALID,
                         "%s is a config, not a sweep; to vary its keys: trainer sweep %s "
                         "optimizer.learning_rate=0.01,0.1 --metric test_accuracy",
                         path, path);
    int rc = config_read_text(&sweep->config, "", NULL, "{}", 2, NULL, 0);
    if (rc != TRAINER_OK)
        return rc;
    words.path = arena_copy(config_arena(sweep->config), path, strlen(path));
    rc = words.path ? read_words(&words) : TRAINER_FAILED;
    if (rc == TRAINER_OK) /* from memory: a pipe gives its text once */
        rc = config_read_text(&sweep->base, path, root->folder, text, strlen(text), words.fixed,
                              words.fixeds);
    return rc == TRAINER_OK ? complete(&words) : rc;
}
