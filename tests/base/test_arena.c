/*
 * test_arena.c - memory that lives and dies together; aligned blocks.
 */
#include "base/arena.h"
#include "base/error.h"
#include "support/suite.h"

#include <check.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* How many of bytes[length] have this value. */
static size_t count_of(const unsigned char *bytes, size_t length, unsigned char value)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == value;
    return count;
}

START_TEST(pieces_are_zero_aligned_and_apart)
{
    struct arena arena = {0};
    unsigned char *piece[500];
    for (size_t i = 0; i < 500; i++) {
        piece[i] = arena_allocate(&arena, i * 7);
        ck_assert_ptr_nonnull(piece[i]);
        ck_assert_uint_eq((uintptr_t)piece[i] % alignof(max_align_t), 0);
        ck_assert_uint_eq(count_of(piece[i], i * 7, 0), i * 7);
        memset(piece[i], (int)(i % 255 + 1), i * 7);
    }
    for (size_t i = 0; i < 500; i++)
        ck_assert_uint_eq(count_of(piece[i], i * 7, (unsigned char)(i % 255 + 1)), i * 7);
    arena_free(&arena);
    ck_assert_ptr_null(arena.last);
    ck_assert_ptr_nonnull(arena_allocate(&arena, 1));
    arena_free(&arena);
}
END_TEST

START_TEST(a_piece_larger_than_a_chunk_fits)
{
    struct arena arena = {0};
    char *small = arena_copy(&arena, "small", 5);
    char *large = arena_allocate(&arena, 5 << 20);
    ck_assert_ptr_nonnull(large);
    memset(large, 1, 5 << 20);
    ck_assert_str_eq(small, "small");
    arena_free(&arena);
}
END_TEST

START_TEST(what_one_arena_holds_moves_into_another)
{
    struct arena arena = {0}, more = {0};
    char *mine = arena_copy(&arena, "mine", 4), *yours = arena_copy(&more, "yours", 5);
    ck_assert_ptr_nonnull(arena_allocate(&more, 1 << 20));
    arena_take(&arena, &more);
    ck_assert_ptr_null(more.last);
    ck_assert_str_eq(mine, "mine");
    ck_assert_str_eq(yours, "yours");
    arena_take(&arena, &more); /* nothing */
    arena_free(&arena);
    ck_assert_ptr_null(arena.last);
}
END_TEST

START_TEST(copies_end_with_nul)
{
    struct arena arena = {0};
    ck_assert_str_eq(arena_copy(&arena, "abcdef", 3), "abc");
    ck_assert_str_eq(arena_copy(&arena, NULL, 0), "");
    ck_assert_str_eq(arena_print(&arena, "%s-%05d", "x", 42), "x-00042");
    ck_assert_str_eq(arena_print(&arena, "%s", ""), "");
    arena_free(&arena);
}
END_TEST

START_TEST(impossible_sizes_fail_with_a_message)
{
    struct arena arena = {0};
    ck_assert_ptr_null(arena_array(&arena, SIZE_MAX / 2, 3));
    ck_assert_str_eq(error_text(), "out of memory: the build needs 18446744073709551615 bytes");
    ck_assert_ptr_null(arena_allocate(&arena, SIZE_MAX - 3));
    ck_assert_str_eq(error_text(), "out of memory: the build needs 18446744073709551612 bytes");
    ck_assert_ptr_null(block_allocate("the images", SIZE_MAX - 1));
    ck_assert_str_eq(error_text(), "out of memory: the images needs 18446744073709551614 bytes");
    arena_free(&arena);
}
END_TEST

START_TEST(blocks_are_zero_and_start_a_cache_line)
{
    static const size_t sizes[] = {0, 1, 63, 64, 65, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        unsigned char *block = block_allocate("a block", sizes[i]);
        ck_assert_ptr_nonnull(block);
        ck_assert_uint_eq((uintptr_t)block % 64, 0);
        ck_assert_uint_eq(count_of(block, sizes[i], 0), sizes[i]);
        free(block);
    }
    ck_assert_uint_eq(block_round(0), 0);
    ck_assert_uint_eq(block_round(1), 64);
    ck_assert_uint_eq(block_round(64), 64);
    ck_assert_uint_eq(block_round(65), 128);
}
END_TEST

START_TEST(a_block_keeps_its_content_when_it_is_resized)
{
    enum { SMALL = 1000, LARGE = 9 << 20 };
    void *block = NULL;
    ck_assert_int_eq(block_resize("a block", &block, SMALL), TRAINER_OK);
    memset(block, 7, SMALL);
    ck_assert_int_eq(block_resize("a block", &block, LARGE), TRAINER_OK);
    ck_assert_uint_eq(count_of(block, SMALL, 7), SMALL);
    memset(block, 8, LARGE);
    void *same = block;
    ck_assert_int_eq(block_resize("a block", &block, SIZE_MAX / 2), TRAINER_FAILED);
    ck_assert_ptr_eq(block, same);
    ck_assert_uint_eq(count_of(block, LARGE, 8), LARGE);
    free(block);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arena");
    TCase *tests = tcase_create("arena");
    tcase_add_test(tests, pieces_are_zero_aligned_and_apart);
    tcase_add_test(tests, a_piece_larger_than_a_chunk_fits);
    tcase_add_test(tests, what_one_arena_holds_moves_into_another);
    tcase_add_test(tests, copies_end_with_nul);
    tcase_add_test(tests, impossible_sizes_fail_with_a_message);
    tcase_add_test(tests, blocks_are_zero_and_start_a_cache_line);
    tcase_add_test(tests, a_block_keeps_its_content_when_it_is_resized);
    suite_add_tcase(suite, tests);
    return suite_run(suite, SUITE_FORKED);
}
