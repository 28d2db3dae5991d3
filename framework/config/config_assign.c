/*
 * config_assign.c - key=value arguments, and values that stand elsewhere for the same keys.
 *
 *     trainer.max_steps=100                  sections that are missing are made
 *     trainer.evaluate={every: epoch}        the value is YAML; a mapping merges
 *     model.layers.affine1.units=100         items of a list go by their name
 *     optimizer.momentum=null                not given, so the default; an empty value is refused
 */
#include "base/error.h"
#include "base/suggest.h"
#include "config_internal.h"
#include "registry.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_SIZE = 2048, NAME_SIZE = 128, KNOWN_MAX = 1000, WORD_MAX = 64 };

/* An argument on its way down the tree. */
struct assignment {
    struct config *config;
    struct position at; /* of the argument, or of what stands for one */
    const char *path;   /* "model.layers.affine1.units", and what follows it in an argument */
    char *components;   /* "model\0layers\0affine1\0units" in the arena */
    size_t levels;      /* how many components there are */
    struct node *node;  /* where `key` is looked for */
    const char *key;    /* the component at hand */
    int reached;        /* length of the part of `path` that leads to `node`, for messages */
};

/* 'SoftmaxWithLoss' -> "softmax_with_loss", for kinds that the registry doesn't know. */
static void snake_case(const char *type, char *text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; type[i] && used + 2 < size; i++) {
        bool starts =
            i > 0 && isupper((unsigned char)type[i]) && islower((unsigned char)type[i - 1]);
        if (starts)
            text[used++] = '_';
        text[used++] = (char)tolower((unsigned char)type[i]);
    }
    text[used] = '\0';
}

static void kind_name(const char *type, char *text, size_t size)
{
    const struct registry_entry *entry = registry_find(FAMILY_LAYER, type);
    if (entry)
        snprintf(text, size, "%s", entry->name);
    else
        snake_case(type, text, size);
}

const char *node_default_name(const struct node *item, char *text, size_t size)
{
    const char *type = node_type(item);
    if (!type)
        return NULL;
    char mine[WORD_MAX + 1], other[WORD_MAX + 1];
    kind_name(type, mine, sizeof mine);
    int number = 1;
    for (const struct node *n = item->parent ? item->parent->first : item; n != item; n = n->next) {
        if (node_type(n)) {
            kind_name(node_type(n), other, sizeof other);
            number += strcmp(mine, other) == 0;
        }
    }
    snprintf(text, size, "%s%d", mine, number);
    return text;
}

/* The name under which an item of a list is addressed: its own, or in model.layers the default one.
 * NULL where it has none. */
static const char *item_name(const struct assignment *to, const struct node *item, char *text)
{
    const struct node *name = node_get(item, "name");
    if (name && name->kind == NODE_SCALAR && !node_is_null(name))
        return name->text;
    const struct node *layers = node_get(node_get(config_root(to->config), "model"), "layers");
    return item->parent == layers ? node_default_name(item, text, NAME_SIZE) : NULL;
}

/* Writes the default names of a list's items into them: they count kinds, and one is about to
 * change. */
static int pin_names(const struct assignment *to, const struct node *list)
{
    const char *names[KNOWN_MAX];
    char text[NAME_SIZE];
    size_t count = 0;
    for (struct node *n = list->first; n && count < KNOWN_MAX; n = n->next) {
        const char *name = node_is_null(node_get(n, "name")) ? item_name(to, n, text) : NULL;
        names[count++] = name ? arena_copy(&to->config->arena, name, strlen(name)) : NULL;
        if (name && !names[count - 1])
            return TRAINER_FAILED;
    }
    size_t i = 0;
    for (struct node *n = list->first; n && i < count; n = n->next, i++) {
        struct node *name = names[i] ? node_new_text(to->config, NULL, "name", names[i]) : NULL;
        if (name)
            node_set(n, name);
        else if (names[i])
            return TRAINER_FAILED;
    }
    return TRAINER_OK;
}

/* An item becomes another kind: what it is called and what it reads stay, unless the value says
 * so. */
