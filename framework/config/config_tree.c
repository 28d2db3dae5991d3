/*
 * config_tree.c - nodes: making, finding, merging them; messages with places.
 *
 * Invariants: every child's parent points back, `last` is the end of the chain from `first`,
 * `count` its length; the children of a mapping have keys, no two the same. All memory is the
 * config's arena.
 */
#include "base/error.h"
#include "config_internal.h"
#include "registry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MESSAGE_SIZE = 2048 };

struct node *config_root(const struct config *config)
{
    return config->root;
}

const char *config_source(const struct config *config)
{
    return config->source;
}

const char *config_name(const struct config *config)
{
    return config->name;
}

struct arena *config_arena(struct config *config)
{
    return &config->arena;
}

/* --- nodes ------------------------------------------------------------------------------------ */

struct node *node_get(const struct node *node, const char *key)
{
    if (!node || node->kind != NODE_MAP)
        return NULL;
    struct node *child = node->first;
    while (child && strcmp(child->key, key) != 0)
        child = child->next;
    return child;
}

bool node_is_null(const struct node *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL"};
    if (!node)
        return true;
    bool null = false;
    for (size_t i = 0; node->kind == NODE_SCALAR && i < sizeof words / sizeof *words; i++)
        null = null || strcmp(node->text, words[i]) == 0;
    return null && !node->quoted;
}

void node_append(struct node *parent, struct node *child)
{
    child->parent = parent;
    child->next = NULL;
    *(parent->last ? &parent->last->next : &parent->first) = child;
    parent->last = child;
    parent->count++;
}

/* The child before this one; NULL where it is the first. */
static struct node *node_before(const struct node *parent, const struct node *child)
{
    struct node *before = NULL;
    for (struct node *n = parent->first; n != child; n = n->next)
        before = n;
    return before;
}

void node_remove(struct node *parent, struct node *child)
{
    struct node *before = node_before(parent, child);
    *(before ? &before->next : &parent->first) = child->next;
    if (parent->last == child)
        parent->last = before;
    parent->count--;
    child->parent = child->next = NULL;
}

void node_replace(struct node *old, struct node *replacement)
{
    struct node *parent = old->parent;
    struct node *before = node_before(parent, old);
    replacement->parent = parent;
    replacement->next = old->next;
    *(before ? &before->next : &parent->first) = replacement;
    if (parent->last == old)
        parent->last = replacement;
    old->parent = old->next = NULL;
}

const char *node_type(const struct node *node)
{
    const struct node *type = node_get(node, "type");
    return type && type->kind == NODE_SCALAR && !node_is_null(type) ? type->text : NULL;
}

bool node_changes_kind(const struct node *base, const struct node *over)
{
    const char *before = node_type(base), *after = node_type(over);
    return before && after && !registry_same_kind(before, after);
}

void node_merge(struct node *base, struct node *over)
{
    base->at = over->at;
    base->key_at = over->key_at;
    base->folder = over->folder;
    for (struct node *child = over->first, *next; child; child = next) {
        next = child->next;
        node_set(base, child);
    }
}

bool node_is_kind(const struct node *node)
{
    return node->kind == NODE_SCALAR && !node->quoted && registry_has(node->text);
}

void node_spell_out(struct node *word, struct node *map)
{
    node_replace(word, map);
    word->key = "type";
    node_append(map, word);
}

void node_set(struct node *map, struct node *child)
{
    struct node *old = node_get(map, child->key);
    bool options = child->kind == NODE_MAP && !node_get(child, "type");
    if (!old)
        node_append(map, child);
    else if (old->kind == NODE_MAP && child->kind == NODE_MAP && !node_changes_kind(old, child))
        node_merge(old, child);
    else if (options && node_is_kind(old))
        node_spell_out(old, child);
    else
        node_replace(old, child);
}

struct node *node_new(struct config *config, enum node_kind kind, struct node *parent,
                      const char *key, const char *text)
{
    struct arena *arena = &config->arena;
    struct node *node = arena_allocate(arena, sizeof *node);
    const char *key_copy = key ? arena_copy(arena, key, strlen(key)) : NULL;
    const char *text_copy = text ? arena_copy(arena, text, strlen(text)) : NULL;
    if (!node || (key && !key_copy) || (text && !text_copy))
        return NULL;
    node->kind = kind;
    node->key = key_copy;
    node->text = kind == NODE_SCALAR && !text_copy ? "" : text_copy;
    node->folder = config->folder;
    const struct node *near = parent ? parent : config->root;
    node->at = node->key_at = near ? near->at : (struct position){.file = "config"};
    if (parent)
        node_append(parent, node);
    return node;
}

struct node *node_copy(struct config *config, const struct node *node, struct node *parent,
                       const char *key)
{
    struct node *copy = node_new(config, node->kind, NULL, key, node->text);
    if (!copy)
        return NULL;
    copy->quoted = node->quoted;
    copy->retyped = node->retyped;
    copy->at = node->at;
    copy->key_at = node->key_at;
    copy->folder = node->folder;
    for (const struct node *child = node->first; child; child = child->next)
        if (!node_copy(config, child, copy, child->key))
            return NULL;
    if (parent)
        node_append(parent, copy);
    return copy;
}

/* --- messages --------------------------------------------------------------------------------- */

const char *config_place(const struct position *at, char *text, size_t size)
{
    if (at->line == 0)
        snprintf(text, size, "the command line: %s", at->file);
    else
        snprintf(text, size, "%s:%d:%d", at->file, at->line, at->column);
    return text;
}

int config_error(const struct position *at, const char *format, ...)
{
    char text[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (!at)
        return error_add(TRAINER_INVALID, "%s", text);
    if (at->line == 0)
        return error_add(TRAINER_INVALID, "command line: %s: %s", at->file, text);
    return error_add(TRAINER_INVALID, "%s:%d:%d: %s", at->file, at->line, at->column, text);
}
