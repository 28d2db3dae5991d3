/*
 * class_scores.c - the confusion matrix of an evaluation, and precision, recall and F1 from it.
 */
#include "class_scores.h"
#include "base/error.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : (double)NAN;
}

/* The scores of class c, from row and column c of the matrix. */
static void score_class(struct class_scores *scores, size_t c)
{
    size_t classes = scores->classes;
    int64_t support = 0, predicted = 0;
    for (size_t other = 0; other < classes; other++) {
        support += scores->confusion[c * classes + other];
        predicted += scores->confusion[other * classes + c];
    }
    double hits = (double)scores->confusion[c * classes + c];
    scores->index[c] = (int64_t)c;
    scores->support[c] = support;
    scores->precision[c] = ratio(hits, (double)predicted);
    scores->recall[c] = ratio(hits, (double)support);
    scores->f1[c] = ratio(2 * hits, (double)(predicted + support));
}

/* Zeroed arrays of C classes, in two blocks: confusion heads the counts, precision the ratios. */
static bool make_room(struct class_scores *scores, size_t classes)
{
    enum { COUNTS = 2, RATIOS = 3 };
    int64_t *counts = calloc(classes * (classes + COUNTS) + 1, sizeof *counts);
    double *ratios = calloc(classes * RATIOS + 1, sizeof *ratios);
    *scores = (struct class_scores){.classes = classes, .confusion = counts, .precision = ratios};
    if (!counts || !ratios)
        return false;
    scores->index = counts + classes * classes;
    scores->support = scores->index + classes;
    scores->recall = ratios + classes;
    scores->f1 = scores->recall + classes;
    return true;
}

int class_scores_count(struct class_scores *scores, const struct evaluation *evaluation)
{
    size_t classes = evaluation->classes;
    if (!make_room(scores, classes)) {
        class_scores_free(scores);
        return error_memory("the scores of the classes", classes * classes * sizeof(int64_t));
    }
    for (size_t i = 0; i < evaluation->samples; i++) {
        size_t row = (size_t)evaluation->true_class[i];
        size_t column = (size_t)evaluation->predicted_class[i];
        assert(row < classes && column < classes);
        scores->confusion[row * classes + column]++;
    }
    for (size_t c = 0; c < classes; c++)
        score_class(scores, c);
    return TRAINER_OK;
}

int class_scores_of(struct class_scores *scores, const int64_t *confusion, size_t classes)
{
    if (!make_room(scores, classes)) {
        class_scores_free(scores);
        return error_memory("the scores of the classes", classes * classes * sizeof(int64_t));
    }
    memcpy(scores->confusion, confusion, classes * classes * sizeof *confusion);
    for (size_t c = 0; c < classes; c++)
        score_class(scores, c);
    return TRAINER_OK;
}

void class_scores_free(struct class_scores *scores)
{
    free(scores->confusion);
    free(scores->precision);
    *scores = (struct class_scores){0};
}
