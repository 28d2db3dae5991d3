/*
 * html.c - text of any origin inside HTML and JSON.
 */
#include "html.h"
#include "utf8.h"

#include <stdint.h>
#include <string.h>

enum { REPLACEMENT = 0xFFFD };

/* The bytes of the character at text, and its code; what can't stand in a page is a REPLACEMENT. */
static size_t next_character(const char *text, uint32_t *code)
{
    size_t length = utf8_decode(text, 4, code);
    bool control = (*code < 0x20 && *code != '\t' && *code != '\n') ||
                   (*code >= 0x7F && *code < 0xA0) || *code == 0xFFFE || *code == 0xFFFF;
    if (length == 0 || control)
        *code = REPLACEMENT;
    return length > 0 ? length : 1;
}

static void add_character(struct text *out, const char *bytes, size_t length, uint32_t code)
{
    if (code == REPLACEMENT)
        text_string(out, "\xEF\xBF\xBD");
    else
        text_add(out, bytes, length);
}

void html_text_cut(struct text *out, const char *string, size_t most)
{
    size_t length;
    uint32_t code = 0;
    for (const char *c = string; *c; c += length) {
        if (most-- == 0) {
            text_string(out, "\xE2\x80\xA6");
            return;
        }
        length = next_character(c, &code);
        if (code == '&')
            text_string(out, "&amp;");
        else if (code == '<')
            text_string(out, "&lt;");
        else if (code == '>')
            text_string(out, "&gt;");
        else if (code == '"')
            text_string(out, "&quot;");
        else if (code == '\'')
            text_string(out, "&#39;");
        else
            add_character(out, c, length, code);
    }
}

void html_text(struct text *out, const char *string)
{
    html_text_cut(out, string, SIZE_MAX);
}

void html_json(struct text *out, const char *string)
{
    size_t length;
    uint32_t code = 0;
    text_string(out, "\"");
    for (const char *c = string; *c; c += length) {
        length = next_character(c, &code);
        if (code == '"' || code == '\\')
            text_print(out, "\\%c", (char)code);
        else if (code < 0x20 || code == '<' || code == '>' || code == '&' || code == 0x2028 ||
                 code == 0x2029)
            text_print(out, "\\u%04x", (unsigned)code);
        else
            add_character(out, c, length, code);
    }
    text_string(out, "\"");
}

void html_base64(struct text *out, const void *bytes, size_t count)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint8_t *next = bytes;
    for (size_t left = count; left > 0;) {
        size_t taken = left < 3 ? left : 3;
        uint32_t bits = (uint32_t)next[0] << 16;
        bits |= taken > 1 ? (uint32_t)next[1] << 8 : 0;
        bits |= taken > 2 ? next[2] : 0;
        const char four[] = {digit[bits >> 18], digit[bits >> 12 & 63],
                             taken > 1 ? digit[bits >> 6 & 63] : '=',
                             taken > 2 ? digit[bits & 63] : '='};
        text_add(out, four, sizeof four);
        next += taken;
        left -= taken;
    }
}
