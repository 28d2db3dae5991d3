/*
 * config_yaml.c - libyaml's events become nodes, nodes become text through libyaml's emitter. The
 * only file that sees yaml.h.
 *
 * Limits are checked as events arrive: libyaml's time grows with the square of the nesting, so the
 * reading stops at the first level too many and never looks at the rest of the text.
 */
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include "config_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { TEXT_SIZE = 512 };

/* --- reading ---------------------------------------------------------------------------------- */

/* `&name` and the node that it names. */
struct anchor {
    const char *name;
    const struct node *node;
    struct anchor *next;
};

struct reader {
    struct config *config;
    struct config_limits *limits;
    const struct config_text *source;
    struct node *root;
    struct node *open; /* the innermost list or mapping that hasn't ended; NULL: none */
    size_t depth;      /* of `open`, the root being 1 */
    const char *key;   /* in an open mapping: the key whose value comes next, or NULL */
    struct position key_at;
    struct anchor *anchors; /* the last one first: it hides earlier ones of the same name */
    size_t anchor_count;
    bool invalid; /* a mistake was reported, and reading went on */
};

static struct position position_of(const struct reader *reader, const yaml_mark_t *mark)
{
    return config_text_position(reader->source, mark->line, mark->column);
}

/* Reports what is wrong at an event. */
static int refuse(const struct reader *reader, const yaml_event_t *event, const char *text)
{
    struct position at = position_of(reader, &event->start_mark);
    return config_error(&at, "%s", text);
}

/* Counts nodes about to be made, and refuses those that a bomb would make. */
static int count_nodes(struct reader *reader, const yaml_event_t *event, size_t nodes)
{
    if (nodes > reader->limits->nodes)
        return refuse(reader, event, "more than 100000 values, aliases counted");
    reader->limits->nodes -= nodes;
    return TRAINER_OK;
}

/* Remembers `&name`. */
static int add_anchor(struct reader *reader, const yaml_event_t *event, const yaml_char_t *name,
                      const struct node *node)
{
    if (!name)
        return TRAINER_OK;
    if (++reader->anchor_count > CONFIG_ANCHORS_MAX)
        return refuse(reader, event, "more than 1000 anchors");
    struct arena *arena = &reader->config->arena;
    struct anchor *anchor = arena_allocate(arena, sizeof *anchor);
    const char *copy = arena_copy(arena, (const char *)name, strlen((const char *)name));
    if (!anchor || !copy)
        return TRAINER_FAILED;
    *anchor = (struct anchor){copy, node, reader->anchors};
    reader->anchors = anchor;
    return TRAINER_OK;
}

/* Puts a finished or just opened node where the reader stands. */
static void place(struct reader *reader, struct node *node)
{
    node->key = reader->key;
    node->key_at = reader->key ? reader->key_at : node->at;
    reader->key = NULL;
    if (reader->open)
        node_append(reader->open, node);
    else
        reader->root = node;
}

static struct node *new_node(struct reader *reader, const yaml_event_t *event, enum node_kind kind)
{
    struct node *node = arena_allocate(&reader->config->arena, sizeof *node);
    if (node) {
        node->kind = kind;
        node->at = position_of(reader, &event->start_mark);
        node->folder = reader->source->folder;
    }
    return node;
}

