/*
 * error.h - result codes and the message that goes with them.
 *
 * A fallible function returns TRAINER_OK or one of the negative codes below and leaves its message
 * here, one message a thread. A message is one line and names the value that failed; a config with
 * several mistakes leaves one line for each (error_add), in the order in which they were found.
 * Nothing here allocates, so a message can also report that memory ran out.
 */
#ifndef TRAINER_ERROR_H
#define TRAINER_ERROR_H

#include <stddef.h>

enum {
    TRAINER_OK = 0,
    TRAINER_FAILED = -1,  /* the work failed: the program exits with 1 */
    TRAINER_INVALID = -2, /* the command line, config or an input file is wrong: exits with 2 */
};

/* Forgets the message. */
void error_clear(void);

/* Makes this the message, instead of any other. Returns code, so that `return error_set(...)` reads
 * well. Line breaks and control characters in the text are replaced, so one call is one line. */
__attribute__((format(printf, 2, 3))) int error_set(int code, const char *format, ...);

/* Adds a line to the message. Past 20 lines it only counts; the count then ends the message. */
__attribute__((format(printf, 2, 3))) int error_add(int code, const char *format, ...);

/* TRAINER_FAILED with "out of memory: <what> needs <bytes>". */
int error_memory(const char *what, size_t bytes);

/* The message: lines joined by '\n', without a last '\n'; "" where there is none. Valid until this
 * thread's next call of this module. */
const char *error_text(void);

/* How many lines were added since error_clear. */
int error_count(void);

#endif
