/*
 * test_thread.c - a thread of the library gets no signal, and its starter gets them as before.
 */
#include "base/thread.h"
#include "support/suite.h"

#include <signal.h>

static void *read_mask(void *mask)
{
    pthread_sigmask(SIG_BLOCK, NULL, mask);
    return NULL;
}

START_TEST(signals_are_blocked_in_the_thread_alone)
{
    pthread_t thread;
    sigset_t mask, own, one;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    pthread_sigmask(SIG_SETMASK, &one, NULL);
    ck_assert_int_eq(thread_start(&thread, read_mask, &mask), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(sigismember(&mask, SIGINT), 1);
    ck_assert_int_eq(sigismember(&mask, SIGTERM), 1);
    ck_assert_int_eq(sigismember(&mask, SIGUSR1), 1);
    pthread_sigmask(SIG_BLOCK, NULL, &own);
    ck_assert_int_eq(sigismember(&own, SIGINT), 0);
    ck_assert_int_eq(sigismember(&own, SIGUSR1), 1);
}
END_TEST

int main(void)
{
    return suite_main("thread", SUITE_FORKED, 1,
                      (const TTest *[]){signals_are_blocked_in_the_thread_alone, NULL});
}
