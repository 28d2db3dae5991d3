/*
 * text.c - text that grows: capacity doubles, so that adding costs the same however long it is.
 */
#include "text.h"
#include "error.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_FIRST = 256 };

/* No piece is larger: lengths do not overflow. */
static const size_t LARGEST = PTRDIFF_MAX / 4;

/* Room for `more` bytes and the NUL. False, and the text failed, where there is none. */
static bool reserve(struct text *text, size_t more)
{
    size_t need = text->length + more + 1;
    if (text->failed || (more < LARGEST && need <= text->capacity))
        return !text->failed;
    size_t capacity = text->capacity ? 2 * text->capacity : TEXT_FIRST;
    capacity = capacity < need ? need : capacity;
    char *data = more < LARGEST ? realloc(text->data, capacity) : NULL;
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void text_add(struct text *text, const char *bytes, size_t length)
{
    if (reserve(text, length)) {
        if (length > 0)
            memcpy(text->data + text->length, bytes, length);
        text->length += length;
        text->data[text->length] = '\0';
    }
}

void text_string(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

void text_print(struct text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length >= 0 && reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

void text_spaces(struct text *text, size_t count)
{
    if (reserve(text, count)) {
        memset(text->data + text->length, ' ', count);
        text->length += count;
        text->data[text->length] = '\0';
    }
}

void text_shortened(struct text *text, const char *string, size_t most)
{
    static const char dots[] = "...";
    size_t count = utf8_count(string), kept = most - (sizeof dots - 1);
    if (count <= most) {
        text_string(text, string);
        return;
    }
    text_add(text, string, (size_t)(utf8_at(string, kept / 2) - string));
    text_string(text, dots);
    text_string(text, utf8_at(string, count - (kept - kept / 2)));
}

const char *text_get(const struct text *text)
{
    return text->data ? text->data : "";
}

int text_status(const struct text *text)
{
    return text->failed ? error_memory("a text", text->length) : TRAINER_OK;
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}

char *text_append(char *text, size_t size, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
    return text;
}
