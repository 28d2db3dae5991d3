/*
 * csv.h - writing comma-separated values: RFC 4180, but lines end in "\n".
 *
 *     name,"a ""b"", c"      the fields `name` and `a "b", c`
 */
#ifndef TRAINER_CSV_H
#define TRAINER_CSV_H

#include "text.h"

/* Adds a field; in quotes where it must be, the quotes in it doubled. */
void csv_field(struct text *text, const char *field);

/* The same of words that a spreadsheet may open: what would be a formula there (beginning with
 * = + - @, a tab or a carriage return, and no number) gets an apostrophe before it, and
 * control characters are replaced. */
void csv_words(struct text *text, const char *words);

/* Adds the comma between two fields, or the end of a line. */
void csv_separate(struct text *text);
void csv_end(struct text *text);

#endif
