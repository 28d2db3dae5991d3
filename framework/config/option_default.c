/*
 * option_default.c - what a key of a resolved config would be, had nobody set it.
 */
#include "option_default.h"
#include "base/number.h"
#include "config_leaves.h"

#include <stdio.h>
#include <string.h>

static const char *of_table(const struct option *table, const struct node *map, const char *key);

/* Of the kind that the map names. */
static const char *of_kind(enum registry_family family, const struct node *map, const char *key)
{
    const struct node *type = map && map->kind == NODE_MAP ? node_get(map, "type") : NULL;
    const struct registry_entry *entry =
        type && type->text ? registry_find(family, type->text) : NULL;
    return entry ? of_table(registry_kind(entry, 0)->options, map, key) : NULL;
}

/* The name of the kind that is the default: "constant" of "constant" and of
 * "{type: constant, value: 0}"; other words as they are. */
static const char *default_kind(const struct option *option)
{
    static const char start[] = "{type: ";
    const char *standard = option->standard;
    if (!standard || strncmp(standard, start, strlen(start)) != 0)
        return standard;
    char name[64];
    const char *kind = standard + strlen(start);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(kind, ",}"), kind);
    const struct registry_entry *entry = registry_find(option->family, name);
    return entry ? entry->name : NULL;
}

/* Of a key below an option: in its section, or in the kind that is chosen. Where the default is a
 * kind with values of its own, these are no defaults of the kind. */
static const char *below(const struct option *option, const struct node *map, const char *key)
{
    const struct node *inner = map && map->kind == NODE_MAP ? node_get(map, option->key) : NULL;
    if (option->type == OPTION_SECTION)
        return of_table(option->section, inner, key);
    if (option->type == OPTION_KIND && strcmp(key, "type") == 0)
        return default_kind(option);
    bool own = option->standard && strchr(option->standard, ',');
    return option->type == OPTION_KIND && !own ? of_kind(option->family, inner, key) : NULL;
}

static const char *of_table(const struct option *table, const struct node *map, const char *key)
{
    for (; table && table->key; table++) {
        size_t length = strlen(table->key);
        if (strncmp(table->key, key, length) != 0)
            continue;
        if (key[length] == '\0')
            return table->standard;
        if (key[length] == '.')
            return below(table, map, key + length + 1);
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
        const struct node *map;
        const char *rest = enter(groups, resolved, key, &map);
        if (rest)
            found = groups->table ? of_table(groups->table, map, rest)
                                  : of_kind(groups->family, map, rest);
    }
    return found;
}

bool option_same(const char *a, const char *b)
{
    double x, y;
    return number_parse(a, &x) && number_parse(b, &y) ? x == y : strcmp(a, b) == 0;
}
