/*
 * test_sha256.c - the vectors of FIPS 180-4 and NIST's, and lengths around the end of a block.
 */
#include "base/sha256.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *hex(const void *bytes, size_t count)
{
    static char text[2 * SHA256_SIZE + 1];
    uint8_t digest[SHA256_SIZE];
    sha256(bytes, count, digest);
    for (int i = 0; i < SHA256_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
    return text;
}

START_TEST(published_texts_have_their_published_digests)
{
    static const char two_blocks[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    ck_assert_str_eq(hex("", 0),
                     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    ck_assert_str_eq(hex("abc", 3),
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ck_assert_str_eq(hex(two_blocks, strlen(two_blocks)),
                     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

START_TEST(a_million_letters_have_their_published_digest)
{
    enum { MILLION = 1000000 };
    char *letters = malloc(MILLION);
    ck_assert_ptr_nonnull(letters);
    memset(letters, 'a', MILLION);
    ck_assert_str_eq(hex(letters, MILLION),
                     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(letters);
}
END_TEST

/* Python: hashlib.sha256(b"x" * n).hexdigest(). */
START_TEST(the_padding_fits_at_every_end_of_a_block)
{
    const struct {
        size_t count;
        const char *digest;
    } ends[] = {
        {55, "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072"},
        {56, "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e"},
        {63, "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2"},
        {64, "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c"},
    };
    char letters[64];
    memset(letters, 'x', sizeof letters);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        ck_assert_str_eq(hex(letters, ends[i].count), ends[i].digest);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {published_texts_have_their_published_digests,
                                  a_million_letters_have_their_published_digest,
                                  the_padding_fits_at_every_end_of_a_block, NULL};
    return suite_main("sha256", SUITE_FORKED, 1, tests);
}
