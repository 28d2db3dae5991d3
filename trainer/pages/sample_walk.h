/*
 * sample_walk.h - a trained network over samples of its data, for sections that look at each.
 */
#ifndef TRAINER_SAMPLE_WALK_H
#define TRAINER_SAMPLE_WALK_H

#include "train/train.h"

#include <stdbool.h>

/* What is done: forward alone as in an evaluation, or as a step of training does it, with the
 * gradients of the mean loss; no weight and no state changes. */
enum walk_kind { WALK_EVALUATE, WALK_TRAIN };

struct sample_walk {
    struct session *session;
    enum split split;
    enum walk_kind kind;
    size_t most; /* samples; 0: all of the split */
    /* Called by one thread behind each pass: its rows are samples [first, first + rows). */
    void (*visit)(void *context, struct graph *graph, size_t first, size_t rows);
    void *context;
};

int sample_walk(const struct sample_walk *walk);

/* A column of pictures: (height, width) or (channels, height, width) of 1 or 3 channels, none
 * longer than PICTURE_SIDE_MAX; false where it is none. */
enum { PICTURE_SIDE_MAX = 128 };
bool sample_picture(const struct column *column, size_t *channels, size_t *height, size_t *width);

/* Element `index` of a sample of the split as it is stored, times its scale. */
double sample_value(const struct dataset *dataset, const struct column *column, enum split split,
                    size_t sample, size_t index);

/* The column of numbers that is shown: `inputs`, else the first; NULL where there is none. */
const struct column *sample_inputs(const struct dataset *dataset);

/* The split that tells what a network is worth: test, else validation, else training. */
enum split sample_held_out(const struct dataset *dataset);

#endif
