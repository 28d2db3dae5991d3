/*
 * test_key_end.c - the ends of keys.
 */
#include "base/key_end.h"
#include "support/suite.h"

#include <check.h>

START_TEST(an_end_has_so_many_parts)
{
    ck_assert_str_eq(key_end("model.layers.a.units", 1), "units");
    ck_assert_str_eq(key_end("model.layers.a.units", 2), "a.units");
    ck_assert_str_eq(key_end("model.layers.a.units", 9), "model.layers.a.units");
    ck_assert_str_eq(key_end("seed", 1), "seed");
}
END_TEST

START_TEST(a_unique_end_is_as_long_as_it_has_to_be)
{
    static const char *const keys[] = {"model.layers.a.units", "model.layers.b.units", "seed",
                                       "data.seed", "optimizer.learning_rate"};
    static const char *const ends[] = {"a.units", "b.units", "seed", "data.seed", "learning_rate"};
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(key_end_unique(keys, 5, i), ends[i]);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {an_end_has_so_many_parts, a_unique_end_is_as_long_as_it_has_to_be,
                                  NULL};
    return suite_main("key_end", SUITE_FORKED, 1, tests);
}
