/*
 * suggest.h - what the user may have meant by a first word that is neither a command nor a file.
 */
#ifndef TRAINER_PROGRAM_SUGGEST_H
#define TRAINER_PROGRAM_SUGGEST_H

#include "arena.h"

/* Leaves the message, with the closest command and the closest config file nearby; returns
 * TRAINER_INVALID, or TRAINER_FAILED when memory ran out. */
int suggest_first_word(struct arena *arena, const char *word);

#endif
