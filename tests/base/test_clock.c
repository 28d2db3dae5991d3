/*
 * test_clock.c - time goes forward, stands still while the process is stopped, and has a text.
 */
#include "base/clock.h"
#include "support/suite.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
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

enum { STOPS = 10, OTHERS = 3 };

static atomic_bool over;

/* Sleeps, so that the kernel finds it as good for a signal as the one that watches. */
static void *stay_beside(void *argument)
{
    (void)argument;
    clock_leave_signal();
    while (!atomic_load(&over))
        usleep(1000);
    return NULL;
}

/* Looks at the clock until it has counted 0.3 s, beside other threads; fails where a look is 40 ms
 * behind the one before, of stops of 60 ms each. */
static _Noreturn void look_beside_others(void)
{
    pthread_t other[OTHERS];
    bool seen = false;
    signal(SIGCONT, continued);
    clock_watch();
    for (int i = 0; i < OTHERS; i++)
        if (pthread_create(&other[i], NULL, stay_beside, NULL) != 0)
            _exit(2);
    double begin = clock_seconds(), last = begin;
    while (last - begin < 0.3) {
        double now = clock_seconds();
        seen = seen || now - last > 0.04;
        last = now;
    }
    atomic_store(&over, true);
    for (int i = 0; i < OTHERS; i++)
        pthread_join(other[i], NULL);
    _exit(seen ? 1 : 0);
}

START_TEST(the_thread_that_watches_sees_no_time_stopped_however_many_run_beside_it)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        look_beside_others();
    for (int i = 0; i < STOPS; i++) {
        usleep(10000);
        kill(child, SIGSTOP);
        usleep(60000);
        kill(child, SIGCONT);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

/* A thread that has left the signal to the one that watches does not get it. */
static void *ask_for_mask(void *blocked)
{
    sigset_t set;
    clock_leave_signal();
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    *(bool *)blocked = sigismember(&set, SIGCONT) == 1 && sigismember(&set, SIGTERM) == 0;
    return NULL;
}

START_TEST(the_signal_is_left_to_others_by_one_thread_alone)
{
    pthread_t other;
    sigset_t set;
    bool blocked = false;
    ck_assert_int_eq(pthread_create(&other, NULL, ask_for_mask, &blocked), 0);
    ck_assert_int_eq(pthread_join(other, NULL), 0);
    ck_assert(blocked);
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    ck_assert_int_eq(sigismember(&set, SIGCONT), 0);
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
    const TTest *const tests[] = {
        seconds_go_forward_at_the_pace_of_time,
        time_stopped_is_left_out_where_a_thread_watches,
        the_thread_that_watches_sees_no_time_stopped_however_many_run_beside_it,
        the_signal_is_left_to_others_by_one_thread_alone,
        the_date_is_told_in_utc,
        NULL};
    return suite_main("clock", SUITE_FORKED, 1, tests);
}
