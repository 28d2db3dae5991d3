/*
 * format.h - texts printed and measured; numbers and sizes as people read them.
 *
 * Widths count characters, not bytes: every character is one column wide.
 */
#ifndef TRAINER_FORMAT_H
#define TRAINER_FORMAT_H

#include "base/text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Writes the text and empties it. A failed write shows in ferror(file); the code is text_status's.
 */
int text_write(struct text *text, FILE *file);

/* Prints "trainer: warning: ..." to standard error, in one line that drives no terminal. */
__attribute__((format(printf, 1, 2))) void text_warn(const char *format, ...);

/* Appends a word as a shell reads it: in quotes where it must be. */
void text_shell_word(struct text *text, const char *word);

/* Appends words broken at blanks into lines of at most `width` columns (0: any), each with `end`
 * before its line break; lines but the first are indented. */
void text_wrap(struct text *text, const char *words, size_t width, size_t indent, const char *end);

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

/* "1 step", "10,000 steps": noun is the singular; the text as a whole at most TEXT_NUMBER_MAX. */
const char *text_counted(char *text, uint64_t count, const char *noun);

/* The warning of more threads than processors into text[TEXT_WARNING_MAX]; returns text. */
enum { TEXT_WARNING_MAX = 128 };
const char *text_threads(char *text, int threads, int processors);

/* "42 s", "3 min", "5 h", "12 d": for how long something is so. "-" for NaN. */
const char *text_age(char *text, double seconds);

#endif
