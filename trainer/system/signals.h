/*
 * signals.h - signals that end a run: while it is being made ready one ends the program; while it
 * trains the first asks it to stop, and the second ends the program.
 *
 * They are SIGINT, SIGTERM, SIGHUP, and the warnings of batch systems: SIGUSR1, SIGUSR2, SIGXCPU.
 * The kernel repeats SIGXCPU each second: only its first one counts. Files are whole at any
 * time, so the program may end at any.
 */
#ifndef TRAINER_SIGNALS_H
#define TRAINER_SIGNALS_H

#include <stdatomic.h>

/* The signal that came first; 0 while none has. For session_train's `stop`. */
extern atomic_int signals_stop;

/* The exit status that a shell gives to a program ended by this signal. */
int signals_status(int signal);

/* From here on a signal ends the program with that status. Under nohup SIGHUP stays ignored. */
void signals_catch(void);

/* From here on the first signal is only kept in signals_stop. A second one ends the program, after
 * erasing the line that the cursor is in where `terminal` is set; but under a launcher of MPI,
 * which passes on what the process has got already, not within 5 seconds; and from the first one on
 * what is printed waits for no reader, until streams_wait(true). Writing to a terminal
 * from the background no longer stops the process (SIGTTOU). */
void signals_defer(int terminal);

/* From here on time for which the process is stopped does not count (base/clock.h). For the thread
 * that trains, which is the first one of its process. */
void signals_watch_clock(void);

/* Back to how they were handled at the start. */
void signals_release(void);

#endif
