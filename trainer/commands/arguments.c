/*
 * arguments.c - takes a command line apart by the tables of the commands.
 *
 * Two passes: the first finds the first word and with it the command (an option's value is no
 * word, so options are looked up in all commands' tables); the second reads everything by that
 * command's table.
 */
#include "arguments.h"
#include "argument_mistakes.h"
#include "argument_types.h"
#include "base/error.h"
#include "commands.h"
#include "display/format.h"
#include "first_word.h"
#include "system/launcher.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const struct argument_option arguments_common[] = {
    {.name = "--help", .type = ARGUMENT_FLAG, .help = "print this help"},
    {.name = "--version", .type = ARGUMENT_FLAG, .help = "print the version and how it was built"},
    {0},
};

/* The command that each of arguments_common stands for. */
static const struct command *const common_command[] = {&command_help, &command_version};

enum part { PART_OPTION, PART_END_OF_OPTIONS, PART_SETTING, PART_WORD };

/* Whether the text has the form key=value; `./a=b.yaml` has not. */
static bool is_setting(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || (text[length] && strchr("_.-", text[length])))
        length++;
    return length > 0 && text[length] == '=';
}

static enum part part_of(const char *text, bool options_ended)
{
    if (!options_ended && text[0] == '-' && text[1] != '\0')
        return strcmp(text, "--") == 0 ? PART_END_OF_OPTIONS : PART_OPTION;
    return is_setting(text) ? PART_SETTING : PART_WORD;
}

/* What a short name, with or without `=VALUE`, is short for; any other text is itself. */
static const char *long_name(const char *text)
{
    return strcspn(text, "=") != 2 ? text
           : text[1] == 'h'        ? "--help"
           : text[1] == 'o'        ? "--output"
                                   : text;
}

/* The option that text names, with or without `=VALUE`, in a table that may be NULL. */
static const struct argument_option *find_option(const struct argument_option *table,
                                                 const char *text)
{
    text = long_name(text);
    size_t length = strcspn(text, "=");
    for (; table && table->name; table++)
        if (strlen(table->name) == length && memcmp(table->name, text, length) == 0)
            return table;
    return NULL;
}

static const struct argument_option *find_anywhere(const char *text)
{
    const struct argument_option *found = NULL;
    for (size_t i = 0; command_list[i] && !found; i++)
        found = find_option(command_list[i]->options, text);
    return found;
}

/* What the first pass finds. */
struct scan {
    int first;                    /* index of the first word in argv; 0: there is none */
    const struct command *common; /* what --help or --version stands for; NULL: neither is given */
};

static struct scan scan_arguments(int argc, char **argv)
{
    struct scan scan = {0};
    bool ended = false;
    for (int i = 1; i < argc; i++) {
        enum part part = part_of(argv[i], ended);
        const struct argument_option *common = find_option(arguments_common, argv[i]);
        if (part == PART_END_OF_OPTIONS) {
            ended = true;
        } else if (part == PART_OPTION && common && !scan.common) {
            scan.common = common_command[common - arguments_common];
        } else if (part == PART_OPTION) {
            const struct argument_option *option = find_anywhere(argv[i]);
            i += option && option->value && !strchr(argv[i], '=');
        } else if (part == PART_WORD && scan.first == 0) {
            scan.first = i;
        }
    }
    return scan;
}

/* value as a YAML scalar in double quotes, in which ${ is no variable; NULL with a message when
 * memory ran out. */
static char *quote_yaml(struct arena *arena, const char *value)
{
    enum { LONGEST = 4 }; /* of one byte: \x0a; `${` is no variable here: $${ */
    char *quoted = arena_array(arena, strlen(value) + 1, LONGEST);
    char *out = quoted;
    for (; quoted && *value; value++) {
        unsigned char c = (unsigned char)*value;
        if (c < 0x20 || c == 0x7f) {
            out += snprintf(out, LONGEST + 1, "\\x%02x", c);
        } else {
            if (c == '"' || c == '\\')
                *out++ = '\\';
            if (c == '$' && value[1] == '{')
                *out++ = '$';
            *out++ = (char)c;
        }
    }
    return quoted;
}

/* Appends "key=value" to the settings. */
static int add_key(struct arguments *arguments, const struct argument_option *option,
                   const char *value)
{
    struct arena *arena = &arguments->arena;
    bool text = option->type == ARGUMENT_KEY_TEXT;
    const char *yaml = text ? quote_yaml(arena, value) : value;
    const char *quote = text ? "\"" : "";
    const char *setting =
        yaml ? arena_print(arena, "%s=%s%s%s", option->key, quote, yaml, quote) : NULL;
    if (!setting)
        return TRAINER_FAILED;
    arguments->setting[arguments->settings++] = setting;
    return TRAINER_OK;
}

/* Reads the option at argv[*index]; moves on where its value is the next argument. `private` is the
 * command's struct. */
