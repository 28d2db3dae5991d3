/* test_team.c - the barrier under stress, the split of work. */
#include "base/error.h"
#include "engine/team.h"
#include "support/suite.h"
#include <omp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 500, THREADS_MAX = 16 };

/* From one to far more threads than processors. */
static const int team_sizes[] = {1, 2, 3, 5, 8, THREADS_MAX};

/* Each thread writes its cell without any atomic, then reads all others': only the barrier orders
 * that. Returns how often another round's number was read. */
static int stress_barrier(int threads)
{
    int cell[THREADS_MAX] = {0};
    atomic_int wrong = 0;
    struct team *team;
    ck_assert_int_eq(team_create(&team, threads), 0);
#pragma omp parallel num_threads(threads)
    {
        struct worker worker = {.team = team, .thread = omp_get_thread_num(), .threads = threads};
        for (int round = 1; round <= ROUNDS; round++) {
            cell[worker.thread] = round;
            team_barrier(&worker);
            for (int other = 0; other < threads; other++)
                if (cell[other] != round)
                    atomic_fetch_add(&wrong, 1);
            team_barrier(&worker);
        }
    }
    team_free(team);
    return wrong;
}

START_TEST(no_thread_passes_a_barrier_before_all_have_come)
{
    for (size_t i = 0; i < sizeof team_sizes / sizeof team_sizes[0]; i++)
        ck_assert_int_eq(stress_barrier(team_sizes[i]), 0);
}
END_TEST

/* The others are asleep in the kernel by the time the last one comes. */
START_TEST(a_barrier_wakes_threads_that_have_fallen_asleep)
{
    int threads = 3, late = 0;
    struct team *team;
    ck_assert_int_eq(team_create(&team, threads), 0);
#pragma omp parallel num_threads(threads)
    {
        struct worker worker = {.team = team, .thread = omp_get_thread_num(), .threads = threads};
        for (int round = 0; round < 6; round++) {
            if (worker.thread == round % threads) {
                usleep(3000);
                late++;
            }
            team_barrier(&worker);
        }
    }
    team_free(team);
    ck_assert_int_eq(late, 6);
}
END_TEST

START_TEST(a_team_of_one_needs_no_team)
{
    struct worker alone = WORKER_ALONE;
    team_barrier(&alone);
    size_t begin, end;
    team_range(&alone, 7, 2, &begin, &end);
    ck_assert_uint_eq(begin, 0);
    ck_assert_uint_eq(end, 7);
}
END_TEST

/* Whether the ranges of all threads follow one another, are cut at multiples of the grain, and
 * differ by one piece at most. */
static bool ranges_are_right(size_t count, size_t grain, int threads)
{
    size_t next = 0, smallest = SIZE_MAX, largest = 0;
    for (int thread = 0; thread < threads; thread++) {
        struct worker worker = {.thread = thread, .threads = threads};
        size_t begin, end;
        team_range(&worker, count, grain, &begin, &end);
        if (begin != next || end < begin || (end != count && end % grain != 0))
            return false;
        size_t pieces = (end - begin + grain - 1) / grain;
        smallest = pieces < smallest ? pieces : smallest;
        largest = pieces > largest ? pieces : largest;
        next = end;
    }
    return next == count && largest - smallest <= 1;
}

START_TEST(ranges_cover_everything_once_in_even_pieces)
{
    for (size_t count = 0; count < 70; count++)
        for (size_t grain = 1; grain < 20; grain++)
            for (int threads = 1; threads < 20; threads++)
                if (!ranges_are_right(count, grain, threads))
                    ck_abort_msg("%zu items by %zu for %d threads", count, grain, threads);
}
END_TEST

