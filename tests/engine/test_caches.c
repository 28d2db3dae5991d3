/*
 * test_caches.c - sizes of caches, as the processor tells them.
 */
#include "engine/caches.h"
#include "support/suite.h"

#include <check.h>

START_TEST(a_second_level_cache_has_a_size_of_this_century)
{
    ck_assert_uint_ge(caches_second(), 256 * 1024);
    ck_assert_uint_le(caches_second(), (size_t)1 << 30);
    ck_assert_uint_eq(caches_second(), caches_second());
}
END_TEST

START_TEST(a_block_is_no_larger_than_asked_for_nor_than_the_cache)
{
    ck_assert_uint_eq(caches_block(4096), 4096);
    ck_assert_uint_eq(caches_block((size_t)1 << 40), caches_second() / 64 * 64);
    ck_assert_uint_eq(caches_block((size_t)1 << 40) % 64, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {a_second_level_cache_has_a_size_of_this_century,
                                  a_block_is_no_larger_than_asked_for_nor_than_the_cache, NULL};
    return suite_main("caches", SUITE_FORKED, 1, tests);
}
