/*
 * options.c - option tables read mappings and write resolved ones: sections, kinds, unknown and
 * missing keys. How the value of one option is read and written stands in option_types.c.
 */
#include "options.h"
#include "base/error.h"
#include "base/suggest.h"
#include "config_internal.h"
#include "option_find.h"
#include "option_types.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_SIZE = 1536, KEYS_MAX = 256 };

/* --- sections and kinds ----------------------------------------------------------------------- */

/* YAML text of the program's own as a node; NULL when memory ran out. */
static const struct node *text_node(const struct options_context *context, const char *key,
                                    const char *words)
{
    struct config *config = context->config;
    struct config_limits limits = config_limits_all();
    struct config_text text = {.name = key,
                               .folder = config->folder,
                               .text = words,
                               .length = strlen(words),
                               .argument = true};
    struct node *node = NULL;
    int rc = config_parse(config, &limits, &text, &node);
    assert(rc != TRAINER_INVALID && (rc == TRAINER_FAILED || node));
    return rc == TRAINER_OK ? node : NULL;
}

/* The default as a node. A default that is wrong is a mistake in the table. */
static const struct node *standard_node(const struct slot *slot)
{
    return text_node(slot->context, slot->option->key, slot->option->standard);
}

static int missing(const struct options_context *context, const struct option *option,
                   const struct node *map)
{
    char text[TEXT_SIZE], hint[TEXT_SIZE] = "";
    const struct node *place = map ? map : config_root(context->config);
    const char *expected = option->type == OPTION_NODE && option->help
                               ? option->help
                               : option_expected(option, text, sizeof text);
    return config_error(
        place ? &place->at : NULL, "missing key '%s' in %s (%s)%s", option->key, context->owner,
        expected, place ? option_kind_hint(context, &place->at, false, hint, sizeof hint) : "");
}

/* The entry that the type names; NULL after reporting. */
static const struct registry_entry *find_entry(const struct options_context *context,
                                               enum registry_family family, const struct node *map,
                                               const struct node *type)
{
    char text[TEXT_SIZE];
    struct option option = {.key = "type", .type = OPTION_KIND, .family = family};
    if (node_is_null(type)) {
        missing(context, &option, map);
        return NULL;
    }
    if (type->kind != NODE_SCALAR) {
        option_refuse(&(struct slot){context, &option, NULL}, type);
        return NULL;
    }
    const struct registry_entry *entry = registry_find(family, type->text);
    if (!entry)
        config_error(&type->at, "%s%s", registry_unknown(family, type->text, text, sizeof text),
                     option_blank_hint(type));
    return entry;
}

/* The caller's known keys and `type`. */
static const char *const *with_type(const struct options_context *context)
{
    size_t count = 0;
    for (const char *const *k = context->known; k && *k; k++) {
        if (strcmp(*k, "type") == 0)
            return context->known;
        count++;
    }
    const char **keys = arena_array(config_arena(context->config), count + 2, sizeof *keys);
    for (size_t i = 0; keys && i < count; i++)
        keys[i] = context->known[i];
    if (keys)
        keys[count] = "type";
    return keys;
}

/* Refuses options that do not go together, at the place of the one that the kind names. */
static int check_together(const struct options_context *context, const struct kind *kind,
                          const struct node *map, const void *private)
{
    const char *key = NULL;
    const char *wrong = kind->refuse ? kind->refuse(private, &key) : NULL;
    if (!wrong)
        return TRAINER_OK;
    const struct node *at = key ? node_get(map, key) : NULL;
    return config_error(at    ? &at->at
                        : map ? &map->at
                              : NULL,
                        "'%s' of %s %s", key ? key : kind->title, context->owner, wrong);
}

