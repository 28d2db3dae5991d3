/*
 * option_default.c - what a key of a resolved config would be, had nobody set it.
 */
#include "option_default.h"
#include "base/number.h"
#include "config_leaves.h"

#include <stdio.h>
#include <string.h>

/* A section of the resolved config, or a kind in it. */
struct place {
    struct config *config;
    const struct node *map;
};

static const struct node *type_of(const struct node *map)
{
    return map && map->kind == NODE_MAP ? node_get(map, "type") : NULL;
}

static const char *of_table(const struct option *table, struct place place, const char *key);

/* Of the kind that the map names. */
static const char *of_kind(enum registry_family family, struct place place, const char *key)
{
    const struct node *type = type_of(place.map);
    const struct registry_entry *entry =
        type && type->text ? registry_find(family, type->text) : NULL;
    return entry ? of_table(registry_kind(entry, 0)->options, place, key) : NULL;
}

/* What the default of an option says of a key: "0" of "value" in "{type: constant, value: 0}". In
 * the config's memory; NULL: nothing. A word alone is the type. */
static const char *stated(const struct option *option, struct config *config, const char *key)
{
    const char *words = option->standard, *at;
    char start[64];
    if (words && *words != '{')
        return strcmp(key, "type") == 0 ? words : NULL;
    snprintf(start, sizeof start, "%s: ", key);
    at = words ? strstr(words, start) : NULL;
    if (!at || (at[-1] != '{' && at[-1] != ' '))
        return NULL;
    at += strlen(start);
    return arena_print(config_arena(config), "%.*s", (int)strcspn(at, ",}"), at);
}

/* Of a key within a kind that an option chooses. The default of the option may be a kind with
 * values of its own: these count as long as it is that kind. */
static const char *of_choice(const struct option *option, struct place place, const char *key)
{
    const char *usual = stated(option, place.config, "type"), *own = NULL;
    const struct registry_entry *entry = usual ? registry_find(option->family, usual) : NULL;
    const struct node *type = type_of(place.map);
    if (strcmp(key, "type") == 0)
        return entry ? entry->name : usual;
    if (entry && type && type->text && registry_find(option->family, type->text) == entry)
        own = stated(option, place.config, key);
    return own ? own : of_kind(option->family, place, key);
}

/* Of a key below an option: in its section, or in the kind that is chosen. */
static const char *below(const struct option *option, struct place place, const char *key)
{
    const struct node *map = place.map;
    place.map = map && map->kind == NODE_MAP ? node_get(map, option->key) : NULL;
    if (option->type == OPTION_SECTION)
        return of_table(option->section, place, key);
    return option->type == OPTION_KIND ? of_choice(option, place, key) : NULL;
}

static const char *of_table(const struct option *table, struct place place, const char *key)
{
    for (; table && table->key; table++) {
        size_t length = strlen(table->key);
        if (strncmp(table->key, key, length) != 0)
            continue;
        if (key[length] == '\0')
            return table->standard;
        if (key[length] == '.')
            return below(table, place, key + length + 1);
    }
    return NULL;
}

/* What of the key lies below a section, "units" of "model.layers.affine1.units"; NULL: nothing.
 * *map: that section of the config. */
static const char *enter(const struct option_group *group, struct config *resolved, const char *key,
                         const struct node **map)
{
    char section[LEAF_KEY_MAX];
    size_t length = strlen(group->path);
    *map = config_root(resolved);
    if (length == 0)
        return key;
    if (strncmp(key, group->path, length) != 0 || key[length] != '.')
        return NULL;
    if (strcmp(group->path, "model.layers") == 0) { /* each layer is one */
        length += 1 + strcspn(key + length + 1, ".");
        if (key[length] == '\0')
            return NULL;
    }
    snprintf(section, sizeof section, "%.*s", (int)length, key);
    *map = config_find(resolved, section);
    return key + length + 1;
}

const char *option_default(const struct option_group *groups, struct config *resolved,
                           const char *key)
{
    const char *found = NULL;
    for (; groups->path && !found; groups++) {
        struct place place = {resolved, NULL};
        const char *rest = enter(groups, resolved, key, &place.map);
        if (rest)
            found = groups->table ? of_table(groups->table, place, rest)
                                  : of_kind(groups->family, place, rest);
    }
    return found;
}

bool option_same(const char *a, const char *b)
{
    double x, y;
    return number_parse(a, &x) && number_parse(b, &y) ? x == y : strcmp(a, b) == 0;
}
