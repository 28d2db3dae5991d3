/*
 * class_scores.h - what the true and the predicted classes of an evaluation say of each class.
 *
 *     precision[c] = hits / samples predicted as c         (of those called c, the share that is)
 *     recall[c]    = hits / samples of c                   (of those that are c, the share found)
 *     f1[c]        = 2 hits / (predicted as c + of c)      (their harmonic mean)
 *
 * hits: samples of c that are predicted as c. A ratio of 0 / 0 is not defined: NaN.
 */
#ifndef TRAINER_CLASS_SCORES_H
#define TRAINER_CLASS_SCORES_H

#include "evaluate.h"
#include <stddef.h>
#include <stdint.h>

/* Of C classes. */
struct class_scores {
    size_t classes;     /* C */
    int64_t *confusion; /* (C, C) samples: rows the true class, columns the predicted */
    int64_t *index;     /* (C): 0, 1, ... */
    int64_t *support;   /* (C): samples of the class */
    double *precision, *recall, *f1; /* (C) */
};

/* Counts every sample of the evaluation, whose classes all lie in [0, C). Free with
 * class_scores_free. TRAINER_FAILED where memory ran out; there is nothing to free then. */
int class_scores_count(struct class_scores *scores, const struct evaluation *evaluation);

/* The same of a matrix (classes, classes) that was counted before. */
int class_scores_of(struct class_scores *scores, const int64_t *confusion, size_t classes);
void class_scores_free(struct class_scores *scores);

#endif
