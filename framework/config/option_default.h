/*
 * option_default.h - what a key of a resolved config would be, had nobody set it.
 *
 *     trainer.batch_size            "100"
 *     model.layers.dropout1.rate    "0.5"
 *     model.layers.affine1.units    NULL: must be given
 *
 * What the default states of a kind's values counts as long as it is that kind: the std of an
 * Embedding's {type: normal, std: 1}; else the kind's own.
 */
#ifndef TRAINER_OPTION_DEFAULT_H
#define TRAINER_OPTION_DEFAULT_H

#include "options.h"

/* The default as YAML text, which may lie in the config's memory; NULL where the key has none, or
 * one that hangs on other keys. groups: the sections, ending with a NULL path; key: as
 * config_leaves.h has it. */
const char *option_default(const struct option_group *groups, struct config *resolved,
                           const char *key);

/* Whether two values mean the same: 1e-3 and 0.001. */
bool option_same(const char *a, const char *b);

#endif