static int change_kind(const struct assignment *to, struct node *item, struct node *value)
{
    static const char *const kept[] = {"name", "input"};
    int rc = pin_names(to, item->parent);
    for (size_t i = 0; i < sizeof kept / sizeof *kept && rc == TRAINER_OK; i++) {
        struct node *stays = node_get(item, kept[i]);
        if (stays && !node_get(value, kept[i])) {
            node_remove(item, stays);
            node_append(value, stays);
        }
    }
    if (rc == TRAINER_OK)
        node_replace(item, value);
    return rc;
}

/* Reports that no item of the list has this name, with those that there are. */
static int missing_item(const struct assignment *to)
{
    const char *known[KNOWN_MAX];
    char text[TEXT_SIZE] = "", name[NAME_SIZE];
    size_t count = 0;
    for (const struct node *n = to->node->first; n && count < KNOWN_MAX; n = n->next) {
        const char *found = item_name(to, n, name);
        known[count] = found ? arena_copy(&to->config->arena, found, strlen(found)) : NULL;
        count += known[count] != NULL;
    }
    return config_error(&to->at, "there is no '%s' in %.*s%s", to->key, to->reached, to->path,
                        suggest_words(text, sizeof text, to->key, known, count, true));
}

/* The child that the component addresses; NULL where there is none. */
static struct node *find_child(const struct assignment *to)
{
    if (to->node->kind == NODE_MAP)
        return node_get(to->node, to->key);
    char text[NAME_SIZE];
    for (struct node *n = to->node->first; n; n = n->next) {
        const char *name = item_name(to, n, text);
        if (name && strcmp(name, to->key) == 0)
            return n;
    }
    return NULL;
}

/* Steps into the child at `key`. In a mapping one that is missing or null is made, and a word that
 * names a kind is spelled out. */
static int descend(struct assignment *to)
{
    struct node *child = find_child(to);
    if (!child && to->node->kind == NODE_LIST)
        return missing_item(to);
    bool word = child && node_is_kind(child);
    if (to->node->kind == NODE_MAP && (word || node_is_null(child))) {
        struct node *made = node_new(to->config, NODE_MAP, NULL, to->key, NULL);
        if (!made)
            return TRAINER_FAILED;
        made->at = made->key_at = to->at;
        node_set(to->node, made);
        child = made;
    }
    to->reached = (int)(to->key + strlen(to->key) - to->components);
    if (child->kind == NODE_SCALAR)
        return config_error(&to->at, "'%.*s' is a value and has no keys", to->reached, to->path);
    to->node = child;
    return TRAINER_OK;
}

/* Stores the value under the last component. */
static int store(struct assignment *to, struct node *value)
{
    value->key_at = to->at;
    if (to->node->kind == NODE_MAP) {
        const char *before = strcmp(to->key, "type") == 0 ? node_type(to->node) : NULL;
        const struct node *parent = to->node->parent;
        int rc = before && parent && parent->kind == NODE_LIST ? pin_names(to, parent) : TRAINER_OK;
        value->retyped =
            before && value->kind == NODE_SCALAR && !registry_same_kind(before, value->text);
        value->key = to->key;
        node_set(to->node, value);
        return rc;
    }
    struct node *item = find_child(to);
    if (!item)
        return missing_item(to);
    if (node_changes_kind(item, value))
        return change_kind(to, item, value);
    if (value->kind == NODE_MAP) /* and so is an item that has a name */
        node_merge(item, value);
    else
        node_replace(item, value);
    return TRAINER_OK;
}

/* Cuts the path at its dots, so that each component ends with NUL. */
static int split(struct assignment *to)
{
    for (char *c = to->components; c; to->levels++) {
        char *dot = strchr(c, '.');
        if (*c == '\0' || dot == c) {
            return config_error(&to->at, "empty key; expected key=value, such as "
                                         "trainer.max_steps=100");
        }
        if (dot)
            *dot = '\0';
        c = dot ? dot + 1 : NULL;
    }
    if (strcmp(to->components, "include") == 0)
        return config_error(&to->at, "`include` can only stand in a file");
    if (to->levels > CONFIG_DEPTH_MAX)
        return config_error(&to->at, "nested more than 64 levels deep");
    return TRAINER_OK;
}

