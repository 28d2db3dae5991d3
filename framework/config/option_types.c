/*
 * option_types.c - the types of options: how a value of each is read from a node, written to the
 * resolved tree, and described in words.
 *
 * Each type is one line of the table `types` at the end. A reader stores a value only when it is
 * right; a wrong one is reported with what was expected and what was found.
 */
#include "option_types.h"
#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/text.h"
#include "config_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_SIZE = 1536, CHOICES_MAX = 64, KEYS_SHOWN = 6 };

/* --- descriptions ----------------------------------------------------------------------------- */

static bool has_minimum(const struct option *option)
{
    return option->minimum != 0 || option->maximum != 0 || option->above_minimum;
}

static bool has_maximum(const struct option *option)
{
    return has_minimum(option) && option->maximum >= option->minimum && isfinite(option->maximum) &&
           !(option->above_minimum && option->maximum == option->minimum);
}

static bool in_range(const struct option *option, double value)
{
    bool low = has_minimum(option) &&
               (value < option->minimum || (option->above_minimum && value == option->minimum));
    bool high = has_maximum(option) &&
                (value > option->maximum || (option->below_maximum && value == option->maximum));
    return !low && !high;
}

/* "integer >= 1": the noun and its bounds. */
static void describe_range(const struct option *option, const char *noun, char *text, size_t size)
{
    char low[NUMBER_SIZE], high[NUMBER_SIZE];
    const char *sign = option->above_minimum ? ">" : ">=";
    number_text(option->minimum, 0, low);
    number_text(option->maximum, 0, high);
    if (!has_minimum(option))
        snprintf(text, size, "%s", noun);
    else if (!has_maximum(option))
        snprintf(text, size, "%s %s %s", noun, sign, low);
    else if (!isfinite(option->minimum))
        snprintf(text, size, "%s <= %s", noun, high);
    else if (option->above_minimum || option->below_maximum)
        snprintf(text, size, "%s %s %s and %s %s", noun, sign, low,
                 option->below_maximum ? "<" : "<=", high);
    else
        snprintf(text, size, "%s from %s to %s", noun, low, high);
}

/* "list of ", "list of 2 ", "list of 1 to 3 ", "list of 1 or more " */
static void describe_length(const struct option *option, char *text, size_t size)
{
    if (option->most > 0 && option->least == option->most)
        snprintf(text, size, "list of %zu ", option->most);
    else if (option->most > 0)
        snprintf(text, size, "list of %zu to %zu ", option->least, option->most);
    else if (option->least > 0)
        snprintf(text, size, "list of %zu or more ", option->least);
    else
        snprintf(text, size, "list of ");
}

/* "list of 2 integers >= 1"; with `single`, "integer >= 1 or list of 2 integers". */
static void describe_numbers(const struct option *option, char *text, size_t size)
{
    char length[64], range[128];
    const char *noun = option->whole ? "integer" : "number";
    const char *nouns = option->whole ? "integers" : "numbers";
    describe_length(option, length, sizeof length);
    describe_range(option, option->single ? noun : nouns, range, sizeof range);
    if (option->single)
        snprintf(text, size, "%s or %s%s", range, length, nouns);
    else
        snprintf(text, size, "%s%s", length, range);
}

static void add_word(const struct option *option, char *text, size_t size)
{
    if (option->word)
        text_append(text, size, " or %s", option->word);
}

/* "a,b" -> "one of a, b" */
static void describe_choices(const char *choices, char *text, size_t size)
{
    snprintf(text, size, "one of ");
    for (size_t used = strlen(text); *choices && used + 2 < size; choices++) {
        text[used++] = *choices;
        if (*choices == ',')
            text[used++] = ' ';
        text[used] = '\0';
    }
}

