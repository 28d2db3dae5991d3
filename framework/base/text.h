/*
 * text.h - text that grows, and text that is appended to a buffer of fixed size.
 *
 * A growing text that ran out of memory keeps what it has and remembers it: add freely, then ask
 * once (text_status). One that was zeroed is empty; free it with text_free.
 */
#ifndef TRAINER_TEXT_H
#define TRAINER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct text {
    char *data; /* NUL-terminated; NULL while empty */
    size_t length, capacity;
    bool failed;
};

/* bytes may be NULL where length is 0. */
void text_add(struct text *text, const char *bytes, size_t length);
void text_string(struct text *text, const char *string);
__attribute__((format(printf, 2, 3))) void text_print(struct text *text, const char *format, ...);
void text_spaces(struct text *text, size_t count);

/* Adds a string of UTF-8 in at most `most` >= 5 characters: of a longer one its beginning and its
 * end, "..." between. */
void text_shortened(struct text *text, const char *string, size_t most);

/* The text so far; "" while empty. */
const char *text_get(const struct text *text);

/* TRAINER_OK, or TRAINER_FAILED with the message that memory ran out. */
int text_status(const struct text *text);

void text_free(struct text *text);

/* printf at the end of the text in text[size]; what does not fit is left out. Returns text. For
 * short lists in messages. */
__attribute__((format(printf, 3, 4))) char *text_append(char *text, size_t size, const char *format,
                                                        ...);

#endif
