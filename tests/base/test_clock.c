/*
 * test_clock.c - time goes forward, stands still while the process is stopped, and has a text.
 */
#include "base/clock.h"
#include "support/suite.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

START_TEST(seconds_go_forward_at_the_pace_of_time)
{
    double begin = clock_seconds(), before = begin;
    for (int i = 0; i < 1000; i++) {
        double now = clock_seconds();
        ck_assert_double_ge(now, before);
        before = now;
    }
    usleep(20000);
    ck_assert_double_ge(clock_seconds() - begin, 0.02);
}
END_TEST

static void continued(int signal)
{
    (void)signal;
    clock_continued();
}

/* Looks at the clock for half a second while its parent stops it for another half; its exit
 * status says whether the time stopped was left out. */
static _Noreturn void look_at_the_clock(bool watched)
{
    struct timespec from, to;
    signal(SIGCONT, continued);
    if (watched)
        clock_watch();
    clock_gettime(CLOCK_MONOTONIC, &from);
    double begin = clock_seconds();
    while (clock_seconds() - begin < 0.5)
        usleep(1000);
    clock_gettime(CLOCK_MONOTONIC, &to);
    double real = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    _exit(real > 0.95);
}

static int stop_for_half_a_second(bool watched)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        look_at_the_clock(watched);
    usleep(200000);
    kill(child, SIGSTOP);
    usleep(500000);
    kill(child, SIGCONT);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

START_TEST(time_stopped_is_left_out_where_a_thread_watches)
{
    ck_assert_int_eq(stop_for_half_a_second(true), 1);
    ck_assert_int_eq(stop_for_half_a_second(false), 0);
}
END_TEST

START_TEST(the_date_is_told_in_utc)
{
    char text[CLOCK_TEXT_SIZE];
    struct tm parts = {0};
    double before = clock_date();
    ck_assert_ptr_eq(clock_text(text, sizeof text), text);
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    ck_assert_ptr_nonnull(end);
    ck_assert_str_eq(end, "");
    ck_assert_double_ge((double)timegm(&parts), before - 1);
    ck_assert_double_le((double)timegm(&parts), clock_date());
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {seconds_go_forward_at_the_pace_of_time,
                                  time_stopped_is_left_out_where_a_thread_watches,
                                  the_date_is_told_in_utc, NULL};
    return suite_main("clock", SUITE_FORKED, 1, tests);
}