const char *options_describe(const struct option *option, char *text, size_t size)
{
    static const char *const nouns[] = {
        [OPTION_BOOLEAN] = "true or false",
        [OPTION_TEXT] = "text",
        [OPTION_PATH] = "path",
        [OPTION_NAMES] = "name or list of names",
        [OPTION_PATHS] = "path or list of paths",
        [OPTION_SOURCES] = "source or sources by name",
        [OPTION_INTERVAL] = "never, epoch, N epochs, N steps or N seconds",
        [OPTION_SECTION] = "mapping",
        [OPTION_NODE] = "value",
    };
    switch (option->type) {
    case OPTION_INTEGER:
        describe_range(option, "integer", text, size);
        add_word(option, text, size);
        break;
    case OPTION_NUMBER:
        describe_range(option, "number", text, size);
        add_word(option, text, size);
        break;
    case OPTION_NUMBERS:
        describe_numbers(option, text, size);
        add_word(option, text, size);
        break;
    case OPTION_INTERVAL:
        snprintf(text, size, "%s",
                 option->bare ? "integer >= 0 (steps) or N epochs" : nouns[option->type]);
        break;
    case OPTION_CHOICE:
        describe_choices(option->choices, text, size);
        break;
    case OPTION_KIND:
        snprintf(text, size, "kind of %s", registry_family_name(option->family));
        break;
    default:
        snprintf(text, size, "%s", nouns[option->type]);
    }
    return text;
}

const char *option_found(const struct node *node, char *text, size_t size)
{
    double number;
    if (node->kind != NODE_SCALAR)
        snprintf(text, size, "%s", node->kind == NODE_LIST ? "a list" : "a mapping");
    else if (number_parse(node->text, &number))
        snprintf(text, size, node->quoted ? "the text '%s'" : "%s", node->text);
    else
        snprintf(text, size, "'%s'", node->text);
    return text;
}

const char *option_blank_hint(const struct node *node)
{
    bool missing = node->kind == NODE_SCALAR && !node->quoted && config_misses_blank(node->text);
    return missing ? "; a blank is missing behind its ':'" : "";
}

const char *option_kind_hint(const struct options_context *context, const struct position *at,
                             bool other, char *text, size_t size)
{
    const struct node *type = context->type;
    char place[TEXT_SIZE];
    text[0] = '\0';
    if (type && (type->retyped || other) && strcmp(type->at.file, at->file) != 0)
        snprintf(text, size, "; the type '%s' is from %s", type->text,
                 config_place(&type->at, place, sizeof place));
    return text;
}

/* Several numbers for one on the command line are a sweep. */
static const char *sweep_hint(const struct option *option, const struct node *node)
{
    bool number = option->type == OPTION_INTEGER || option->type == OPTION_NUMBER;
    bool several = node->kind == NODE_SCALAR && !node->quoted && strchr(node->text, ',');
    return number && several && node->at.line == 0
               ? "; to try several values: trainer sweep CONFIG key=value,value"
               : "";
}

const char *option_mapping(const struct option *table, char *text, size_t size)
{
    size_t keys = 0;
    snprintf(text, size, "mapping");
    while (table && table[keys].key)
        keys++;
    for (size_t i = 0; keys <= KEYS_SHOWN && i < keys; i++)
        text_append(text, size, "%s%s", i ? ", " : " of ", table[i].key);
    return text;
}

const char *option_expected(const struct option *option, char *text, size_t size)
{
    return option->type == OPTION_SECTION ? option_mapping(option->section, text, size)
                                          : options_describe(option, text, size);
}

/* Reports a value of the wrong type or out of range; `hint` ends the line. */
static int refuse_hint(const struct slot *slot, const struct node *node, const char *hint)
{
    static const char *const articles[] = {
        [OPTION_INTEGER] = "an ", [OPTION_NUMBER] = "a ", [OPTION_BOOLEAN] = "",
        [OPTION_TEXT] = "",       [OPTION_PATH] = "a ",   [OPTION_CHOICE] = "",
        [OPTION_NAMES] = "a ",    [OPTION_PATHS] = "a ",  [OPTION_SOURCES] = "a ",
        [OPTION_NUMBERS] = "a ",  [OPTION_INTERVAL] = "", [OPTION_SECTION] = "a ",
        [OPTION_KIND] = "a ",     [OPTION_NODE] = "a ",
    };
    char expected[TEXT_SIZE], found[TEXT_SIZE], kind[TEXT_SIZE];
    const struct option *option = slot->option;
    bool vowel = option->type == OPTION_NUMBERS && option->whole && option->single;
    return config_error(&node->at, "'%s' in %s must be %s%s, not %s%s%s%s", option->key,
                        slot->context->owner, vowel ? "an " : articles[option->type],
                        option_expected(option, expected, sizeof expected),
                        option_found(node, found, sizeof found), hint, sweep_hint(option, node),
                        option_kind_hint(slot->context, &node->at, false, kind, sizeof kind));
}

