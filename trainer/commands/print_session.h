/*
 * print_session.h - what the commands that only look at a config share: open it, print, close it.
 */
#ifndef TRAINER_PRINT_SESSION_H
#define TRAINER_PRINT_SESSION_H

#include "base/text.h"
#include "command.h"
#include "train/train.h"

/* Opens the config that the first word names, as the options say, has `fill` append to a text what
 * it makes of the session and of what the command knows beside it, and prints the text unless
 * something failed. */
int print_session(const struct arguments *arguments, const struct session_options *options,
                  const void *beside,
                  int (*fill)(struct session *session, const void *beside, struct text *text));

#endif
