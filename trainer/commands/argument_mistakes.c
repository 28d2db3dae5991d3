/*
 * argument_mistakes.c - what is said of a wrong command line: what was probably meant.
 */
#include "argument_mistakes.h"
#include "arguments.h"
#include "base/error.h"
#include "base/suggest.h"
#include "config/key_hints.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_MAX = 64, SHOWN_MAX = 64 };

/* ---- options ---- */

/* The names of the command's options and of those of every command, and the options, in step. */
struct names {
    size_t count;
    const char *name[NAMES_MAX];
    const struct argument_option *option[NAMES_MAX];
};

static struct names names_of(const struct command *command)
{
    struct names names = {0};
    const struct argument_option *const table[] = {command->options, arguments_common};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        for (const struct argument_option *o = table[i]; o && o->name; o++) {
            if (names.count < NAMES_MAX) {
                names.name[names.count] = o->name;
                names.option[names.count++] = o;
            }
        }
    }
    return names;
}

/* The option with the closest name; of a single letter the only one that begins with it; else NULL.
 */
static const struct argument_option *closest_option(const struct names *names, const char *word)
{
    const struct argument_option *found = NULL;
    size_t same = 0;
    if (word[0] == '-' && word[1] != '-' && word[1] != '\0' && word[2] == '\0') {
        for (size_t i = 0; i < names->count; i++) {
            if (names->name[i][2] == tolower((unsigned char)word[1])) {
                found = names->option[i];
                same++;
            }
        }
        return same == 1 ? found : NULL;
    }
    const char *closest = suggest_closest(word, names->name, names->count);
    for (size_t i = 0; closest && i < names->count && !found; i++)
        found = names->name[i] == closest ? names->option[i] : NULL;
    return found;
}

static bool is_config_option(const char *word)
{
    static const char *const words[] = {"--config", "--cfg", "--file", "-c"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

/* The key that --epochs or --trainer.max_epochs stands for; NULL: none. */
static const char *key_of(const char *word)
{
    const char *bare = word + strspn(word, "-");
    return strchr(bare, '.') ? bare : key_hints_find(bare);
}

bool argument_unknown_option(const struct command *command, const char *text, const char *next)
{
    char word[SHOWN_MAX];
    const char *equals = strchr(text, '='), *value = equals ? equals + 1 : next;
    bool valued = !equals && next && next[0] != '-';
    struct names names = names_of(command);
    snprintf(word, sizeof word, "%.*s", (int)strcspn(text, "="), text);
    const struct argument_option *closest = closest_option(&names, word);
    const char *key = command->settings ? key_of(word) : NULL;
    if (key && (equals || valued)) {
        error_add(TRAINER_INVALID, "unknown option '%s'; settings are key=value: %s=%s", word, key,
                  value);
        return valued;
    }
    if (command->words_min > 0 && is_config_option(word)) {
        error_add(TRAINER_INVALID, "unknown option '%s'; a file is named without it: trainer %s %s",
                  word, command->name, equals || valued ? value : command->words);
        return valued;
    }
    if (closest) {
        error_add(TRAINER_INVALID, "unknown option '%s'; did you mean '%s'?", word, closest->name);
        return closest->value && valued;
    }
    error_add(TRAINER_INVALID, "unknown option '%s'; see `trainer help %s`", word, command->name);
    return false;
}

/* ---- key=value ---- */

/* `trainer resume` takes last parts as keys: max_steps=5. */
static bool resumes(const struct command *command)
{
    return strcmp(command->name, "resume") == 0;
}

/* Bytes of a key at the start of the text. */
static size_t key_length(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || (text[length] && strchr("_.-", text[length])))
        length++;
    return isalpha((unsigned char)text[0]) ? length : 0;
}

static bool report_blanks(int length, const char *key, const char *before, const char *value)
{
    error_add(TRAINER_INVALID, "'%.*s%s%s': write it without blanks: %.*s=%s", length, key, before,
              value, length, key, *value ? value : "VALUE");
    return true;
}

bool argument_blanks(char *const *argument, int count, bool word_wanted, int *takes)
{
    const char *text = argument[0], *next = count > 1 ? argument[1] : "";
    size_t length = key_length(text);
    const char *rest = text + length + strspn(text + length, " ");
    *takes = 1;
    if (text[0] == '+' && text[1 + key_length(text + 1)] == '=' && key_length(text + 1) > 0) {
        error_add(TRAINER_INVALID, "'%s': write it without '+': %s", text, text + 1);
        return true;
    }
    if (length == 0)
        return false;
    if (*rest == '=' && rest > text + length)
        return report_blanks((int)length, text, " = ", rest + 1 + strspn(rest + 1, " "));
    if (*rest == '\0' && *next == '=') {
        bool alone = next[1] == '\0';
        *takes = alone && count > 2 ? 3 : 2;
        return report_blanks((int)length, text, alone ? " = " : " =",
                             !alone      ? next + 1
                             : count > 2 ? argument[2]
                                         : "");
    }
    bool empty = *rest == '=' && rest[1] == '\0';
    bool value = *next && *next != '-' && !strchr(next, '=');
    if (empty && value && !(word_wanted && access(next, F_OK) == 0)) {
        *takes = 2;
        return report_blanks((int)length, text, "= ", next);
    }
    return false;
}

/* ---- words ---- */

void argument_extra_word(const struct command *command, const char *text, const char *next)
{
    const char *key = command->settings ? key_hints_find(text) : NULL;
    if (key && !next) {
        error_add(TRAINER_INVALID, "'%s' is one word too many; did you mean %s=VALUE?", text,
                  resumes(command) ? text : key);
        return;
    }
    error_add(TRAINER_INVALID, "'%s' is one word too many; usage: trainer %s%s%s", text,
              command->name, *command->words ? " " : "", command->words);
}

void argument_missing_word(const struct command *command, const char *const *setting,
                           size_t settings)
{
    for (size_t i = 0; i < settings; i++) {
        if (access(setting[i], F_OK) == 0) {
            error_add(TRAINER_INVALID, "'%s' is read as key=value; the file is ./%s", setting[i],
                      setting[i]);
            return;
        }
    }
    error_add(TRAINER_INVALID, "%.*s is missing; usage: trainer %s %s",
              (int)strcspn(command->words, " "), command->words, command->name, command->words);
}
