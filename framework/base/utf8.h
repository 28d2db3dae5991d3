/*
 * utf8.h - characters of UTF-8, and text of any origin made safe to print.
 *
 *     for (const char *c = text; *c; c += length) {
 *         length = utf8_decode(c, 4, &character);
 *         ...                                      0: the byte at c begins no character
 */
#ifndef TRAINER_UTF8_H
#define TRAINER_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the character at text, of which `left` >= 1 are there; a text that ends in NUL is
 * never read beyond it. 0, with *character untouched, where it is no UTF-8: cut short, longer than
 * needed, a surrogate, or above U+10FFFF. */
size_t utf8_decode(const char *text, size_t left, uint32_t *character);

/* How many characters a text has; a byte that begins none counts with the one before. */
size_t utf8_count(const char *text);

/* Where the character of that number, from 0, begins; the text's end where it has fewer. */
const char *utf8_at(const char *text, size_t number);

/* Whether a character drives a terminal, or turns the direction of what follows. All such have four
 * hexadecimal digits. */
bool utf8_is_control(uint32_t character);

/* Makes a text fit for one line of a terminal: blanks for line feeds and tabs, '?' for each byte of
 * other control characters and of what is no UTF-8. ASCII characters of `kept` stay. text may be
 * NULL. */
void utf8_make_plain(char *text, const char *kept);

#endif
