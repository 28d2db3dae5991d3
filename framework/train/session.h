/*
 * session.h - a config made ready, as session.c and train.c share it.
 */
#ifndef TRAINER_SESSION_H
#define TRAINER_SESSION_H

#include "data/sampler.h"
#include "evaluate/evaluate.h"
#include "optimizer.h"
#include "rate.h"
#include "settings.h"
#include "train.h"

struct session {
    struct config *config; /* borrowed */
    struct node *resolved;
    struct session_options options;
    const char *name;
    int64_t seed;
    const char *weights;       /* model.weights, or NULL */
    const char *output_folder; /* or NULL */
    struct trainer_settings trainer;
    struct kind_choice optimizer;
    struct optimizer_settings common; /* to all optimizers */
    struct rate rate;
    bool wrong; /* a section is: what follows is looked at for mistakes alone */
    int threads;
    int processors;            /* that this process may use */
    const char *threads_limit; /* the variable of the environment that has lowered threads; NULL */
    char threads_why[96];
    const struct engine *engine;
    struct dataset *dataset;
    struct graph *graph;
    struct sampler sampler;
    size_t evaluation_rows;
    enum run_status status; /* of the training, once it has begun */
    bool resumable;         /* it has left a checkpoint */
    int signal;             /* of several processes: the signal that one of them got; 0 */
    char reason[2048];      /* why it ended */
};

#endif
