/*
 * registry.c - looks kinds up in the generated tables.
 */
#include "registry.h"
#include "base/suggest.h"
#include "base/text.h"
#include "registry_tables.h"
#include <assert.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { KNOWN_MAX = 256 };

const char *registry_family_name(enum registry_family family)
{
    assert(family < FAMILY_COUNT);
    return registry_tables[family].family;
}

size_t registry_count(enum registry_family family)
{
    return registry_tables[family].count;
}

const struct registry_entry *registry_at(enum registry_family family, size_t index)
{
    assert(index < registry_tables[family].count);
    return &registry_tables[family].entry[index];
}

const struct kind *registry_kind(const struct registry_entry *entry, size_t variant)
{
    return registry_tables[entry->family].descriptor[variant][entry->index];
}

/* The next character that counts in a name, lower-case, up to end; 0 at the end. */
static int next_letter(const char **text, const char *end)
{
    while (*text < end && (**text == '_' || **text == '-' || **text == ' '))
        ++*text;
    return *text < end ? tolower((unsigned char)*(*text)++) : 0;
}

static bool same_name(const char *a, const char *a_end, const char *b, const char *b_end)
{
    for (;;) {
        int x = next_letter(&a, a_end), y = next_letter(&b, b_end);
        if (x != y)
            return false;
        if (x == 0)
            return true;
    }
}

/* Whether one of the comma-separated aliases is this name. */
static bool in_aliases(const char *aliases, const char *name)
{
    while (aliases) {
        const char *end = strchr(aliases, ',');
        const char *stop = end ? end : aliases + strlen(aliases);
        if (same_name(aliases, stop, name, name + strlen(name)))
            return true;
        aliases = end ? end + 1 : NULL;
    }
    return false;
}

const struct registry_entry *registry_find(enum registry_family family, const char *name)
{
    for (size_t i = 0; i < registry_count(family); i++) {
        const struct registry_entry *entry = registry_at(family, i);
        if (same_name(entry->name, entry->name + strlen(entry->name), name, name + strlen(name)) ||
            in_aliases(registry_kind(entry, 0)->aliases, name))
            return entry;
    }
    return NULL;
}

bool registry_has(const char *name)
{
    bool found = false;
    for (enum registry_family family = 0; family < FAMILY_COUNT && !found; family++)
        found = registry_find(family, name) != NULL;
    return found;
}

bool registry_same_kind(const char *a, const char *b)
{
    bool same = same_name(a, a + strlen(a), b, b + strlen(b));
    for (enum registry_family family = 0; family < FAMILY_COUNT && !same; family++) {
        const struct registry_entry *entry = registry_find(family, a);
        same = entry && entry == registry_find(family, b);
    }
    return same;
}

const struct registry_entry *registry_entry_of(enum registry_family family, const struct kind *kind)
{
    return registry_find(family, kind->title);
}

/* What to write for a kind that has another name here; NULL where no kind of the family knows. */
static const char *hint_for(enum registry_family family, const char *name)
{
    for (size_t i = 0; i < registry_count(family); i++)
        for (const struct kind_hint *hint = registry_kind(registry_at(family, i), 0)->meant;
             hint && hint->key; hint++)
            if (same_name(hint->key, hint->key + strlen(hint->key), name, name + strlen(name)))
                return hint->text;
    return NULL;
}

const char *registry_unknown(enum registry_family family, const char *name, char *text, size_t size)
{
    const char *known[KNOWN_MAX] = {0};
    size_t count = registry_count(family) < KNOWN_MAX ? registry_count(family) : KNOWN_MAX;
    for (size_t i = 0; i < count; i++)
        known[i] = registry_kind(registry_at(family, i), 0)->title;
    const char *hint = hint_for(family, name);
    const char *closest = suggest_closest(name, known, count);
    if (hint) {
        snprintf(text, size, "unknown %s '%s'; %s", registry_family_name(family), name, hint);
        return text;
    }
    snprintf(text, size, "unknown %s '%s'; %s%s%sknown: ", registry_family_name(family), name,
             closest ? "did you mean '" : "", closest ? closest : "", closest ? "'? " : "");
    for (size_t i = 0; i < count; i++)
        text_append(text, size, "%s%s", i ? ", " : "", known[i]);
    return text;
}
