/*
 * test_shape.c - the dimensions of a tensor.
 */
#include "base/shape.h"
#include "support/suite.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

START_TEST(size_is_the_product)
{
    ck_assert_uint_eq(shape_size(shape_scalar()), 1);
    ck_assert_uint_eq(shape_size(shape_vector(50)), 50);
    ck_assert_uint_eq(shape_size(shape_matrix(28, 27)), 756);
    ck_assert_uint_eq(shape_size((struct shape){.rank = 3, .dim = {2, 3, 5}}), 30);
    ck_assert_uint_eq(shape_size(shape_matrix(7, 0)), 0);
}
END_TEST

START_TEST(size_saturates)
{
    ck_assert_uint_eq(shape_size(shape_matrix(SIZE_MAX, 2)), SIZE_MAX);
    ck_assert_uint_eq(shape_size((struct shape){.rank = 3, .dim = {1u << 31, 1u << 31, 1u << 31}}),
                      SIZE_MAX);
    ck_assert_uint_eq(shape_size((struct shape){.rank = 3, .dim = {SIZE_MAX, 2, 0}}), 0);
}
END_TEST

START_TEST(equal_needs_rank_and_every_dimension)
{
    ck_assert(shape_equal(shape_scalar(), shape_scalar()));
    ck_assert(shape_equal(shape_matrix(2, 3), shape_matrix(2, 3)));
    ck_assert(!shape_equal(shape_matrix(2, 3), shape_matrix(3, 2)));
    ck_assert(!shape_equal(shape_vector(1), shape_scalar()));
    ck_assert(!shape_equal(shape_vector(2), shape_matrix(2, 1)));
}
END_TEST

START_TEST(text_reads_as_people_write_it)
{
    char text[SHAPE_TEXT_MAX];
    ck_assert_str_eq(shape_text(shape_scalar(), text), "()");
    ck_assert_str_eq(shape_text(shape_vector(50), text), "(50)");
    ck_assert_str_eq(shape_text(shape_matrix(28, 28), text), "(28, 28)");
    struct shape largest = {.rank = SHAPE_RANK_MAX};
    for (int i = 0; i < SHAPE_RANK_MAX; i++)
        largest.dim[i] = SIZE_MAX;
    ck_assert_ptr_eq(shape_text(largest, text), text);
    ck_assert_uint_eq(strlen(text), 8 * 20 + 7 * 2 + 2);
    ck_assert_int_eq(text[strlen(text) - 1], ')');
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shape");
    TCase *tests = tcase_create("shape");
    tcase_add_test(tests, size_is_the_product);
    tcase_add_test(tests, size_saturates);
    tcase_add_test(tests, equal_needs_rank_and_every_dimension);
    tcase_add_test(tests, text_reads_as_people_write_it);
    suite_add_tcase(suite, tests);
    return suite_run(suite, SUITE_FORKED);
}