/* Reads a kind whose name stands in `type`. */
static int read_named_kind(const struct options_context *context, enum registry_family family,
                           const struct node *map, const struct node *type,
                           struct kind_choice *choice)
{
    static const struct option no_options[] = {{0}};
    bool word = map && map->kind == NODE_SCALAR;
    const struct registry_entry *entry = find_entry(context, family, map, type);
    if (!entry)
        return TRAINER_INVALID;
    const struct kind *kind = registry_kind(entry, context->variant);
    struct options_context inner = *context;
    inner.known = with_type(context);
    inner.kind = kind;
    inner.family = family;
    inner.type = type;
    void *private = arena_allocate(config_arena(context->config), kind->private_size);
    if (!inner.known || !private ||
        (inner.resolved &&
         !node_new(inner.config, NODE_SCALAR, inner.resolved, "type", kind->title)))
        return TRAINER_FAILED;
    *choice = (struct kind_choice){kind, private, map};
    int rc = options_read(&inner, kind->options ? kind->options : no_options, word ? NULL : map,
                          private);
    return rc ? rc : check_together(context, kind, map, private);
}

/* The context for a mapping inside another: its owner in messages, its part of the resolved
 * tree. */
static int enter(const struct slot *slot, const char *owner, struct options_context *inner)
{
    *inner = *slot->context;
    inner->known = NULL;
    inner->kind = NULL;
    inner->partial = false;
    inner->owner = owner;
    if (inner->resolved) {
        inner->resolved =
            node_new(inner->config, NODE_MAP, inner->resolved, slot->option->key, NULL);
    }
    return owner && (inner->resolved || !slot->context->resolved) ? TRAINER_OK : TRAINER_FAILED;
}

/* node NULL: all defaults. */
static int read_section(const struct slot *slot, const struct node *node)
{
    if (node && node->kind != NODE_MAP)
        return option_refuse(slot, node);
    struct options_context inner;
    const char *owner = arena_print(config_arena(slot->context->config), "%s.%s",
                                    slot->context->owner, slot->option->key);
    int rc = enter(slot, owner, &inner);
    return rc == TRAINER_OK ? options_read(&inner, slot->option->section, node, slot->value) : rc;
}

/* `init: {std: 0.1}` keeps the type of the default. */
static int read_kind(const struct slot *slot, const struct node *node)
{
    if (node->kind == NODE_LIST)
        return option_refuse(slot, node);
    if (slot->option->word && node->kind == NODE_SCALAR &&
        strcmp(node->text, slot->option->word) == 0) {
        *(struct kind_choice *)slot->value = (struct kind_choice){.node = node};
        return TRAINER_OK;
    }
    struct options_context inner;
    const char *owner = arena_print(config_arena(slot->context->config), "%s of %s",
                                    slot->option->key, slot->context->owner);
    int rc = enter(slot, owner, &inner);
    const struct node *type = node->kind == NODE_SCALAR ? node : node_get(node, "type");
    if (!type && slot->option->usual)
        type = text_node(slot->context, slot->option->key, slot->option->usual);
    else if (!type && slot->option->standard)
        type = node_get(standard_node(slot), "type");
    return rc == TRAINER_OK ? read_named_kind(&inner, slot->option->family, node, type, slot->value)
                            : rc;
}
/* --- one option ------------------------------------------------------------------------------- */

/* Reads a value that is not null. */
static int read_value(const struct slot *slot, const struct node *node)
{
    if (slot->option->type == OPTION_SECTION)
        return read_section(slot, node);
    if (slot->option->type == OPTION_KIND)
        return read_kind(slot, node);
    return option_read(slot, node);
}

/* Writes the value to resolved, false when memory ran out. Sections and kinds are written while
 * they are read. */
static bool write_value(const struct slot *slot)
{
    enum option_type type = slot->option->type;
    return type == OPTION_SECTION || type == OPTION_KIND || option_write(slot);
}

/* --- tables ----------------------------------------------------------------------------------- */

/* All keys that a map may have, into keys[KEYS_MAX]; how many. */
static size_t known_keys(const struct options_context *context, const struct option *table,
                         const char **keys)
{
    size_t count = 0;
    for (const struct option *o = table; o->key && count < KEYS_MAX; o++)
        keys[count++] = o->key;
    for (const char *const *k = context->known; k && *k && count < KEYS_MAX; k++)
        keys[count++] = *k;
    return count;
}

