/*
 * format.c - texts printed, measured, and numbers and sizes as people read them.
 */
#include "format.h"
#include "base/error.h"
#include "base/utf8.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

int text_write(struct text *text, FILE *file)
{
    int rc = text_status(text);
    if (rc == TRAINER_OK && text->length > 0)
        fwrite(text->data, 1, text->length, file);
    text->length = 0;
    return rc;
}

void text_warn(const char *format, ...)
{
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    utf8_make_plain(line, "");
    fprintf(stderr, "trainer: warning: %s\n", line);
}

void text_shell_word(struct text *text, const char *word)
{
    static const char plain[] = "+,-./:=@_%^";
    bool quoted = *word == '\0';
    for (const char *c = word; *c; c++)
        quoted = quoted || !(isalnum((unsigned char)*c) || strchr(plain, *c));
    text_string(text, quoted ? "'" : "");
    for (; *word; word++)
        if (*word == '\'')
            text_string(text, "'\\''");
        else
            text_add(text, word, 1);
    text_string(text, quoted ? "'" : "");
}

size_t text_columns(const char *bytes, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\x1b')
            while (i < length && bytes[i] != 'm')
                i++;
        else if (((unsigned char)bytes[i] & 0xc0) != 0x80)
            columns++;
    }
    return columns;
}

void text_wrap(struct text *text, const char *words, size_t width, size_t indent, const char *end)
{
    size_t used = 0;
    while (*words) {
        size_t length = strcspn(words, " "), columns = text_columns(words, length);
        while ((width > indent && columns > width - indent) || (words[length] & 0xc0) == 0x80)
            columns = text_columns(words, --length);
        bool breaks = used > 0 && width > 0 && used + 1 + columns > width;
        if (breaks) {
            text_print(text, "%s\n", end);
            text_spaces(text, indent);
            used = indent;
        } else if (used > 0) {
            text_spaces(text, 1);
            used++;
        }
        text_add(text, words, length);
        used += columns;
        words += length + strspn(words + length, " ");
    }
    text_print(text, "%s\n", end);
}

const char *text_count(char *text, uint64_t count)
{
    char digits[TEXT_NUMBER_MAX];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    char *out = text;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *out++ = ',';
        *out++ = digits[i];
    }
    *out = '\0';
    return text;
}

/* value as "999" below 1000, else divided down to "1.5" and the suffix of that thousand; one
 * decimal where it is below `whole`. */
static const char *scaled(char *text, double value, double whole, const char *const *suffix)
{
    size_t i = 0;
    while (value >= 999.5 && suffix[i + 1]) {
        value /= 1000;
        i++;
    }
    int decimals = i > 0 && value < whole - 0.05;
    snprintf(text, TEXT_NUMBER_MAX, "%.*f%s", decimals, value, suffix[i]);
    return text;
}

static const char *dash(char *text)
{
    return strcpy(text, "-");
}

const char *text_bytes(char *text, double bytes)
{
    static const char *const suffix[] = {" B", " kB", " MB", " GB", " TB", " PB", NULL};
    return isfinite(bytes) && bytes >= 0 ? scaled(text, bytes, 100, suffix) : dash(text);
}

const char *text_rate(char *text, double rate)
{
    static const char *const suffix[] = {"", "k", "M", "G", NULL};
    return isfinite(rate) && rate >= 0 ? scaled(text, rate, 10, suffix) : dash(text);
}

const char *text_duration(char *text, double seconds)
{
    enum { MINUTE = 60, HOUR = 3600, LONGEST = 1000 * 24 * HOUR };
    if (!isfinite(seconds) || seconds < 0 || seconds > LONGEST)
        return dash(text);
    long whole = lround(seconds);
    if (whole < HOUR) {
        snprintf(text, TEXT_NUMBER_MAX, "%ld:%02ld", whole / MINUTE, whole % MINUTE);
    } else {
        snprintf(text, TEXT_NUMBER_MAX, "%ld:%02ld:%02ld", whole / HOUR, whole / MINUTE % MINUTE,
                 whole % MINUTE);
    }
    return text;
}

const char *text_age(char *text, double seconds)
{
    static const struct {
        double below, unit;
        const char *name;
    } units[] = {{100, 1, "s"},
                 {100 * 60, 60, "min"},
                 {48 * 3600, 3600, "h"},
                 {(double)INFINITY, 86400, "d"}};
    size_t i = 0;
    if (isnan(seconds))
        return dash(text);
    while (seconds >= units[i].below)
        i++;
    snprintf(text, TEXT_NUMBER_MAX, "%.0f %s", fmax(seconds, 0) / units[i].unit, units[i].name);
    return text;
}

const char *text_counted(char *text, uint64_t count, const char *noun)
{
    text_count(text, count);
    return text_append(text, TEXT_NUMBER_MAX, " %s%s", noun, count == 1 ? "" : "s");
}

const char *text_threads(char *text, int threads, int processors)
{
    snprintf(text, TEXT_WARNING_MAX,
             "%d threads take turns on %d processor%s: fewer would be faster", threads, processors,
             processors == 1 ? "" : "s");
    return text;
}
