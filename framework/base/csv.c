/*
 * csv.c - writing comma-separated values.
 */
#include "csv.h"
#include "utf8.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void csv_field(struct text *text, const char *field)
{
    if (field[strcspn(field, ",\"\r\n")] == '\0') {
        text_string(text, field);
        return;
    }
    text_string(text, "\"");
    for (const char *quote; (quote = strchr(field, '"')); field = quote + 1) {
        text_add(text, field, (size_t)(quote - field));
        text_string(text, "\"\"");
    }
    text_string(text, field);
    text_string(text, "\"");
}

static bool is_number(const char *words)
{
    char *end;
    strtod(words, &end);
    return end != words && *end == '\0' && !isspace((unsigned char)*words);
}

void csv_words(struct text *text, const char *words)
{
    struct text harmless = {0};
    bool formula = *words && strchr("=+-@\t\r", *words) && !is_number(words);
    text_string(&harmless, formula ? "'" : "");
    text_string(&harmless, words);
    utf8_make_plain(harmless.data, "\t\n");
    csv_field(text, text_get(&harmless));
    text->failed |= harmless.failed;
    text_free(&harmless);
}

void csv_separate(struct text *text)
{
    text_string(text, ",");
}

void csv_end(struct text *text)
{
    text_string(text, "\n");
}
