/*
 * option_find.c - the full key that someone may have meant.
 *
 *     max_epochs: 5         its last part              trainer.max_epochs
 *     early_stopping: {patience: 3}                    trainer.early_stopping.patience
 *     epochs: 5, lr: 0.1    words of other programs    trainer.max_epochs, optimizer.learning_rate
 *     affine1: {units: 5}   a layer's name             model.layers.affine1.units
 *     units: 5              a key of layers            model.layers.affine1.units, ...
 *     beta1: 0.9            of another kind            "is an option of type: adam, adamw"
 *
 * Keys of the mapping itself come first, where they are close.
 */
#include "option_find.h"
#include "base/suggest.h"
#include "base/text.h"
#include "key_hints.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { KEYS_SHOWN = 3, PATH_SIZE = 256, NAME_SIZE = 128 };

struct search {
    const struct node *unknown;
    char own[PATH_SIZE]; /* of the mapping that it stands in: "optimizer" */
    int count;           /* of the keys found */
    char key[KEYS_SHOWN][PATH_SIZE];
    int kinds; /* of its family, that have this key */
    const char *kind[KEYS_SHOWN];
};

/* Whether two words are the same but for case, '_' and '-'. */
static bool same_word(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += strspn(a, "_-");
        b += strspn(b, "_-");
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

/* "trainer.evaluate" of a mapping there. */
static void path_of(const struct node *map, char *text, size_t size)
{
    if (!map || !map->parent)
        return;
    path_of(map->parent, text, size);
    text_append(text, size, "%s%s", *text ? "." : "", map->key ? map->key : "");
}

/* Notes a key, with what is given below the unknown one as long as that is one key. */
static void add_key(struct search *search, const char *path, const char *key)
{
    if (search->count == KEYS_SHOWN)
        return;
    char *text = search->key[search->count++];
    snprintf(text, PATH_SIZE, "%s%s%s", path, *path ? "." : "", key);
    const struct node *node = search->unknown;
    while (node->kind == NODE_MAP && node->count == 1) {
        node = node->first;
        text_append(text, PATH_SIZE, ".%s", node->key);
    }
    for (int i = 0; i + 1 < search->count; i++)
        if (strcmp(search->key[i], text) == 0) {
            search->count--;
            return;
        }
}

static void search_table(struct search *search, const char *path, const struct option *option)
{
    char below[PATH_SIZE];
    for (; option && option->key; option++) {
        if (*path && strcmp(path, search->own) != 0 && same_word(option->key, search->unknown->key))
            add_key(search, path, option->key);
        if (option->type == OPTION_SECTION) {
            snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", option->key);
            search_table(search, below, option->section);
        }
    }
}

/* Notes the kind where the key is one of its options. */
static void add_kind(struct search *search, const struct registry_entry *entry)
{
    const struct option *option = registry_kind(entry, 0)->options;
    while (option && option->key && !same_word(option->key, search->unknown->key))
        option++;
    if (option && option->key && search->kinds < KEYS_SHOWN)
        search->kind[search->kinds++] = entry->name;
}

static void search_family(struct search *search, const char *path, enum registry_family family)
{
    for (size_t i = 0; strcmp(path, search->own) != 0 && i < registry_count(family); i++)
        search_table(search, path, registry_kind(registry_at(family, i), 0)->options);
}

/* A layer of this name, or the layers whose kind has this key. */
static void search_layers(struct search *search, const struct node *root, const char *path)
{
    char text[NAME_SIZE], below[PATH_SIZE];
    const struct node *layers = node_get(node_get(root, "model"), "layers");
    for (const struct node *n = layers ? layers->first : NULL; n; n = n->next) {
        const struct node *given = node_get(n, "name"), *type = node_get(n, "type");
        bool named = given && given->kind == NODE_SCALAR && !node_is_null(given);
        const char *name = named ? given->text : node_default_name(n, text, sizeof text);
        if (!name || !type || type->kind != NODE_SCALAR)
            continue;
        if (strcmp(name, search->unknown->key) == 0)
            add_key(search, path, name);
        const struct registry_entry *entry = registry_find(FAMILY_LAYER, type->text);
        snprintf(below, sizeof below, "%s.%s", path, name);
        if (entry)
            search_table(search, below, registry_kind(entry, 0)->options);
    }
}

static void search_groups(struct search *search, const struct options_context *context)
{
    for (const struct option_group *group = context->groups; group && group->path; group++)
        if (group->table)
            search_table(search, group->path, group->table);
        else if (group->family == FAMILY_LAYER)
            search_layers(search, config_root(context->config), group->path);
        else
            search_family(search, group->path, group->family);
}

/* The key of the mapping that is close, or is what others call so, or ends so: `max_epochs` for
 * `epochs`; NULL where there is none. */
static const char *find_near(const char *word, const char *const *known, size_t count)
{
    const char *closest = suggest_closest(word, known, count);
    const char *hint = key_hints_find(word), *last = hint ? strrchr(hint, '.') : NULL;
    for (size_t i = 0; i < count && !closest; i++) {
        const char *end = strchr(known[i], '_');
        if ((last && strcmp(known[i], last + 1) == 0) || (end && same_word(end + 1, word)))
            closest = known[i];
    }
    return closest;
}

bool option_find(const struct options_context *context, const struct node *unknown,
                 const char *const *known, size_t count, char *text, size_t size)
{
    struct search search = {.unknown = unknown};
    const char *near = find_near(unknown->key, known, count);
    path_of(unknown->parent, search.own, sizeof search.own);
    if (!near)
        search_groups(&search, context);
    bool other = !near && search.count == 0 && context->kind;
    for (size_t i = 0; other && i < registry_count(context->family); i++)
        add_kind(&search, registry_at(context->family, i));
    const char *hint = near || !context->groups ? NULL : key_hints_find(unknown->key);
    if (hint && search.count + search.kinds == 0)
        add_key(&search, "", hint);
    if (near)
        text_append(text, size, "; did you mean '%s'?", near);
    else if (search.count + search.kinds == 0)
        suggest_words(text, size, unknown->key, known, count, true);
    for (int i = 0; i < search.count; i++)
        text_append(text, size, "%s'%s'%s", i ? " or " : "; did you mean ", search.key[i],
                    i + 1 == search.count ? "?" : "");
    for (int i = 0; i < search.kinds; i++)
        text_append(text, size, "%s%s", i ? ", " : "; it is an option of type: ", search.kind[i]);
    return search.kinds > 0;
}
