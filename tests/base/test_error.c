/*
 * test_error.c - the message of a thread.
 */
#include "base/error.h"
#include "support/suite.h"

#include <check.h>
#include <pthread.h>
#include <string.h>

START_TEST(set_replaces_and_add_appends)
{
    ck_assert_int_eq(error_add(TRAINER_INVALID, "old"), TRAINER_INVALID);
    ck_assert_int_eq(error_set(TRAINER_FAILED, "one %d", 1), TRAINER_FAILED);
    ck_assert_int_eq(error_add(TRAINER_INVALID, "two %s", "2"), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "one 1\ntwo 2");
    ck_assert_int_eq(error_count(), 2);
    error_clear();
    ck_assert_str_eq(error_text(), "");
    ck_assert_int_eq(error_count(), 0);
}
END_TEST

START_TEST(a_message_can_hold_the_message_before)
{
    error_set(TRAINER_FAILED, "inner");
    error_set(TRAINER_FAILED, "outer: %s", error_text());
    ck_assert_str_eq(error_text(), "outer: inner");
}
END_TEST

START_TEST(one_call_is_one_line_without_controls)
{
    error_set(TRAINER_FAILED, "a\nb\tc\x1b[31m\xc2\x9b\x7fz\xc3\xa9");
    ck_assert_str_eq(error_text(), "a b c?[31m???z\xc3\xa9");
}
END_TEST

START_TEST(lines_past_twenty_are_counted)
{
    for (int i = 0; i < 25; i++)
        error_add(TRAINER_INVALID, "%d", i);
    ck_assert_int_eq(error_count(), 25);
    ck_assert_str_eq(strstr(error_text(), "18\n"), "18\n19\n... and 5 more");
    error_add(TRAINER_INVALID, "25");
    ck_assert_str_eq(strstr(error_text(), "18\n"), "18\n19\n... and 6 more");
}
END_TEST

START_TEST(a_long_line_is_cut_between_characters)
{
    char text[6001];
    for (size_t offset = 0; offset < 2; offset++) {
        for (size_t i = 0; i + 1 < sizeof text; i++)
            text[i] = (char)((i + offset) % 2 ? 0xa9 : 0xc3);
        text[sizeof text - 1] = '\0';
        error_set(TRAINER_FAILED, "%s", text + offset);
        const char *line = error_text();
        size_t length = strlen(line);
        ck_assert_uint_lt(length, 2048);
        ck_assert_uint_gt(length, 2000);
        ck_assert_str_eq(line + length - 3, "...");
        ck_assert_uint_eq((length - 3) % 2, 0);
    }
    for (int i = 0; i < 30; i++)
        error_add(TRAINER_FAILED, "%s", text);
    ck_assert_uint_lt(strlen(error_text()), 20 * 2048 + 64);
}
END_TEST

START_TEST(memory_names_what_and_how_much)
{
    ck_assert_int_eq(error_memory("the arena", 12), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "out of memory: the arena needs 12 bytes");
}
END_TEST

static void *set_other(void *context)
{
    (void)context;
    error_set(TRAINER_FAILED, "other");
    return NULL;
}

START_TEST(each_thread_has_its_own)
{
    pthread_t thread;
    error_set(TRAINER_FAILED, "mine");
    ck_assert_int_eq(pthread_create(&thread, NULL, set_other, NULL), 0);
    pthread_join(thread, NULL);
    ck_assert_str_eq(error_text(), "mine");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error");
    TCase *tests = tcase_create("error");
    tcase_add_test(tests, set_replaces_and_add_appends);
    tcase_add_test(tests, a_message_can_hold_the_message_before);
    tcase_add_test(tests, one_call_is_one_line_without_controls);
    tcase_add_test(tests, lines_past_twenty_are_counted);
    tcase_add_test(tests, a_long_line_is_cut_between_characters);
    tcase_add_test(tests, memory_names_what_and_how_much);
    tcase_add_test(tests, each_thread_has_its_own);
    suite_add_tcase(suite, tests);
    return suite_run(suite, SUITE_FORKED);
}
