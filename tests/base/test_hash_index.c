/*
 * test_hash_index.c - what was added is found, also among keys that want the same place.
 */
#include "base/error.h"
#include "base/hash_index.h"
#include "support/suite.h"

enum { KEYS = 1000 };

START_TEST(a_key_has_the_number_it_was_given_last)
{
    struct arena arena = {0};
    struct hash_index index;
    ck_assert_int_eq(hash_index_open(&index, &arena, 2), TRAINER_OK);
    ck_assert_uint_eq(hash_index_find(&index, 7), SIZE_MAX);
    hash_index_add(&index, 7, 0);
    hash_index_add(&index, 0, 3);
    ck_assert_uint_eq(hash_index_find(&index, 7), 0);
    ck_assert_uint_eq(hash_index_find(&index, 0), 3);
    hash_index_add(&index, 7, 5);
    ck_assert_uint_eq(hash_index_find(&index, 7), 5);
    ck_assert_uint_eq(hash_index_find(&index, 8), SIZE_MAX);
    arena_free(&arena);
}
END_TEST

/* All keys are multiples of a large power of two: their low bits, which choose the place, differ
 * by their high halves alone. */
START_TEST(keys_that_want_one_place_are_told_apart)
{
    struct arena arena = {0};
    struct hash_index index;
    ck_assert_int_eq(hash_index_open(&index, &arena, KEYS), TRAINER_OK);
    for (uint64_t i = 0; i < KEYS; i++)
        hash_index_add(&index, i << 60 | i << 20, i);
    for (uint64_t i = 0; i < KEYS; i++)
        ck_assert_uint_eq(hash_index_find(&index, i << 60 | i << 20), i);
    ck_assert_uint_eq(hash_index_find(&index, UINT64_C(1) << 20 | 1), SIZE_MAX);
    arena_free(&arena);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_key_has_the_number_it_was_given_last,
                                  keys_that_want_one_place_are_told_apart, NULL};
    return suite_main("hash_index", SUITE_FORKED, 1, tests);
}
