/*
 * test_csv.c - fields in quotes where they must be.
 */
#include "base/csv.h"
#include "support/suite.h"

START_TEST(fields_are_quoted_where_they_must_be)
{
    static const char *const fields[][2] = {
        {"", ""},
        {"plain text", "plain text"},
        {"1.5", "1.5"},
        {"a,b", "\"a,b\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"\"", "\"\"\"\""},
        {"\"\"", "\"\"\"\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"\r", "\"\r\""},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct text text = {0};
        csv_field(&text, fields[i][0]);
        ck_assert_str_eq(text_get(&text), fields[i][1]);
        text_free(&text);
    }
}
END_TEST

START_TEST(words_are_no_formulas)
{
    static const char *const fields[][2] = {
        {"adam", "adam"},  {"-0.5", "-0.5"}, {"+1e3", "+1e3"},
        {"=1+1", "'=1+1"}, {"-x", "'-x"},    {"@a,b", "\"'@a,b\""},
        {"\t=1", "'\t=1"}, {"\r=1", "'?=1"}, {"\x1b[31m", "?[31m"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        struct text text = {0};
        csv_words(&text, fields[i][0]);
        ck_assert_str_eq(text_get(&text), fields[i][1]);
        text_free(&text);
    }
}
END_TEST

START_TEST(a_line_has_commas_between_and_an_end)
{
    struct text text = {0};
    csv_field(&text, "");
    csv_separate(&text);
    csv_field(&text, "b");
    csv_separate(&text);
    csv_field(&text, "");
    csv_end(&text);
    ck_assert_str_eq(text_get(&text), ",b,\n");
    text_free(&text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {fields_are_quoted_where_they_must_be, words_are_no_formulas,
                                  a_line_has_commas_between_and_an_end, NULL};
    return suite_main("csv", SUITE_FORKED, 1, tests);
}
