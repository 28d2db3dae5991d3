/*
 * format.h - text that grows, and numbers and sizes as people read them.
 *
 * A text that ran out of memory stays as it was and remembers it: add freely, then ask once
 * (text_status, text_write). Widths count characters, not bytes: every character is one column
 * wide.
 */
#ifndef TRAINER_FORMAT_H
#define TRAINER_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct text {
    char *data; /* NUL-terminated; NULL while empty */
    size_t length, capacity;
    bool failed;
};

void text_add(struct text *text, const char *bytes, size_t length);
__attribute__((format(printf, 2, 3))) void text_print(struct text *text, const char *format, ...);
void text_spaces(struct text *text, size_t count);

/* The text so far; "" while empty. */
const char *text_get(const struct text *text);

/* TRAINER_OK, or TRAINER_FAILED with the message that memory ran out. */
int text_status(const struct text *text);

/* Writes the text and empties it. A failed write shows in ferror(file); the code is text_status's.
 */
int text_write(struct text *text, FILE *file);

void text_free(struct text *text);

/* Columns that length bytes of UTF-8 take, escape sequences for colours not counted. */
size_t text_columns(const char *bytes, size_t length);

/* Enough for what the functions below write. */
enum { TEXT_NUMBER_MAX = 32 };

/* "39,760", "1.5 MB", "1:02:03", "45k" into text[TEXT_NUMBER_MAX]; each returns text. Numbers that
 * are not finite or negative become "-". */
const char *text_count(char *text, uint64_t count);
const char *text_bytes(char *text, double bytes);
const char *text_duration(char *text, double seconds);
const char *text_rate(char *text, double rate);

#endif