int option_refuse(const struct slot *slot, const struct node *node)
{
    bool map = slot->option->type == OPTION_SECTION || slot->option->type == OPTION_KIND;
    return refuse_hint(slot, node, map ? option_blank_hint(node) : "");
}

/* --- reading and writing, type by type -------------------------------------------------------- */

static bool is_plain(const struct node *node)
{
    return node->kind == NODE_SCALAR && !node->quoted;
}

static bool is_word(const struct node *node, const char *word)
{
    return word && node->kind == NODE_SCALAR && strcmp(node->text, word) == 0;
}

/* Adds a scalar that is no text: a number, boolean, interval. */
static bool write_plain(const struct slot *slot, const char *text)
{
    return node_new(slot->context->config, NODE_SCALAR, slot->context->resolved, slot->option->key,
                    text) != NULL;
}

static int read_integer(const struct slot *slot, const struct node *node)
{
    int64_t value;
    if (is_word(node, slot->option->word))
        value = (int64_t)slot->option->word_value;
    else if (!is_plain(node) || !number_parse_integer(node->text, &value) ||
             !in_range(slot->option, (double)value))
        return option_refuse(slot, node);
    *(int64_t *)slot->value = value;
    return TRAINER_OK;
}

static bool write_integer(const struct slot *slot)
{
    char text[NUMBER_SIZE];
    int64_t value = *(const int64_t *)slot->value;
    if (slot->option->word && (double)value == slot->option->word_value)
        return write_plain(slot, slot->option->word);
    snprintf(text, sizeof text, "%" PRId64, value);
    return write_plain(slot, text);
}

static int read_number(const struct slot *slot, const struct node *node)
{
    double value;
    if (is_word(node, slot->option->word))
        value = slot->option->word_value;
    else if (!is_plain(node) || !number_parse(node->text, &value) || !in_range(slot->option, value))
        return option_refuse(slot, node);
    *(double *)slot->value = value;
    return TRAINER_OK;
}

static bool write_number(const struct slot *slot)
{
    char text[NUMBER_SIZE];
    double value = *(const double *)slot->value;
    if (slot->option->word && value == slot->option->word_value)
        return write_plain(slot, slot->option->word);
    return write_plain(slot, number_text(value, 0, text));
}

static int read_boolean(const struct slot *slot, const struct node *node)
{
    static const char *const words[] = {"false", "False", "FALSE", "true", "True", "TRUE"};
    for (size_t i = 0; is_plain(node) && i < 6; i++) {
        if (strcmp(node->text, words[i]) == 0) {
            *(bool *)slot->value = i >= 3;
            return TRAINER_OK;
        }
    }
    return option_refuse(slot, node);
}

static bool write_boolean(const struct slot *slot)
{
    return write_plain(slot, *(const bool *)slot->value ? "true" : "false");
}

static int read_text(const struct slot *slot, const struct node *node)
{
    if (node->kind != NODE_SCALAR)
        return option_refuse(slot, node);
    *(const char **)slot->value = node->text;
    return TRAINER_OK;
}

static bool write_string(const struct slot *slot)
{
    return node_new_text(slot->context->config, slot->context->resolved, slot->option->key,
                         *(const char *const *)slot->value) != NULL;
}

