/*
 * trainer.h - the public C interface of libtrainer.
 *
 *     trainer_session *session;
 *     if (trainer_session_open(&session, "two_layer.yaml", NULL, 0) == 0 &&
 *         trainer_session_train(session, "run.h5") == 0)
 *         printf("%g\n", trainer_session_metric(session, "test_accuracy"));
 *     else
 *         fprintf(stderr, "%s\n", trainer_error());
 *     trainer_session_close(session);
 *
 * A fallible function returns 0 (TRAINER_OK) or a negative code, and trainer_error() then says what
 * went wrong and which value it was. The library never exits, aborts or prints.
 */
#ifndef TRAINER_H
#define TRAINER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TRAINER_API __attribute__((visibility("default")))

/* "0.1.0": of the library that runs, which may be newer than this header. */
TRAINER_API const char *trainer_version(void);

/* The message of this thread's last failed call: one line for each mistake, without a line break at
 * the end; "" where there is none. Valid until this thread's next call. */
TRAINER_API const char *trainer_error(void);

/* A config made ready: data, network, optimizer. One thread at a time may use it; it starts its
 * own. */
typedef struct trainer_session trainer_session;

/* Reads the config at `path` with `count` assignments ("trainer.max_steps=100", as on the program's
 * command line; they win over the file), opens the data and builds the network. On failure *session
 * is NULL. Close it with trainer_session_close. */
TRAINER_API int trainer_session_open(trainer_session **session, const char *path,
                                     const char *const *assignments, size_t count);

/* Trains to the end that the config sets. run_path: the HDF5 file that gets metrics and weights, in
 * a folder that exists; NULL: none. Call it once. A failed run leaves the session usable for
 * trainer_session_parameter and trainer_session_close. */
TRAINER_API int trainer_session_train(trainer_session *session, const char *run_path);

/* The last value of a metric such as "test_accuracy" or "train_loss" (a column of /metrics/epoch);
 * NaN before training, where it was not measured, or where there is none of that name. */
TRAINER_API double trainer_session_metric(const trainer_session *session, const char *name);

/* A parameter's numbers (layer "affine1", name "weight"): *count of them in C order; Affine's are
 * weight (in, out) and bias (out). They belong to the session and change while it trains. NULL with
 * a message where there is no such parameter. */
TRAINER_API const float *trainer_session_parameter(const trainer_session *session,
                                                   const char *layer, const char *name,
                                                   size_t *count);

/* NULL is nothing to close. */
TRAINER_API void trainer_session_close(trainer_session *session);

#ifdef __cplusplus
}
#endif

#endif
