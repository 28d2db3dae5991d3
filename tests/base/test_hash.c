/*
 * test_hash.c - FNV-1a's published values; texts that don't run together.
 */
#include "base/hash.h"
#include "support/suite.h"

START_TEST(bytes_have_the_published_hashes)
{
    ck_assert(hash_bytes(HASH_START, "", 0) == UINT64_C(0xcbf29ce484222325));
    ck_assert(hash_bytes(HASH_START, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
    ck_assert(hash_bytes(HASH_START, "foobar", 6) == UINT64_C(0x85944171f73967e8));
    ck_assert(hash_bytes(hash_bytes(HASH_START, "foo", 3), "bar", 3) ==
              UINT64_C(0x85944171f73967e8));
}
END_TEST

START_TEST(texts_do_not_run_together)
{
    ck_assert(hash_text(HASH_START, "a") == hash_bytes(HASH_START, "a", 2));
    ck_assert(hash_text(hash_text(HASH_START, "ab"), "c") !=
              hash_text(hash_text(HASH_START, "a"), "bc"));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {bytes_have_the_published_hashes, texts_do_not_run_together, NULL};
    return suite_main("hash", SUITE_FORKED, 1, tests);
}