static int read_option(struct arguments *arguments, char *private, int argc, char **argv,
                       int *index)
{
    const char *text = argv[*index];
    const struct argument_option *option = find_option(arguments->command->options, text);
    const char *value = strchr(text, '=');
    if (!option) {
        const char *next = *index + 1 < argc ? argv[*index + 1] : NULL;
        *index += argument_unknown_option(arguments->command, text, next);
        return TRAINER_INVALID;
    }
    if (option->type == ARGUMENT_FLAG) {
        if (value) {
            return error_add(TRAINER_INVALID, "option '%s' takes no value, but is given '%s'",
                             option->name, value + 1);
        }
        *(bool *)(void *)(private + option->offset) = true;
        return TRAINER_OK;
    }
    value = value ? value + 1 : *index + 1 < argc ? argv[++*index] : NULL;
    if (!value) {
        return error_add(TRAINER_INVALID, "option '%s' needs a value: %s %s", option->name,
                         option->name, option->value);
    }
    bool key = option->type == ARGUMENT_KEY || option->type == ARGUMENT_KEY_TEXT;
    return key ? add_key(arguments, option, value) : argument_read(option, value, private);
}

static int read_setting(struct arguments *arguments, const char *text)
{
    if (!arguments->command->settings) {
        return error_add(TRAINER_INVALID, "'%s': `trainer %s` takes no key=value", text,
                         arguments->command->name);
    }
    arguments->setting[arguments->settings++] = text;
    return TRAINER_OK;
}

static int read_word(struct arguments *arguments, const char *text, const char *next)
{
    const struct command *command = arguments->command;
    if (arguments->words < command->words_max) {
        arguments->word[arguments->words++] = text;
        return TRAINER_OK;
    }
    argument_extra_word(command, text, next);
    return TRAINER_INVALID;
}

/* The second pass. name: the index of the command's name, which is no word of its own; or 0. */
static int read_arguments(struct arguments *arguments, char *private, int argc, char **argv,
                          int name)
{
    bool ended = false;
    int rc = TRAINER_OK;
    for (int i = 1; i < argc; i++) {
        int own = TRAINER_OK, takes;
        enum part part = part_of(argv[i], ended);
        bool wanted = arguments->words < arguments->command->words_max;
        if (i == name)
            continue;
        if (part == PART_END_OF_OPTIONS)
            ended = true;
        else if (part != PART_OPTION && arguments->command->settings &&
                 argument_blanks(argv + i, argc - i, wanted, &takes)) {
            i += takes - 1;
            own = TRAINER_INVALID;
        } else if (part == PART_OPTION)
            own = read_option(arguments, private, argc, argv, &i);
        else if (part == PART_SETTING)
            own = read_setting(arguments, argv[i]);
        else
            own = read_word(arguments, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
        rc = own != TRAINER_OK && rc != TRAINER_FAILED ? own : rc;
    }
    if (rc == TRAINER_OK && arguments->words < arguments->command->words_min) {
        argument_missing_word(arguments->command, arguments->setting, arguments->settings);
        rc = TRAINER_INVALID;
    }
    return rc;
}

/* The command line as a shell would read it again; NULL with a message when memory ran out. */
static const char *quote_line(struct arena *arena, int argc, char **argv)
{
    struct text line = {0};
    text_string(&line, "trainer");
    for (int i = 1; i < argc; i++) {
        text_spaces(&line, 1);
        text_shell_word(&line, argv[i]);
    }
    const char *copy =
        text_status(&line) == TRAINER_OK ? arena_copy(arena, line.data, line.length) : NULL;
    text_free(&line);
    return copy;
}

/* Makes the arguments of `trainer help COMMAND` or `trainer version`. */
static void stand_for(struct arguments *arguments, const struct command *common,
                      const struct command *named)
{
    arguments->command = common;
    if (common->words_max > 0 && named)
        arguments->word[arguments->words++] = named->name;
}

int arguments_parse(struct arguments *arguments, int argc, char **argv)
{
    assert(argc >= 2);
    *arguments = (struct arguments){0};
    error_clear();
    struct arena *arena = &arguments->arena;
    struct scan scan = scan_arguments(argc, argv);
    const char *first = scan.first ? argv[scan.first] : NULL;
    const struct command *named = first ? commands_find(first) : NULL;
    arguments->command = named ? named : &command_train;
    arguments->line = quote_line(arena, argc, argv);
    arguments->word = arena_array(arena, (size_t)argc, sizeof *arguments->word);
    arguments->setting = arena_array(arena, (size_t)argc, sizeof *arguments->setting);
    char *private = arena_allocate(arena, arguments->command->private_size);
    if (!arguments->line || !arguments->word || !arguments->setting || !private)
        return TRAINER_FAILED;
    arguments->private = private;
    argument_defaults(arguments->command->options, private);
    if (scan.common) {
        stand_for(arguments, scan.common, named);
        return TRAINER_OK;
    }
    /* Of several processes only the first needs the file. */
    if (first && !named && strcmp(first, "-") != 0 && access(first, F_OK) != 0 &&
        !launcher_follows())
        return first_word_suggest(arena, first);
    return read_arguments(arguments, private, argc, argv, named ? scan.first : 0);
}

void arguments_free(struct arguments *arguments)
{
    arena_free(&arguments->arena);
    *arguments = (struct arguments){0};
}
