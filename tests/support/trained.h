/*
 * trained.h - for tests: a run from YAML text, stopped at a row and gone on with.
 */
#ifndef TRAINER_TRAINED_H
#define TRAINER_TRAINED_H

#include "runfile/run.h"
#include <stddef.h>

/* Warnings of the last run. */
extern int trained_warnings;

/* Trains in folder/run.h5 until the row at or behind step `end`, from the checkpoint `resume`
 * (NULL: anew), with some assignments. */
int trained(const char *yaml, const char *folder, int end, const char *resume,
            const char *const *settings, size_t count);

#define TRAINED(yaml, folder, end, resume, ...)                                                    \
    trained(yaml, folder, end, resume, (const char *[]){__VA_ARGS__},                              \
            sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))

/* Fails the test, with the message, where rc is not TRAINER_OK. */
void trained_ok(int rc);

/* /state of a checkpoint. */
struct run_state trained_state(const char *path);

/* Fails the test where two run files differ in more than clocks and the text of the config. */
void trained_same(const char *path, const char *other);

#endif