static int read_scalar(struct reader *reader, const yaml_event_t *event)
{
    size_t length = event->data.scalar.length;
    const char *value = (const char *)event->data.scalar.value;
    if (event->data.scalar.tag)
        return refuse(reader, event,
                      "tags such as !!int are not supported, and a text that begins with '!' must "
                      "stand in quotes");
    if (event->data.scalar.anchor && length == 0 && event->data.scalar.plain_implicit)
        return refuse(
            reader, event,
            "an anchor without a value; a text that begins with '&' must stand in quotes");
    if (memchr(value, '\0', length))
        return refuse(reader, event, "a text cannot hold a NUL character");
    int rc = count_nodes(reader, event, 1);
    if (rc != TRAINER_OK)
        return rc;
    struct node *node = new_node(reader, event, NODE_SCALAR);
    if (!node || !(node->text = arena_copy(&reader->config->arena, value, length)))
        return TRAINER_FAILED;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    rc = config_text_expand(reader->config, reader->limits, &node->at, &node->text);
    /* An argument's empty values are reported with their keys (config_assign.c). */
    bool empty = length > 0 && !*node->text && !node->quoted && !strstr(value, ":-}");
    if (rc == TRAINER_OK && empty && !reader->source->argument)
        rc = config_error(&node->at, "'%s' is empty; ${VAR:-} gives the default", value);
    if (rc == TRAINER_FAILED)
        return rc;
    reader->invalid = reader->invalid || rc != TRAINER_OK;
    place(reader, node);
    return add_anchor(reader, event, event->data.scalar.anchor, node);
}

static int open_node(struct reader *reader, const yaml_event_t *event, enum node_kind kind,
                     const yaml_char_t *tag, const yaml_char_t *anchor)
{
    if (tag)
        return refuse(reader, event, "tags such as !!map are not supported");
    if (reader->source->depth + reader->depth == CONFIG_DEPTH_MAX)
        return refuse(reader, event, "nested more than 64 levels deep");
    int rc = count_nodes(reader, event, 1);
    if (rc != TRAINER_OK)
        return rc;
    struct node *node = new_node(reader, event, kind);
    if (!node)
        return TRAINER_FAILED;
    place(reader, node);
    node->parent = reader->open;
    reader->open = node;
    reader->depth++;
    return add_anchor(reader, event, anchor, node);
}

static int open_list(struct reader *reader, const yaml_event_t *event)
{
    return open_node(reader, event, NODE_LIST, event->data.sequence_start.tag,
                     event->data.sequence_start.anchor);
}

static int open_map(struct reader *reader, const yaml_event_t *event)
{
    return open_node(reader, event, NODE_MAP, event->data.mapping_start.tag,
                     event->data.mapping_start.anchor);
}

static int close_node(struct reader *reader, const yaml_event_t *event)
{
    (void)event;
    reader->open = reader->open->parent;
    reader->depth--;
    return TRAINER_OK;
}

/* The nodes and levels of a tree. No deeper than the limit: nothing deeper is ever made. */
static size_t measure(const struct node *node, size_t *levels)
{
    size_t nodes = 1, deepest = 0;
    for (const struct node *child = node->first; child; child = child->next) {
        size_t below;
        nodes += measure(child, &below);
        deepest = below > deepest ? below : deepest;
    }
    *levels = node->kind == NODE_SCALAR ? 0 : deepest + 1;
    return nodes;
}

/* Whether the node is still being read, so that an alias in it would hold itself. */
static bool is_open(const struct reader *reader, const struct node *node)
{
    const struct node *open = reader->open;
    while (open && open != node)
        open = open->parent;
    return open != NULL;
}

static int read_alias(struct reader *reader, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    const struct anchor *anchor = reader->anchors;
    while (anchor && strcmp(anchor->name, name) != 0)
        anchor = anchor->next;
    struct position at = position_of(reader, &event->start_mark);
    if (!anchor) {
        return config_error(&at,
                            "unknown alias '*%s'; an anchor '&%s' must stand before it, and a text "
                            "that begins with '*' in quotes",
                            name, name);
    }
    if (is_open(reader, anchor->node))
        return config_error(&at, "alias '*%s' stands inside its own anchor", name);
    size_t levels;
    int rc = count_nodes(reader, event, measure(anchor->node, &levels));
    if (rc != TRAINER_OK)
        return rc;
    if (reader->source->depth + reader->depth + levels > CONFIG_DEPTH_MAX)
        return refuse(reader, event, "nested more than 64 levels deep");
    struct node *copy = node_copy(reader->config, anchor->node, NULL, NULL);
    if (!copy)
        return TRAINER_FAILED;
    place(reader, copy);
    return TRAINER_OK;
}

