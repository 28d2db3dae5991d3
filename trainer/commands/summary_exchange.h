/*
 * summary_exchange.h - of `trainer-mpi summary`: what ranks exchange in a step, and what it costs.
 */
#ifndef TRAINER_SUMMARY_EXCHANGE_H
#define TRAINER_SUMMARY_EXCHANGE_H

#include "display/json.h"
#include "distributed/link.h"
#include "train/train.h"

/* The ranks that asked, and the link between them as it was measured. */
struct summary_ranks {
    const struct ranks *ranks; /* NULL: a process alone, of which nothing is told */
    struct link link;
};

/* Appends a table of the layers that exchange something, and the time of a step. Measures this
 * process's speed. */
int summary_exchange_add(struct session *session, const struct summary_ranks *ranks,
                         struct text *text);

/* The same as a member "exchange" of the object that is open. */
int summary_exchange_json(struct session *session, const struct summary_ranks *ranks,
                          struct json *json);

#endif
