/*
 * command_help.c - `trainer help [COMMAND]`, `--help`: printed from the same tables that parse.
 */
#include "arguments.h"
#include "base/error.h"
#include "commands.h"
#include "display/table.h"
#include "help.h"

#include <stdio.h>

static const char exit_codes[] =
    "Exit status: 0; 1 the work failed; 2 the command line, the config or an "
    "input file is wrong.\n";

void help_usage(struct text *text)
{
    text_print(text,
               "usage: trainer CONFIG [key=value ...]   train a network as the YAML file says\n"
               "       trainer COMMAND ...              see `trainer help`\n");
}

static void add_options(struct text *text, const struct argument_option *option)
{
    struct table table;
    table_start(&table, "ll", NULL);
    for (; option && option->name; option++) {
        if (option->help) {
            table_cell(&table, "%s%s%s", option->name, option->value ? " " : "",
                       option->value ? option->value : "");
            bool key = option->type == ARGUMENT_KEY || option->type == ARGUMENT_KEY_TEXT;
            table_cell(&table, key ? "%s (%s)" : "%s", option->help, option->key);
        }
    }
    text->failed |= table_finish(&table, 2, text) != TRAINER_OK;
}

static void help_command(const struct command *command, struct text *text)
{
    text_print(text, "usage: trainer %s%s%s%s\n\n%s.\n", command->name, *command->words ? " " : "",
               command->words, command->options ? " [options]" : "", command->summary);
    if (command->help)
        text_print(text, "\n%s", command->help);
    if (command->options) {
        text_print(text, "\nOptions, anywhere on the line:\n");
        add_options(text, command->options);
    }
}

static void help_all(struct text *text)
{
    struct table table;
    help_usage(text);
    text_print(text, "\nCommands:\n");
    table_start(&table, "ll", NULL);
    for (const struct command *const *command = command_list; *command; command++) {
        table_cell(&table, "%s", (*command)->name);
        table_cell(&table, "%s", (*command)->summary);
    }
    text->failed |= table_finish(&table, 2, text) != TRAINER_OK;
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
    .words = "[COMMAND]",
    .summary = "Print what a command does and all its options",
    .words_max = 1,
    .run = run_help,
};
