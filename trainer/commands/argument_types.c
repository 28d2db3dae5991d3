/*
 * argument_types.c - the values of a command's options, by their types.
 *
 * Each type has a function that reads a text into a struct's member and says whether it may be.
 */
#include "argument_types.h"
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool in_range(const struct argument_option *option, double value)
{
    bool above = option->above_minimum ? value > option->minimum : value >= option->minimum;
    return above && value <= (option->maximum > 0 ? option->maximum : INT32_MAX);
}

static bool read_integer(const struct argument_option *option, const char *text, void *target)
{
    double value;
    if (option->word && strcmp(text, option->word) == 0) {
        *(int64_t *)target = option->word_value;
        return true;
    }
    if (!number_parse(text, &value) || value != floor(value) || !in_range(option, value))
        return false;
    *(int64_t *)target = (int64_t)value;
    return true;
}

static bool read_number(const struct argument_option *option, const char *text, void *target)
{
    double value;
    if (!number_parse(text, &value) || !in_range(option, value))
        return false;
    *(double *)target = value;
    return true;
}

static bool read_choice(const struct argument_option *option, const char *text, void *target)
{
    size_t length = strlen(text);
    int index = 0;
    for (const char *at = option->choices; *at; index++) {
        size_t own = strcspn(at, ",");
        if (own == length && memcmp(at, text, own) == 0) {
            *(int *)target = index;
            return true;
        }
        at += own + (at[own] == ',');
    }
    return false;
}

static bool read_value(const struct argument_option *option, const char *text, void *target)
{
    switch (option->type) {
    case ARGUMENT_TEXT: /* an empty one is a shell's variable that was not set */
        *(const char **)target = text;
        return *text != '\0';
    case ARGUMENT_INTEGER:
        return read_integer(option, text, target);
    case ARGUMENT_NUMBER:
        return read_number(option, text, target);
    case ARGUMENT_CHOICE:
        return read_choice(option, text, target);
    case ARGUMENT_KEY:
    case ARGUMENT_KEY_TEXT:
    case ARGUMENT_FLAG:
        break;
    }
    return false;
}

/* "train, eval or both". */
static void describe_choices(const char *choices, char *text, size_t size)
{
    *text = '\0';
    while (*choices) {
        size_t own = strcspn(choices, ",");
        bool more = choices[own] == ',';
        bool last = more && !strchr(choices + own + 1, ',');
        text_append(text, size, "%.*s%s", (int)own, choices, last ? " or " : more ? ", " : "");
        choices += own + more;
    }
}

/* "an integer from 1 to 9", "a whole number of at least 1", "a number above 0 and at most 1". */
static int describe_range(const struct argument_option *option, char *text, size_t size)
{
    if (option->maximum <= 0)
        return snprintf(text, size, "a whole number of at least %.15g", option->minimum);
    return snprintf(text, size, "%s %s %.15g %s %.15g",
                    option->type == ARGUMENT_INTEGER ? "an integer" : "a number",
                    option->above_minimum ? "above" : "from", option->minimum,
                    option->above_minimum ? "and at most" : "to", option->maximum);
}

/* "a whole number from 1 to 9, or auto": what a value must be, into text[size]; "" where anything
 * is right. Returns text. */
static const char *describe(const struct argument_option *option, char *text, size_t size)
{
    text[0] = '\0';
    if (option->type == ARGUMENT_INTEGER || option->type == ARGUMENT_NUMBER) {
        int used = describe_range(option, text, size);
        if (option->word)
            snprintf(text + used, size - (size_t)used, ", or %s", option->word);
    } else if (option->type == ARGUMENT_CHOICE) {
        describe_choices(option->choices, text, size);
    } else if (option->type == ARGUMENT_TEXT) {
        snprintf(text, size, "a %s", option->value);
    }
    return text;
}

int argument_read(const struct argument_option *option, const char *text, char *private)
{
    char wanted[256];
    if (read_value(option, text, private + option->offset))
        return TRAINER_OK;
    return error_add(TRAINER_INVALID, "%s must be %s, not '%s'", option->name,
                     describe(option, wanted, sizeof wanted), text);
}

void argument_defaults(const struct argument_option *table, char *private)
{
    for (const struct argument_option *option = table; option && option->name; option++) {
        void *target = private + option->offset;
        if (option->type == ARGUMENT_CHOICE)
            *(int *)target = -1;
        bool good = !option->standard || read_value(option, option->standard, target);
        assert(good);
        (void)good;
    }
}

const char *argument_range(const struct argument_option *option, char *text, size_t size)
{
    bool number = option->type == ARGUMENT_INTEGER || option->type == ARGUMENT_NUMBER;
    text[0] = '\0';
    if (!number)
        return text;
    int used =
        option->maximum <= 0 ? snprintf(text, size, "at least %.15g", option->minimum)
        : option->above_minimum
            ? snprintf(text, size, "above %.15g, at most %.15g", option->minimum, option->maximum)
            : snprintf(text, size, "%.15g to %.15g", option->minimum, option->maximum);
    if (option->word)
        snprintf(text + used, size - (size_t)used, ", or %s", option->word);
    return text;
}
