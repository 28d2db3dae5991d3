/*
 * json.c - JSON for the commands that print it, RFC 8259, indented by two blanks a level.
 */
#include "json.h"
#include "base/number.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

enum { INDENT = 2 };

static void add_quoted(struct text *text, const char *value)
{
    uint32_t c = 0;
    text_add(text, "\"", 1);
    for (size_t length; *value; value += length > 0 ? length : 1) {
        length = utf8_decode(value, 4, &c);
        if (length == 0)
            text_string(text, "\\ufffd");
        else if (utf8_is_control(c))
            text_print(text, "\\u%04x", (unsigned)c);
        else if (c == '"' || c == '\\')
            text_print(text, "\\%c", (char)c);
        else
            text_add(text, value, length);
    }
    text_add(text, "\"", 1);
}

static void new_line(struct json *json)
{
    text_add(json->text, "\n", 1);
    text_spaces(json->text, (size_t)(INDENT * json->depth));
}

/* What stands before a value: the comma, the line's start, the key. */
static void begin_value(struct json *json, const char *key)
{
    if (json->some)
        text_add(json->text, ",", 1);
    if (json->depth > 0)
        new_line(json);
    if (key) {
        add_quoted(json->text, key);
        text_print(json->text, ": ");
    }
    json->some = true;
}

void json_open(struct json *json, const char *key, char bracket)
{
    begin_value(json, key);
    text_add(json->text, &bracket, 1);
    json->depth++;
    json->some = false;
}

void json_close(struct json *json, char bracket)
{
    json->depth--;
    if (json->some)
        new_line(json);
    text_add(json->text, &bracket, 1);
    json->some = true;
    if (json->depth == 0)
        text_add(json->text, "\n", 1);
}

void json_string(struct json *json, const char *key, const char *value)
{
    begin_value(json, key);
    if (value)
        add_quoted(json->text, value);
    else
        text_print(json->text, "null");
}

void json_number(struct json *json, const char *key, double value)
{
    char digits[NUMBER_SIZE];
    begin_value(json, key);
    text_print(json->text, "%s", isfinite(value) ? number_text(value, 0, digits) : "null");
}

void json_count(struct json *json, const char *key, uint64_t value)
{
    begin_value(json, key);
    text_print(json->text, "%llu", (unsigned long long)value);
}

void json_boolean(struct json *json, const char *key, bool value)
{
    begin_value(json, key);
    text_print(json->text, value ? "true" : "false");
}
