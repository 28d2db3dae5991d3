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

/* What the other rank has measured, in seconds: a unit of work, the exchanges of a byte and of a
 * megabyte. */
static double others[3];

/* A millisecond, and ten for a megabyte; the third turn's take ten times as long. */
static void exchange(struct ranks *ranks, const struct ranks_block *block, size_t blocks)
{
    static const long milliseconds = 1000000;
    bool is_long = block->row_bytes > 1000, is_figures = block->row_bytes == sizeof others;
    bool is_busy = ranks->sent / 1000000 == 2;
    struct timespec pause = {.tv_nsec = (is_long ? 11 : 1) * (is_busy ? 10 : 1) * milliseconds};
    ck_assert_uint_eq(blocks, 1);
    nanosleep(&pause, NULL);
    ranks->seconds += 1;
    ranks->sent += block->row_bytes;
    if (is_figures)
        memcpy((char *)block->x + (ranks->rank == 0) * sizeof others, others, sizeof others);
}

static struct ranks make(int rank)
{
    memset(room, 0, sizeof room);
    return (struct ranks){
        .rank = rank, .count = 2, .exchange = exchange, .host = "n1", .room = room};
}

/* 1, 9, 2, 8, 3 seconds. */
static double work(void *context)
{
    int *turn = context, now = (*turn)++;
    return now % 2 == 0 ? 1 + now / 2 : 9 - now / 2;
}

static void measure(struct ranks *ranks, struct link *link, double *seconds)
{
    int turn = 0;
    ck_assert_int_eq(link_measure(ranks, work, &turn, link, seconds), TRAINER_OK);
    ck_assert_int_eq(turn, 5);
}

START_TEST(figures_are_medians)
{
    struct ranks ranks = make(0);
    struct link link;
    double seconds;
    memset(others, 0, sizeof others);
    measure(&ranks, &link, &seconds);
    ck_assert(link.latency >= 0.001 && link.latency < 0.009);
    ck_assert_double_gt(link.bandwidth, 20e6); /* 1 MiB in 10 ms */
    ck_assert_double_lt(link.bandwidth, 200e6);
    ck_assert_double_eq(seconds, 3);
}
END_TEST

START_TEST(all_ranks_have_the_figures_of_the_slowest)
{
    for (int rank = 0; rank < 2; rank++) {
        struct ranks ranks = make(rank);
        struct link link;
        double seconds;
        memcpy(others, (double[]){3.5, 0.5, 0.5 + (1 << 20) / 1e6}, sizeof others);
        measure(&ranks, &link, &seconds);
        ck_assert_double_eq(link.latency, 0.5);
        ck_assert_double_eq_tol(link.bandwidth, 1e6, 1);
        ck_assert_double_eq(seconds, 3.5);
    }
}
END_TEST

START_TEST(what_measuring_takes_is_no_exchange_of_the_run)
{
    struct ranks ranks = make(0);
    struct link link;
    double seconds;
    ranks.seconds = 3;
    ranks.sent = 7;
    measure(&ranks, &link, &seconds);
    ck_assert_double_eq(ranks.seconds, 3);
    ck_assert_uint_eq(ranks.sent, 7);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {figures_are_medians, all_ranks_have_the_figures_of_the_slowest,
                                  what_measuring_takes_is_no_exchange_of_the_run, NULL};
    return suite_main("link", SUITE_FORKED, 1, tests);
}