/* Reports a key that the open mapping has already; reading goes on. */
static void check_duplicate(struct reader *reader, const char *key, const struct position *at)
{
    const struct node *first = node_get(reader->open, key);
    if (!first)
        return;
    if (at->line == 0) {
        config_error(at, "duplicate key '%s'", key);
    } else {
        config_error(at, "duplicate key '%s'; it stands at %s:%d:%d already", key,
                     first->key_at.file, first->key_at.line, first->key_at.column);
    }
    reader->invalid = true;
}

static int read_key(struct reader *reader, const yaml_event_t *event)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    if (event->type != YAML_SCALAR_EVENT)
        return refuse(reader, event, "a key must be a word, not a list, mapping or alias");
    if (event->data.scalar.anchor || event->data.scalar.tag)
        return refuse(reader, event, "a key can have no anchor and no tag");
    if (length == 0 || memchr(value, '\0', length))
        return refuse(reader, event, "a key must be a word");
    if (strcmp(value, "<<") == 0)
        return refuse(reader, event, "'<<' is not supported; `include` merges files");
    if (reader->open->count == CONFIG_KEYS_MAX)
        return refuse(reader, event, "more than 1000 keys in a mapping");
    reader->key_at = position_of(reader, &event->start_mark);
    check_duplicate(reader, value, &reader->key_at);
    reader->key = arena_copy(&reader->config->arena, value, length);
    return reader->key ? TRAINER_OK : TRAINER_FAILED;
}

static int start_document(struct reader *reader, const yaml_event_t *event)
{
    if (reader->root)
        return refuse(reader, event, "a second document begins; a config is a single one");
    return TRAINER_OK;
}

/* What an event does; NULL: nothing. The end of a mapping is the last kind that libyaml has. */
typedef int handler(struct reader *reader, const yaml_event_t *event);

static handler *const handlers[YAML_MAPPING_END_EVENT + 1] = {
    [YAML_DOCUMENT_START_EVENT] = start_document,
    [YAML_ALIAS_EVENT] = read_alias,
    [YAML_SCALAR_EVENT] = read_scalar,
    [YAML_SEQUENCE_START_EVENT] = open_list,
    [YAML_MAPPING_START_EVENT] = open_map,
    [YAML_SEQUENCE_END_EVENT] = close_node,
    [YAML_MAPPING_END_EVENT] = close_node,
};

static int handle(struct reader *reader, const yaml_event_t *event)
{
    yaml_event_type_t type = event->type;
    handler *act = handlers[type];
    bool ends = type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT;
    bool in_map = reader->open && reader->open->kind == NODE_MAP;
    if (in_map && !reader->key && !ends)
        act = read_key;
    return act ? act(reader, event) : TRAINER_OK;
}

/* The byte at libyaml's mark; 0 at the end of the text. index counts characters. */
static char byte_at(const struct config_text *source, size_t index)
{
    size_t i = 0;
    for (; i < source->length; i++) {
        bool starts = ((unsigned char)source->text[i] & 0xc0) != 0x80;
        if (starts && index-- == 0)
            return source->text[i];
    }
    return '\0';
}

/* libyaml's own words, with the line in which what it could not end begins, if that is another. */
static int tell_problem(const struct reader *reader, const yaml_parser_t *parser)
{
    struct position at = position_of(reader, &parser->problem_mark);
    const char *problem = parser->problem ? parser->problem : "not YAML";
    const char *context = parser->context;
    if (!context)
        return config_error(&at, "%s", problem);
    bool long_one = strstr(context, "flow ") || strstr(context, "quoted scalar");
    if (!long_one || reader->source->argument ||
        parser->context_mark.line == parser->problem_mark.line)
        return config_error(&at, "%s, %s", problem, context);
    return config_error(&at, "%s, %s that begins in line %zu", problem, context,
                        parser->context_mark.line + 1);
}

