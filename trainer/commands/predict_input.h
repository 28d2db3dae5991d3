/*
 * predict_input.h - the samples that `trainer predict` is asked about.
 *
 * A file is opened as the run's own data was, or as the kind that its name or --type says, without
 * labels; what the run learned of its data (how inputs are scaled and normalised) goes with it.
 */
#ifndef TRAINER_PREDICT_INPUT_H
#define TRAINER_PREDICT_INPUT_H

#include "config/config.h"
#include "dataset.h"

/* Opens `path` as SPLIT_TRAIN of a data set. config: the run's resolved one, in which a `data`
 * section for this file is made. kind: NULL: by the file's name, else the run's own. */
int predict_input_open(struct dataset **dataset, struct config *config, const char *kind,
                       const char *path);

#endif
