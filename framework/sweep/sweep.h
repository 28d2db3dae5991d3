/*
 * sweep.h - a parameter study: one YAML becomes a list of trials, each a config of its own.
 *
 *     config: two_layer.yaml                  # relative to this file
 *     name: width_and_rate                    # default: this file's name
 *     method: random                          # grid | random
 *     max_trials: 40                          # points, before repeats
 *     metric: {name: test_accuracy, goal: maximize}
 *     parameters:                             # an axis each
 *       model.layers.affine1.units:   {values: [25, 50, 100]}         # or the list alone
 *       optimizer.learning_rate:      {distribution: log_uniform, min: 1e-3, max: 1}
 *     zip:                                    # an axis each: keys that vary together
 *       - {trainer.max_steps: [5000, 10000], trainer.batch_size: [100, 50]}
 *     repeats: {seed: [1, 2, 3]}              # every point once a seed
 *     early_stopping: {type: asha, min_epochs: 2, eta: 3}
 *     parallel: {trials: auto, threads_per_trial: auto}
 *     on_error: continue
 *
 * A point is one value of each axis. grid: all points, in the order written, the last axis fastest.
 * random: max_trials points; point i of an axis depends on (seed, the axis's keys, i) and on
 * nothing else, so that more points or more axes leave the drawn values as they are. Drawn numbers
 * have six significant digits: what a table shows is what was trained.
 *
 * Nothing here starts a thread or a process, or reads a data set's values.
 */
#ifndef TRAINER_SWEEP_H
#define TRAINER_SWEEP_H

#include "config/config.h"
#include "config/options.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sweep_method { SWEEP_GRID, SWEEP_RANDOM };
enum sweep_goal { SWEEP_MAXIMIZE, SWEEP_MINIMIZE };
enum sweep_on_error { SWEEP_CONTINUE, SWEEP_STOP };
enum sweep_stopping { SWEEP_STOPPING_NONE, SWEEP_STOPPING_ASHA };

enum { SWEEP_ID_SIZE = 17, SWEEP_TRIALS_MAX = 100000 };

/* Rungs stand at min_epochs * eta^k epochs, k = 0, 1, ... (sweep_asha.h). */
struct sweep_stopping_settings {
    int type; /* enum sweep_stopping */
    double min_epochs;
    int64_t eta;
};

struct sweep_metric_settings {
    const char *name; /* a column of the epoch series (columns_list) */
    int goal;         /* enum sweep_goal */
    size_t column;    /* its index there */
};

struct sweep_parallel_settings {
    int64_t trials;            /* side by side; 0: auto */
    int64_t threads_per_trial; /* 0: auto */
};

struct sweep_settings {
    const char *name;
    const char *former_name; /* what a sweep of this file was called when the name ended at the
                                first dot; NULL: the same, or a name was given */
    const char *folder;      /* output.folder, absolute; NULL: runs/<name> */
    const char *config;      /* the base config's path, as the user would write it */
    int method;              /* enum sweep_method */
    int64_t max_trials;      /* points; 0: all of a grid */
    int64_t seed;            /* of what is drawn here; not the trials' */
    struct sweep_metric_settings metric;
    struct sweep_stopping_settings early_stopping;
    struct sweep_parallel_settings parallel;
    int on_error; /* enum sweep_on_error */
};

/* A key that the sweep varies: a column of its table. `seed` of `repeats` is one too. */
enum sweep_type { SWEEP_INTEGER, SWEEP_NUMBER, SWEEP_BOOLEAN, SWEEP_TEXT };

struct sweep_key {
    const char *name;     /* "optimizer.learning_rate" */
    enum sweep_type type; /* what all of its values are */
    bool varies;          /* trials differ in it */
};

/* What is known of a trial before it runs. */
struct sweep_cost {
    size_t parameters;
    double flops;   /* of one step: forward, and twice that backward */
    uint64_t steps; /* planned; 0: not bounded by steps or epochs */
    size_t bytes;   /* of the network, without data */
};

