/*
 * test_format.c - numbers, sizes and times as people read them; columns of UTF-8.
 */
#include "display/format.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>
#include <string.h>

static char text[TEXT_NUMBER_MAX];

START_TEST(counts_have_commas_and_their_noun)
{
    ck_assert_str_eq(text_count(text, 0), "0");
    ck_assert_str_eq(text_count(text, 999), "999");
    ck_assert_str_eq(text_count(text, 39760), "39,760");
    ck_assert_str_eq(text_count(text, 18446744073709551615U), "18,446,744,073,709,551,615");
    ck_assert_str_eq(text_counted(text, 0, "step"), "0 steps");
    ck_assert_str_eq(text_counted(text, 1, "step"), "1 step");
    ck_assert_str_eq(text_counted(text, 10000, "sample"), "10,000 samples");
}
END_TEST

START_TEST(sizes_rates_and_times_are_short)
{
    ck_assert_str_eq(text_bytes(text, 999), "999 B");
    ck_assert_str_eq(text_bytes(text, 1500000), "1.5 MB");
    ck_assert_str_eq(text_rate(text, 45123), "45k");
    ck_assert_str_eq(text_duration(text, 62), "1:02");
    ck_assert_str_eq(text_duration(text, 3723), "1:02:03");
    ck_assert_str_eq(text_duration(text, (double)NAN), "-");
    ck_assert_str_eq(text_bytes(text, -1), "-");
}
END_TEST

START_TEST(ages_have_one_unit)
{
    ck_assert_str_eq(text_age(text, 42), "42 s");
    ck_assert_str_eq(text_age(text, 180), "3 min");
    ck_assert_str_eq(text_age(text, 5 * 3600), "5 h");
    ck_assert_str_eq(text_age(text, 7 * 86400 + 100), "7 d");
    ck_assert_str_eq(text_age(text, -5), "0 s");
    ck_assert_str_eq(text_age(text, (double)NAN), "-");
}
END_TEST

START_TEST(columns_count_characters_and_no_colours)
{
    static const char coloured[] = "\x1b[32m█▌\x1b[0m ab";
    ck_assert_uint_eq(text_columns(coloured, strlen(coloured)), 5);
}
END_TEST

START_TEST(words_are_broken_at_blanks_and_long_ones_within)
{
    struct text lines = {0};
    text_wrap(&lines, "best: lr=0.1 units=50", 12, 2, "");
    text_wrap(&lines, "best: lr=0.1", 0, 2, "!");
    text_wrap(&lines, "abcdefgh", 6, 2, "");
    text_wrap(&lines, "äbödéf", 6, 2, "");
    ck_assert_str_eq(text_get(&lines), "best: lr=0.1\n  units=50\nbest: lr=0.1!\nabcd\n  efgh\n"
                                       "äböd\n  éf\n");
    text_free(&lines);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        counts_have_commas_and_their_noun,
        sizes_rates_and_times_are_short,
        ages_have_one_unit,
        columns_count_characters_and_no_colours,
        words_are_broken_at_blanks_and_long_ones_within,
        NULL,
    };
    return suite_main("format", SUITE_FORKED, 1, tests);
}
