/*
 * subprocess.h - a function called in a process of its own, which can't harm this one.
 */
#ifndef TRAINER_SUBPROCESS_H
#define TRAINER_SUBPROCESS_H

#include <stddef.h>
#include <sys/types.h>

enum { SUBPROCESS_LOST = 1 };

/* Calls work(context, result) in a forked child. What it returns, its message and `size` bytes at
 * result (zeroed before) come back, and nothing else that it did. SUBPROCESS_LOST, without a
 * message, where the child did not finish; *status is what waitpid says of it. TRAINER_FAILED with
 * a line that begins with `what` where it can't be started. The child ends with the thread that
 * calls this, even if that is killed. */
int subprocess_call(const char *what, int (*work)(void *context, void *result), void *context,
                    void *result, size_t size, int *status);

/* Waits until a child has ended; what waitpid says of it. */
int subprocess_wait(pid_t child);

#endif