/* A trial that passed validation. Trials that would be the same run once: there are no two of the
 * same `config_hash`. */
struct sweep_trial {
    char id[SWEEP_ID_SIZE]; /* 16 hexadecimal digits; "" before sweep_identify */
    size_t point;           /* from 0; repeats of a point have the same */
    size_t repeat;          /* from 0 */
    const char **value;     /* [keys]: as YAML text, "0.1" */
    uint64_t seed;          /* of the run */
    size_t data;            /* which of the distinct resolved `data` sections it
                               has; whether its data depends on `seed` too is for the kind to say */
    const char *kernels;    /* instruction set: "avx2" */
    int sparse_input;       /* enum sparse_input */
    uint64_t config_hash;   /* of the resolved config without what the identity leaves out */
    struct sweep_cost cost;
};

struct sweep;

struct sweep_options {
    const char *const *assignments; /* key=value arguments for the base config */
    size_t count;
    int64_t max_trials; /* instead of the file's; 0: as the file says */
    /* Of a sweep without a file: what its trials are compared by, and "maximize" or "minimize"
     * (NULL: as the metric's kind says). */
    const char *metric, *goal;
    /* The instruction set that the trials ran on elsewhere, where they are only looked at: this
     * machine may lack it. Borrowed until sweep_close; NULL: what each would run on here. */
    const char *ran_on;
};

/* The keys of a sweep file; ends with a zero key. */
extern const struct option sweep_file_options[];

/* Reads the sweep and its base config (path may also name a config, whose keys the assignments
 * vary: optimizer.learning_rate=0.01,0.1), lists the trials and validates each as a single run is,
 * so that none can fail later for what its config says. TRAINER_INVALID with all mistakes found,
 * each once and with the place of the sweep's value, of the base config's, or of the argument.
 * *sweep is then NULL. Free with sweep_close. */
int sweep_open(struct sweep **sweep, const char *path, const struct sweep_options *options);

/* NULL is nothing to close. */
void sweep_close(struct sweep *sweep);

const struct sweep_settings *sweep_settings(const struct sweep *sweep);

/* The sweep's YAML as it was read, and the base config's. */
const char *sweep_source(const struct sweep *sweep);
const char *sweep_base_source(const struct sweep *sweep);

/* Columns of the table, in the order written. */
size_t sweep_key_count(const struct sweep *sweep);
const struct sweep_key *sweep_key(const struct sweep *sweep, size_t index);

/* Trials in the order in which they are to be started: point by point, a point's repeats behind
 * each other. Points are counted before trials that are the same were left out. */
size_t sweep_trial_count(const struct sweep *sweep);
const struct sweep_trial *sweep_trial(const struct sweep *sweep, size_t index);
size_t sweep_point_count(const struct sweep *sweep);

/* Points and repeats that were left out because they give a trial that is there already. */
size_t sweep_duplicate_count(const struct sweep *sweep);

/* The trial's config, the base with its values and, over them, further arguments such as
 * "trainer.threads=1". For config_free, before sweep_close. Made anew at each call from memory:
 * files that changed since sweep_open don't matter. */
int sweep_trial_config(const struct sweep *sweep, size_t index, const char *const *assignments,
                       size_t count, struct config **config);

/* Gives the trial its id: a hash of the resolved config without name, output, trainer.threads,
 * trainer.kernels and trainer.checkpoint; of its data's fingerprint; of the kernels that it runs
 * on; and of this program's version. Not of the content of a file that model.weights names. */
void sweep_identify(struct sweep *sweep, size_t index, const char *fingerprint);

/* The index of the trial of that id; SIZE_MAX where there is none. All trials must have been
 * identified. */
size_t sweep_find(const struct sweep *sweep, const char *id);

/* A value as tables show it, in full, in the arena: "0.1", "{type: normal, std: 0.1}". NULL with a
 * message when memory ran out. */
const char *sweep_value_text(struct arena *arena, const struct node *node);

/* Whether value a of the sweep's metric is better than b. NaN is worse than any number. */
bool sweep_better(enum sweep_goal goal, double a, double b);

#endif
