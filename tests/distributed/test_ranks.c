/*
 * test_ranks.c - a rank's place, and errors that become everyone's, without MPI: a second rank
 * whose bytes are put in by hand.
 */
#include "base/error.h"
#include "distributed/ranks.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static char room[2][RANKS_ROOM];

/* The other rank's verdict begins with its code; host and text follow. */
static int other_code;
static const char *other_text;

static void exchange(struct ranks *ranks, const struct ranks_block *block, size_t blocks)
{
    size_t size = block->row_bytes;
    int other = 1 - ranks->rank;
    char *verdict = (char *)block->x + (size_t)other * size;
    ck_assert_uint_eq(blocks, 1);
    ck_assert_uint_eq(block->rows, 2);
    memcpy(verdict, &other_code, sizeof other_code);
    snprintf(verdict + sizeof other_code, 256, "%s", "n2");
    snprintf(verdict + sizeof other_code + 256, 256, "%s", other_text);
}

static struct ranks make(int rank)
{
    return (struct ranks){
        .rank = rank, .count = 2, .exchange = exchange, .host = "n1", .room = room};
}

START_TEST(rows_are_cut_as_for_threads)
{
    struct ranks ranks = {.count = 3};
    size_t begin, end;
    static const size_t ends[] = {0, 3, 5, 7};
    for (int rank = 0; rank < 3; rank++) {
        ranks_rows(&ranks, rank, 7, &begin, &end);
        ck_assert_uint_eq(begin, ends[rank]);
        ck_assert_uint_eq(end, ends[rank + 1]);
    }
    ranks_rows(&ranks, 2, 2, &begin, &end);
    ck_assert_uint_eq(begin, end);
}
END_TEST

START_TEST(a_worker_among_no_others_has_all_rows)
{
    struct worker worker = {.thread = 1, .threads = 2};
    struct ranks ranks = make(1);
    ck_assert_int_eq(ranks_worker(NULL, &worker).ranks, 0);
    ck_assert_int_eq(ranks_worker(&ranks, &worker).ranks, 2);
    ck_assert_int_eq(ranks_worker(&ranks, &worker).rank, 1);
    ck_assert_int_eq(ranks_worker(&ranks, &worker).thread, 1);
}
END_TEST

START_TEST(an_error_of_one_rank_is_everyones)
{
    struct ranks ranks = make(0);
    other_code = TRAINER_OK;
    other_text = "";
    ck_assert_int_eq(ranks_agree(&ranks, TRAINER_OK), TRAINER_OK);
    ck_assert_int_eq(ranks_agree(&ranks, error_set(TRAINER_FAILED, "no room")), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "no room");
    other_code = TRAINER_INVALID;
    other_text = "a.yaml:1:2: wrong\nb.yaml:3:4: too";
    ck_assert_int_eq(ranks_agree(&ranks, TRAINER_OK), TRAINER_INVALID);
    ck_assert_str_eq(error_text(),
                     "rank 1 on n2: a.yaml:1:2: wrong\nrank 1 on n2: b.yaml:3:4: too");
}
END_TEST

START_TEST(of_two_errors_the_first_ranks_is_told)
{
    struct ranks ranks = make(1);
    other_code = TRAINER_INVALID;
    other_text = "theirs";
    ck_assert_int_eq(ranks_agree(&ranks, error_set(TRAINER_FAILED, "ours")), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), "theirs");
}
END_TEST

START_TEST(alone_there_is_nothing_to_agree_on)
{
    ck_assert_int_eq(ranks_agree(NULL, TRAINER_OK), TRAINER_OK);
    ck_assert_int_eq(ranks_agree(NULL, error_set(TRAINER_FAILED, "ours")), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "ours");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        rows_are_cut_as_for_threads,        a_worker_among_no_others_has_all_rows,
        an_error_of_one_rank_is_everyones,  of_two_errors_the_first_ranks_is_told,
        alone_there_is_nothing_to_agree_on, NULL,
    };
    return suite_main("ranks", SUITE_FORKED, 1, tests);
}
