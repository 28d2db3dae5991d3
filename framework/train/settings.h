/*
 * settings.h - what the sections of a config say, as options_read fills it; data and layers apart.
 */
#ifndef TRAINER_SETTINGS_H
#define TRAINER_SETTINGS_H

#include "base/arena.h"
#include "config/options.h"
#include <stdbool.h>
#include <stdint.h>

/* The config itself. */
struct root_settings {
    const char *name;
    int64_t seed;
    const struct node *data, *model, *optimizer, *trainer, *output;
};

struct evaluate_settings {
    struct option_interval every;
    bool train;
    int64_t batch_size; /* 0: auto */
};

struct stopping_settings {
    const char *monitor;
    int64_t patience; /* 0: off */
    double min_delta;
    bool restore;
};

struct checkpoint_settings {
    struct option_interval every;
    const char *keep_best; /* a column of the epoch series; NULL: none */
};

enum on_nan { ON_NAN_STOP, ON_NAN_SKIP };

enum last_batch { LAST_BATCH_KEEP, LAST_BATCH_DROP };

struct trainer_settings {
    int64_t batch_size;
    int64_t accumulate; /* passes of a step */
    int64_t max_steps;  /* UNLIMITED: not bounded */
    double max_epochs, max_seconds;
    int sampling;   /* enum sampling */
    int last_batch; /* enum last_batch */
    struct evaluate_settings evaluate;
    struct stopping_settings early_stopping;
    struct checkpoint_settings checkpoint;
    int on_nan;       /* enum on_nan */
    int sparse_input; /* enum sparse_input */
    int64_t threads;  /* 0: auto */
    const char *kernels;
};

enum { UNLIMITED = -1 };

/* What every optimizer may be told, whatever its kind (update.h). */
struct optimizer_settings {
    double clip_norm, clip_value, l1, average; /* 0: off */
    bool decay_biases;
    const struct node *schedule; /* NULL: constant */
};

struct model_settings {
    const char *weights; /* NULL: none */
};

struct folder_settings {
    const char *folder; /* absolute; NULL: none */
};

/* A table each, which ends with a zero key; settings_default_optimizer is of configs that name no
 * optimizer. */
extern const struct option settings_default_optimizer[];
extern const struct option settings_root[], settings_trainer[], settings_optimizer[],
    settings_schedule[], settings_model[], settings_output[];

/* Keys of settings_optimizer and settings_schedule, ended with NULL: those that an optimizer's own
 * table does not know. */
extern const char *const settings_optimizer_keys[];

/* The section `trainer` of a config that has been read before, with defaults for what is missing or
 * wrong. */
struct trainer_settings settings_trainer_of(struct config *config);

/* Letters, digits, '_', '-' and '.', not first: the name becomes a folder's. */
bool settings_name_valid(const char *name);

/* The name of a run or sweep whose file gives none: the file's without its folder and its last
 * ending, with '_' for what a name can't have; `other` where there is no file. In the arena; NULL
 * when memory ran out. */
const char *settings_default_name(struct arena *arena, const char *path, const char *other);

#endif
