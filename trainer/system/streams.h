/*
 * streams.h - the standard streams: errors to standard error, results to standard output.
 */
#ifndef TRAINER_STREAMS_H
#define TRAINER_STREAMS_H

#include <stdbool.h>
#include <stdio.h>

/* Opens those of the three streams that came closed, so that no file opened later takes their
 * number and is written to as if it were the terminal. Writing to a standard output that came
 * closed fails. */
void streams_open(void);

/* Prints the lines of error_text(); those that name no place in a config get "trainer: " before
 * them. */
void streams_errors(void);

/* Whether what is printed waits for its reader; else it is lost where there is no room for it. For
 * the end of a process whose launcher reads nothing any more. Safe in a signal handler. */
void streams_wait(bool waits);

/* Hands what was written to standard output on to its reader. */
void streams_flush(void);

/* Whether this process may draw on a terminal: false while another process group of the session has
 * it, so that nothing is drawn over the prompt of a shell. Asked anew each time: jobs move. */
bool streams_foreground(FILE *out);

/* Closes standard output. TRAINER_FAILED, with a line on standard error, where anything written to
 * it was lost; not where its reader merely left, as head does. */
int streams_close(void);

#endif
