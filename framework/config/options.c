/*
 * options.c - option tables read config nodes and write resolved ones.
 *
 * Each type of option is one line of the table `types`: how it is read from a node and written from
 * the struct. A reader stores a value only when it is right.
 */
#include "options.h"
#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/text.h"
#include "config_internal.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 1536, KEYS_MAX = 256, CHOICES_MAX = 64 };

/* One option of one struct. */
struct slot {
    const struct options_context *context;
    const struct option *option;
    void *value; /* in the struct */
};

/* Reads a node that is not null: TRAINER_OK, or a code after reporting. Writes the value to
 * resolved: false when memory ran out. */
struct type {
    int (*read)(const struct slot *slot, const struct node *node);
    bool (*write)(const struct slot *slot);
};

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
    return !low && !(has_maximum(option) && value > option->maximum);
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
    else if (option->above_minimum)
        snprintf(text, size, "%s > %s and <= %s", noun, low, high);
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

/* What a node is, for "..., not X": numbers bare, other text in quotes. */
static const char *node_words(const struct node *node, char *text, size_t size)
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

/* Reports a value of the wrong type or out of range; `hint` ends the line. */
static int refuse_hint(const struct slot *slot, const struct node *node, const char *hint)
{
    static const char *const articles[] = {
        [OPTION_INTEGER] = "an ", [OPTION_NUMBER] = "a ",  [OPTION_BOOLEAN] = "",
        [OPTION_TEXT] = "",       [OPTION_PATH] = "a ",    [OPTION_CHOICE] = "",
        [OPTION_NAMES] = "a ",    [OPTION_NUMBERS] = "a ", [OPTION_INTERVAL] = "",
        [OPTION_SECTION] = "a ",  [OPTION_KIND] = "a ",    [OPTION_NODE] = "a ",
    };
    char expected[TEXT_SIZE], found[TEXT_SIZE];
    const struct option *option = slot->option;
    bool vowel = option->type == OPTION_NUMBERS && option->whole && option->single;
    return config_error(&node->at, "'%s' in %s must be %s%s, not %s%s", option->key,
                        slot->context->owner, vowel ? "an " : articles[option->type],
                        options_describe(option, expected, sizeof expected),
                        node_words(node, found, sizeof found), hint);
}

