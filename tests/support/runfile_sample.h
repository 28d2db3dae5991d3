/*
 * runfile_sample.h - a small run whose numbers the tests know.
 *
 *     steps       21 rows: step i, epoch i / 10 (whole part), train_loss 1 / (1 + i),
 *                 learning_rate 0.1
 *     epochs      epoch 0, 0.5, 1; train_loss 2, 1, 0.5; test_accuracy 0.1, NaN, 0.9;
 *                 seconds 0, 1.5, 3
 *     evaluation  classes 0..3 of 8 samples; class 3 never occurs and is never predicted
 *     layers      affine1 (4, 3), relu1, conv1 with a kernel of rank 4, affine2 (3, 3),
 *                 scale1 with a scalar
 */
#ifndef TRAINER_RUNFILE_SAMPLE_H
#define TRAINER_RUNFILE_SAMPLE_H

#include "runfile/runfile.h"
#include "runfile/runfile_layout.h"

enum { SAMPLE_STEPS = 21, SAMPLE_EPOCHS = 3, SAMPLE_CLASSES = 4, SAMPLE_TENSORS = 7 };

/* Fresh each call, in memory that the next call reuses. */
struct image_contents sample_contents(void);

/* The same run without its model. */
struct snapshot sample_snapshot(void);

/* Writes contents to path. */
int sample_write(const char *path, const struct image_contents *contents);

#endif
