/*
 * test_utf8.c - characters, and text that is safe to print.
 */
#include "base/utf8.h"
#include "support/suite.h"

#include <check.h>
#include <string.h>

START_TEST(characters_are_decoded_by_the_standard)
{
    static const struct {
        const char *text;
        size_t length;
        uint32_t character;
    } cases[] = {
        {"A", 1, 'A'},
        {"\xC3\xA9", 2, 0xE9},
        {"\xE2\x82\xAC", 3, 0x20AC},
        {"\xF0\x9F\x98\x80", 4, 0x1F600},
        {"\xFF", 0, 0},             /* begins nothing */
        {"\x80", 0, 0},             /* goes on with nothing */
        {"\xC3", 0, 0},             /* cut */
        {"\xC0\xAF", 0, 0},         /* longer than needed */
        {"\xED\xA0\x80", 0, 0},     /* half of a pair */
        {"\xF4\x90\x80\x80", 0, 0}, /* above U+10FFFF */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t character = 0;
        ck_assert_uint_eq(utf8_decode(cases[i].text, 4, &character), cases[i].length);
        ck_assert_uint_eq(character, cases[i].character);
    }
    uint32_t character = 0;
    ck_assert_uint_eq(utf8_decode("\xE2\x82\xAC", 2, &character), 0);
    ck_assert_uint_eq(utf8_count("a\xC3\xA9\xE2\x82\xAC"), 3);
}
END_TEST

START_TEST(what_is_plain_drives_no_terminal)
{
    static const struct {
        const char *given, *plain;
    } cases[] = {
        {"two_layer \xC3\xA9 \xD7\x90", "two_layer \xC3\xA9 \xD7\x90"},
        {"\x1b[31mred\x7f", "?[31mred?"},
        {"two\nlines\tand\rmore", "two lines and?more"},
        {"a\xC2\x9Bz", "a??z"},        /* a control character of two bytes */
        {"a\x9Bz", "a?z"},             /* the same in Latin-1 */
        {"\xE2\x80\xAEgpj", "???gpj"}, /* what turns the direction */
        {"\xE2\x81\xA6gpj", "???gpj"},
        {"\xFF\xFE", "??"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        strcpy(text, cases[i].given);
        utf8_make_plain(text, "");
        ck_assert_str_eq(text, cases[i].plain);
    }
    char lines[] = "a\nb\tc";
    utf8_make_plain(lines, "\n");
    ck_assert_str_eq(lines, "a\nb c");
    utf8_make_plain(NULL, "");
}
END_TEST

START_TEST(a_text_is_cut_between_characters)
{
    static const char text[] = "a\xC3\xA9\xD7\x90z";
    static const size_t begins[] = {0, 1, 3, 5, 6, 6};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        ck_assert_uint_eq((size_t)(utf8_at(text, i) - text), begins[i]);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {characters_are_decoded_by_the_standard,
                                  what_is_plain_drives_no_terminal,
                                  a_text_is_cut_between_characters, NULL};
    return suite_main("utf8", SUITE_FORKED, 1, tests);
}
