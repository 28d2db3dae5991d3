/*
 * test_number.c - which texts are numbers, and numbers as the shortest text that reads back.
 */
#include "base/number.h"
#include "base/random.h"
#include "support/suite.h"

#include <locale.h>
#include <string.h>

START_TEST(numbers_are_decimal_and_nothing_else)
{
    static const struct {
        const char *text;
        bool number, integer;
        double value;
    } cases[] = {
        {"0", true, true, 0},
        {"-12", true, true, -12},
        {"+3", true, true, 3},
        {"1e-3", true, false, 1e-3},
        {".5", true, false, 0.5},
        {"5.", true, false, 5},
        {"-1.5E+2", true, false, -150},
        {"1_000", false, false, 0},
        {"0x10", false, false, 0},
        {"", false, false, 0},
        {".", false, false, 0},
        {"1e", false, false, 0},
        {"e5", false, false, 0},
        {"nan", false, false, 0},
        {".inf", false, false, 0},
        {"inf", false, false, 0},
        {"1e999", false, false, 0},
        {" 1", false, false, 0},
        {"1 ", false, false, 0},
        {"1,5", false, false, 0},
        {"--1", false, false, 0},
        {"9223372036854775807", true, true, 0x1p63},
        {"9223372036854775808", true, false, 0x1p63},
        {"-9223372036854775808", true, true, -0x1p63},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double number = 0;
        int64_t integer = 0;
        ck_assert_msg(number_parse(cases[i].text, &number) == cases[i].number, "'%s'",
                      cases[i].text);
        ck_assert_msg(number_parse_integer(cases[i].text, &integer) == cases[i].integer, "'%s'",
                      cases[i].text);
        if (cases[i].number)
            ck_assert_double_eq(number, cases[i].value);
        if (cases[i].integer)
            ck_assert_double_eq((double)integer, cases[i].value);
    }
}
END_TEST

START_TEST(a_number_has_the_fewest_digits_that_read_back)
{
    static const struct {
        double value;
        int digits;
        const char *text;
    } cases[] = {
        {0.1, 0, "0.1"},
        {1e-5, 0, "1e-05"},
        {1.0 / 3, 0, "0.3333333333333333"},
        {0.1 + 0.2, 0, "0.30000000000000004"},
        {-2, 0, "-2"},
        {1e22, 0, "1e+22"},
        {1.0 / 3, 4, "0.3333"},
        {123456, 2, "1.2e+05"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[NUMBER_SIZE];
        ck_assert_ptr_eq(number_text(cases[i].value, cases[i].digits, text), text);
        ck_assert_str_eq(text, cases[i].text);
    }
}
END_TEST

START_TEST(any_double_survives_its_text)
{
    const struct random_stream stream = random_stream(7, 0, 0, 0);
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = random_bits(&stream, (uint64_t)i);
        double value, back;
        char text[NUMBER_SIZE];
        memcpy(&value, &bits, sizeof value);
        if (value - value != 0)
            continue; /* NaN or infinite */
        ck_assert(number_parse(number_text(value, 0, text), &back));
        ck_assert_msg(memcmp(&value, &back, sizeof value) == 0, "%s", text);
    }
}
END_TEST

START_TEST(the_point_is_a_point_in_every_locale)
{
    static const char *const commas[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "nl_NL.UTF-8"};
    char text[NUMBER_SIZE];
    double value;
    for (size_t i = 0; i < 4 && !setlocale(LC_NUMERIC, commas[i]); i++) {
    }
    ck_assert_str_eq(number_text(0.25, 0, text), "0.25");
    ck_assert(number_parse("0.25", &value) && value == 0.25);
    ck_assert(!number_parse("0,25", &value));
}
END_TEST

START_TEST(a_float_has_the_fewest_digits_that_read_back)
{
    static const struct {
        float value;
        const char *text;
    } cases[] = {{0, "0"},
                 {1, "1"},
                 {-1, "-1"},
                 {0.1f, "0.1"},
                 {0.05f, "0.05"},
                 {12.5f, "12.5"},
                 {-0.001f, "-0.001"},
                 {16777216, "16777216"},
                 {1e-7f, "1e-07"},
                 {3.0e38f, "3e+38"},
                 {0.3333333433f, "0.33333334"},
                 {9999999, "9999999"},
                 {1e-5f, "1e-05"},
                 {2.5e-5f, "0.000025"},
                 {1e10f, "1e+10"}};
    char text[NUMBER_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(number_text_single(cases[i].value, text), cases[i].text);
}
END_TEST

/* Significant digits of a number. */
static size_t digits_of(const char *text)
{
    size_t count = 0, zeros = 0;
    for (; *text && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (count == 0 && *text == '0'))
            continue;
        zeros = *text == '0' ? zeros + 1 : 0;
        count++;
    }
    return count - zeros;
}

START_TEST(any_float_survives_its_text)
{
    const struct random_stream stream = random_stream(1, 0, 0, 0);
    for (uint64_t i = 0; i < 20000; i++) {
        uint64_t bits = random_bits(&stream, i);
        float value;
        double back;
        char text[NUMBER_SIZE], other[NUMBER_SIZE];
        memcpy(&value, &bits, sizeof value);
        if (i % 2)
            value = (float)(bits >> 40) / (float)(1 << (bits % 25)); /* of usual size */
        if (value - value != 0 || value == 0)
            continue;
        ck_assert(number_parse(number_text_single(value, text), &back));
        ck_assert_msg((float)back == value, "%s", text);
        for (int digits = 1; digits < (int)digits_of(text); digits++) {
            ck_assert(number_parse(number_text((double)value, digits, other), &back));
            ck_assert_msg((float)back != value, "%s is shorter than %s", other, text);
        }
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {numbers_are_decimal_and_nothing_else,
                                  a_number_has_the_fewest_digits_that_read_back,
                                  any_double_survives_its_text,
                                  the_point_is_a_point_in_every_locale,
                                  a_float_has_the_fewest_digits_that_read_back,
                                  any_float_survives_its_text,
                                  NULL};
    return suite_main("number", SUITE_FORKED, 1, tests);
}
