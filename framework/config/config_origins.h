/*
 * config_origins.h - where each value of a resolved config comes from, as run files keep it.
 *
 *     key <TAB> origin <LF>, in the order of the resolved config:
 *
 *     seed                        file configs/two_layer.yaml:2
 *     optimizer.learning_rate     command line
 *     trainer.batch_size          include configs/common.yaml:4
 *     trainer.threads             default
 */
#ifndef TRAINER_CONFIG_ORIGINS_H
#define TRAINER_CONFIG_ORIGINS_H

#include "config.h"

/* The text, for free(); NULL with a message when memory ran out. given: the config that `resolved`
 * was made from. before: the origins of the run that `given` is the resolved config of, which goes
 * on: what no argument has set keeps its origin; NULL or "": there is none. */
char *config_origins(struct config *given, const struct node *resolved, const char *before);

/* The origin of a key, into origin[size]; "" where the text has none. Returns origin. */
char *config_origin(const char *origins, const char *key, char *origin, size_t size);

#endif
