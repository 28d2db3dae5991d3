/*
 * test_row_ahead.c - samples of a file, read ahead or not, and through a window, are those that
 * were asked for; the thread that reads ahead is woken where reading is slow; a file that fails is
 * told.
 *
 * The file: ROWS rows of WIDTH floats, element j of row i being 10 i + j.
 */
#include "base/error.h"
#include "data/row_ahead.h"
#include "data/row_window.h"
#include "support/kernels.h"
#include "support/suite.h"

#include <check.h>
#include <stdatomic.h>
#include <time.h>

enum { ROWS = 2000, WIDTH = 300, BATCH = 4 };

static atomic_size_t reads;
static size_t bad_row;
static bool slow; /* a read takes a millisecond */

static int read_rows(void *context, size_t first, size_t rows, void *values)
{
    float *value = values;
    (void)context;
    ck_assert_uint_le(first + rows, ROWS);
    if (slow)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    reads++;
    if (bad_row >= first && bad_row < first + rows)
        return error_set(TRAINER_FAILED, "row %zu is gone", bad_row);
    for (size_t i = 0; i < rows * WIDTH; i++)
        value[i] = (float)(10 * (first + i / WIDTH) + i % WIDTH);
    return TRAINER_OK;
}

static const struct row_file file = {.read = read_rows};
static struct dataset dataset = {.count = {ROWS},
                                 .columns = 2,
                                 .column = {{.name = "here", .shape = {1, {1}}},
                                            {.name = "inputs",
                                             .stored = STORED_FLOAT,
                                             .shape = {1, {WIDTH}},
                                             .scale = 1,
                                             .file = {&file}}}};
static struct row_ahead *ahead;

static void set_up(void)
{
    reads = 0;
    bad_row = ROWS;
    slow = false;
    ck_assert_int_eq(row_ahead_create(&ahead, &dataset, BATCH), TRAINER_OK);
    ck_assert_ptr_nonnull(ahead);
}

static void tear_down(void)
{
    row_ahead_free(ahead);
}

static void check_values(const uint32_t *position, size_t count)
{
    const float *value = row_ahead_values(ahead, 1);
    for (size_t i = 0; i < count * WIDTH; i++)
        ck_assert(value[i] == (float)(10 * position[i / WIDTH] + i % WIDTH));
}

static void check_taken(const uint32_t *position, size_t count)
{
    row_ahead_take(ahead, SPLIT_TRAIN, position, count, &WORKER_ALONE);
    check_values(position, count);
}

START_TEST(what_was_asked_for_is_not_read_again)
{
    static const uint32_t first[] = {7, 3, 4, 5}, second[] = {0, 0, 9};
    row_ahead_ask(ahead, SPLIT_TRAIN, first, 4);
    check_taken(first, 4);
    ck_assert_uint_eq(atomic_load(&reads), 2); /* 7; 3 to 5 */
    row_ahead_ask(ahead, SPLIT_TRAIN, second, 3);
    check_taken(second, 3);
    ck_assert_uint_eq(atomic_load(&reads), 5);
}
END_TEST

