/*
 * utf8.c - characters of UTF-8, and text of any origin made safe to print.
 */
#include "utf8.h"

#include <string.h>

size_t utf8_decode(const char *text, size_t left, uint32_t *character)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = (unsigned char)text[0];
    if (lead < 0x80) {
        *character = lead;
        return 1;
    }
    size_t length = lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length == 0 || length > left || lead >= 0xf8)
        return 0;
    uint32_t value = lead & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | ((unsigned char)text[i] & 0x3fU);
    }
    bool surrogate = value >= 0xd800 && value < 0xe000;
    if (value < smallest[length] || surrogate || value > 0x10ffff)
        return 0;
    *character = value;
    return length;
}

size_t utf8_count(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += (*text & 0xc0) != 0x80;
    return count;
}

const char *utf8_at(const char *text, size_t number)
{
    for (; *text; text++)
        if ((*text & 0xc0) != 0x80 && number-- == 0)
            break;
    return text;
}

bool utf8_is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

void utf8_make_plain(char *text, const char *kept)
{
    uint32_t character = 0;
    for (size_t length; text && *text; text += length) {
        length = utf8_decode(text, 4, &character);
        bool wrong = length == 0 || utf8_is_control(character);
        length = length > 0 ? length : 1;
        if (wrong && !strchr(kept, *text))
            memset(text, *text == '\n' || *text == '\t' ? ' ' : '?', length);
    }
}