/* The path that a scalar states, absolute; NULL where memory ran out. */
static const char *path_of(const struct slot *slot, const struct node *node)
{
    const char *path = node->text;
    while (strncmp(path, "./", 2) == 0 && path[2] != '\0')
        path += 2;
    if (*path == '/')
        return path;
    const char *slash = strcmp(node->folder, "/") == 0 ? "" : "/";
    return arena_print(config_arena(slot->context->config), "%s%s%s", node->folder, slash, path);
}

static int read_path(const struct slot *slot, const struct node *node)
{
    if (node->kind != NODE_SCALAR || *node->text == '\0')
        return option_refuse(slot, node);
    const char *path = path_of(slot, node);
    if (!path)
        return TRAINER_FAILED;
    *(const char **)slot->value = path;
    return TRAINER_OK;
}

/* The words of "a,b" into word[CHOICES_MAX], cut in buffer[TEXT_SIZE]; how many. */
static int split_choices(const char *choices, char *buffer, const char **word)
{
    int count = 0;
    char *rest = buffer;
    snprintf(buffer, TEXT_SIZE, "%s", choices);
    while (rest && count < CHOICES_MAX)
        word[count++] = strsep(&rest, ",");
    return count;
}

static int read_choice(const struct slot *slot, const struct node *node)
{
    char buffer[TEXT_SIZE], hint[TEXT_SIZE] = "";
    const char *word[CHOICES_MAX];
    int count = split_choices(slot->option->choices, buffer, word);
    for (int i = 0; i < count; i++) {
        if (is_word(node, word[i])) {
            *(int *)slot->value = i;
            return TRAINER_OK;
        }
    }
    const char *closest =
        node->kind == NODE_SCALAR ? suggest_closest(node->text, word, (size_t)count) : NULL;
    if (closest)
        snprintf(hint, sizeof hint, "; did you mean '%s'?", closest);
    return refuse_hint(slot, node, hint);
}

static bool write_choice(const struct slot *slot)
{
    char buffer[TEXT_SIZE];
    const char *word[CHOICES_MAX];
    split_choices(slot->option->choices, buffer, word);
    return node_new_text(slot->context->config, slot->context->resolved, slot->option->key,
                         word[*(const int *)slot->value]) != NULL;
}

static int read_names(const struct slot *slot, const struct node *node)
{
    struct arena *arena = config_arena(slot->context->config);
    bool list = node->kind == NODE_LIST;
    struct option_names names = {.count = list ? node->count : 1};
    names.name = arena_array(arena, names.count, sizeof *names.name);
    names.node = arena_array(arena, names.count, sizeof *names.node);
    if (!names.name || !names.node)
        return TRAINER_FAILED;
    const struct node *item = list ? node->first : node;
    for (size_t i = 0; i < names.count; i++, item = item->next) {
        if (item->kind != NODE_SCALAR || node_is_null(item))
            return option_refuse(slot, item);
        names.name[i] = item->text;
        names.node[i] = item;
    }
    *(struct option_names *)slot->value = names;
    return TRAINER_OK;
}

static bool write_names(const struct slot *slot)
{
    const struct option_names *names = slot->value;
    struct config *config = slot->context->config;
    struct node *list =
        node_new(config, NODE_LIST, slot->context->resolved, slot->option->key, NULL);
    bool done = list != NULL;
    for (size_t i = 0; done && i < names->count; i++)
        done = node_new_text(config, list, NULL, names->name[i]) != NULL;
    return done;
}

static int read_paths(const struct slot *slot, const struct node *node)
{
    struct option_names names;
    struct slot read = {slot->context, slot->option, &names};
    int rc = read_names(&read, node);
    for (size_t i = 0; !rc && i < names.count; i++) {
        if (*names.name[i] == '\0')
            return option_refuse(slot, names.node[i]);
        names.name[i] = path_of(slot, names.node[i]);
        rc = names.name[i] ? TRAINER_OK : TRAINER_FAILED;
    }
    if (!rc)
        *(struct option_names *)slot->value = names;
    return rc;
}

/* A number of a list. A whole one fits in the 53 bits that a double holds exactly. */
static bool parse_item(const struct option *option, const struct node *item, double *value)
{
    int64_t whole;
    bool right = is_plain(item) && number_parse(item->text, value) && in_range(option, *value);
    return right &&
           (!option->whole || (number_parse_integer(item->text, &whole) && fabs(*value) <= 0x1p53));
}

