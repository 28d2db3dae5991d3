/*
 * config_syntax.c - what is probably wrong where libyaml stopped, told at the place of the mistake.
 *
 * libyaml tells where it could not go on, which is often the line below the mistake:
 *
 *     batch_size:4        no blank behind the colon: the line is a text that goes on below
 *     max_steps: 5        ... and only here is a colon too many
 *
 * Only a text that is wrong gets here, so that these are guesses about mistakes, not about configs.
 */
#include "config_internal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { LINES_BACK = 3 };

/* One line of the text. */
struct line {
    const char *start;
    size_t length, number; /* number from 0 */
    size_t key;            /* where its first word is, behind blanks and "- " */
};

/* The line of that number; false where the text has fewer. */
static bool find_line(const struct config_text *text, size_t number, struct line *line)
{
    const char *start = text->text, *end = text->text + text->length;
    for (size_t i = 0; i < number; i++) {
        start = memchr(start, '\n', (size_t)(end - start));
        if (!start)
            return false;
        start++;
    }
    const char *stop = memchr(start, '\n', (size_t)(end - start));
    *line = (struct line){start, (size_t)((stop ? stop : end) - start), number, 0};
    while (line->key < line->length &&
           (start[line->key] == ' ' || (start[line->key] == '-' && line->key + 1 < line->length &&
                                        start[line->key + 1] == ' ')))
        line->key++;
    return true;
}

/* Whether nothing stands in the line but blanks and a comment. */
static bool is_blank(const struct line *line)
{
    return line->key == line->length || strchr("#\r", line->start[line->key]);
}

/* The last line before this one that has something in it. */
static bool line_above(const struct config_text *text, const struct line *line, struct line *above)
{
    size_t number = line->number;
    while (number-- > 0)
        if (find_line(text, number, above) && !is_blank(above))
            return true;
    return false;
}

static size_t word_length(const char *text, size_t length)
{
    size_t i = 0;
    while (i < length && (isalnum((unsigned char)text[i]) || strchr("_-.", text[i])))
        i++;
    return i;
}

/* The length of a key that a colon ends, 0 where the text begins with none. */
static size_t key_length(const char *text, size_t length)
{
    size_t word = length > 0 && !isdigit((unsigned char)*text) ? word_length(text, length) : 0;
    return word < length && text[word] == ':' ? word : 0;
}

/* Whether a key's colon has no blank behind it; `http://` is no key. */
static bool misses_blank(const char *text, size_t length)
{
    size_t key = key_length(text, length);
    return key > 0 && key + 1 < length && !strchr(" \t\r/:", text[key + 1]);
}

bool config_misses_blank(const char *text)
{
    return misses_blank(text, strlen(text));
}

/* The line at or a little above this one in which a blank is missing. */
static bool find_missing_blank(const struct config_text *text, struct line line, struct line *found)
{
    bool more = true;
    for (int i = 0; more && i < LINES_BACK; i++) {
        if (misses_blank(line.start + line.key, line.length - line.key)) {
            *found = line;
            return true;
        }
        more = line_above(text, &line, found);
        line = *found;
    }
    return false;
}

/* Whether the key of the line begins in another column than those that it could stand beside. */
static bool is_ill_indented(const struct config_text *text, const struct line *line)
{
    struct line above = *line;
    bool found = line_above(text, line, &above);
    if (!found || key_length(line->start + line->key, line->length - line->key) == 0)
        return false;
    size_t key = key_length(above.start + above.key, above.length - above.key);
    bool ends = above.key + key + 1 >= above.length; /* `trainer:` may have deeper keys below it */
    if (line->key > above.key)
        return key > 0 && !ends;
    do
        found = above.key != line->key && line_above(text, &above, &above);
    while (found);
    return above.key != line->key;
}

/* The column of the '-' with which the line begins; -1: it is no item of a list. */
static ptrdiff_t item_column(const struct line *line)
{
    size_t column = 0;
    while (column < line->length && line->start[column] == ' ')
        column++;
    bool item =
        column + 1 < line->length && line->start[column] == '-' && line->start[column + 1] == ' ';
    return item ? (ptrdiff_t)column : -1;
}

/* Whether the line is an item of a list that begins in another column than all those above it. */
static bool is_ill_item(const struct config_text *text, const struct line *line)
{
    struct line above = *line;
    ptrdiff_t own = item_column(line), other = -1;
    while (own >= 0 && other != own && line_above(text, &above, &above)) {
        ptrdiff_t column = item_column(&above);
        other = column >= 0 ? column : other;
    }
    return own >= 0 && other >= 0 && other != own;
}

bool config_syntax_guess(const struct config_text *text, size_t number, struct position *at,
                         char *words, size_t size)
{
    struct line line, found;
    if (text->argument || !find_line(text, number, &line))
        return false;
    if (is_blank(&line) && !line_above(text, &line, &line))
        return false;
    if (find_missing_blank(text, line, &found)) {
        size_t key = key_length(found.start + found.key, found.length - found.key);
        *at = config_text_position(text, found.number, found.key + key);
        snprintf(words, size, "a blank is missing behind the ':' of '%.*s'", (int)key,
                 found.start + found.key);
        return true;
    }
    if (line.number == number && is_ill_item(text, &line)) {
        *at = config_text_position(text, number, (size_t)item_column(&line));
        snprintf(words, size,
                 "this item is indented otherwise than those above it; the items of a list begin "
                 "in one column");
        return true;
    }
    if (line.number == number && is_ill_indented(text, &line)) {
        *at = config_text_position(text, number, line.key);
        snprintf(words, size,
                 "'%.*s' is indented otherwise than the keys above it; the keys of a mapping "
                 "begin in one column",
                 (int)key_length(line.start + line.key, line.length - line.key),
                 line.start + line.key);
        return true;
    }
    return false;
}
