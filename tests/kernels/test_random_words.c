/*
 * test_random_words.c - the words of random_block, in their order, on every engine.
 */
#include "support/kernels.h"
#include "support/suite.h"

enum { GROUP = 64 };

START_TEST(words_are_those_of_random_block)
{
    const struct engine *engine = kernels_engine(_i);
    if (!engine)
        return;
    static const uint64_t groups[] = {0, 1, 77, 0x0FFFFFFF, 0x10000000, 0x123456789A};
    struct random_stream stream = random_stream(42, RANDOM_MASK, 0x123456789ABCDEFu, 9);
    for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
        uint32_t words[GROUP], block[4];
        engine->kernels->draw_words(&stream, groups[g], words);
        for (size_t i = 0; i < GROUP / 4; i++) {
            random_block(&stream, groups[g] * (GROUP / 4) + i, block);
            for (size_t w = 0; w < 4; w++)
                ck_assert_uint_eq(words[w / 2 * (GROUP / 2) + 2 * i + w % 2], block[w]);
        }
    }
}
END_TEST

int main(void)
{
    return suite_main("random words", SUITE_IN_PROCESS, (int)engine_count,
                      (const TTest *[]){words_are_those_of_random_block, NULL});
}