static bool is_known(const char *key, const char *const *keys, size_t count)
{
    size_t i = 0;
    while (i < count && strcmp(keys[i], key) != 0)
        i++;
    return i < count;
}

/* What the kind says of a key that people bring from elsewhere; NULL: nothing. */
static const char *hint_of(const struct kind *kind, const char *key)
{
    for (const struct kind_hint *hint = kind ? kind->hints : NULL; hint && hint->key; hint++)
        if (strcmp(hint->key, key) == 0)
            return hint->text;
    return NULL;
}

static int check_unknown(const struct options_context *context, const struct option *table,
                         const struct node *map)
{
    const char *keys[KEYS_MAX];
    size_t count = known_keys(context, table, keys);
    int rc = TRAINER_OK;
    for (const struct node *n = map->first; n; n = n->next) {
        char text[TEXT_SIZE] = "", hint[TEXT_SIZE];
        const char *known = hint_of(context->kind, n->key);
        if (!is_known(n->key, keys, count) && known) {
            rc =
                config_error(&n->key_at, "unknown key '%s' in %s; %s%s", n->key, context->owner,
                             known, option_kind_hint(context, &n->key_at, true, hint, sizeof hint));
        } else if (!is_known(n->key, keys, count)) {
            bool other = false;
            if (config_misses_blank(n->key))
                snprintf(text, sizeof text, "; a blank is missing behind its ':'");
            else
                other = option_find(context, n, keys, count, text, sizeof text);
            rc =
                config_error(&n->key_at, "unknown key '%s' in %s%s%s", n->key, context->owner, text,
                             option_kind_hint(context, &n->key_at, other, hint, sizeof hint));
        }
    }
    return rc;
}

/* Whether an unknown key of the map was taken for this one: then its absence is no second
 * mistake. */
static bool is_misspelt(const struct options_context *context, const struct option *table,
                        const struct node *map, const char *key)
{
    const char *keys[KEYS_MAX];
    size_t count = known_keys(context, table, keys);
    bool misspelt = false;
    for (const struct node *n = map ? map->first : NULL; n && !misspelt; n = n->next) {
        const char *closest =
            is_known(n->key, keys, count) ? NULL : suggest_closest(n->key, keys, count);
        misspelt = closest && strcmp(closest, key) == 0;
    }
    return misspelt;
}

/* Stores the default where there is one. */
static int read_standard(const struct slot *slot)
{
    const struct node *node = standard_node(slot);
    return node ? read_value(slot, node) : TRAINER_FAILED;
}

/* Whether a section can do without being given. */
static bool has_all_defaults(const struct option *table)
{
    while (table->key && !table->required)
        table++;
    return table->key == NULL;
}

/* An option that is not given: its default, or a section of defaults, or nothing. *set: has a
 * value. */
static int read_absent(const struct slot *slot, bool *set)
{
    const struct option *option = slot->option;
    bool section = option->type == OPTION_SECTION && has_all_defaults(option->section);
    *set = option->standard || section;
    if (option->standard)
        return read_standard(slot);
    return section ? read_section(slot, NULL) : TRAINER_OK;
}

/* A value that is given. A wrong one leaves the default in its place. */
static int read_given(const struct slot *slot, const struct node *node)
{
    int rc = read_value(slot, node);
    if (rc != TRAINER_INVALID || !slot->option->standard)
        return rc;
    struct options_context silent = *slot->context;
    silent.resolved = NULL;
    struct slot again = {&silent, slot->option, slot->value};
    return read_standard(&again) == TRAINER_FAILED ? TRAINER_FAILED : TRAINER_INVALID;
}