/* Tells what is wrong in words of ours, where they are clearer than libyaml's. */
static int syntax_error(const struct reader *reader, const yaml_parser_t *parser)
{
    if (parser->error == YAML_MEMORY_ERROR)
        return error_memory("reading the config", reader->source->length);
    char text[TEXT_SIZE];
    struct position at = position_of(reader, &parser->problem_mark);
    char byte = byte_at(reader->source, parser->problem_mark.index);
    const char *problem = parser->problem ? parser->problem : "";
    bool directive = strstr(problem, "unknown directive name");
    bool flow = parser->context && strstr(parser->context, "flow ");
    if (byte == '\t')
        return config_error(&at, "a tab cannot indent; use spaces");
    if (directive || strstr(problem, "cannot start any token"))
        return config_error(&at, "a text that begins with '%c' must stand in quotes",
                            directive ? '%' : byte);
    if (!flow &&
        config_syntax_guess(reader->source, parser->problem_mark.line, &at, text, sizeof text))
        return config_error(&at, "%s", text);
    if (strcmp(problem, "could not find expected ':'") == 0) {
        at = position_of(reader, &parser->context_mark);
        return config_error(&at, "a key without ':'; the lines of a mapping are `key: value`");
    }
    return tell_problem(reader, parser);
}

static int read_events(struct reader *reader, yaml_parser_t *parser)
{
    yaml_event_type_t type = YAML_NO_EVENT;
    int rc = TRAINER_OK;
    while (type != YAML_STREAM_END_EVENT && rc == TRAINER_OK) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return syntax_error(reader, parser);
        type = event.type;
        rc = handle(reader, &event);
        yaml_event_delete(&event);
    }
    return rc;
}

int config_parse(struct config *config, struct config_limits *limits,
                 const struct config_text *text, struct node **root)
{
    struct config_text body = *text;
    config_text_skip_mark(&body);
    struct reader reader = {.config = config, .limits = limits, .source = &body};
    *root = NULL;
    int rc = config_text_check(&body, limits);
    if (rc != TRAINER_OK)
        return rc;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return error_memory("the YAML parser", sizeof parser);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)body.text, body.length);
    rc = read_events(&reader, &parser);
    yaml_parser_delete(&parser);
    *root = reader.root;
    return rc == TRAINER_OK && reader.invalid ? TRAINER_INVALID : rc;
}

/* --- writing ---------------------------------------------------------------------------------- */

static int write_output(void *context, unsigned char *bytes, size_t count)
{
    struct text *output = context;
    text_add(output, (const char *)bytes, count);
    return !output->failed;
}

/* Whether a text that is not empty can stand without quotes anywhere, in flow style too. Careful
 * rather than complete: words, numbers, paths, and such words with single spaces between them. */
static bool plain(const char *text)
{
    static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/~";
    static const char more[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/~.+-";
    const char *start = text + strspn(text, "+-.");
    bool number = start > text && start <= text + 2 && *start >= '0' && *start <= '9';
    if (!number && !strchr(first, *text))
        return false;
    for (const char *c = text; *c; c++) {
        bool space = *c == ' ' && c[1] != '\0' && strchr(first, c[1]);
        if (!space && !strchr(more, *c))
            return false;
    }
    return true;
}

/* A copy for free() in which every "${" is written "$${". */
static char *escape(const char *text)
{
    char *copy = malloc(strlen(text) * 2 + 1);
    char *out = copy;
    for (; copy && *text; text++) {
        if (text[0] == '$' && text[1] == '{')
            *out++ = '$';
        *out++ = *text;
    }
    if (copy)
        *out = '\0';
    return copy;
}

static bool emit_text(yaml_emitter_t *emitter, const char *text, bool quoted)
{
    yaml_event_t event;
    yaml_scalar_style_t style = quoted ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE;
    return yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text,
                                        (int)strlen(text), 1, 1, style) &&
           yaml_emitter_emit(emitter, &event);
}

