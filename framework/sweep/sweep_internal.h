/*
 * sweep_internal.h - what the files behind sweep.h share; nobody else includes it.
 *
 *     sweep.c          opens and closes it, answers questions
 *     sweep_read.c     the sweep's YAML -> settings and axes
 *     sweep_words.c    a config and words of the command line -> the same YAML
 *     sweep_axis.c     one axis: its values or its distribution
 *     sweep_plan.c     axes -> points -> trials, each validated
 */
#ifndef TRAINER_SWEEP_INTERNAL_H
#define TRAINER_SWEEP_INTERNAL_H

#include "base/hash_index.h"
#include "sweep.h"

enum sweep_distribution {
    SWEEP_CHOICE,
    SWEEP_UNIFORM,
    SWEEP_LOG_UNIFORM,
    SWEEP_INT_UNIFORM,
    SWEEP_INT_LOG_UNIFORM,
    SWEEP_NORMAL,
};

/* The parameters of a distribution; which of them count is its own to say. */
struct sweep_draw {
    int distribution;  /* enum sweep_distribution */
    double min, max;   /* inclusive */
    int64_t low, high; /* the same of integers */
    int64_t step;
    double mean, std;
};

/* One key, or several that vary together: listed values, or drawn ones. */
struct sweep_axis {
    const char *name; /* its keys, joined by ',' */
    size_t first;     /* its first key in the table */
    size_t keys;
    size_t count;              /* listed values; 0: drawn */
    const struct node **value; /* (count, keys) */
    const char **text;         /* (count, keys): as YAML text */
    const struct node *spec;   /* of a drawn one: {distribution: ...}, for its place */
    struct sweep_draw draw;
};

/* A trial and the values that its config gets. */
struct sweep_planned {
    struct sweep_trial facts;
    const struct node **value; /* [keys] */
};

struct sweep {
    struct config *config; /* the sweep's YAML; its memory holds what is read and planned */
    struct config *base;
    const char *source; /* the sweep's YAML as text */
    const char *ran_on; /* of the options */
    struct sweep_settings settings;
    const struct node *metric;    /* the mapping, for its place */
    struct sweep_key *key;        /* [keys] */
    const struct node **key_node; /* [keys]: where each is written */
    size_t keys;
    struct sweep_axis *axis; /* [axes]; the last is of `repeats`, where there are any */
    size_t axes;
    bool repeats;
    struct sweep_planned *trial; /* [trials] */
    size_t trials, points, duplicates;
    uint64_t *data; /* [data_count]: hashes of the distinct `data` sections */
    size_t data_count;
    struct session *described; /* holds data that trials share while they are planned, or NULL */
    struct config *described_config;
    uint64_t described_data; /* the hash of its `data` section as written */
    const char *weights;     /* the file of first weights that was read last; NULL: none yet */
    uint64_t weights_hash;
    struct hash_index by_config, by_id;
};

/* Reads the sweep's YAML, its axes and the base config. After an error sweep_close still frees what
 * there is. */
int sweep_read(struct sweep *sweep, const char *path, const struct sweep_options *options);

/* The same of a config and key=value words, some of which list values: sets config, base and
 * source, which sweep_read then reads as if they had come from a file. */
int sweep_words_read(struct sweep *sweep, const struct config *config,
                     const struct sweep_options *options);

/* Lists and validates the trials. */
int sweep_plan(struct sweep *sweep);

/* Reads the values or the distribution that stand for the keys of an axis (first, keys are set):
 * spec[keys]; several are lists of the same length. Sets the type of each key. */
int sweep_axis_read(struct sweep *sweep, struct sweep_axis *axis, const struct node *const *spec);

/* Values of a point: node[keys] and text[keys]. choice: of a listed axis which value; a drawn one
 * draws its number `point`. */
int sweep_axis_take(struct sweep *sweep, const struct sweep_axis *axis, size_t point, size_t choice,
                    const struct node **node, const char **text);

/* Which of its values a listed axis has at a point that is drawn. */
size_t sweep_axis_choice(const struct sweep *sweep, const struct sweep_axis *axis, size_t point);

#endif
