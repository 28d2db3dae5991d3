/*
 * trainer.h - the public C interface of libtrainer.
 *
 * A fallible function returns 0 (TRAINER_OK) or a negative code, and trainer_error() then says what
 * went wrong and which value it was. The library never exits, aborts or prints.
 */
#ifndef TRAINER_H
#define TRAINER_H

#ifdef __cplusplus
extern "C" {
#endif

#define TRAINER_API __attribute__((visibility("default")))

/* "0.1.0": of the library that runs, which may be newer than this header. */
TRAINER_API const char *trainer_version(void);

/* The message of this thread's last failed call: one line for each mistake, without a line break at
 * the end; "" where there is none. Valid until this thread's next call. */
TRAINER_API const char *trainer_error(void);

#ifdef __cplusplus
}
#endif

#endif
