/*
 * session.h - a config made ready, as session.c and train.c share it.
 */
#ifndef TRAINER_SESSION_H
#define TRAINER_SESSION_H

#include "data/data.h"
#include "data/sampler.h"
#include "data/sparse_input.h"
#include "evaluate/evaluate.h"
#include "optimizer.h"
#include "train.h"

/* The sections `trainer`, `optimizer`, `model` and `output`, as options_read fills them. */
struct evaluate_settings {
    struct option_interval every;
    bool train;
    int64_t batch_size; /* 0: auto */
};

struct stopping_settings {
    const char *monitor;
    int64_t patience; /* 0: off */
    double min_delta;
};

struct checkpoint_settings {
    struct option_interval every;
    const char *keep_best; /* a column of the epoch series; NULL: none */
};

enum on_nan { ON_NAN_STOP, ON_NAN_SKIP };

struct trainer_settings {
    int64_t batch_size;
    int64_t max_steps; /* UNLIMITED: not bounded */
    double max_epochs, max_seconds;
    int sampling; /* enum sampling */
    struct evaluate_settings evaluate;
    struct stopping_settings early_stopping;
    struct checkpoint_settings checkpoint;
    int on_nan;       /* enum on_nan */
    int sparse_input; /* enum sparse_input */
    int64_t threads;  /* 0: auto */
    const char *kernels;
};

enum { UNLIMITED = -1 };

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
    int threads;
    char threads_why[64];
    const struct engine *engine;
    struct dataset *dataset;
    struct graph *graph;
    struct sampler sampler;
    size_t evaluation_rows;
    enum run_status status; /* of the training, once it has begun */
    bool resumable;         /* it has left a checkpoint */
};

/* Letters, digits, '_', '-' and '.', not first: the name becomes a folder's. */
bool session_name_valid(const char *name);

/* The name of a run or sweep whose file gives none: the file's without its folder and its last
 * ending, with '_' for what a name can't have; `other` where there is no file. In the arena; NULL
 * when memory ran out. */
const char *session_default_name(struct arena *arena, const char *path, const char *other);

#endif