/* Whether somebody reads all of it within so many milliseconds. */
static bool is_read_within(size_t wanted, int milliseconds)
{
    for (int i = 0; i < milliseconds && atomic_load(&reads) < wanted; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return atomic_load(&reads) >= wanted;
}

START_TEST(the_thread_reads_ahead_where_reading_is_slow)
{
    static const uint32_t first[] = {7, 3}, second[] = {9, 1, 5};
    slow = true;
    check_taken(first, 2);
    row_ahead_ask(ahead, SPLIT_TRAIN, second, 3);
    check_taken(first, 2);
    ck_assert_uint_eq(atomic_load(&reads), 4); /* one slow request is no sign */
    row_ahead_ask(ahead, SPLIT_TRAIN, second, 3);
    ck_assert(is_read_within(7, 60000));
    check_taken(second, 3);
    ck_assert_uint_eq(atomic_load(&reads), 7);
}
END_TEST

START_TEST(the_thread_is_left_asleep_where_reading_is_fast)
{
    static const uint32_t first[] = {7}, second[] = {9};
    bool asleep = false;
    /* A read that the machine has interrupted was a slow one. */
    for (int i = 0; i < 100 && !asleep; i++) {
        check_taken(first, 1);
        size_t before = atomic_load(&reads);
        row_ahead_ask(ahead, SPLIT_TRAIN, second, 1);
        asleep = !is_read_within(before + 1, 30);
        check_taken(second, 1);
        ck_assert_uint_eq(atomic_load(&reads), before + 1);
    }
    ck_assert(asleep);
}
END_TEST

static void take_as_team(void *context, const struct worker *worker)
{
    row_ahead_take(ahead, SPLIT_TRAIN, context, BATCH, worker);
}

START_TEST(a_team_reads_each_row_once)
{
    static uint32_t positions[] = {7, 3, 4, 5};
    kernels_team(3, take_as_team, positions);
    check_values(positions, BATCH);
    ck_assert_uint_eq(atomic_load(&reads), 2);
}
END_TEST

START_TEST(what_was_not_asked_for_is_read_too)
{
    static const uint32_t asked[] = {1, 2}, wanted[] = {2, 1}, other[] = {1, 2, 3};
    check_taken(wanted, 2);
    row_ahead_ask(ahead, SPLIT_TRAIN, asked, 2);
    check_taken(wanted, 2);
    row_ahead_ask(ahead, SPLIT_TRAIN, asked, 2);
    check_taken(other, 3);
    row_ahead_ask(ahead, SPLIT_TRAIN, asked, 2);
    row_ahead_ask(ahead, SPLIT_TRAIN, wanted, 2);
    check_taken(wanted, 2);
}
END_TEST

START_TEST(a_file_that_fails_is_told)
{
    static const uint32_t position[] = {4, 5}, good[] = {0};
    bad_row = 5;
    ck_assert_int_eq(row_ahead_status(ahead), TRAINER_OK);
    row_ahead_take(ahead, SPLIT_TRAIN, position, 2, &WORKER_ALONE);
    row_ahead_take(ahead, SPLIT_TRAIN, good, 1, &WORKER_ALONE);
    error_clear();
    ck_assert_int_eq(row_ahead_status(ahead), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "row 5 is gone");
}
END_TEST

START_TEST(without_a_file_there_is_nothing_to_read_ahead)
{
    struct row_ahead *none;
    struct dataset held = dataset;
    held.columns = 1;
    ck_assert_int_eq(row_ahead_create(&none, &held, BATCH), TRAINER_OK);
    ck_assert_ptr_null(none);
    row_ahead_free(none);
}
END_TEST

START_TEST(a_window_reads_each_row_once)
{
    struct row_window window;
    size_t windows = 0;
    ck_assert_int_eq(row_window_open(&window, &dataset, &dataset.column[1], SPLIT_TRAIN),
                     TRAINER_OK);
    for (size_t at = 0; at < ROWS; at++) {
        ck_assert_int_eq(row_window_seek(&window, at), TRAINER_OK);
        const float *value = window.column.values[SPLIT_TRAIN];
        ck_assert(value[(at - window.first) * WIDTH + 1] == (float)(10 * at + 1));
        windows += at == window.first;
    }
    ck_assert_uint_eq(reads, windows);
    ck_assert_uint_eq(windows, 3); /* 873 rows of 1,200 bytes are a megabyte */
    bad_row = 0;
    ck_assert_int_eq(row_window_seek(&window, 0), TRAINER_FAILED);
    row_window_close(&window);
}
END_TEST

START_TEST(rows_in_memory_are_one_window)
{
    static const float values[] = {1, 2, 3};
    struct dataset held = {.count = {3}, .columns = 1};
    struct row_window window;
    held.column[0] = (struct column){.name = "x", .stored = STORED_FLOAT, .values = {values}};
    ck_assert_int_eq(row_window_open(&window, &held, &held.column[0], SPLIT_TRAIN), TRAINER_OK);
    ck_assert_int_eq(row_window_seek(&window, 2), TRAINER_OK);
    ck_assert_uint_eq(window.first, 0);
    ck_assert_uint_eq(window.rows, 3);
    ck_assert_ptr_eq(window.column.values[SPLIT_TRAIN], values);
    row_window_close(&window);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("row_ahead");
    TCase *one = tcase_create("one");
    tcase_add_checked_fixture(one, set_up, tear_down);
    tcase_add_test(one, what_was_asked_for_is_not_read_again);
    tcase_add_test(one, the_thread_reads_ahead_where_reading_is_slow);
    tcase_add_test(one, the_thread_is_left_asleep_where_reading_is_fast);
    tcase_add_test(one, a_team_reads_each_row_once);
    tcase_add_test(one, what_was_not_asked_for_is_read_too);
    tcase_add_test(one, a_file_that_fails_is_told);
    tcase_add_test(one, without_a_file_there_is_nothing_to_read_ahead);
    tcase_add_test(one, a_window_reads_each_row_once);
    tcase_add_test(one, rows_in_memory_are_one_window);
    suite_add_tcase(suite, one);
    return suite_run(suite, SUITE_FORKED);
}
