/*
 * number.c - numbers as text and back: a grammar of our own in front of strtod, in the C locale.
 */
#include "number.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The end of [+-] digits; NULL where there is no digit. */
static const char *skip_integer(const char *text)
{
    text += *text == '+' || *text == '-';
    size_t digits = strspn(text, "0123456789");
    return digits > 0 ? text + digits : NULL;
}

bool number_parse_integer(const char *text, int64_t *value)
{
    const char *end = skip_integer(text);
    if (!end || *end)
        return false;
    errno = 0;
    *value = strtoll(text, NULL, 10);
    return errno == 0;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit before or after the point. */
static bool is_number(const char *text)
{
    static const char digits[] = "0123456789";
    text += *text == '+' || *text == '-';
    size_t whole = strspn(text, digits);
    text += whole;
    size_t fraction = *text == '.' ? strspn(text + 1, digits) : 0;
    text += *text == '.' ? fraction + 1 : 0;
    if (whole + fraction == 0)
        return false;
    if (*text == 'e' || *text == 'E')
        text = skip_integer(text + 1);
    return text && *text == '\0';
}

/* glibc's C locale is a constant: getting it allocates nothing. */
static locale_t plain_locale(void)
{
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

bool number_parse(const char *text, double *value)
{
    if (!is_number(text))
        return false;
    locale_t plain = plain_locale();
    *value = strtod_l(text, NULL, plain);
    freelocale(plain);
    return isfinite(*value);
}

const char *number_text(double value, int digits, char *text)
{
    locale_t plain = plain_locale();
    locale_t before = uselocale(plain);
    double back = 0;
    int least = digits ? digits : 15, most = digits ? digits : 17;
    for (int i = least; i <= most; i++) {
        snprintf(text, NUMBER_SIZE, "%.*g", i, value);
        if (number_parse(text, &back) && back == value)
            break;
    }
    uselocale(before);
    freelocale(plain);
    return text;
}
