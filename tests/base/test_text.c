/*
 * test_text.c - text that grows, and text behind another in a buffer.
 */
#include "base/error.h"
#include "base/text.h"
#include "support/suite.h"

#include <stdint.h>
#include <string.h>

START_TEST(what_is_added_stands_one_behind_another)
{
    struct text text = {0};
    ck_assert_str_eq(text_get(&text), "");
    text_add(&text, "abcdef", 3);
    text_spaces(&text, 2);
    text_string(&text, "x");
    text_print(&text, "%d-%s", 42, "y");
    ck_assert_str_eq(text_get(&text), "abc  x42-y");
    ck_assert_uint_eq(text.length, 10);
    ck_assert_int_eq(text_status(&text), TRAINER_OK);
    text_free(&text);
    ck_assert_ptr_null(text.data);
    ck_assert_uint_eq(text.capacity, 0);
}
END_TEST

START_TEST(a_text_grows_past_any_size)
{
    struct text text = {0};
    for (int i = 0; i < 100000; i++)
        text_print(&text, "%d,", i % 10);
    ck_assert_uint_eq(text.length, 200000);
    ck_assert_uint_eq(strlen(text_get(&text)), 200000);
    for (int i = 0; i < 100000; i++)
        ck_assert(text.data[2 * i] == '0' + i % 10 && text.data[2 * i + 1] == ',');
    text_free(&text);
}
END_TEST

START_TEST(without_memory_a_text_stays_as_it_was)
{
    struct text text = {0};
    text_string(&text, "before");
    text_spaces(&text, SIZE_MAX / 4);
    text_string(&text, "after");
    ck_assert_str_eq(text_get(&text), "before");
    ck_assert_int_eq(text_status(&text), TRAINER_FAILED);
    ck_assert_ptr_nonnull(strstr(error_text(), "out of memory: a text"));
    text_free(&text);
    ck_assert_int_eq(text_status(&text), TRAINER_OK);
}
END_TEST

START_TEST(a_buffer_is_appended_to_until_it_is_full)
{
    char text[8] = "a";
    ck_assert_ptr_eq(text_append(text, sizeof text, ", %d", 12), text);
    ck_assert_str_eq(text, "a, 12");
    text_append(text, sizeof text, "%s", "xyz");
    ck_assert_str_eq(text, "a, 12xy");
    text_append(text, sizeof text, "%s", "more");
    ck_assert_str_eq(text, "a, 12xy");
}
END_TEST

START_TEST(a_long_text_keeps_its_ends)
{
    struct text text = {0};
    text_shortened(&text, "runs/a", 6);
    ck_assert_str_eq(text_get(&text), "runs/a");
    text.length = 0;
    text_shortened(&text,
                   "\xC3\xA9"
                   "bcdefgh"
                   "\xC3\xA9",
                   8);
    ck_assert_str_eq(text_get(&text), "\xC3\xA9"
                                      "b...gh"
                                      "\xC3\xA9");
    text_free(&text);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {what_is_added_stands_one_behind_another,
                                  a_text_grows_past_any_size,
                                  without_memory_a_text_stays_as_it_was,
                                  a_buffer_is_appended_to_until_it_is_full,
                                  a_long_text_keeps_its_ends,
                                  NULL};
    return suite_main("text", SUITE_FORKED, 1, tests);
}