static int refuse(const struct slot *slot, const struct node *node)
{
    return refuse_hint(slot, node, "");
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

/* Adds a scalar to resolved. A text that another reader could take for a number, date, boolean or
 * null is quoted. */
static bool write_text(struct node *parent, struct config *config, const char *key,
                       const char *text)
{
    static const char *const words[] = {"true", "false", "null", "yes", "no",
                                        "on",   "off",   "y",    "n",   "~"};
    struct node *node = node_new(config, NODE_SCALAR, parent, key, text);
    if (!node)
        return false;
    node->quoted = *text == '\0' || strchr("0123456789+-.", *text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        node->quoted = node->quoted || strcasecmp(text, words[i]) == 0;
    return true;
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
        return refuse(slot, node);
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
        return refuse(slot, node);
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
    return refuse(slot, node);
}

static bool write_boolean(const struct slot *slot)
{
    return write_plain(slot, *(const bool *)slot->value ? "true" : "false");
}

static int read_text(const struct slot *slot, const struct node *node)
{
    if (node->kind != NODE_SCALAR)
        return refuse(slot, node);
    *(const char **)slot->value = node->text;
    return TRAINER_OK;
}

static bool write_string(const struct slot *slot)
{
    return write_text(slot->context->resolved, slot->context->config, slot->option->key,
                      *(const char *const *)slot->value);
}

static int read_path(const struct slot *slot, const struct node *node)
{
    if (node->kind != NODE_SCALAR || *node->text == '\0')
        return refuse(slot, node);
    const char *path = node->text;
    while (strncmp(path, "./", 2) == 0 && path[2] != '\0')
        path += 2;
    if (*path != '/') {
        const char *slash = strcmp(node->folder, "/") == 0 ? "" : "/";
        path =
            arena_print(config_arena(slot->context->config), "%s%s%s", node->folder, slash, path);
    }
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
    return write_text(slot->context->resolved, slot->context->config, slot->option->key,
                      word[*(const int *)slot->value]);
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
            return refuse(slot, item);
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
        done = write_text(list, config, NULL, names->name[i]);
    return done;
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
        return refuse(slot, node);
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
            return refuse(slot, item);
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
        return refuse(slot, node);
    if (strcmp(node->text, "epoch") == 0)
        interval = (struct option_interval){INTERVAL_EPOCH, 1};
    else if (parse_count(node->text, "epoch", "epochs", &interval.count))
        interval.unit = INTERVAL_EPOCH;
    else if (parse_count(node->text, "step", "steps", &interval.count))
        interval.unit = INTERVAL_STEPS;
    else if (parse_count(node->text, "second", "seconds", &interval.count))
        interval.unit = INTERVAL_SECONDS;
    else if (strcmp(node->text, "never") != 0)
        return refuse(slot, node);
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
    if (interval->unit != INTERVAL_NEVER && !epoch) {
        snprintf(text, sizeof text, "%" PRId64 " %s%s", interval->count, unit,
                 interval->count == 1 ? "" : "s");
        unit = text;
    }
    return write_plain(slot, unit);
}

/* The default as a node. A default that is wrong is a mistake in the table. */
static const struct node *standard_node(const struct slot *slot)
{
    const char *standard = slot->option->standard;
    struct config *config = slot->context->config;
    struct config_limits limits = config_limits_all();
    struct config_text text = {.name = slot->option->key,
                               .folder = config->folder,
                               .text = standard,
                               .length = strlen(standard),
                               .argument = true};
    struct node *node = NULL;
    int rc = config_parse(config, &limits, &text, &node);
    assert(rc != TRAINER_INVALID && (rc == TRAINER_FAILED || node));
    return rc == TRAINER_OK ? node : NULL;
}

static int missing(const struct options_context *context, const struct option *option,
                   const struct node *map)
{
    char text[TEXT_SIZE];
    const struct node *place = map ? map : config_root(context->config);
    return config_error(place ? &place->at : NULL, "missing key '%s' in %s (%s)", option->key,
                        context->owner, options_describe(option, text, sizeof text));
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
        refuse(&(struct slot){context, &option, NULL}, type);
        return NULL;
    }
    const struct registry_entry *entry = registry_find(family, type->text);
    if (!entry)
        config_error(&type->at, "%s", registry_unknown(family, type->text, text, sizeof text));
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
    void *private = arena_allocate(config_arena(context->config), kind->private_size);
    if (!inner.known || !private ||
        (inner.resolved &&
         !node_new(inner.config, NODE_SCALAR, inner.resolved, "type", kind->title)))
        return TRAINER_FAILED;
    *choice = (struct kind_choice){kind, private, map};
    return options_read(&inner, kind->options ? kind->options : no_options, word ? NULL : map,
                        private);
}

/* The context for a mapping inside another: its owner in messages, its part of the resolved
 * tree. */
static int enter(const struct slot *slot, const char *owner, struct options_context *inner)
{
    *inner = *slot->context;
    inner->known = NULL;
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
        return refuse(slot, node);
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
        return refuse(slot, node);
    struct options_context inner;
    const char *owner = arena_print(config_arena(slot->context->config), "%s of %s",
                                    slot->option->key, slot->context->owner);
    int rc = enter(slot, owner, &inner);
    const struct node *type = node->kind == NODE_SCALAR ? node : node_get(node, "type");
    if (!type && slot->option->standard)
        type = node_get(standard_node(slot), "type");
    return rc == TRAINER_OK ? read_named_kind(&inner, slot->option->family, node, type, slot->value)
                            : rc;
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

/* Sections and kinds are written while they are read. */
static bool written_already(const struct slot *slot)
{
    (void)slot;
    return true;
}

static const struct type types[] = {
    [OPTION_INTEGER] = {read_integer, write_integer},
    [OPTION_NUMBER] = {read_number, write_number},
    [OPTION_BOOLEAN] = {read_boolean, write_boolean},
    [OPTION_TEXT] = {read_text, write_string},
    [OPTION_PATH] = {read_path, write_string},
    [OPTION_CHOICE] = {read_choice, write_choice},
    [OPTION_NAMES] = {read_names, write_names},
    [OPTION_NUMBERS] = {read_numbers, write_numbers},
    [OPTION_INTERVAL] = {read_interval, write_interval},
    [OPTION_SECTION] = {read_section, written_already},
    [OPTION_KIND] = {read_kind, written_already},
    [OPTION_NODE] = {read_node, write_node},
};

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

static int check_unknown(const struct options_context *context, const struct option *table,
                         const struct node *map)
{
    const char *keys[KEYS_MAX];
    size_t count = known_keys(context, table, keys);
    int rc = TRAINER_OK;
    for (const struct node *n = map->first; n; n = n->next) {
        char text[TEXT_SIZE] = "";
        if (!is_known(n->key, keys, count)) {
            rc = config_error(&n->key_at, "unknown key '%s' in %s%s", n->key, context->owner,
                              suggest_words(text, sizeof text, n->key, keys, count, false));
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
    return node ? types[slot->option->type].read(slot, node) : TRAINER_FAILED;
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
    int rc = types[slot->option->type].read(slot, node);
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
    if (rc == TRAINER_OK && set && context->resolved && !types[option->type].write(&slot))
        return TRAINER_FAILED;
    return rc;
}

int options_read(const struct options_context *context, const struct option *table,
                 const struct node *map, void *target)
{
    char found[TEXT_SIZE];
    int result = TRAINER_OK;
    if (node_is_null(map))
        map = NULL;
    if (map && map->kind != NODE_MAP) {
        result = config_error(&map->at, "%s must be a mapping, not %s", context->owner,
                              node_words(map, found, sizeof found));
        map = NULL;
    } else if (map && !context->partial) {
        result = check_unknown(context, table, map);
    }
    bool wrong_map = result != TRAINER_OK && !map;
    for (const struct option *option = table; option->key; option++) {
        if (wrong_map && option->required)
            continue;
        int rc = read_option(context, table, option, map, target);
        if (rc == TRAINER_FAILED)
            return rc;
        result = rc != TRAINER_OK ? rc : result;
    }
    return result;
}

int options_read_kind(const struct options_context *context, enum registry_family family,
                      const struct node *map, struct kind_choice *choice)
{
    bool word = map && map->kind == NODE_SCALAR;
    return read_named_kind(context, family, map, word ? map : node_get(map, "type"), choice);
}
