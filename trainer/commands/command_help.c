/*
 * command_help.c - `trainer help [COMMAND]`, `--help`: printed from the same tables that parse.
 */
#include "argument_types.h"
#include "arguments.h"
#include "base/error.h"
#include "commands.h"
#include "display/table.h"
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char exit_codes[] =
    "Exit status: 0; 1 the work failed; 2 the command line, the config or an input\n"
    "file is wrong.\n";

void help_usage(struct text *text)
{
    text_print(text,
               "usage: trainer CONFIG [key=value ...]   train a network as the YAML file says\n"
               "       trainer COMMAND ...              see `trainer help [COMMAND]`\n");
}

/* The columns that help may take, whatever the screen: it reads the same in a file. */
enum { HELP_WIDTH = 80, INDENT = 2, GAP = 2 };

/* "--threads N"; "-o, --output DIR". */
static const char *option_name(const struct argument_option *option, char *text, size_t size)
{
    const char *brief = strcmp(option->name, "--output") == 0 ? "-o, "
                        : strcmp(option->name, "--help") == 0 ? "-h, "
                                                              : "";
    snprintf(text, size, "%s%s%s%s", brief, option->name, option->value ? " " : "",
             option->value ? option->value : "");
    return text;
}

/* "threads to train on, or auto (trainer.threads)"; "trials side by side (at least 1, or auto)". */
static void add_meaning(struct text *text, const struct argument_option *option)
{
    char range[128];
    bool key = option->type == ARGUMENT_KEY || option->type == ARGUMENT_KEY_TEXT;
    const char *more = key ? option->key : argument_range(option, range, sizeof range);
    text_print(text, "%s", option->help);
    if (option->standard)
        text_print(text, "; default: %s", option->standard);
    if (*more)
        text_print(text, " (%s)", more);
}

/* Breaks the text at blanks, so that no line is wider than `width` unless a word is. */
static void wrap(struct text *text, size_t width)
{
    size_t start = 0;
    for (size_t i = 0; i < text->length; i++) {
        if (text->data[i] != ' ')
            continue;
        size_t next = i + 1 + strcspn(text->data + i + 1, " ");
        if (next - start > width) {
            text->data[i] = '\n';
            start = i + 1;
        }
    }
}

static void add_options(struct text *text, const struct argument_option *table)
{
    char name[64];
    size_t widest = 0;
    struct table rows;
    for (const struct argument_option *o = table; o && o->name; o++) {
        size_t width = o->help ? strlen(option_name(o, name, sizeof name)) : 0;
        widest = width > widest ? width : widest;
    }
    table_start(&rows, "ll", NULL);
    for (const struct argument_option *o = table; o && o->name; o++) {
        struct text meaning = {0};
        if (!o->help)
            continue;
        add_meaning(&meaning, o);
        wrap(&meaning, HELP_WIDTH - INDENT - widest - GAP);
        table_cell(&rows, "%s", option_name(o, name, sizeof name));
        table_cell(&rows, "%s", text_get(&meaning));
        text->failed |= meaning.failed;
        text_free(&meaning);
    }
    text->failed |= table_finish(&rows, INDENT, text) != TRAINER_OK;
}

/* Appends a paragraph, wrapped to HELP_WIDTH. */
static void add_paragraph(struct text *text, const char *words)
{
    struct text paragraph = {0};
    text_print(&paragraph, "%s", words);
    for (size_t i = 0; i + 1 < paragraph.length; i++)
        if (paragraph.data[i] == '\n')
            paragraph.data[i] = ' ';
    wrap(&paragraph, HELP_WIDTH);
    text_print(text, "\n%s", text_get(&paragraph));
    text->failed |= paragraph.failed;
    text_free(&paragraph);
}

static void help_command(const struct command *command, struct text *text)
{
    text_print(text, "usage: trainer %s%s%s%s\n\n%s.\n", command->name, *command->words ? " " : "",
               command->words, command->options ? " [options]" : "", command->summary);
    if (command->help)
        add_paragraph(text, command->help);
    if (command->options) {
        text_print(text, "\nOptions, anywhere on the line:\n");
        add_options(text, command->options);
    }
    text_print(text, "\nExample:\n  %s\n", command->example);
}

/* ---- all commands ---- */

static const char *const group_title[GROUPS] = {
    [GROUP_TRAIN] = "Training",
    [GROUP_RUNS] = "What was trained",
    [GROUP_CONFIG] = "A config, before anything is trained",
    [GROUP_KINDS] = "What a config may say",
    [GROUP_ABOUT] = "The program itself",
};

static int by_rank(const void *one, const void *other)
{
    const struct command *a = *(const struct command *const *)one;
    const struct command *b = *(const struct command *const *)other;
    return a->group != b->group ? (a->group > b->group) - (a->group < b->group)
           : a->rank != b->rank ? (a->rank > b->rank) - (a->rank < b->rank)
                                : strcmp(a->name, b->name);
}

/* The commands under the titles of their groups; all names take the columns of the longest. */
static void add_commands(struct text *text)
{
    const struct command **sorted = malloc(command_count * sizeof *sorted);
    size_t widest = 0;
    if (!sorted) {
        text->failed = true;
        return;
    }
    memcpy(sorted, command_list, command_count * sizeof *sorted);
    qsort(sorted, command_count, sizeof *sorted, by_rank);
    for (size_t i = 0; i < command_count; i++)
        widest = strlen(sorted[i]->name) > widest ? strlen(sorted[i]->name) : widest;
    for (size_t i = 0; i < command_count; i++) {
        if (i == 0 || sorted[i]->group != sorted[i - 1]->group)
            text_print(text, "\n%s:\n", group_title[sorted[i]->group]);
        text_print(text, "  %-*s  %s\n", (int)widest, sorted[i]->name, sorted[i]->summary);
    }
    free(sorted);
}

static void help_all(struct text *text)
{
    help_usage(text);
    add_commands(text);
    text_print(text, "\nOptions of every command:\n");
    add_options(text, arguments_common);
    text_print(text, "\nOptions of training (all: `trainer help train`):\n");
    add_options(text, command_train.options);
    text_print(text, "\n%s", exit_codes);
}

static int run_help(const struct arguments *arguments)
{
    struct text text = {0};
    if (arguments->words == 0) {
        help_all(&text);
    } else {
        const char *name = arguments->word[0];
        const struct command *command = commands_find(name);
        if (!command) {
            const char *closest = commands_closest(name);
            return error_set(TRAINER_INVALID, "unknown command '%s'; %s%s%s", name,
                             closest ? "did you mean '" : "`trainer help` lists the commands",
                             closest ? closest : "", closest ? "'?" : "");
        }
        help_command(command, &text);
    }
    int rc = text_write(&text, stdout);
    text_free(&text);
    return rc;
}

const struct command command_help = {
    .name = "help",
    .also = ",usage,man,",
    .group = GROUP_ABOUT,
    .rank = 1,
    .example = "trainer help train",
    .words = "[COMMAND]",
    .summary = "Print what a command does and all its options",
    .words_max = 1,
    .run = run_help,
};
