/*
 * config_leaves.h - a config as a list of keys with their values.
 *
 *     model: {layers: [{name: affine1, type: Affine, units: 50}]}
 *
 *     model.layers.affine1.type     Affine
 *     model.layers.affine1.units    50
 *
 * Keys are as key=value arguments address them: items of a list by their names; a list without
 * names is one value.
 */
#ifndef TRAINER_CONFIG_LEAVES_H
#define TRAINER_CONFIG_LEAVES_H

#include "base/text.h"
#include "config.h"

enum { LEAF_KEY_MAX = 512 };

/* Calls visit for each value below a node, in the order of the config, until one returns another
 * code than TRAINER_OK, and returns that. Keys of LEAF_KEY_MAX bytes or more are passed over. */
int config_leaves(const struct node *node,
                  int (*visit)(void *context, const char *key, const struct node *value),
                  void *context);

/* Appends a value on one line: "50", "[28, 28]", "{type: normal}". */
void config_leaf_text(struct text *text, const struct node *value);

#endif