START_TEST(ranges_of_several_teams_follow_one_another)
{
    size_t next = 0;
    for (int rank = 0; rank < 3; rank++) {
        struct worker worker = {.threads = 2, .rank = rank, .ranks = 3};
        size_t begin, end, first, last;
        team_range_of_all(&worker, 7, 1, &first, &last);
        ck_assert_uint_eq(first, next);
        for (; worker.thread < 2; worker.thread++) {
            team_range(&worker, 7, 1, &begin, &end);
            ck_assert_uint_eq(begin, next);
            next = end;
        }
        ck_assert_uint_eq(last, next);
        worker = team_undivided((struct worker){.threads = 1, .rank = rank, .ranks = 3});
        team_range(&worker, 7, 1, &begin, &end);
        ck_assert_uint_eq(end - begin, 7);
    }
    ck_assert_uint_eq(next, 7);
}
END_TEST

START_TEST(a_range_is_the_one_worked_out_by_hand)
{
    /* 10 items by 4s are pieces of 4, 4, 2: the first of two threads has two of them. */
    struct worker first = {.threads = 2}, second = {.thread = 1, .threads = 2};
    size_t begin, end;
    team_range(&first, 10, 4, &begin, &end);
    ck_assert_uint_eq(begin, 0);
    ck_assert_uint_eq(end, 8);
    team_range(&second, 10, 4, &begin, &end);
    ck_assert_uint_eq(begin, 8);
    ck_assert_uint_eq(end, 10);
}
END_TEST

/* In a process of its own, whose user may have no more threads. The limit is none for root. */
static _Noreturn void ask_for_too_many(void)
{
    static const char expected[] = "cannot start 2 threads: Resource temporarily unavailable";
    struct team *team = NULL;
    if (getuid() == 0 && setuid(65534) != 0)
        _exit(0);
    setrlimit(RLIMIT_NPROC, &(struct rlimit){1, 1});
    int rc = team_create(&team, 2);
    _exit(rc == TRAINER_FAILED && !team &&
                  strncmp(error_text(), expected, sizeof expected - 1) == 0 &&
                  team_create(&team, 1) == TRAINER_OK
              ? 0
              : 1);
}

/* OMP_DYNAMIC=true lets OpenMP grant fewer threads on a loaded machine. */
START_TEST(a_team_gets_the_threads_that_it_was_made_for)
{
    struct team *team = NULL;
    int granted = 0;
    omp_set_dynamic(1);
    omp_set_max_active_levels(0);
    ck_assert_int_eq(team_create(&team, 2), TRAINER_OK);
    ck_assert_int_eq(omp_get_dynamic(), 0);
#pragma omp parallel num_threads(2)
#pragma omp single
    granted = omp_get_num_threads();
    ck_assert_int_eq(granted, 2);
    team_free(team);
}
END_TEST

START_TEST(threads_that_cannot_be_had_are_told)
{
#if defined __has_feature
#if __has_feature(thread_sanitizer)
    return; /* it starts no threads in a forked child */
#endif
#endif
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        ask_for_too_many();
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

START_TEST(teams_that_share_slices_are_cut_where_slices_begin)
{
    enum { SLICES = 16 };
    static const size_t counts[] = {1, 7, 16, 100, 203};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        for (int ranks = 1; ranks <= SLICES; ranks++) {
            size_t next = 0, slice = 0;
            for (int rank = 0; rank < ranks; rank++) {
                const struct worker worker = {
                    .threads = 1, .rank = rank, .ranks = ranks, .slices = SLICES};
                size_t begin, end, share = SLICES / (size_t)ranks;
                team_range(&worker, counts[i], 1, &begin, &end);
                ck_assert_uint_eq(begin, next);
                slice += share + ((size_t)rank < SLICES % (size_t)ranks);
                ck_assert_uint_eq(end, slice * counts[i] / SLICES);
                next = end;
            }
            ck_assert_uint_eq(next, counts[i]);
        }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        no_thread_passes_a_barrier_before_all_have_come,
        a_barrier_wakes_threads_that_have_fallen_asleep,
        a_team_of_one_needs_no_team,
        a_team_gets_the_threads_that_it_was_made_for,
        threads_that_cannot_be_had_are_told,
        ranges_cover_everything_once_in_even_pieces,
        ranges_of_several_teams_follow_one_another,
        teams_that_share_slices_are_cut_where_slices_begin,
        a_range_is_the_one_worked_out_by_hand,
        NULL,
    };
    return suite_main("team", SUITE_IN_PROCESS, 1, tests);
}
