/*
 * error.c - one message a thread, in a buffer of fixed size.
 *
 * Invariants: `text` holds min(count, LINES_SHOWN) lines joined by '\n', each shorter than
 * LINE_SIZE, and ends with NUL. A line that is too long is cut between two characters and ends with
 * "...".
 */
#include "error.h"
#include "utf8.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINES_SHOWN = 20, LINE_SIZE = 2048, TAIL_SIZE = 64 };

static _Thread_local struct {
    int count;
    size_t length;
    char text[LINES_SHOWN * LINE_SIZE + TAIL_SIZE];
} message;

/* Ends a line that was cut with "...", never in the middle of a UTF-8 sequence. */
static void mark_cut(char *line)
{
    size_t end = LINE_SIZE - sizeof "...";
    while (end > 0 && ((unsigned char)line[end] & 0xc0) == 0x80)
        end--;
    memcpy(line + end, "...", sizeof "...");
}

/* The arguments may point into the message itself, so the line is finished before it is stored. */
__attribute__((format(printf, 1, 0))) static void add_line(const char *format, va_list arguments)
{
    char line[LINE_SIZE];
    int length = vsnprintf(line, sizeof line, format, arguments);
    if (length < 0)
        snprintf(line, sizeof line, "%s", format);
    else if ((size_t)length >= sizeof line)
        mark_cut(line);
    utf8_make_plain(line, "");
    if (message.count < LINES_SHOWN) {
        int written = snprintf(message.text + message.length, LINE_SIZE + 1, "%s%s",
                               message.count > 0 ? "\n" : "", line);
        message.length += (size_t)written;
    }
    if (message.count < INT_MAX)
        message.count++;
}

void error_clear(void)
{
    message.count = 0;
    message.length = 0;
    message.text[0] = '\0';
}

int error_set(int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    message.count = 0;
    message.length = 0;
    add_line(format, arguments);
    va_end(arguments);
    return code;
}

int error_add(int code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_line(format, arguments);
    va_end(arguments);
    return code;
}

int error_memory(const char *what, size_t bytes)
{
    return error_set(TRAINER_FAILED, "out of memory: %s needs %zu bytes", what, bytes);
}

const char *error_text(void)
{
    if (message.count > LINES_SHOWN) {
        snprintf(message.text + message.length, TAIL_SIZE, "\n... and %d more",
                 message.count - LINES_SHOWN);
    }
    return message.text;
}

int error_count(void)
{
    return message.count;
}
