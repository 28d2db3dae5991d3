/*
 * test_vocabulary.c - texts get numbers: whole numbers in numeric order, others by their bytes.
 */
#include "base/error.h"
#include "base/vocabulary.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

enum { MOST = 16 };

/* The texts, added and sorted, are then `sorted` (NULL-terminated), and text i has number[i]. */
static void check_sorted(const char *const *text, const char *const *sorted, const int *number)
{
    struct vocabulary vocabulary = {0};
    int32_t before[MOST], rename[MOST];
    size_t count = 0, names = 0;
    for (; text[count]; count++)
        ck_assert_int_eq(
            vocabulary_add(&vocabulary, text[count], strlen(text[count]), &before[count]),
            TRAINER_OK);
    ck_assert_int_eq(vocabulary_sort(&vocabulary, rename), TRAINER_OK);
    for (; sorted[names]; names++)
        ck_assert_str_eq(vocabulary.name[names], sorted[names]);
    ck_assert_uint_eq(vocabulary.count, names);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(rename[before[i]], number[i]);
        ck_assert_int_eq(vocabulary_find(&vocabulary, text[i], strlen(text[i])), number[i]);
    }
    ck_assert_int_eq(vocabulary_find(&vocabulary, "none such", 9), -1);
    vocabulary_free(&vocabulary);
}

START_TEST(texts_stand_in_the_order_of_their_bytes)
{
    static const char *const text[] = {"b", "a", "B", "aa", "", "b", "\xc3\xa9", NULL};
    static const char *const sorted[] = {"", "B", "a", "aa", "b", "\xc3\xa9", NULL};
    static const int number[] = {4, 2, 1, 3, 0, 4, 5};
    check_sorted(text, sorted, number);
}
END_TEST

START_TEST(whole_numbers_stand_in_numeric_order_under_one_name)
{
    static const char *const text[] = {
        "10", "9", "-1", " 9", "+10", "-20", "-0", "0", "123456789012345678901234567890", NULL};
    static const char *const sorted[] = {
        "-20", "-1", "0", "9", "10", "123456789012345678901234567890", NULL};
    static const int number[] = {4, 3, 1, 3, 4, 0, 2, 2, 5};
    check_sorted(text, sorted, number);
}
END_TEST

START_TEST(one_text_that_is_none_makes_all_of_them_texts)
{
    static const char *const point[] = {"10", "9", "1.0", NULL};
    static const char *const point_sorted[] = {"1.0", "10", "9", NULL};
    static const char *const zero[] = {"10", "9", "01", NULL};
    static const char *const zero_sorted[] = {"01", "10", "9", NULL};
    static const int number[] = {1, 2, 0};
    check_sorted(point, point_sorted, number);
    check_sorted(zero, zero_sorted, number);
}
END_TEST

START_TEST(a_list_keeps_its_order_and_refuses_what_stands_twice)
{
    static const char *const sizes[] = {"S", "M", "L"}, *const twice[] = {"1", "2", "+1"};
    struct vocabulary vocabulary = {0};
    size_t again;
    ck_assert_int_eq(vocabulary_list(&vocabulary, sizes, 3, &again), TRAINER_OK);
    ck_assert_int_eq(vocabulary_find(&vocabulary, "L", 1), 2);
    ck_assert_int_eq(vocabulary_find(&vocabulary, " L", 2), -1);
    vocabulary_free(&vocabulary);
    ck_assert_int_eq(vocabulary_list(&vocabulary, twice, 3, &again), TRAINER_INVALID);
    ck_assert_uint_eq(again, 2);
    vocabulary_free(&vocabulary);
}
END_TEST

START_TEST(many_texts_are_all_found)
{
    enum { MANY = 50000 };
    struct vocabulary vocabulary = {0};
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < MANY; i++) {
            char text[32];
            int32_t number;
            int length = snprintf(text, sizeof text, "text %d", i);
            ck_assert_int_eq(vocabulary_add(&vocabulary, text, (size_t)length, &number),
                             TRAINER_OK);
            ck_assert_int_eq(number, i);
        }
    ck_assert_uint_eq(vocabulary.count, MANY);
    vocabulary_free(&vocabulary);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("vocabulary");
    tcase_add_test(tcase, texts_stand_in_the_order_of_their_bytes);
    tcase_add_test(tcase, whole_numbers_stand_in_numeric_order_under_one_name);
    tcase_add_test(tcase, one_text_that_is_none_makes_all_of_them_texts);
    tcase_add_test(tcase, a_list_keeps_its_order_and_refuses_what_stands_twice);
    tcase_add_test(tcase, many_texts_are_all_found);
    Suite *suite = suite_create("vocabulary");
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
