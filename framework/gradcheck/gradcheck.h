/*
 * gradcheck.h - are the gradients of a configured network right?
 *
 *     n = (4 D(h/2) - D(h)) / 3      D(h) = (f(x + h) - f(x - h)) / ((x + h) - (x - h))
 *     right: |a - n| <= atol + rtol * max(|a|, |n|)
 *
 * a is what backward gives for an element of a parameter or of the data, n its numerical
 * derivative; f is the mean loss of a batch, or a random projection of the outputs where there is
 * no loss. All of it in float64, from the sources that train in float32. The numbers are those
 * that float32 can hold, so that the float32 gradients of every instruction set can be held
 * against the float64 ones.
 *
 * Nothing here passes because it could not be seen: elements at kinks, gradients that are zero
 * throughout, branches that float32 takes otherwise are counted and told.
 */
#ifndef TRAINER_GRADCHECK_H
#define TRAINER_GRADCHECK_H

#include "graph/graph.h"
#include "train/train.h"
#include <stdbool.h>
#include <stddef.h>

enum gradcheck_verdict { GRADCHECK_RIGHT, GRADCHECK_WRONG, GRADCHECK_INCONCLUSIVE };

enum gradcheck_mode {
    GRADCHECK_MODES_NEEDED, /* training, and evaluation too where some layer tells them apart */
    GRADCHECK_TRAIN,
    GRADCHECK_EVALUATE,
};

enum {
    GRADCHECK_SAMPLES = 3,
    GRADCHECK_DIRECTIONS = 4, /* of a tensor that is sampled */
    GRADCHECK_DRAWS = 4,      /* weights tried where a gradient is zero throughout */
};

/* For gradcheck_options.elements: all where that takes seconds, else 64 of each tensor; and all. */
#define GRADCHECK_AUTO ((size_t)0)
#define GRADCHECK_ALL  SIZE_MAX

struct gradcheck_options {
    size_t samples;  /* of the batch, the first of the training data; 0: GRADCHECK_SAMPLES */
    size_t elements; /* of each tensor */
    const char
        *layer; /* only its parameters and what it reads; NULL: all parameters and the data */
    double rtol, atol; /* 0: 1e-6 and 1e-9 */
    double step;       /* h at |x| <= 1, else it grows with |x|; 0: 2^-10 */
    enum gradcheck_mode mode;
    /* Weights to check at, of any precision; NULL: the config's `weights`, else its initial ones,
     * made larger where they would hide errors, and drawn anew where gradients are zero. */
    const struct graph *weights;
    /* Told about ten times a second; NULL: nobody wants to know. */
    void (*progress)(void *context, size_t done, size_t total, double seconds);
    void *context;
};

enum gradcheck_result {
    GRADCHECK_ROW_RIGHT,
    GRADCHECK_ROW_WRONG,
    GRADCHECK_ROW_KINKS,     /* more than 5 % of its elements lie at kinks: says too little */
    GRADCHECK_ROW_ZERO,      /* no gradient is large enough for an error to show */
    GRADCHECK_ROW_FROZEN,    /* has no gradient */
    GRADCHECK_ROW_NO_EFFECT, /* f does not depend on it: a bias before a normalisation */
};

/* A tensor. where >= count: the direction of that number past count. */
struct gradcheck_row {
    const char *tensor; /* "affine1/weight"; of data and values the name alone */
    struct shape shape; /* whole: rows come first */
    size_t count;       /* elements */
    bool training;      /* the mode it was checked in */
    size_t checked;     /* elements and directions compared */
    size_t skipped;     /* at kinks */
    size_t wrong;
    double error; /* the largest |a - n| / (atol / rtol + max(|a|, |n|)): right up to rtol */
    size_t where; /* of that one */
    double analytic, numeric;
    double mean_difference; /* mean |a - n| of the elements: the book's measure */
    enum gradcheck_result result;
};

/* The float32 gradients of one instruction set against the float64 ones. */
struct gradcheck_single {
    const char *isa;
    bool training;
    bool branches_differ; /* float32 takes other branches here: not compared */
    double error;         /* the largest |g32 - g64| / |g64| of a tensor, in norm */
    const char *tensor;   /* that one; NULL where none was compared */
    bool wrong;
};

struct gradcheck_report {
    enum gradcheck_verdict verdict;
    size_t count;
    struct gradcheck_row *row; /* [count] */
    size_t singles;
    struct gradcheck_single *single; /* [singles] */
    const char *isa;                 /* of the float64 kernels */
    size_t samples;
    int threads;         /* that checked */
    int team;            /* whose gradients were compared with one thread's, bit by bit; 1: none */
    const char *unequal; /* the tensor whose gradient differed; NULL: same bits */
    int draws;           /* of weights: 1 where the first would do */
    double rtol, atol, step;
    uint64_t evaluations; /* of f */
    double seconds;       /* that they took */
    struct arena arena;   /* holds all of the above */
};

/* Checks the network of a session opened with SESSION_VIEW. The session is not altered.
 * TRAINER_INVALID where an option does not fit the network; TRAINER_FAILED where memory ran out,
 * f is not finite, or a number was not restored bit for bit. On success free with gradcheck_free.
 * */
int gradcheck_run(struct gradcheck_report **report, struct session *session,
                  const struct gradcheck_options *options);
void gradcheck_free(struct gradcheck_report *report);

#endif
