/*
 * network.h - for tests: a small network from YAML text, run once in double precision, with a
 * gradient for every edge.
 */
#ifndef TRAINER_NETWORK_H
#define TRAINER_NETWORK_H

#include "train/train.h"
#include <stdbool.h>
#include <stddef.h>

struct network {
    struct config *config;
    struct session *session;
    struct graph *graph;
    size_t rows;
    bool training; /* the mode of its passes */
};

/* Opens the config and runs forward and backward over all of its inline samples, alone. Fails the
 * test where the config is refused. */
struct network network_run(const char *yaml);

/* The message that opening this config gives; fails the test where it is accepted. */
const char *network_refusal(const char *yaml);

void network_close(struct network *network);

/* Forward and backward again, by a team of `threads`. */
void network_pass(struct network *network, int threads);

/* The same of one mode, forward and backward; a pass of network_run is one of training. */
void network_pass_mode(struct network *network, int threads, bool training);

/* Element `index` of a layer's value, of the gradient of a layer's input number `input`, and of a
 * parameter and its gradient. */
double network_value(const struct network *network, const char *layer, size_t index);
double network_edge(const struct network *network, const char *layer, int input, size_t index);
double network_parameter(const struct network *network, const char *layer, const char *name,
                         size_t index);
double network_gradient(const struct network *network, const char *layer, const char *name,
                        size_t index);
void network_set(struct network *network, const char *layer, const char *name, size_t index,
                 double value);

/* The first elements of a layer's value, and of the gradient of one of its inputs, are exactly
 * these. */
void network_check_values(const struct network *network, const char *layer, const double *wanted,
                          size_t count);
void network_check_edges(const struct network *network, const char *layer, int input,
                         const double *wanted, size_t count);

/* Compares every gradient of parameters and data columns with central differences of the sum of the
 * outputs' means (losses) or elements; fails the test past 1e-6 relative or 1e-8 absolute. */
void network_check_gradients(struct network *network);

/* Runs it again by teams of several sizes, more threads than processors too; fails the test where a
 * value or gradient has other bits than by one thread. Leaves the pass of the last team. */
void network_check_teams(struct network *network);

#endif
