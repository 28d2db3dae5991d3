/*
 * option_find.h - the full key that someone may have meant who gave its last part, or a word that
 * other programs have for it; for options.c alone.
 */
#ifndef TRAINER_OPTION_FIND_H
#define TRAINER_OPTION_FIND_H

#include "options.h"
#include <stdbool.h>

/* Adds "; did you mean 'trainer.max_epochs'?" for an unknown key of a mapping to text[size], which
 * is not empty then. known[count]: the keys that the mapping may have. Whether the mapping would
 * have it with another `type`, which is said then. */
bool option_find(const struct options_context *context, const struct node *unknown,
                 const char *const *known, size_t count, char *text, size_t size);

#endif