static int read_numbers(const struct slot *slot, const struct node *node)
{
    const struct option *option = slot->option;
    bool list = node->kind == NODE_LIST, word = is_word(node, option->word);
    size_t count = list ? node->count : 1;
    if (!list && !word && !option->single)
        return option_refuse(slot, node);
    if (list && (count < option->least || (option->most > 0 && count > option->most))) {
        char hint[32];
        snprintf(hint, sizeof hint, " of %zu", count);
        return refuse_hint(slot, node, hint);
    }
    double *value = arena_array(config_arena(slot->context->config), count, sizeof *value);
    if (!value)
        return TRAINER_FAILED;
    const struct node *item = list ? node->first : node;
    for (size_t i = 0; i < count; i++, item = item->next)
        if (word)
            value[i] = option->word_value;
        else if (!parse_item(option, item, &value[i]))
            return option_refuse(slot, item);
    *(struct option_numbers *)slot->value = (struct option_numbers){count, value};
    return TRAINER_OK;
}

static bool write_item(const struct slot *slot, struct node *parent, const char *key, double value)
{
    char text[NUMBER_SIZE];
    if (slot->option->whole)
        snprintf(text, sizeof text, "%.0f", value);
    else
        number_text(value, 0, text);
    return node_new(slot->context->config, NODE_SCALAR, parent, key, text) != NULL;
}

static bool write_numbers(const struct slot *slot)
{
    const struct option *option = slot->option;
    const struct option_numbers *numbers = slot->value;
    struct node *resolved = slot->context->resolved;
    if (numbers->count == 1 && option->word && *numbers->value == option->word_value)
        return write_plain(slot, option->word);
    if (numbers->count == 1 && option->single)
        return write_item(slot, resolved, option->key, *numbers->value);
    struct node *list = node_new(slot->context->config, NODE_LIST, resolved, option->key, NULL);
    bool done = list != NULL;
    for (size_t i = 0; done && i < numbers->count; i++)
        done = write_item(slot, list, NULL, numbers->value[i]);
    return done;
}

/* "100 steps", "1 second": a count and one of the unit's two spellings. */
static bool parse_count(const char *text, const char *one, const char *many, int64_t *count)
{
    const char *space = strchr(text, ' ');
    char number[NUMBER_SIZE];
    if (!space || (size_t)(space - text) >= sizeof number ||
        (strcmp(space + 1, one) != 0 && strcmp(space + 1, many) != 0))
        return false;
    snprintf(number, sizeof number, "%.*s", (int)(space - text), text);
    return number_parse_integer(number, count) && *count >= 1;
}

static int read_interval(const struct slot *slot, const struct node *node)
{
    struct option_interval interval = {INTERVAL_NEVER, 0};
    if (node->kind != NODE_SCALAR)
        return option_refuse(slot, node);
    if (strcmp(node->text, "epoch") == 0)
        interval = (struct option_interval){INTERVAL_EPOCH, 1};
    else if (parse_count(node->text, "epoch", "epochs", &interval.count))
        interval.unit = INTERVAL_EPOCH;
    else if (parse_count(node->text, "step", "steps", &interval.count))
        interval.unit = INTERVAL_STEPS;
    else if (parse_count(node->text, "second", "seconds", &interval.count))
        interval.unit = INTERVAL_SECONDS;
    else if (slot->option->bare && number_parse_integer(node->text, &interval.count) &&
             interval.count >= 0)
        interval.unit = interval.count > 0 ? INTERVAL_STEPS : INTERVAL_NEVER;
    else if (strcmp(node->text, "never") != 0)
        return option_refuse(slot, node);
    *(struct option_interval *)slot->value = interval;
    return TRAINER_OK;
}

