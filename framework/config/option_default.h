/*
 * option_default.h - what a key of a resolved config would be, had nobody set it.
 *
 *     trainer.batch_size            "100"
 *     model.layers.dropout1.rate    "0.5"
 *     model.layers.affine1.units    NULL: must be given
 */
#ifndef TRAINER_OPTION_DEFAULT_H
#define TRAINER_OPTION_DEFAULT_H

#include "options.h"

/* The default as YAML text; NULL where the key has none, or one that hangs on other keys. groups:
 * the sections, ending with a NULL path; key: as config_leaves.h has it. */
const char *option_default(const struct option_group *groups, struct config *resolved,
                           const char *key);

/* Whether two values mean the same: 1e-3 and 0.001. */
bool option_same(const char *a, const char *b);

#endif
