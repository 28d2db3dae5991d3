/*
 * key_end.h - the ends of long keys, as screens show them: model.layers.affine1.units is units, or
 * affine1.units where another key ends so too.
 */
#ifndef TRAINER_KEY_END_H
#define TRAINER_KEY_END_H

#include <stddef.h>

/* The last `parts` parts of a key; all of it where it has fewer. */
const char *key_end(const char *key, int parts);

/* The end of key[index], as long as it has to be to differ from the ends of the other keys. */
const char *key_end_unique(const char *const *key, size_t count, size_t index);

#endif
