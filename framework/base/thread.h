/*
 * thread.h - threads of the library, beside those that the program knows.
 */
#ifndef TRAINER_THREAD_H
#define TRAINER_THREAD_H

#include <pthread.h>

/* Starts a thread that runs run(context) with all signals blocked: they are for the program's own
 * threads. 0, or the errno of why not. */
int thread_start(pthread_t *thread, void *(*run)(void *context), void *context);

#endif
