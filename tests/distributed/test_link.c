/*
 * test_link.c - the link between two ranks, of which one is only played: an exchange of some bytes
 * takes as long as this file says.
 */
#include "base/error.h"
#include "distributed/link.h"
#include "support/suite.h"

#include <check.h>
#include <string.h>
#include <time.h>

static char room[2][RANKS_ROOM];
static const double other_latency = 0.5, other_bandwidth = 1e6;

/* A millisecond, and ten for a megabyte. Rank 0's figures come as they are. */
static void exchange(struct ranks *ranks, const struct ranks_block *block, size_t blocks)
{
    bool is_long = block->row_bytes > 1000;
    struct timespec pause = {.tv_nsec = is_long ? 11000000 : 1000000};
    ck_assert_uint_eq(blocks, 1);
    nanosleep(&pause, NULL);
    ranks->seconds += 1;
    ranks->sent += block->row_bytes;
    if (block->from_one && ranks->rank != block->source)
        memcpy(block->x, &(struct link){other_latency, other_bandwidth}, sizeof(struct link));
}

static struct ranks make(int rank)
{
    return (struct ranks){
        .rank = rank, .count = 2, .exchange = exchange, .host = "n1", .room = room};
}

START_TEST(latency_and_bandwidth_are_told_apart)
{
    struct ranks ranks = make(0);
    struct link link;
    ck_assert_int_eq(link_measure(&ranks, &link), TRAINER_OK);
    ck_assert(link.latency >= 0.001 && link.latency < 0.011);
    ck_assert(link.bandwidth > 10e6 && link.bandwidth <= 110e6); /* 1 MiB in 10 ms */
}
END_TEST

START_TEST(all_ranks_have_the_figures_of_the_first)
{
    struct ranks ranks = make(1);
    struct link link;
    ck_assert_int_eq(link_measure(&ranks, &link), TRAINER_OK);
    ck_assert_double_eq(link.latency, other_latency);
    ck_assert_double_eq(link.bandwidth, other_bandwidth);
}
END_TEST

START_TEST(what_measuring_takes_is_no_exchange_of_the_run)
{
    struct ranks ranks = make(0);
    struct link link;
    ranks.seconds = 3;
    ranks.sent = 7;
    ck_assert_int_eq(link_measure(&ranks, &link), TRAINER_OK);
    ck_assert_double_eq(ranks.seconds, 3);
    ck_assert_uint_eq(ranks.sent, 7);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {latency_and_bandwidth_are_told_apart,
                                  all_ranks_have_the_figures_of_the_first,
                                  what_measuring_takes_is_no_exchange_of_the_run, NULL};
    return suite_main("link", SUITE_FORKED, 1, tests);
}