static bool write_interval(const struct slot *slot)
{
    static const char *const units[] = {"never", "epoch", "step", "second"};
    const struct option_interval *interval = slot->value;
    char text[2 * NUMBER_SIZE];
    const char *unit = units[interval->unit];
    bool epoch = interval->unit == INTERVAL_EPOCH && interval->count == 1;
    bool counts = interval->unit == INTERVAL_NEVER || interval->unit == INTERVAL_STEPS;
    if (slot->option->bare && counts) {
        snprintf(text, sizeof text, "%" PRId64, interval->count);
        unit = text;
    } else if (interval->unit != INTERVAL_NEVER && !epoch) {
        snprintf(text, sizeof text, "%" PRId64 " %s%s", interval->count, unit,
                 interval->count == 1 ? "" : "s");
        unit = text;
    }
    return write_plain(slot, unit);
}

/* Without a key `file` beside it a source is a file of its own. */
static int read_sources(const struct slot *slot, const struct node *node)
{
    struct config *config = slot->context->config;
    bool alone = node->kind == NODE_SCALAR, inside = node_get(node->parent, "file") != NULL;
    if (node->kind == NODE_LIST || (!alone && node->count == 0))
        return option_refuse(slot, node);
    struct option_sources sources = {.count = alone ? 1 : node->count};
    sources.name = arena_array(config_arena(config), sources.count, sizeof *sources.name);
    sources.where = arena_array(config_arena(config), sources.count, sizeof *sources.where);
    if (!sources.name || !sources.where)
        return TRAINER_FAILED;
    const struct node *item = alone ? node : node->first;
    for (size_t i = 0; i < sources.count; i++, item = item->next) {
        if (item->kind != NODE_SCALAR || *item->text == '\0')
            return option_refuse(slot, item);
        sources.name[i] = alone ? NULL : item->key;
        sources.where[i] = inside ? item->text : path_of(slot, item);
        if (!sources.where[i])
            return TRAINER_FAILED;
    }
    *(struct option_sources *)slot->value = sources;
    return TRAINER_OK;
}

static bool write_sources(const struct slot *slot)
{
    const struct option_sources *sources = slot->value;
    struct config *config = slot->context->config;
    struct node *map = slot->context->resolved;
    const char *key = slot->option->key;
    if (!sources->name[0])
        return node_new_text(config, map, key, sources->where[0]) != NULL;
    map = node_new(config, NODE_MAP, map, key, NULL);
    bool done = map != NULL;
    for (size_t i = 0; done && i < sources->count; i++)
        done = node_new_text(config, map, sources->name[i], sources->where[i]) != NULL;
    return done;
}

static int read_node(const struct slot *slot, const struct node *node)
{
    *(const struct node **)slot->value = node;
    return TRAINER_OK;
}

static bool write_node(const struct slot *slot)
{
    return node_copy(slot->context->config, *(const struct node *const *)slot->value,
                     slot->context->resolved, slot->option->key) != NULL;
}

/* --- the table -------------------------------------------------------------------------------- */

/* Sections and kinds are left out: options.c reads them through their own tables. */
static const struct {
    int (*read)(const struct slot *slot, const struct node *node);
    bool (*write)(const struct slot *slot);
} types[] = {
    [OPTION_INTEGER] = {read_integer, write_integer},
    [OPTION_NUMBER] = {read_number, write_number},
    [OPTION_BOOLEAN] = {read_boolean, write_boolean},
    [OPTION_TEXT] = {read_text, write_string},
    [OPTION_PATH] = {read_path, write_string},
    [OPTION_CHOICE] = {read_choice, write_choice},
    [OPTION_NAMES] = {read_names, write_names},
    [OPTION_PATHS] = {read_paths, write_names},
    [OPTION_SOURCES] = {read_sources, write_sources},
    [OPTION_NUMBERS] = {read_numbers, write_numbers},
    [OPTION_INTERVAL] = {read_interval, write_interval},
    [OPTION_NODE] = {read_node, write_node},
};

int option_read(const struct slot *slot, const struct node *node)
{
    return types[slot->option->type].read(slot, node);
}

bool option_write(const struct slot *slot)
{
    return types[slot->option->type].write(slot);
}
