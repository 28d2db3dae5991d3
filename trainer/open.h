/*
 * open.h - reads the config that a command line names and makes a session of it.
 */
#ifndef TRAINER_PROGRAM_OPEN_H
#define TRAINER_PROGRAM_OPEN_H

#include "command.h"
#include "train.h"

/* A config and the session that borrows it. */
struct opened {
    struct config *config;
    struct session *session;
};

/* Opens the command's first word with its key=value. On an error nothing is open. */
int open_session(struct opened *opened, const struct arguments *arguments,
                 const struct session_options *options);
void open_close(struct opened *opened);

#endif
