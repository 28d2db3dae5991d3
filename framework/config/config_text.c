/*
 * config_text.c - which bytes may stand in a config, and what ${VAR} in a scalar becomes.
 *
 * Bytes are checked before libyaml sees them, so that each mistake has its own words and an exact
 * place. What passes is UTF-8 in which libyaml finds no character to refuse.
 */
#include "base/error.h"
#include "base/text.h"
#include "base/utf8.h"
#include "config_internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

struct config_limits config_limits_all(void)
{
    return (struct config_limits){CONFIG_TEXT_MAX, CONFIG_NODES_MAX, CONFIG_TEXT_MAX};
}

struct position config_text_position(const struct config_text *text, size_t line, size_t column)
{
    if (text->argument)
        return (struct position){.file = text->name};
    return (struct position){text->name, (int)line + 1, (int)column + 1};
}

/* The characters that YAML allows in a file as they are. */
static bool printable(uint32_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c < 0x7f) || c == 0x85 ||
           (c >= 0xa0 && c < 0xfffe) || c >= 0x10000;
}

/* Whether libyaml counts a line at this character: a carriage return before a line feed is no
 * line. */
static bool ends_line(uint32_t c, const unsigned char *next, const unsigned char *end)
{
    bool pair = c == '\r' && next < end && *next == '\n';
    return c == '\n' || (c == '\r' && !pair) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static int refuse(const struct position *at, const unsigned char *text, size_t length,
                  uint32_t character)
{
    if (length == 0 && (text[0] == 0xff || text[0] == 0xfe)) {
        return config_error(at, "invalid UTF-8 (byte 0x%02x); is this UTF-16? save it as UTF-8",
                            text[0]);
    }
    if (length == 0)
        return config_error(at, "invalid UTF-8 (byte 0x%02x)", text[0]);
    if (character == 0)
        return config_error(at, "a NUL byte; a config is text");
    if (character == 0xfeff)
        return config_error(at, "a byte order mark may only stand at the start of a file");
    return config_error(at, "control character U+%04X", (unsigned)character);
}

int config_text_check(const struct config_text *text, struct config_limits *limits)
{
    if (text->length > limits->bytes) {
        struct position start = config_text_position(text, 0, 0);
        return config_error(&start, "more than 1 MiB of config, includes and arguments counted");
    }
    limits->bytes -= text->length;
    const unsigned char *start = (const unsigned char *)text->text;
    const unsigned char *end = start + text->length;
    size_t line = 0, column = 0;
    while (start < end) {
        uint32_t character = 0;
        size_t length = utf8_decode((const char *)start, (size_t)(end - start), &character);
        if (length == 0 || !printable(character) || character == 0xfeff) {
            struct position at = config_text_position(text, line, column);
            return refuse(&at, start, length, character);
        }
        start += length;
        column++;
        if (ends_line(character, start, end)) {
            line++;
            column = 0;
        }
    }
    return TRAINER_OK;
}

void config_text_skip_mark(struct config_text *text)
{
    size_t length = sizeof byte_order_mark - 1;
    if (text->length >= length && memcmp(text->text, byte_order_mark, length) == 0) {
        text->text += length;
        text->length -= length;
    }
}

/* --- the environment -------------------------------------------------------------------------- */

/* A text on its way; the environment's part of it is counted against the limit. */
struct expansion {
    struct config *config;
    struct config_limits *limits;
    const struct position *at;
    struct text text;
};

static size_t name_length(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    static const char more[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return strspn(text, letters) > 0 ? strspn(text, more) : 0;
}

/* The value of the variable, checked: it becomes part of a text that is written as YAML again. */
static int append_variable(struct expansion *out, const char *name, const char *value)
{
    size_t length = strlen(value);
    if (length > out->limits->environment)
        return config_error(out->at, "the environment adds more than 1 MiB of text");
    out->limits->environment -= length;
    for (size_t i = 0; i < length;) {
        uint32_t character;
        size_t bytes = utf8_decode(value + i, length - i, &character);
        if (bytes == 0)
            return config_error(out->at, "the environment variable %s is not valid UTF-8", name);
        i += bytes;
    }
    text_add(&out->text, value, length);
    return TRAINER_OK;
}

/* Expands what stands between "${" and '}': VAR or VAR:-default. As in a shell, the default also
 * replaces an empty value. */
static int append_reference(struct expansion *out, const char *inside, const char *end)
{
    size_t length = name_length(inside);
    bool has_default = strncmp(inside + length, ":-", 2) == 0;
    if (length == 0 || (inside + length != end && !has_default)) {
        return config_error(out->at, "'${%.*s}' is neither ${VAR} nor ${VAR:-default}",
                            (int)(end - inside), inside);
    }
    const char *name = arena_copy(&out->config->arena, inside, length);
    if (!name)
        return TRAINER_FAILED;
    const char *value = getenv(name);
    if (has_default && (!value || !*value)) {
        const char *standard = inside + length + 2;
        text_add(&out->text, standard, (size_t)(end - standard));
        return TRAINER_OK;
    }
    if (!value) {
        return config_error(
            out->at, "the environment variable %s is not set; ${%s:-default} gives a default", name,
            name);
    }
    return append_variable(out, name, value);
}

int config_text_expand(struct config *config, struct config_limits *limits,
                       const struct position *at, const char **text)
{
    if (!strstr(*text, "${"))
        return TRAINER_OK;
    struct expansion out = {.config = config, .limits = limits, .at = at};
    int rc = TRAINER_OK;
    for (const char *c = *text; *c && rc == TRAINER_OK;) {
        if (strncmp(c, "$${", 3) == 0) {
            text_string(&out.text, "${");
            c += 3;
        } else if (strncmp(c, "${", 2) == 0) {
            const char *end = strchr(c, '}');
            rc = end ? append_reference(&out, c + 2, end)
                     : config_error(at, "'${' without '}'; a literal '${' is written '$${'");
            c = end ? end + 1 : c;
        } else {
            text_add(&out.text, c++, 1);
        }
    }
    if (rc == TRAINER_OK)
        rc = text_status(&out.text);
    const char *copy =
        rc == TRAINER_OK ? arena_copy(&config->arena, text_get(&out.text), out.text.length) : NULL;
    text_free(&out.text);
    if (!copy)
        return rc == TRAINER_OK ? TRAINER_FAILED : rc;
    *text = copy;
    return TRAINER_OK;
}
