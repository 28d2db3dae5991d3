/*
 * signals.c - signals that end a run, and those of stopping and going on.
 */
#include "signals.h"
#include "base/clock.h"
#include "launcher.h"
#include "streams.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A signal may come to any thread of the team. */
atomic_int signals_stop;

static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};
enum { CAUGHT = sizeof caught / sizeof caught[0], STATUS_OF_SIGNAL = 128 };

static struct sigaction before[CAUGHT], before_background, before_continued;
static atomic_int deferred, on_terminal, launched;
static struct timespec first; /* when the first signal came */

/* Seconds in which a second signal is the first one again, under a launcher: it passes on what the
 * terminal or the batch system has sent to the process as well. */
enum { SAME_SIGNAL = 5 };

int signals_status(int signal)
{
    return STATUS_OF_SIGNAL + signal;
}

/* Whether a signal behind the first one is no other. */
static bool is_the_same(int signal)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return signal == SIGXCPU || (launched && now.tv_sec - first.tv_sec <= SAME_SIGNAL);
}

/* Only what is safe in a handler: lock-free atomics, clock_gettime, fcntl, write and _exit. Open
 * MPI's launcher waits for its processes to end and reads nothing meanwhile: who prints more than
 * a pipe holds would wait for it, and be killed before it is saved. */
static void handle(int signal)
{
    static const char erase[] = "\r\x1b[K";
    int none = 0;
    if (deferred && atomic_compare_exchange_strong(&signals_stop, &none, signal)) {
        clock_gettime(CLOCK_MONOTONIC, &first);
        if (launched)
            streams_wait(false);
        return;
    }
    if (deferred && is_the_same(signal))
        return;
    if (on_terminal)
        (void)!write(STDOUT_FILENO, erase, strlen(erase));
    _exit(signals_status(signal));
}

static void note_continued(int signal)
{
    (void)signal;
    clock_continued();
}

void signals_catch(void)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    signals_stop = 0;
    deferred = 0;
    on_terminal = 0;
    launched = launcher_is_there();
    sigaction(SIGTTOU, NULL, &before_background);
    sigaction(SIGCONT, NULL, &before_continued);
    for (size_t i = 0; i < CAUGHT; i++) {
        sigaction(caught[i], NULL, &before[i]);
        if (caught[i] != SIGHUP || before[i].sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
}

void signals_defer(int terminal)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGTTOU, &ignore, NULL);
    on_terminal = terminal;
    deferred = 1;
}

void signals_watch_clock(void)
{
    struct sigaction action = {.sa_handler = note_continued, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    clock_watch();
    sigaction(SIGCONT, &action, NULL);
}

void signals_release(void)
{
    streams_wait(true);
    sigaction(SIGTTOU, &before_background, NULL);
    sigaction(SIGCONT, &before_continued, NULL);
    for (size_t i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &before[i], NULL);
}
