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

/* The fewest digits of a number in [1e-5, 1e7) that read back as the same float: a quotient of two
 * exact numbers is rounded as reading its text is. Returns how many of them stand behind the point;
 * -1 where there is none. */
static int shortest_single(double value, uint64_t *digits)
{
    static const double power[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6, 1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};
    for (int behind = 0; behind < (int)(sizeof power / sizeof *power); behind++) {
        double scaled = nearbyint(value * power[behind]);
        if ((float)(scaled / power[behind]) == (float)value) {
            *digits = (uint64_t)scaled;
            return behind;
        }
    }
    return -1;
}

/* "-12.5" of -1, 125, 1. */
static void write_digits(char *text, bool negative, uint64_t digits, int behind)
{
    char reversed[NUMBER_SIZE];
    int count = 0, least = behind > 0 ? behind + 2 : 1; /* one digit stands before the point */
    for (; digits > 0 || count < least; digits /= 10) {
        reversed[count++] = (char)('0' + digits % 10);
        if (count == behind)
            reversed[count++] = '.';
    }
    if (negative)
        *text++ = '-';
    while (count > 0)
        *text++ = reversed[--count];
    *text = '\0';
}

const char *number_text_single(float value, char *text)
{
    enum { ENOUGH = 9 }; /* digits that tell all floats apart */
    uint64_t digits = 0;
    double size = fabs((double)value), back = 0;
    int behind = size >= 1e-5 && size < 1e7 ? shortest_single(size, &digits) : -1;
    if (value == 0 || behind >= 0) {
        write_digits(text, value<0, digits, behind> 0 ? behind : 0);
        return text;
    }
    if (!isfinite(value)) {
        snprintf(text, NUMBER_SIZE, "%s", isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
        return text;
    }
    for (int i = 1; i <= ENOUGH; i++)
        if (number_parse(number_text((double)value, i, text), &back) && (float)back == value)
            break;
    return text;
}
