/*
 * open_session.h - reads the config that a command line names and makes a session of it.
 */
#ifndef TRAINER_OPEN_SESSION_H
#define TRAINER_OPEN_SESSION_H

#include "train/train.h"

/* A config and the session that borrows it. */
struct opened {
    struct config *config;
    struct session *session;
    struct dataset *data; /* that the session borrows, from another process; NULL: its own */
};

/* Opens the config at `path` with `settings` key=value. On an error nothing is open. */
int open_session(struct opened *opened, const char *path, const char *const *setting,
                 size_t settings, const struct session_options *options);

/* Opens the config's data set in a child process first, where libhdf5 reads its files. */
int open_session_try_data(struct config *config);
void open_close(struct opened *opened);

/* Prints what a data set wants the user to know, on standard error. */
void open_print_notes(const struct dataset *dataset);

#endif
