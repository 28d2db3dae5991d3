/*
 * list_kinds.c - the kinds of a family of the registry, from the tables that parse a config.
 */
#include "list_kinds.h"
#include "base/error.h"
#include "config/options.h"
#include "display/table.h"
#include "train/rate.h"
#include "train/settings.h"

#include <stdio.h>

/* The engine_list index whose descriptors are read; options are the same in all of them. */
enum { ANY_VARIANT = 0 };

/* As a config names it: layers in the spelling of their authors, all others as their file. */
static const char *name_of(const struct registry_entry *entry, const struct kind *kind)
{
    return entry->family == FAMILY_LAYER ? kind->title : entry->name;
}

/* "Dense, Linear" of "Dense,Linear". */
static void add_list(struct text *text, const char *words)
{
    for (; words && *words; words++)
        text_print(text, *words == ',' ? ", " : "%c", *words);
}

static int list_all(enum registry_family family, struct text *text)
{
    static const char *const headings[] = {"kind", "also", "what it is"};
    struct table table;
    table_start(&table, "lll", headings);
    for (size_t i = 0; i < registry_count(family); i++) {
        const struct registry_entry *entry = registry_at(family, i);
        const struct kind *kind = registry_kind(entry, ANY_VARIANT);
        struct text also = {0};
        add_list(&also, kind->aliases);
        table_cell(&table, "%s", name_of(entry, kind));
        table_cell(&table, "%s", text_get(&also));
        table_cell(&table, "%s", kind->help ? kind->help : "");
        table.cell.failed |= also.failed;
        text_free(&also);
    }
    return table_finish(&table, 0, text);
}

static const char *standard_of(const struct option *option)
{
    return option->required ? "required" : option->standard ? option->standard : "-";
}

/* Adds a row for each option; the keys of a section stand below it as "section.key". */
static void add_options(struct table *table, const char *prefix, const struct option *option)
{
    for (; option && option->key; option++) {
        char words[256], key[256];
        snprintf(key, sizeof key, "%s%s", prefix, option->key);
        table_cell(table, "%s", key);
        table_cell(table, "%s", options_describe(option, words, sizeof words));
        table_cell(table, "%s", standard_of(option));
        table_cell(table, "%s", option->help ? option->help : "");
        if (option->type == OPTION_SECTION) {
            snprintf(key, sizeof key, "%s%s.", prefix, option->key);
            add_options(table, key, option->section);
        }
    }
}

/* The options that every kind of a family has beside its own, into tables[2]; how many tables. */
static size_t common_tables(const struct registry_entry *entry, const struct option **tables)
{
    size_t count = 0;
    if (entry->family == FAMILY_OPTIMIZER) {
        tables[count++] = settings_optimizer;
        tables[count++] = settings_schedule;
    } else if (entry->family == FAMILY_SCHEDULE) {
        const struct schedule_kind *kind =
            (const struct schedule_kind *)registry_kind(entry, ANY_VARIANT);
        tables[count++] = kind->total ? rate_total_options : rate_options;
    }
    return count;
}

static int describe_kind(const struct registry_entry *entry, struct text *text)
{
    const struct kind *kind = registry_kind(entry, ANY_VARIANT);
    static const char *const headings[] = {"option", "type", "default", "meaning"};
    text_print(text, "%s: %s\n", name_of(entry, kind), kind->help ? kind->help : "");
    if (kind->aliases) {
        text_print(text, "also written: ");
        add_list(text, kind->aliases);
        text_print(text, "\n");
    }
    const struct option *common[2];
    size_t tables = common_tables(entry, common);
    if (tables == 0 && (!kind->options || !kind->options->key)) {
        text_print(text, "It has no options of its own.\n");
        return TRAINER_OK;
    }
    text_print(text, "\n");
    struct table table;
    table_start(&table, "llll", headings);
    add_options(&table, "", kind->options);
    for (size_t i = 0; i < tables; i++)
        add_options(&table, "", common[i]);
    return table_finish(&table, 0, text);
}

int list_kinds(enum registry_family family, const struct arguments *arguments)
{
    struct text text = {0};
    int rc;
    if (arguments->words == 0) {
        rc = list_all(family, &text);
    } else {
        const struct registry_entry *entry = registry_find(family, arguments->word[0]);
        if (!entry) {
            char unknown[1024];
            return error_set(TRAINER_INVALID, "%s",
                             registry_unknown(family, arguments->word[0], unknown, sizeof unknown));
        }
        rc = describe_kind(entry, &text);
    }
    rc = rc == TRAINER_OK ? text_write(&text, stdout) : rc;
    text_free(&text);
    return rc;
}