static int read_option(const struct options_context *context, const struct option *table,
                       const struct option *option, const struct node *map, void *target)
{
    struct slot slot = {context, option, (char *)target + option->offset};
    const struct node *given = node_get(map, option->key);
    bool set = true;
    int rc;
    if (!node_is_null(given)) {
        rc = read_given(&slot, given);
    } else if (option->required) {
        return is_misspelt(context, table, map, option->key) ? TRAINER_INVALID
                                                             : missing(context, option, map);
    } else {
        rc = read_absent(&slot, &set);
    }
    if (rc == TRAINER_OK && set && context->resolved && !write_value(&slot))
        return TRAINER_FAILED;
    return rc;
}

int options_read(const struct options_context *context, const struct option *table,
                 const struct node *map, void *target)
{
    char found[TEXT_SIZE], expected[TEXT_SIZE];
    int rc = TRAINER_OK;
    if (node_is_null(map))
        map = NULL;
    if (map && map->kind != NODE_MAP) {
        rc = config_error(&map->at, "%s must be a %s, not %s%s", context->owner,
                          option_mapping(table, expected, sizeof expected),
                          option_found(map, found, sizeof found), option_blank_hint(map));
        map = NULL;
    } else if (map && !context->partial) {
        rc = check_unknown(context, table, map);
    }
    bool wrong_map = rc != TRAINER_OK && !map;
    for (const struct option *option = table; option->key; option++) {
        if (wrong_map && option->required)
            continue;
        int one = read_option(context, table, option, map, target);
        if (one == TRAINER_FAILED)
            return one;
        rc = one ? one : rc;
    }
    return rc;
}

int options_read_kind(const struct options_context *context, enum registry_family family,
                      const struct node *map, struct kind_choice *choice)
{
    bool word = map && map->kind == NODE_SCALAR;
    return read_named_kind(context, family, map, word ? map : node_get(map, "type"), choice);
}

/* Whether a key stands behind `own` in its table. */
static bool comes_later(const struct option *own, const char *key)
{
    for (const struct option *later = own + 1; later->key; later++)
        if (strcmp(later->key, key) == 0)
            return true;
    return false;
}

/* Moves the last key of the resolved mapping, `own`, which was written later than the others, to
 * where the table has it, so that a resolved config that is read again stays the same text. */
static void put_in_order(const struct options_context *context, const struct option *own)
{
    struct node *map = context->resolved, *last = map ? map->last : NULL;
    if (!last || strcmp(last->key, own->key) != 0)
        return;
    struct node *before = NULL, *at = map->first;
    while (at != last && !comes_later(own, at->key)) {
        before = at;
        at = at->next;
    }
    if (at == last)
        return;
    for (map->last = at; map->last->next != last;)
        map->last = map->last->next;
    map->last->next = NULL;
    last->next = at;
    *(before ? &before->next : &map->first) = last;
}

/* Whether an option of numbers without a default holds any. */
static bool has_number(const struct slot *slot)
{
    if (slot->option->type == OPTION_INTEGER)
        return !slot->option->standard && *(const int64_t *)slot->value != 0;
    return slot->option->type == OPTION_NUMBERS &&
           ((const struct option_numbers *)slot->value)->count > 0;
}

int options_write_rest(const struct options_context *context, const struct option *table,
                       const void *target)
{
    for (const struct option *option = table; option->key; option++) {
        struct slot slot = {context, option, (char *)target + option->offset};
        if (node_get(context->resolved, option->key) || !has_number(&slot))
            continue;
        if (!write_value(&slot))
            return TRAINER_FAILED;
        put_in_order(context, option);
    }
    return TRAINER_OK;
}

int options_choose_kind(const struct options_context *context, const struct option *table,
                        const char *name, void *target)
{
    int rc = TRAINER_OK;
    for (const struct option *option = table; option->key && rc == TRAINER_OK; option++) {
        struct slot slot = {context, option, (char *)target + option->offset};
        const struct kind_choice *choice = slot.value;
        if (option->type != OPTION_KIND || !option->word || choice->kind)
            continue;
        const struct node *node = text_node(context, option->key, name);
        rc = node ? read_kind(&slot, node) : TRAINER_FAILED;
        if (rc == TRAINER_OK)
            put_in_order(context, option);
    }
    return rc;
}
