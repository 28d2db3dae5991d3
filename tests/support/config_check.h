/*
 * config_check.h - for tests of the config: reads texts called x.yaml, looks at the tree, expects
 * messages.
 */
#ifndef TRAINER_CONFIG_CHECK_H
#define TRAINER_CONFIG_CHECK_H

#include "config/config.h"

/* Reads text with up to one argument (NULL: none); fails the test where that is refused. */
struct config *read_with(const char *text, const char *argument);
struct config *read_plain(const char *text);

/* Reads text[length], and expects to be refused with this message. */
void expect_bytes(const char *text, size_t length, const char *argument, const char *message);
void expect_error(const char *text, const char *message);

/* The node at "a.b.0.c"; there must be one. */
const struct node *at(const struct config *config, const char *path);

void expect_text(const struct config *config, const char *path, const char *text);
void expect_place(const struct config *config, const char *path, int line, int column, int key_line,
                  int key_column);

/* The text so many times, for free(). */
char *repeat(const char *text, size_t times);

/* Of processor time: what else the machine does is not measured. */
double seconds_now(void);

#endif
