/*
 * test_json.c - JSON as commands print it.
 */
#include "display/json.h"
#include "support/suite.h"

#include <check.h>
#include <math.h>

START_TEST(members_and_items_stand_on_lines_of_their_own)
{
    struct text text = {0};
    struct json json = {.text = &text};
    json_open(&json, NULL, '{');
    json_string(&json, "name", "two \"layer\"\\\n");
    json_string(&json, "none", NULL);
    json_open(&json, "list", '[');
    json_number(&json, NULL, 0.1);
    json_number(&json, NULL, (double)NAN);
    json_number(&json, NULL, (double)INFINITY);
    json_close(&json, ']');
    json_open(&json, "empty", '{');
    json_close(&json, '}');
    json_count(&json, "most", UINT64_MAX);
    json_boolean(&json, "right", true);
    json_close(&json, '}');
    ck_assert_str_eq(text_get(&text), "{\n"
                                      "  \"name\": \"two \\\"layer\\\"\\\\\\u000a\",\n"
                                      "  \"none\": null,\n"
                                      "  \"list\": [\n"
                                      "    0.1,\n"
                                      "    null,\n"
                                      "    null\n"
                                      "  ],\n"
                                      "  \"empty\": {},\n"
                                      "  \"most\": 18446744073709551615,\n"
                                      "  \"right\": true\n"
                                      "}\n");
    text_free(&text);
}
END_TEST

START_TEST(what_is_no_text_becomes_valid_json)
{
    struct text text = {0};
    struct json json = {.text = &text};
    json_string(&json, NULL, "\xFF \x1b[31m \xC2\x9B \xC3\xA9");
    ck_assert_str_eq(text_get(&text), "\"\\ufffd \\u001b[31m \\u009b \xC3\xA9\"");
    text_free(&text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {members_and_items_stand_on_lines_of_their_own,
                                  what_is_no_text_becomes_valid_json, NULL};
    return suite_main("json", SUITE_FORKED, 1, tests);
}
