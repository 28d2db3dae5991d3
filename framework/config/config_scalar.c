/*
 * config_scalar.c - scalars that every reader of YAML takes for the same thing.
 *
 *     a text        quoted where YAML 1.1 or 1.2 could see a number, date, boolean or null:
 *                   "2026-11-27", "no", "1e3", "0x10"
 *     a number      written so that both see one: 1.0e-05, which is a text to YAML 1.1 without its
 *                   point; 1.5e+3; -0.5; 10 for 010, which YAML 1.1 takes for 8
 */
#include "base/number.h"
#include "base/text.h"
#include "config_internal.h"

#include <string.h>
#include <strings.h>

bool scalar_is_typed(const char *text)
{
    static const char *const words[] = {"true", "false", "null", "yes", "no",
                                        "on",   "off",   "y",    "n",   "~"};
    bool typed = *text == '\0' || strchr("0123456789+-.", *text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        typed = typed || strcasecmp(text, words[i]) == 0;
    return typed;
}

bool scalar_is_ours(const char *text)
{
    static const char *const words[] = {"false", "False", "FALSE", "true", "True", "TRUE"};
    double number;
    bool ours =
        number_parse(text, &number) || strchr(text, ' '); /* "100 steps" is none to anyone */
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        ours = ours || strcmp(text, words[i]) == 0;
    return ours;
}

void scalar_number(struct text *out, const char *text)
{
    if (*text == '+' || *text == '-')
        text_add(out, text++, 1);
    while (*text == '0' && text[1] >= '0' && text[1] <= '9')
        text++;
    size_t mantissa = strcspn(text, "eE");
    const char *point = memchr(text, '.', mantissa);
    if (point == text)
        text_string(out, "0");
    text_add(out, text, mantissa);
    const char *exponent = text + mantissa;
    if (*exponent == '\0')
        return;
    if (!point)
        text_string(out, ".0");
    text_add(out, exponent++, 1);
    if (*exponent != '+' && *exponent != '-')
        text_string(out, "+");
    text_string(out, exponent);
}

struct node *node_new_text(struct config *config, struct node *parent, const char *key,
                           const char *text)
{
    struct node *node = node_new(config, NODE_SCALAR, parent, key, text);
    if (node)
        node->quoted = scalar_is_typed(text);
    return node;
}
