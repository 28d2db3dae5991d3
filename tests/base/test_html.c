/*
 * test_html.c - hostile texts inside HTML and JSON.
 */
#include "base/html.h"
#include "support/suite.h"

#include <check.h>
#include <string.h>

#define REPLACED "\xEF\xBF\xBD"

struct pair {
    const char *given, *written;
};

static void check_all(void (*add)(struct text *, const char *), const struct pair *pairs,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct text text = {0};
        add(&text, pairs[i].given);
        ck_assert_str_eq(text_get(&text), pairs[i].written);
        text_free(&text);
    }
}

START_TEST(text_ends_no_element_and_no_attribute)
{
    static const struct pair pairs[] = {
        {"", ""},
        {"two_layer", "two_layer"},
        {"</script><script>", "&lt;/script&gt;&lt;script&gt;"},
        {"\"><img src=x onerror='1'>", "&quot;&gt;&lt;img src=x onerror=&#39;1&#39;&gt;"},
        {"a && b", "a &amp;&amp; b"},
        {"${x}", "${x}"},
        {"\xE2\x80\xAE"
         "abc",
         "\xE2\x80\xAE"
         "abc"},
    };
    check_all(html_text, pairs, sizeof pairs / sizeof *pairs);
}
END_TEST

START_TEST(what_is_no_text_is_replaced)
{
    static const struct pair pairs[] = {
        {"a\x01"
         "b\r",
         "a" REPLACED "b" REPLACED},
        {"tab\tline\n", "tab\tline\n"},
        {"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
        {"\xFF", REPLACED},                           /* begins nothing */
        {"\xC3", REPLACED},                           /* cut */
        {"\xC0\xAF", REPLACED REPLACED},              /* "/" in two bytes */
        {"\xED\xA0\x80", REPLACED REPLACED REPLACED}, /* half of a pair */
        {"\xF4\x90\x80\x80", REPLACED REPLACED REPLACED REPLACED},
        {"\xC2\x85", REPLACED}, /* a control character of two bytes */
        {"\x7F", REPLACED},
    };
    check_all(html_text, pairs, sizeof pairs / sizeof *pairs);
}
END_TEST

START_TEST(json_ends_no_script_and_no_string)
{
    static const struct pair pairs[] = {
        {"</script>", "\"\\u003c/script\\u003e\""},
        {"<!--&", "\"\\u003c!--\\u0026\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\n\t", "\"\\u000a\\u0009\""},
        {"\xE2\x80\xA8", "\"\\u2028\""},
        {"\x01\xFF", "\"" REPLACED REPLACED "\""},
    };
    check_all(html_json, pairs, sizeof pairs / sizeof *pairs);
}
END_TEST

/* RFC 4648, section 10. */
START_TEST(base64_is_that_of_the_standard)
{
    static const struct pair pairs[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct text text = {0};
        html_base64(&text, pairs[i].given, strlen(pairs[i].given));
        ck_assert_str_eq(text_get(&text), pairs[i].written);
        text_free(&text);
    }
}
END_TEST

START_TEST(a_long_text_is_cut_between_characters)
{
    struct text text = {0};
    html_text_cut(&text, "\xC3\xA9<\xC3\xA9", 2);
    ck_assert_str_eq(text_get(&text), "\xC3\xA9&lt;\xE2\x80\xA6");
    text_free(&text);
    html_text_cut(&text, "abc", 3);
    ck_assert_str_eq(text_get(&text), "abc");
    text_free(&text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        text_ends_no_element_and_no_attribute, what_is_no_text_is_replaced,
        json_ends_no_script_and_no_string,     base64_is_that_of_the_standard,
        a_long_text_is_cut_between_characters, NULL};
    return suite_main("html", SUITE_FORKED, 1, tests);
}
