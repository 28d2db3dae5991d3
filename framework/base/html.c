/*
 * html.c - text of any origin inside HTML and JSON.
 */
#include "html.h"

#include <stdint.h>
#include <string.h>

enum { REPLACEMENT = 0xFFFD };

/* The bytes of the character at text, and its code; a byte that begins none is one REPLACEMENT. */
static size_t next_character(const unsigned char *text, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = text[0] < 0x80             ? 1
                    : (text[0] & 0xE0) == 0xC0 ? 2
                    : (text[0] & 0xF0) == 0xE0 ? 3
                    : (text[0] & 0xF8) == 0xF0 ? 4
                                               : 0;
    *code = length > 1 ? text[0] & (0x7Fu >> length) : text[0];
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80)
            length = 0;
        else
            *code = *code << 6 | (text[i] & 0x3F);
    bool control = (*code < 0x20 && *code != '\t' && *code != '\n') ||
                   (*code >= 0x7F && *code < 0xA0) || *code == 0xFFFE || *code == 0xFFFF;
    bool wrong = length == 0 || *code < least[length] || *code > 0x10FFFF ||
                 (*code >= 0xD800 && *code < 0xE000);
    if (wrong || control)
        *code = REPLACEMENT;
    return wrong ? 1 : length;
}

static void add_character(struct text *out, const unsigned char *bytes, size_t length,
                          uint32_t code)
{
    if (code == REPLACEMENT)
        text_string(out, "\xEF\xBF\xBD");
    else
        text_add(out, (const char *)bytes, length);
}

void html_text_cut(struct text *out, const char *string, size_t most)
{
    size_t length;
    uint32_t code;
    for (const unsigned char *c = (const unsigned char *)string; *c; c += length) {
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
    uint32_t code;
    text_string(out, "\"");
    for (const unsigned char *c = (const unsigned char *)string; *c; c += length) {
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