static bool emit_number(yaml_emitter_t *emitter, const char *number)
{
    struct text text = {0};
    scalar_number(&text, number);
    bool done = text_status(&text) == TRAINER_OK && emit_text(emitter, text_get(&text), false);
    text_free(&text);
    return done;
}

/* A null is written as the word, which flow style can hold too. */
static bool emit_scalar(yaml_emitter_t *emitter, const struct node *node)
{
    if (node_is_null(node))
        return emit_text(emitter, "null", false);
    double number;
    if (!node->quoted && number_parse(node->text, &number))
        return emit_number(emitter, node->text);
    bool typed = scalar_is_typed(node->text) && !scalar_is_ours(node->text);
    char *text = escape(node->text);
    bool done = text && emit_text(emitter, text, node->quoted || typed || !plain(text));
    free(text);
    return done;
}

/* Lists of scalars and of such lists fit in brackets. */
static bool is_flow(const struct node *node)
{
    bool flow = node->kind == NODE_LIST;
    for (const struct node *child = node->first; flow && child; child = child->next)
        flow = child->kind == NODE_SCALAR || is_flow(child);
    return flow;
}

static bool emit_node(yaml_emitter_t *emitter, const struct node *node);

static bool emit_list(yaml_emitter_t *emitter, const struct node *list)
{
    yaml_event_t event;
    yaml_sequence_style_t style =
        is_flow(list) ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE;
    bool done = yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, style) &&
                yaml_emitter_emit(emitter, &event);
    for (const struct node *child = list->first; done && child; child = child->next)
        done = emit_node(emitter, child);
    return done && yaml_sequence_end_event_initialize(&event) && yaml_emitter_emit(emitter, &event);
}

static bool emit_key(yaml_emitter_t *emitter, const char *key)
{
    return emit_text(emitter, key, scalar_is_typed(key) || !plain(key));
}

static bool emit_map(yaml_emitter_t *emitter, const struct node *map)
{
    yaml_event_t event;
    bool done =
        yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE) &&
        yaml_emitter_emit(emitter, &event);
    for (const struct node *child = map->first; done && child; child = child->next)
        done = emit_key(emitter, child->key) && emit_node(emitter, child);
    return done && yaml_mapping_end_event_initialize(&event) && yaml_emitter_emit(emitter, &event);
}

static bool emit_node(yaml_emitter_t *emitter, const struct node *node)
{
    static bool (*const emit[])(yaml_emitter_t *, const struct node *) = {
        [NODE_SCALAR] = emit_scalar, [NODE_LIST] = emit_list, [NODE_MAP] = emit_map};
    return emit[node->kind](emitter, node);
}

static bool emit_document(yaml_emitter_t *emitter, const struct node *node)
{
    yaml_event_t event;
    return yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) &&
           yaml_emitter_emit(emitter, &event) &&
           yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1) &&
           yaml_emitter_emit(emitter, &event) && emit_node(emitter, node) &&
           yaml_document_end_event_initialize(&event, 1) && yaml_emitter_emit(emitter, &event) &&
           yaml_stream_end_event_initialize(&event) && yaml_emitter_emit(emitter, &event);
}

char *config_emit(const struct node *node, size_t *length)
{
    struct text output = {0};
    yaml_emitter_t emitter;
    if (!yaml_emitter_initialize(&emitter)) {
        error_memory("the YAML emitter", sizeof emitter);
        return NULL;
    }
    yaml_emitter_set_output(&emitter, write_output, &output);
    yaml_emitter_set_encoding(&emitter, YAML_UTF8_ENCODING);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    if (!emit_document(&emitter, node)) {
        error_set(TRAINER_FAILED, "cannot write the config as YAML: %s",
                  emitter.problem ? emitter.problem : "a text is not UTF-8, or memory ran out");
        text_free(&output);
    } else if (length) {
        *length = output.length;
    }
    yaml_emitter_delete(&emitter);
    return output.data;
}
