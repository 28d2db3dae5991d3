/*
 * first_word.h - what the user may have meant by a first word that is neither a command nor a file.
 */
#ifndef TRAINER_FIRST_WORD_H
#define TRAINER_FIRST_WORD_H

#include "base/arena.h"

/* Leaves the message, with the closest command and the closest config file nearby; returns
 * TRAINER_INVALID, or TRAINER_FAILED when memory ran out. */
int first_word_suggest(struct arena *arena, const char *word);

#endif
