/*
 * clock.h - the time: how long things take, and what the date is.
 *
 * Time for which the process is stopped (SIGSTOP, Ctrl-Z) can be left out: one thread looks at the
 * clock often and has called clock_watch, and a handler of SIGCONT calls clock_continued. What lies
 * between that thread's last look and the signal is then not counted, by any thread. The handler
 * must run in the thread that watches: in another one it may run after that thread has looked
 * again. So threads that run beside it call clock_leave_signal.
 */
#ifndef TRAINER_CLOCK_H
#define TRAINER_CLOCK_H

#include <stddef.h>

/* Seconds of a clock that only goes forward. */
double clock_seconds(void);

/* From here on each look of the calling thread is noted. */
void clock_watch(void);

/* The calling thread leaves SIGCONT to the one that watches, for good. */
void clock_leave_signal(void);

/* Safe in a handler of signals. Does nothing where no thread watches. */
void clock_continued(void);

/* Seconds since 1970, UTC. */
double clock_date(void);

/* Now, as files have it: ISO 8601, UTC, "2026-11-27T09:15:00Z", into text[size]; "" where there is
 * no such time. Returns text. */
enum { CLOCK_TEXT_SIZE = 32 };
const char *clock_text(char *text, size_t size);

#endif
