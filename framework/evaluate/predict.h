/*
 * predict.h - what a trained network says of samples whose labels nobody knows.
 *
 * Passes always have PREDICT_ROWS rows, filled up with whatever the batch held before, and the
 * network is built for inference: what a row gives has the same bits alone, in a file, on any
 * number of threads.
 */
#ifndef TRAINER_PREDICT_H
#define TRAINER_PREDICT_H

#include "graph/graph.h"

enum { PREDICT_ROWS = 32 };

struct predictor;

/* Builds the `model` section for the columns of a data set, whose samples of SPLIT_TRAIN are to be
 * predicted; their values may change from run to run, in place. Both are borrowed. threads: of the
 * team; 0: as many as the work of a pass is worth. Free with predictor_free. */
int predictor_create(struct predictor **predictor, struct config *config, const struct node *model,
                     const struct dataset *inputs, const struct engine *engine, int threads);
void predictor_free(struct predictor *predictor);

/* The network, whose weights are still to be loaded; and after a run its prediction. */
struct graph *predictor_graph(struct predictor *predictor);

/* Predicts samples [first, first + count), count <= PREDICT_ROWS: row r of the prediction is that
 * of sample first + r. */
void predictor_run(struct predictor *predictor, size_t first, size_t count);

#endif