/* Reports a value that is empty: a shell's variable that was not set, more likely than a wish for
 * the default. */
static int check_empty(const struct assignment *to, const struct node *value)
{
    const char *end = strchr(to->path, '=');
    bool told = value->key && config_misses_blank(value->key); /* as an unknown key, later */
    if (value->kind == NODE_SCALAR && !value->quoted && *value->text == '\0' && !told) {
        return config_error(&to->at, "'%.*s' is empty; write null for the default",
                            value->key ? (int)strlen(value->key) : (int)(end - to->path),
                            value->key ? value->key : to->path);
    }
    int rc = TRAINER_OK;
    for (const struct node *child = value->first; child && rc == TRAINER_OK; child = child->next)
        rc = check_empty(to, child);
    return rc;
}

/* Reads the text behind '='. */
static int read_value(const struct assignment *to, const char *text, struct node **value)
{
    struct config *config = to->config;
    struct config_text source = {.name = to->at.file,
                                 .folder = config->folder,
                                 .text = text,
                                 .length = strlen(text),
                                 .argument = true,
                                 .depth = to->levels};
    *value = NULL;
    int rc = config_parse(config, &config->limits, &source, value);
    if (rc == TRAINER_OK && !*value) {
        *value = node_new(config, NODE_SCALAR, NULL, NULL, "");
        rc = *value ? TRAINER_OK : TRAINER_FAILED;
    }
    if (rc == TRAINER_OK)
        (*value)->at = to->at;
    return rc == TRAINER_OK ? check_empty(to, *value) : rc;
}

/* Walks the components to the last one and stores the value there. */
static int walk(struct assignment *to, struct node *value)
{
    int rc = TRAINER_OK;
    to->key = to->components;
    for (size_t i = 1; i < to->levels && rc == TRAINER_OK; i++) {
        rc = descend(to);
        to->key += strlen(to->key) + 1;
    }
    return rc == TRAINER_OK ? store(to, value) : rc;
}

int config_assign(struct config *config, const char *assignment)
{
    char *copy = arena_copy(&config->arena, assignment, strlen(assignment));
    if (!copy)
        return TRAINER_FAILED;
    struct config_text whole = {
        .name = copy, .text = copy, .length = strlen(copy), .argument = true};
    struct assignment to = {
        .config = config, .at = {.file = copy}, .path = copy, .node = config->root};
    int rc = config_text_check(&whole, &config->limits);
    if (rc != TRAINER_OK)
        return rc;
    const char *equals = strchr(copy, '=');
    if (!equals)
        return config_error(&to.at, "expected key=value, such as trainer.max_steps=100");
    to.components = arena_copy(&config->arena, copy, (size_t)(equals - copy));
    if (!to.components)
        return TRAINER_FAILED;
    rc = split(&to);
    struct node *value;
    if (rc == TRAINER_OK)
        rc = read_value(&to, equals + 1, &value);
    return rc == TRAINER_OK ? walk(&to, value) : rc;
}

int config_set(struct config *config, const char *path, const struct node *value,
               const struct position *at)
{
    struct assignment to = {.config = config, .at = *at, .path = path, .node = config->root};
    to.components = arena_copy(&config->arena, path, strlen(path));
    struct node *copy = node_copy(config, value, NULL, NULL);
    if (!to.components || !copy)
        return TRAINER_FAILED;
    int rc = split(&to);
    return rc == TRAINER_OK ? walk(&to, copy) : rc;
}

const struct node *config_find(struct config *config, const char *path)
{
    struct assignment to = {.config = config, .path = path, .node = config->root};
    char *rest = arena_copy(&config->arena, path, strlen(path));
    if (!rest)
        return NULL;
    while (to.node && (to.key = strsep(&rest, ".")))
        to.node = to.node->kind == NODE_SCALAR ? NULL : find_child(&to);
    return to.node;
}
