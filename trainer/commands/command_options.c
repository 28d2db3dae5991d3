/*
 * command_options.c - `trainer options [SECTION]`: every key of a config and of a sweep file, from
 * the tables that parse them.
 */
#include "base/error.h"
#include "base/suggest.h"
#include "command.h"
#include "display/format.h"
#include "display/json.h"
#include "display/table.h"
#include "sweep/sweep.h"
#include "train/sections.h"

#include <stdio.h>
#include <string.h>

struct options_flags {
    bool json;
};

static const struct argument_option options_options[] = {
    {"--json", ARGUMENT_FLAG, .offset = offsetof(struct options_flags, json),
     .help = "print a list of objects"},
    {0},
};

/* A sweep file's keys are no section of a config: they are listed under this word. */
static const struct option_group sweep_group = {"sweep", sweep_file_options,
                                                .help = "a sweep file"};

/* A walk over all rows that a SECTION picks. */
struct listing {
    const char *wanted; /* NULL: all */
    size_t count;
    void (*add)(struct listing *listing, const struct option_group *group, const char *key,
                const struct option *option);
    struct table *table;
    struct json *json;
};

/* Whether the key lies in the section, which may be named without what stands before it:
 * "early_stopping" for "trainer.early_stopping". */
static bool is_wanted(const char *wanted, const char *key)
{
    char inside[512], part[512];
    snprintf(inside, sizeof inside, ".%s.", key);
    snprintf(part, sizeof part, ".%s.", wanted ? wanted : "");
    return !wanted || strstr(inside, part);
}

static void walk(struct listing *listing, const struct option_group *group, const char *path,
                 const struct option *option)
{
    for (; option && option->key; option++) {
        char key[256], named[300];
        snprintf(key, sizeof key, "%s%s%s", path, *path ? "." : "", option->key);
        snprintf(named, sizeof named, "%s%s", group == &sweep_group ? "sweep." : "", key);
        bool section = option->type == OPTION_SECTION;
        if (!section && is_wanted(listing->wanted, named)) {
            listing->add(listing, group, key, option);
            listing->count++;
        }
        if (section)
            walk(listing, group, key, option->section);
    }
}

static void walk_all(struct listing *listing)
{
    for (const struct option_group *group = sections_list; group->path; group++)
        if (group->table)
            walk(listing, group, group->path, group->table);
}

static const char *standard_of(const struct option *option)
{
    return option->required ? "required" : option->standard ? option->standard : "-";
}

static void add_row(struct listing *listing, const struct option_group *group, const char *key,
                    const struct option *option)
{
    char words[256];
    (void)group;
    table_cell(listing->table, "%s", key);
    table_cell(listing->table, "%s", options_describe(option, words, sizeof words));
    table_cell(listing->table, "%s", standard_of(option));
    table_cell(listing->table, "%s", option->help ? option->help : "");
}

static void add_object(struct listing *listing, const struct option_group *group, const char *key,
                       const struct option *option)
{
    char words[256];
    struct json *json = listing->json;
    json_open(json, NULL, '{');
    json_string(json, "file", group == &sweep_group ? "sweep" : "config");
    json_string(json, "key", key);
    json_string(json, "type", options_describe(option, words, sizeof words));
    json_string(json, "default", option->standard);
    json_boolean(json, "required", option->required);
    json_string(json, "meaning", option->help);
    json_close(json, '}');
}

/* One table of what the walk finds, under a heading; nothing where it finds nothing. */
static int print_table(struct listing *listing, const char *heading,
                       void (*visit)(struct listing *), struct text *text)
{
    static const char *const headings[] = {"key", "type", "default", "meaning"};
    struct table table;
    size_t before = listing->count;
    table_start(&table, "llll", headings);
    listing->table = &table;
    visit(listing);
    bool some = listing->count > before;
    if (some)
        text_print(text, "%s%s\n", text->length > 0 ? "\n" : "", heading);
    struct text rows = {0};
    int rc = table_finish(&table, 0, &rows);
    if (some)
        text_string(text, text_get(&rows));
    text_free(&rows);
    return rc;
}

static void walk_sweep(struct listing *listing)
{
    walk(listing, &sweep_group, "", sweep_group.table);
}

/* Where the keys of kinds are listed. */
static void add_kinds(const struct listing *listing, struct text *text)
{
    for (const struct option_group *group = sections_list; group->path; group++)
        if (!group->table && is_wanted(listing->wanted, group->path))
            text_print(text, "\n%s: more keys by its `type`: %s", group->path, group->help);
}

static int print_text(struct listing *listing, struct text *text)
{
    listing->add = add_row;
    int rc = print_table(listing, "of a config:", walk_all, text);
    if (rc == TRAINER_OK)
        rc = print_table(listing, "of a sweep file:", walk_sweep, text);
    size_t before = text->length;
    add_kinds(listing, text);
    if (text->length > before)
        text_print(text, "\n");
    return rc;
}

static void print_json(struct listing *listing, struct text *text)
{
    struct json json = {.text = text};
    listing->add = add_object;
    listing->json = &json;
    json_open(&json, NULL, '[');
    walk_all(listing);
    walk_sweep(listing);
    json_close(&json, ']');
}

static int no_section(const char *wanted)
{
    static const char *const known[] = {"data",       "model",   "layers",   "optimizer",
                                        "schedule",   "trainer", "evaluate", "early_stopping",
                                        "checkpoint", "output",  "sweep"};
    char text[512] = "";
    return error_set(
        TRAINER_INVALID, "there is no section '%s'%s", wanted,
        suggest_words(text, sizeof text, wanted, known, sizeof known / sizeof *known, true));
}

static int run_options(const struct arguments *arguments)
{
    const struct options_flags *flags = arguments->private;
    struct listing listing = {.wanted = arguments->words > 0 ? arguments->word[0] : NULL};
    struct text text = {0};
    int rc = TRAINER_OK;
    if (flags->json)
        print_json(&listing, &text);
    else
        rc = print_text(&listing, &text);
    if (rc == TRAINER_OK && listing.count == 0)
        rc = no_section(listing.wanted);
    rc = rc == TRAINER_OK ? text_write(&text, stdout) : rc;
    text_free(&text);
    return rc;
}

const struct command command_options = {
    .name = "options",
    .also = ",keys,settings,sections,schema,params,parameters,",
    .group = GROUP_KINDS,
    .rank = 9,
    .words = "[SECTION]",
    .summary = "List the keys of a config and of a sweep file",
    .help =
        "SECTION is a section or a key, such as trainer, early_stopping or sweep. The keys of a\n"
        "kind of layer, data set or optimizer are listed by `trainer layers KIND` and so on.\n",
    .example = "trainer options early_stopping",
    .options = options_options,
    .private_size = sizeof(struct options_flags),
    .words_max = 1,
    .run = run_options,
};
