/*
 * clock.c - the time.
 *
 * Whoever reads `left_out` in front of the clock and behind it and finds the same number has seen a
 * time to which it belongs: the process may be stopped anywhere in between.
 */
#include "clock.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

/* Nanoseconds. */
static atomic_llong left_out; /* for which the process was stopped */
static atomic_llong looked;   /* the last look of the thread that watches; 0: none does */
static _Thread_local bool watching;

static long long monotonic(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

double clock_seconds(void)
{
    long long now, stopped;
    do {
        stopped = atomic_load(&left_out);
        now = monotonic();
    } while (atomic_load(&left_out) != stopped);
    if (watching)
        atomic_store_explicit(&looked, now, memory_order_relaxed);
    return 1e-9 * (double)(now - stopped);
}

void clock_watch(void)
{
    watching = true;
    clock_seconds();
}

void clock_leave_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCONT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void clock_continued(void)
{
    long long now = monotonic();
    long long last = atomic_load_explicit(&looked, memory_order_relaxed);
    if (last == 0 || now < last)
        return;
    atomic_fetch_add(&left_out, now - last);
    atomic_store_explicit(&looked, now, memory_order_relaxed);
}

double clock_date(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

const char *clock_text(char *text, size_t size)
{
    struct tm parts;
    time_t now = (time_t)clock_date();
    text[0] = '\0';
    if (gmtime_r(&now, &parts))
        strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text;
}
