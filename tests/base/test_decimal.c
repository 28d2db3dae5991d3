/*
 * test_decimal.c - numbers as strtod reads them, bit by bit; what is whole, and what is no number.
 */
#include "base/decimal.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 512 };

/* text is read to its end, as strtod reads it. */
static void check_number(const char *text)
{
    char padded[SIZE + DECIMAL_MARGIN] = {0};
    struct decimal decimal;
    snprintf(padded, SIZE, "%s", text);
    const char *behind = decimal_read(padded, &decimal);
    double expected = strtod(text, NULL);
    ck_assert_msg(behind == padded + strlen(text), "%s", text);
    ck_assert_msg(!memcmp(&decimal.value, &expected, sizeof expected), "%s: %a, not %a", text,
                  decimal.value, expected);
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    return *state ^= *state << 17;
}

START_TEST(every_way_of_writing_a_number)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "1",
        "+1",
        "12",
        "0.5",
        ".5",
        "5.",
        "-.5e1",
        "1e5",
        "1E-5",
        "1e+5",
        "00.5",
        "123456789012345678",
        "9007199254740993",
        "9007199254740992.99999999999999999999",
        "0.1",
        "0.3",
        "1e22",
        "1e23",
        "8.98846567431158e307",
        "4.9e-324",
        "2.47e-324",
        "2.4e-324",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1e-400",
        "1e400",
        "1e-99999999",
        "0e99999999",
        "1e99999999",
        "17976931348623157e292",
        "17976931348623159e292",
        "7.2057594037927933e16",
        "1000000000000000000000000000000000000000000e-42",
        "0.000000000000000000000000000000000000000000001",
        "6929495644600919.5",
        "3.2378839133029012895883524125015321748630094450e-256",
        "10384593717069655257060992658440191",
        "0000000000000000000000000000000000001234.5",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_number(texts[i]);
}
END_TEST

START_TEST(random_numbers_have_the_bits_of_strtod)
{
    uint64_t state = 88172645463325252u;
    char text[SIZE];
    for (int i = 0; i < 300000; i++) {
        uint64_t bits = next(&state), other = next(&state);
        double value;
        memcpy(&value, &bits, sizeof value);
        switch (i % 4) {
        case 0:
            snprintf(text, sizeof text, "%.17g", isfinite(value) ? value : 1);
            break;
        case 1:
            snprintf(text, sizeof text, "%llue%d", (unsigned long long)(bits >> other % 64),
                     (int)(other % 700) - 350);
            break;
        case 2: /* half way between two doubles, or nearly */
            snprintf(text, sizeof text, "%llu.%s", (unsigned long long)(bits >> 11) | 1ull << 52,
                     other % 3 == 0   ? "5"
                     : other % 3 == 1 ? "50000000000000000000001"
                                      : "49999999999999999999999");
            break;
        default:
            snprintf(text, sizeof text, "%.30e", isfinite(value) ? value : 1);
        }
        check_number(text);
    }
}
END_TEST

/* Digits are read by eights: every count of them on both sides of the point. */
START_TEST(any_count_of_digits_before_and_behind_the_point)
{
    static const char digits[] = "907050301248163264128256";
    char text[SIZE];
    for (int before = 0; before <= 20; before++)
        for (int behind = before == 0; behind <= 20; behind++) {
            snprintf(text, sizeof text, "-%.*s.%.*s", before, digits, behind, digits + 1);
            check_number(text);
            text[strlen(text) - (size_t)behind - 1] = '\0';
            if (before)
                check_number(text + 1);
        }
}
END_TEST

START_TEST(whole_numbers_and_needless_zeros)
{
    static const struct {
        const char *text;
        bool whole, padded;
    } cases[] = {
        {"12       ", true, false},  {"-12      ", true, false},  {"01730    ", true, true},
        {"-007     ", true, true},   {"0        ", true, false},  {"1.0      ", false, false},
        {"01.5     ", false, false}, {"1e3      ", false, false}, {"007e1    ", false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decimal decimal;
        char text[32] = {0};
        snprintf(text, sizeof text, "%s", cases[i].text);
        ck_assert_ptr_nonnull(decimal_read(text, &decimal));
        ck_assert_msg(decimal.whole == cases[i].whole && decimal.padded == cases[i].padded, "%s",
                      text);
    }
}
END_TEST

/* What begins with no number, and what a number ends before. */
START_TEST(what_is_no_number)
{
    static const char *const none[] = {"", "-", "+", ".", "e5", "-.e1", "nan", "inf", "x1", " 1"};
    static const struct {
        const char *text;
        size_t length;
    } some[] = {{"1e", 1}, {"1e+", 1}, {"0x10", 1}, {"1_000", 1}, {"1,5", 1}, {"1.2.3", 3}};
    struct decimal decimal;
    char text[32];
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        memset(text, 0, sizeof text);
        snprintf(text, sizeof text, "%s", none[i]);
        ck_assert_ptr_null(decimal_read(text, &decimal));
    }
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        memset(text, 0, sizeof text);
        snprintf(text, sizeof text, "%s", some[i].text);
        ck_assert_ptr_eq(decimal_read(text, &decimal), text + some[i].length);
    }
}
END_TEST

/* Every byte that may stand behind digits, wherever among eight. */
START_TEST(every_byte_but_a_digit_ends_the_digits)
{
    struct decimal decimal;
    for (int byte = 0; byte < 256; byte++)
        for (size_t count = 1; count <= 9; count++) {
            char text[32] = "123456789999999999999999";
            bool ends = (byte < '0' || byte > '9') && byte != '.';
            text[count] = (char)byte;
            const char *behind = decimal_read(text, &decimal);
            bool exponent = byte == 'e' || byte == 'E';
            if (ends && !exponent)
                ck_assert_msg(behind == text + count && decimal.whole, "0x%02x", byte);
            else
                ck_assert_msg(behind > text + count, "0x%02x", byte);
        }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("decimal");
    tcase_add_test(tcase, every_way_of_writing_a_number);
    tcase_add_test(tcase, random_numbers_have_the_bits_of_strtod);
    tcase_add_test(tcase, any_count_of_digits_before_and_behind_the_point);
    tcase_add_test(tcase, whole_numbers_and_needless_zeros);
    tcase_add_test(tcase, what_is_no_number);
    tcase_add_test(tcase, every_byte_but_a_digit_ends_the_digits);
    tcase_set_timeout(tcase, 60);
    Suite *suite = suite_create("decimal");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
