/*
 * summary_exchange.h - of `trainer-mpi summary`: what ranks exchange in a step, and what it costs.
 */
#ifndef TRAINER_SUMMARY_EXCHANGE_H
#define TRAINER_SUMMARY_EXCHANGE_H

#include "display/json.h"
#include "distributed/link.h"
#include "train/train.h"

/* The ranks that asked. */
struct summary_ranks {
    struct ranks *ranks; /* NULL: a process alone, of which nothing is told */
    bool met;            /* they have measured what decides it, or could not */
};

/* Appends a table of the layers that exchange something, and the time of a step. Measures, together
 * with the other ranks. */
int summary_exchange_add(struct session *session, struct summary_ranks *ranks, struct text *text);

/* The same as a member "exchange" of the object that is open. */
int summary_exchange_json(struct session *session, struct summary_ranks *ranks, struct json *json);

/* What the other ranks do: they measure, where the first one can open the config. */
int summary_exchange_follow(struct ranks *ranks);

#endif
